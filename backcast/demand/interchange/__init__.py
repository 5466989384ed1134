"""Needs and requirement profiles as other systems write them. Pure; nothing of Django, nothing fetched."""
