"""Converters of single cells; each raises ``CellProblem`` with a remedy."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from backcast.frameworks.parsing.problems import CellProblem

_MONTH = re.compile(r"(\d{1,2})/(\d{4})")


def whole(text: str) -> int:
    """A whole number of zero or more; thousands separators are allowed."""
    try:
        value = int(text.replace(",", ""))
    except ValueError:
        raise CellProblem(
            "number", f"“{text}” is not a whole number.", "Enter digits only."
        ) from None
    if value < 0:
        raise CellProblem("number", f"{text} is below zero.", "Enter zero or more.")
    return value


def number(text: str) -> float:
    """A finite number."""
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        raise CellProblem("number", f"“{text}” is not a number.", "Enter a number.") from None
    if value - value != 0:
        raise CellProblem("number", f"“{text}” is not a number.", "Enter a number.")
    return value


@lru_cache(maxsize=1024)
def month(text: str) -> dt.date:
    """``MM/YYYY`` as the first day of that month."""
    found = _MONTH.fullmatch(text.strip())
    if not found or not 1 <= int(found[1]) <= 12:
        raise CellProblem("date", f"“{text}” is not a month.", "Months look like 08/2024.")
    return dt.date(int(found[2]), int(found[1]), 1)


def yes(text: str) -> bool:
    """``Y`` or ``N``."""
    if text == "Y":
        return True
    if text == "N":
        return False
    raise CellProblem("yes or no", f"“{text}” is neither Y nor N.", "Enter Y or N.")


@lru_cache(maxsize=64)
def zone(text: str) -> int:
    """A job zone, 1 to 5."""
    if text in ("1", "2", "3", "4", "5"):
        return int(text)
    raise CellProblem("job zone", f"“{text}” is not a job zone.", "Job zones are 1 to 5.")
