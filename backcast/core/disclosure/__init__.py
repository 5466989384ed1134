"""Disclosure control: what may be shown of figures that several organisations gave.

Pure. ``protect`` decides which sums of a table may be shown, ``share`` does so for one share, and
``differs_too_little`` compares two tables that are shown one after the other.
"""

from backcast.core.disclosure.differences import differs_too_little
from backcast.core.disclosure.protection import Protected, protect
from backcast.core.disclosure.rules import Rule, ShareRule
from backcast.core.disclosure.shares import Part, Share, share
from backcast.core.disclosure.tables import ALL, Address, Contribution, Table, tabulate

__all__ = [
    "ALL",
    "Address",
    "Contribution",
    "Part",
    "Protected",
    "Rule",
    "Share",
    "ShareRule",
    "Table",
    "differs_too_little",
    "protect",
    "share",
    "tabulate",
]
