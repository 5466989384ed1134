"""What a solve in the worker tells its row as it goes, and hears from it: progress out, stop in."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from django.utils import timezone

from backcast.core.actor import Actor, acting
from backcast.planning.models import Worked

if TYPE_CHECKING:
    from backcast.planning.schedule import Progress

#: Seconds between two looks at the row, and between two lines written to it.
PAUSE = 1.0
#: Points kept of the best plan so far and its bound; every other one goes when there are more.
MOST_POINTS = 120

#: Seconds, best and bound; then cohorts, learners, cost and people missing, where they are known.
Point = tuple[float, ...]


def begin(row: Worked) -> None:
    """Mark that work begins, or begins again after a killed worker. The caller saves."""
    row.status = row.Status.SOLVING
    row.started_at = timezone.now()
    row.tries += 1
    row.progress, row.stage, row.trace = 0, "", []


class Watch:
    """One solve's line to its row. ``tell`` and ``should_stop`` are handed to the solver."""

    def __init__(self, row: Worked, actor: Actor) -> None:
        self._rows = type(row)._default_manager.filter(pk=row.pk, status=Worked.Status.SOLVING)
        self._actor = actor
        self._points: list[Point] = []
        self._step, self._written, self._looked = "", 0.0, 0.0

    def tell(self, progress: Progress) -> None:
        point = _point(progress)
        first = point is not None and not self._points
        if point is not None and (first or self._points[-1][1:] != point[1:]):
            self._points = [*thinned(self._points), point]
        now = time.monotonic()
        if progress.step == self._step and not first and now - self._written < PAUSE:
            return
        self._step, self._written = progress.step, now
        with acting(self._actor, "planning.progress"):
            self._rows.update(
                stage=progress.step, progress=round(progress.share * 100), trace=self._points
            )

    def should_stop(self) -> bool:
        now = time.monotonic()
        if now - self._looked < PAUSE:
            return False
        self._looked = now
        with acting(self._actor, "planning.progress"):
            return self._rows.filter(stop_asked_at__isnull=False).exists()


def ask_to_stop(row: Worked, actor: Actor, called_off: str) -> None:
    """Mark that somebody wants it stopped; what has not begun is called off. The caller holds the row."""
    if row.stop_asked_at is not None or not row.is_busy:
        return
    row.stop_asked_at = timezone.now()
    row.stop_asked_by_id = actor.person_id
    if row.status == row.Status.WAITING:
        row.status = row.Status.FAILED
        row.trouble = called_off
        row.finished_at = timezone.now()
    row.save()


def thinned(points: list[Point]) -> list[Point]:
    """The points, every other one where there are too many; the first always stays."""
    return points if len(points) < MOST_POINTS else points[::2]


def _point(progress: Progress) -> Point | None:
    best, bound = progress.best, progress.bound
    if best is None or bound is None or not (math.isfinite(best) and math.isfinite(bound)):
        return None
    glance = progress.so_far
    told = (
        ()
        if glance is None
        else (glance.cohorts, glance.learners, round(glance.cost), round(glance.missing, 1))
    )
    return round(progress.seconds, 1), round(best), round(max(0.0, bound)), *told
