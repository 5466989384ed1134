"""What two tables shown one after the other would tell of those who changed in between."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from backcast.core.disclosure.addresses import Address
from backcast.core.disclosure.rules import Rule
from backcast.core.disclosure.tables import Table

_TINY = 1e-7


def differs_too_little(
    before: Table, after: Table, rule: Rule, addresses: Iterable[Address]
) -> frozenset[Address]:
    """Of ``addresses`` in both tables, those whose change comes from too few contributors.

    Nobody changed: the two say the same. A few changed, or one dominates the change: the difference
    of the two would tell theirs, so that only one of them may be shown. Contributors who came or
    left count as changed. Only addresses that are not in this set may be shown anew.
    """
    names = sorted({*before.contributors, *after.contributors})
    then = {name: index for index, name in enumerate(before.contributors)}
    now = {name: index for index, name in enumerate(after.contributors)}
    at_then = {address: index for index, address in enumerate(before.addresses)}
    at_now = {address: index for index, address in enumerate(after.addresses)}
    found = set()
    for address in addresses:
        if address not in at_then or address not in at_now:
            continue
        old, new = at_then[address], at_now[address]
        change = np.array(
            [
                (after.parts[now[name], new] if name in now else 0.0)
                - (before.parts[then[name], old] if name in then else 0.0)
                for name in names
            ]
        )
        size = np.abs(change)
        moved = int((size > _TINY).sum())
        if moved == 0:
            continue
        if moved < rule.contributors or size.max() > rule.dominance * size.sum():
            found.add(address)
    return frozenset(found)
