"""Who completes anyway: what programs brought forth in the past years, as people a year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Sum

from backcast.delivery.models import CohortRecord, CohortStage
from backcast.partners.models import Region
from backcast.training.models import Program, PublishedOutcome, Stage

#: Completers of cohorts that started in so many years before today make up a year's supply.
YEARS_OF_SUPPLY = 3


def completers_a_year(
    region: Region,
    programs: Sequence[Program],
    published: Mapping[str, PublishedOutcome],
    today: date,
) -> dict[int, tuple[float, str, str]]:
    """Program → completers a year, the basis and the source.

    They are those of its past cohorts; where it has none, those that are published for its provider
    and field of study, divided among the programs that share them.
    """
    yearly = _yearly_completers(region, today)
    sharing: dict[str, int] = defaultdict(int)
    for program in programs:
        if program.pk not in yearly:
            sharing[program.shared_key] += 1
    found: dict[int, tuple[float, str, str]] = {}
    for program in programs:
        outcome = published.get(program.shared_key)
        if program.pk in yearly:
            found[program.pk] = yearly[program.pk], "observed", "past cohorts of this program"
        elif outcome is not None and outcome.completers:
            found[program.pk] = (
                outcome.completers / sharing[program.shared_key],
                "published",
                f"{outcome.source}: completers",
            )
    return found


def _yearly_completers(region: Region, today: date) -> dict[int, float]:
    """Program → completers a year: learners who started a year, times the share who complete.

    Starts are those of the past ``YEARS_OF_SUPPLY`` years, cohorts under way included; the share
    rests on cohorts in which nobody is still on the way. Counting only the completers of finished
    cohorts would miss most of a long program's. A program with its first cohorts within these
    years is taken to go on at the pace of its starts.
    """
    begin = date(today.year - YEARS_OF_SUPPLY, today.month, 1)
    finished = (
        CohortStage.objects.filter(
            cohort__program__region=region,
            cohort__archived_at__isnull=True,
            stage=Stage.COMPLETED,
            still_open=0,
            entered__gt=0,
        )
        .values_list("cohort__program_id")
        .annotate(Sum("passed"), Sum("entered"))
    )
    shares = {program: passed / entered for program, passed, entered in finished}
    cohorts: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for program, day, enrolled in CohortRecord.objects.filter(
        program__region=region, archived_at__isnull=True, program__in=shares
    ).values_list("program_id", "starts_on", "enrolled"):
        cohorts[program].append((day, enrolled))
    return {
        program: sum(people for day, people in rows if day >= begin)
        * shares[program]
        / _years_covered([day for day, _people in rows], begin)
        for program, rows in cohorts.items()
    }


def _years_covered(starts: Sequence[date], begin: date) -> float:
    """Years that the starts since ``begin`` stand for, at least 1."""
    first, last, count = min(starts), max(starts), len(starts)
    if first < begin or count == 1:
        return YEARS_OF_SUPPLY
    pace = (last - first).days / 365.25 * count / (count - 1)
    return min(float(YEARS_OF_SUPPLY), max(1.0, pace))
