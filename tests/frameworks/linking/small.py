"""A handful of items to link to."""

from __future__ import annotations

from functools import lru_cache

from backcast.frameworks.linking import Index, Item

ITEMS = (
    Item(
        "t",
        "work in teams",
        ("teamwork", "cooperate with colleagues"),
        "Work with others.",
        weight=900,
    ),
    Item("b", "take blood samples", ("draw blood", "phlebotomy", "venepuncture"), weight=12),
    Item("r", "keep records", ("maintain records", "document care"), weight=300),
    Item("p", "Python (computer programming)", ("Python",), "A programming language.", weight=40),
    Item("c", "C#", ("C sharp",), "A programming language.", weight=30),
    Item("e", "communicate with patients", ("talk to patients",), weight=50),
    Item("h", "forklift operation", ("drive a forklift", "operate lift trucks"), weight=20),
)


@lru_cache(maxsize=1)
def small() -> Index:
    return Index.build(ITEMS)
