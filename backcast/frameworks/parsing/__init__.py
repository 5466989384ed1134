"""Readers for public files as they are published: one module a family of files.

Every reader is a generator of typed rows that keeps one row in memory (workbooks excepted, which
their library reads whole). A file that is not what it should be raises ``FileProblem``; a row that
cannot be used is counted in a ``Tally`` with the reason, and never stops the rest.
"""
