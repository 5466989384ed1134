"""Text in spreadsheets stays text: what could start a formula is told apart here, once."""

from __future__ import annotations

import re
from typing import Any

#: What a spreadsheet takes for the beginning of a formula, and the blanks it skips before one.
_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
#: What a workbook cannot hold.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def may_run(text: str) -> bool:
    """Could a spreadsheet run the text instead of showing it?"""
    return text.startswith(_SIGNS)


def safe_text(text: str) -> str:
    """Text for a file that is read: what could start a formula gets an apostrophe before it.

    >>> safe_text("=1+1"), safe_text("Nurse")
    ("'=1+1", 'Nurse')
    """
    shown = _UNPRINTABLE.sub("", text)
    return f"'{shown}" if may_run(shown) else shown


def put_text(cell: Any, text: str) -> None:
    """Text into a workbook's cell that is read back later: marked as text, and itself unchanged."""
    cell.value = _UNPRINTABLE.sub("", text)
    cell.data_type = "s"
    cell.quotePrefix = may_run(cell.value)
