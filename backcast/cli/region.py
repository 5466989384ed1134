"""The demonstration region of a run: made up the first time, with a progress bar."""

from __future__ import annotations

import os

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from backcast.cli.frame import Stop, err

_STEPS = {
    "simulate": "Making a region up",
    "organisations": "Writing places and organizations",
    "frameworks": "Writing occupations and credentials",
    "needs": "Writing what employers need",
    "programs": "Writing training programs",
    "histories": "Writing years of histories",
    "profiles": "Writing what employers ask for",
}


def load() -> list[list[str]]:
    """See that the region is there; return kind of person, address and organization of each account.

    ``BACKCAST_REGION_SIZE`` scales it (1 is the usual size).
    """
    from backcast.core.actor import acting, system
    from backcast.demonstration.load import accounts, load_region, loaded_region

    scale = _scale()
    with acting(system("demonstration")):
        region = loaded_region(scale=scale)
    if region is None:
        columns = (
            TextColumn("{task.description:<38}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=err) as bars:
            shown: dict[str, TaskID] = {}

            def hear(what: str, done: int, total: int) -> None:
                if what not in shown:
                    shown[what] = bars.add_task(_STEPS.get(what, what), total=total)
                bars.update(shown[what], completed=done, total=total)

            region = load_region(scale=scale, progress=hear).region
    with acting(system("demonstration").within(region.pk)):
        return [[one.kind, one.email, one.organisation] for one in accounts(region)]


def _scale() -> float:
    given = os.environ.get("BACKCAST_REGION_SIZE", "1")
    try:
        scale = float(given)
    except ValueError:
        scale = 0.0
    if not 0 < scale <= 100:
        raise Stop(f"BACKCAST_REGION_SIZE is {given}; it must be a number above 0, up to 100.")
    return scale
