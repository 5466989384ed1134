"""The overview: URL × person. The region's staff and its funders; everyone else gets 404."""

from __future__ import annotations

from tests.permissions import Row, staff_pages

READERS = staff_pages(funder=200)

ROWS = [
    Row("overview:promise", READERS),
    Row("overview:programs", READERS),
    Row("overview:programs", READERS, query="?export=csv"),
]
