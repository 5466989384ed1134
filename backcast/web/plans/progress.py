"""How far the work on a plan is: its numbers, and the gap closing as a small drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backcast.planning.models import Worked

WIDTH, HEIGHT = 600, 120

STEPS: Mapping[str, Promise] = {
    "": gettext_lazy("Reading what the plan is made from"),
    "margins": gettext_lazy("Working out how many people to spare"),
    "cohorts": gettext_lazy("Choosing cohorts"),
    "odds": gettext_lazy("Simulating the odds"),
    "reasons": gettext_lazy("Finding what is in the way"),
}


@dataclass(frozen=True, slots=True)
class Closing:
    """The best plan so far, and how far it may be from the best possible; lines as points of an SVG.

    Best and bound count the cost of cohorts and what stays open at its price. ``gap`` is their
    difference as a share of the best. ``cohorts``, ``learners``, ``cost`` and ``missing`` are the best plan's.
    """

    gap: float
    first_gap: float
    best_line: str
    bound_line: str
    cohorts: int
    learners: int
    cost: float
    missing: float


def closing(trace: Sequence[Sequence[float]]) -> Closing | None:
    """None before the first plan."""
    if not trace or len(trace[-1]) < 7:
        return None
    top = max(point[1] for point in trace)
    low = min(point[2] for point in trace)
    begun = trace[0][0]
    seconds = max(trace[-1][0] - begun, 0.1)

    def line(which: int) -> str:
        points = [
            (
                (point[0] - begun) / seconds * WIDTH,
                4 + (top - point[which]) / max(top - low, 1.0) * (HEIGHT - 8),
            )
            for point in trace
        ]
        if len(points) == 1:
            points.append((WIDTH, points[0][1]))
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)

    cohorts, learners, cost, missing = trace[-1][3:7]
    return Closing(
        _gap(trace[-1]), _gap(trace[0]), line(1), line(2),
        int(cohorts), int(learners), cost, missing,
    )  # fmt: skip


def _gap(point: Sequence[float]) -> float:
    return max(0.0, point[1] - point[2]) / point[1] if point[1] > 0 else 0.0


def step_words(row: Worked) -> str:
    """What the worker is at, in words."""
    if row.status == row.Status.WAITING:
        return _("Waiting for a free worker")
    return str(STEPS.get(row.stage, STEPS["cohorts"]))


def elapsed(row: Worked, now: datetime) -> str:
    """Time since work began, like 1:05 (minutes and seconds); empty before."""
    if row.started_at is None:
        return ""
    seconds = max(0, int((now - row.started_at).total_seconds()))
    return f"{seconds // 60}:{seconds % 60:02d}"
