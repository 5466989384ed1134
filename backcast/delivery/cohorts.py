"""A past cohort as people count it, checked stage by stage.

People say for each stage how many came through and how many did not. Those who came through a stage
are those who enter the next; whoever is in neither number is still in the stage. A stage that
nobody knows about is left empty, and so are those after it: empty is not zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage as kept: ``entered`` = ``passed`` + ``failed`` + ``still_open``."""

    stage: str
    entered: int
    passed: int
    failed: int
    still_open: int


class CohortError(ValueError):
    """The counts cannot be right; ``complaints`` are pairs of field and message.

    Fields are ``starts_on``, ``as_of``, ``enrolled``, or ``<stage>_passed``, ``<stage>_failed``.
    """

    def __init__(self, complaints: Sequence[tuple[str, str]]) -> None:
        self.complaints = tuple(complaints)
        super().__init__(" ".join(message for _field, message in complaints))


def stage_rows(
    stages: Sequence[str],
    enrolled: int,
    results: Mapping[str, tuple[int | None, int | None]],
    titles: Mapping[str, str] | None = None,
) -> list[StageRow]:
    """The stages that are known, in order. Raises ``CohortError`` with every complaint.

    ``results`` gives for each stage (came through, did not). One of the two empty counts as 0.
    """
    complaints: list[tuple[str, str]] = []
    rows: list[StageRow] = []
    entered = enrolled
    unknown = ""
    for stage in stages:
        title = (titles or {}).get(stage, stage)
        passed, failed = results.get(stage, (None, None))
        if passed is None and failed is None:
            unknown = unknown or title
            continue
        if unknown:
            complaints.append(
                (
                    f"{stage}_passed",
                    f"“{title}” is filled in, but “{unknown}” before it is empty. Fill in that "
                    "one, too, or leave both empty.",
                )
            )
            continue
        passed, failed = passed or 0, failed or 0
        if passed < 0 or failed < 0:
            complaints.append((f"{stage}_passed", f"“{title}”: people cannot be below 0."))
            continue
        if passed + failed > entered:
            complaints.append(
                (
                    f"{stage}_passed",
                    f"“{title}”: {passed} came through and {failed} did not, but only {entered} "
                    "entered. Correct one of the numbers.",
                )
            )
            continue
        rows.append(StageRow(stage, entered, passed, failed, entered - passed - failed))
        entered = passed
    if complaints:
        raise CohortError(complaints)
    return rows


def check_dates(starts_on: date, as_of: date, today: date) -> None:
    """Raises ``CohortError``: counted before it began, or in the future."""
    complaints = []
    if as_of > today:
        complaints.append(("as_of", "The day of the count is in the future. Use today or earlier."))
    if starts_on > as_of:
        complaints.append(
            ("starts_on", "The first day is after the day of the count. Correct one of the two.")
        )
    if starts_on.year < 1990:
        complaints.append(("starts_on", "The first day is before 1990. Check the year."))
    if complaints:
        raise CohortError(complaints)
