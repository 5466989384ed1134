"""Competency frameworks as other systems write them: CASE packages and CTDL-ASN graphs.

Pure readers and writers: what they read and do not understand they keep, so that writing what was
read gives the same JSON. Nothing of Django, nothing fetched.
"""
