"""Disclosure control: what may be shown of figures that several organisations gave.

Pure. ``protection.protect`` decides which sums of a table may be shown, ``shares.share`` does so for
one share, and ``differences`` compares two tables that are shown one after the other. The values that
these take stand here; what computes is imported from its own module, since it brings numpy and the
solver along.
"""

from backcast.core.disclosure.addresses import ALL, Address, Contribution
from backcast.core.disclosure.rules import Rule, ShareRule
from backcast.core.disclosure.shares import Part, Share, share, share_beside

__all__ = [
    "ALL",
    "Address",
    "Contribution",
    "Part",
    "Rule",
    "Share",
    "ShareRule",
    "share",
    "share_beside",
]
