"""The overview: URL × person. The region's staff and its funders, of programs also support agencies."""

from __future__ import annotations

from tests.permissions import Row, staff_pages

READERS = staff_pages(funder=200)

ROWS = [
    Row("overview:promise", READERS),
    Row("overview:programs", READERS | {"support": 200}),
    Row("overview:programs", READERS | {"support": 200}, query="?export=csv"),
]
