"""Problems and plans as JSON, each with its format; older formats are read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from backcast.core.months import Month
from backcast.core.quarters import Quarter
from backcast.planning.codec import CodecError, from_plain, to_plain
from backcast.planning.problem import Problem
from backcast.planning.solution import Solution

PROBLEM_FORMAT = "backcast.problem/2"


SOLUTION_FORMAT = "backcast.plan/2"


def problem_to_json(problem: Problem) -> str:
    return json.dumps({"format": PROBLEM_FORMAT, "problem": to_plain(problem)}, ensure_ascii=False)


def problem_from_json(text: str) -> Problem:
    """Raises ``CodecError`` (a ``ValueError``) with the path to what cannot be read.

    Format 1, in which cohorts started by quarter, is read: a quarter becomes its first month.
    """
    format_, plain = _unwrap(text, PROBLEM_FORMAT, "problem")
    if format_ != PROBLEM_FORMAT:
        for program in _rows(plain, "programs"):
            if isinstance(program.get("starts"), list):
                program["starts"] = [_first_month(start) for start in program["starts"]]
    return from_plain(Problem, plain)


def solution_to_json(solution: Solution) -> str:
    return json.dumps({"format": SOLUTION_FORMAT, "plan": to_plain(solution)}, ensure_ascii=False)


def solution_from_json(text: str) -> Solution:
    """Raises ``CodecError`` (a ``ValueError``) with the path to what cannot be read.

    Format 1, in which cohorts started by quarter, is read: a quarter becomes its first month.
    """
    format_, plain = _unwrap(text, SOLUTION_FORMAT, "plan")
    if format_ != SOLUTION_FORMAT:
        for cohort in _rows(plain, "cohorts"):
            if "start" in cohort:
                cohort["start"] = _first_month(cohort["start"])
    return from_plain(Solution, plain)


def digest(problem: Problem) -> str:
    """SHA-256 over the problem's JSON: a plan is out of date when this has changed."""
    return hashlib.sha256(problem_to_json(problem).encode()).hexdigest()


def _unwrap(text: str, expected: str, key: str) -> tuple[str, Any]:
    """The format and what stands under ``key``; an older format is read, too."""
    try:
        plain = json.loads(text)
    except json.JSONDecodeError as error:
        raise CodecError(f"Not JSON: {error}") from error
    name, number = expected.rsplit("/", 1)
    known = [f"{name}/{older}" for older in range(1, int(number) + 1)]
    if not isinstance(plain, dict) or plain.get("format") not in known or key not in plain:
        raise CodecError(f"Expected a file of format “{expected}” with “{key}”.")
    return plain["format"], plain[key]


def _rows(plain: Any, key: str) -> Iterator[dict[str, Any]]:
    rows = plain.get(key) if isinstance(plain, dict) else None
    return (row for row in rows or () if isinstance(row, dict))


def _first_month(quarter: Any) -> Any:
    """The first month of a quarter as format 1 wrote it; anything else as it is."""
    try:
        return str(Month.first_of(Quarter.parse(quarter)))
    except (TypeError, ValueError):
        return quarter
