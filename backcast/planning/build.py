"""The planning problem of a region, out of what its rooms hold: needs, programs, history, outcomes.

Every figure keeps its basis and source. What a region's own file of assumptions says fills what
nobody stated, and is marked so. Ids in the problem are ``A12`` (area), ``P34`` (program) and
``N56-2027-Q1`` (need and quarter) with primary keys; a role's id is the SOC code under which its
figures are published, so that occupations with one combined code are one role.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, Count, Max, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from backcast.core.months import PER_QUARTER, Month
from backcast.core.quarters import Quarter
from backcast.core.rules import in_force
from backcast.delivery.access import followed, yields_for_planning
from backcast.delivery.evidence import Prior, Yield
from backcast.delivery.models import CohortRecord, ScheduledCohort
from backcast.demand import access as demand
from backcast.demand.models import Need, NeedQuarter
from backcast.demand.regional.access import assumed_on
from backcast.demand.regional.lookback import fingerprint as hires_fingerprint
from backcast.partners.models import LabourArea, Region
from backcast.planning.ahead import with_what_began
from backcast.planning.documents import PROBLEM_FORMAT
from backcast.planning.figures import Basis, Figure, StageYield
from backcast.planning.hires import by_hires
from backcast.planning.keys import area_key, need_key, program_key, role_key
from backcast.planning.ladder import LeftOut, down_the_ladder, serves
from backcast.planning.models import Limit, Plan, PlanCohort, PlanPin
from backcast.planning.places import places_with_needs
from backcast.planning.pooling import (
    DAYS_PER_YEAR,
    Followed,
    Pooled,
    pool,
    settled,
    with_belief,
)
from backcast.planning.problem import (
    Announced,
    Area,
    NeedCell,
    Pin,
    Problem,
    Role,
    Supply,
)
from backcast.planning.programs import ProgramOption, RoleShare
from backcast.planning.stated import current, hosts_of, with_limits
from backcast.planning.usual import completers_a_year
from backcast.training import recipes
from backcast.training.access import programs_for_planning, published_by_key
from backcast.training.assumptions import Assumptions
from backcast.training.models import Program, PublishedOutcome, Stage

#: An assumed share weighs as much as so many people seen.
PRIOR_PEOPLE = 20
IN_FIELD = _("working in the role")


@dataclass(frozen=True, slots=True)
class Settings:
    """What staff choose for a plan. ``budget`` in dollars for the whole horizon; None: no limit.
    ``by_hires``: stated needs are mended by what was hired after past waves."""

    first: Quarter
    quarters: int = 12
    confidence: float = 0.8
    budget: Decimal | None = None
    by_hires: bool = False


@dataclass(frozen=True, slots=True)
class Built:
    """A problem, and what was left out of it and why."""

    problem: Problem
    left_out: tuple[LeftOut, ...]
    unplaced_needs: int


def assumptions_of(region: Region) -> Assumptions:
    """What the region's folder of assumptions says; nothing where it has none."""
    if not region.recipe:
        return Assumptions()
    return recipes.load_assumptions(recipes.ROOT / region.recipe / "assumptions.yaml")


def fingerprint(region: Region, chosen: Settings) -> str:
    """A hash that changes when anything that planning reads has changed, or how it is planned; a few
    cheap queries."""
    outcomes = PublishedOutcome.objects.filter(region=region)
    begun = ScheduledCohort.objects.filter(
        program__region=region, starts_on__lt=chosen.first.first_day
    )
    marks = _mark("programs", Program.objects.filter(region=region)).union(
        _mark("cohorts", CohortRecord.objects.filter(program__region=region)),
        _mark("begun", begun),
        _mark("areas", LabourArea.objects.filter(region=region)),
        _mark("pins", PlanPin.objects.filter(region=region, archived_at=None)),
        _mark("outcomes", outcomes, Max("pk")),
        _mark("employed", outcomes, Sum("employed")),
        _mark("completers", outcomes, Sum("completers")),
        *(_mark(kind.__name__, current(kind, region)) for kind in Limit.__subclasses__()),
        all=True,
    )
    parts = [
        demand.fingerprint(region, chosen.first),
        *sorted(map(str, marks)),
        region.recipe,
        str(chosen),
        PROBLEM_FORMAT,
        *([hires_fingerprint(region)] if chosen.by_hires else []),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _mark(name: str, rows: QuerySet[Any], last: Aggregate | None = None) -> Any:
    """How many rows there are and the last of them, as one row to unite with others; none for none."""
    return (
        rows.order_by()
        .values(mark=Value(name))
        .annotate(n=Count("pk"), last=Cast(last or Max("updated_at"), TextField()))
        .values_list("mark", "n", "last")
    )


def build(region: Region, chosen: Settings, today: date) -> Built:
    """The region's problem. The caller acts as staff of the region or as the system."""
    assumed = assumptions_of(region)
    openings = list(
        demand.for_planning(region)
        .filter(
            quarter_start__gte=chosen.first.first_day,
            quarter_start__lte=(chosen.first + (chosen.quarters - 1)).first_day,
        )
        .order_by("need_id", "quarter_start")
    )
    every = list(programs_for_planning(region))
    roles, usable, left_out = down_the_ladder(_roles(openings), every)
    published = published_by_key(region)
    evidence = yields_for_planning(usable, published)
    leaning = pooled_yields(every, today)
    areas = LabourArea.objects.filter(region=region).prefetch_related("adjoining").order_by("pk")
    hosts = hosts_of(region)
    problem = Problem(
        title=region.name,
        first=chosen.first,
        quarters=chosen.quarters,
        confidence=chosen.confidence,
        areas=tuple(
            Area(
                area_key(area), area.name, tuple(area_key(other) for other in area.adjoining.all())
            )
            for area in areas
        ),
        roles=tuple(Role(key, title) for key, title in roles.items()),
        programs=tuple(
            _option(p, evidence[p.pk], leaning, roles, chosen, assumed, today) for p in usable
        ),
        needs=tuple(_needs(openings)),
        supply=tuple(
            _supply(region, usable, evidence, leaning, published, roles, chosen, assumed, today)
        ),
        places=tuple(
            places_with_needs(region, openings, chosen.first, chosen.quarters, assumed, hosts)
        ),
        pins=tuple(_pins(region, chosen)),
        announced=tuple(_announced(region, usable, chosen)),
        budget=None
        if chosen.budget is None
        else Figure(float(chosen.budget), "stated", "Set by staff when the plan was asked for"),
        need_together=_needs_together(today),
    )
    problem = with_what_began(with_limits(problem, region), region)
    if chosen.by_hires:
        problem = by_hires(problem, region, openings)
    return Built(problem, tuple(left_out), Need.objects.filter(region=region).unplaced().count())


def _roles(openings: Iterable[NeedQuarter]) -> dict[str, str]:
    """Role → title. A combined role bears the titles of the occupations that are asked for."""
    titles: dict[str, list[str]] = defaultdict(list)
    for row in openings:
        occupation = row.need.occupation
        assert occupation is not None  # plannable needs have one
        if occupation.title not in titles[role_key(occupation)]:
            titles[role_key(occupation)].append(occupation.title)
    return {key: " / ".join(names) for key, names in sorted(titles.items())}


def _needs(openings: Sequence[NeedQuarter]) -> Iterable[NeedCell]:
    """One cell a need and quarter; reasons are added up."""
    cells: dict[tuple[int, date], list[NeedQuarter]] = defaultdict(list)
    for row in openings:
        cells[row.need_id, row.quarter_start].append(row)
    for (need_id, start), rows in cells.items():
        need = rows[0].need
        assert need.occupation is not None
        assert need.area_id is not None
        quarter = Quarter.of(start)
        stated = need.basis == Need.Basis.STATED
        yield NeedCell(
            id=need_key(need_id, quarter),
            role=role_key(need.occupation),
            area=area_key(need.area_id),
            quarter=quarter,
            low=sum(row.low for row in rows),
            likely=sum(row.likely for row in rows),
            high=sum(row.high for row in rows),
            basis="stated" if stated else "assumed",
            source=f"{need.employer}: {need.role_title}" if stated else need.source,
            weight=float(need.weight),
            assumption="" if stated else "stand_in_needs",
        )


# --- yields ---------------------------------------------------------------------------------------


def pooled_yields(programs: Sequence[Program], today: date) -> Pooled:
    """What the settled cohorts of all these programs say of each one's yields, by ``P12`` and stage."""
    counts = settled(
        Followed(
            program=program_key(row.program),
            stage=row.stage,
            years=(row.as_of - row.starts_on).days / DAYS_PER_YEAR,
            passed=row.passed,
            failed=row.failed,
            still_open=row.still_open,
            ago=max(0, (today - row.as_of).days) / DAYS_PER_YEAR,
        )
        for row in followed(programs)
    )
    wanted = [
        (program_key(program.pk), row.stage) for program in programs for row in program.stages.all()
    ]
    families = {
        program_key(program.pk): role_key(max(links, key=lambda link: link.weight).occupation)
        for program in programs
        if (links := list(program.occupation_links.all()))
    }
    return pool(counts, wanted, families)


def _stages(
    found: Sequence[Yield], key: str, leaning: Pooled, assumed: Assumptions
) -> tuple[StageYield, ...]:
    """Yields as the optimiser takes them. Those without data in common are drawn by program.

    A stage with counts of its own, or with nothing at all, leans on the programs that have counts.
        Published employment is in any job: where it (or a prior made from it) stands for *hired*, the
    assumed share who work in the role follows as a stage of its own.
    """
    in_field = assumed.find("employed_in_field")
    stages = []
    for one in found:
        stage = StageYield(
            stage=str(Stage(one.stage).label),
            successes=one.successes,
            trials=one.trials,
            basis=_basis(one.basis),
            source=one.source,
            prior_a=one.prior.a,
            prior_b=one.prior.b,
            shared_key=f"{one.stage}:{one.shared_key or key}",
            assumption=one.prior.assumption,
        )
        belief = leaning.beliefs.get((key, one.stage))
        if belief is not None and one.prior == Prior() and one.basis != "published":
            basis: Basis = "observed" if belief.counted else "assumed"
            stages.append(replace(with_belief(stage, belief), basis=basis))
            continue
        stages.append(stage)
        if one.stage == Stage.HIRED and one.basis != "observed" and in_field is not None:
            stages.append(
                StageYield(
                    stage=str(IN_FIELD),
                    successes=0,
                    trials=0,
                    basis="assumed",
                    source=in_field.source,
                    prior_a=in_field.value * PRIOR_PEOPLE,
                    prior_b=(1 - in_field.value) * PRIOR_PEOPLE,
                    shared_key=f"in_field:{key}",
                    assumption=in_field.name,
                )
            )
    return tuple(stages)


def _basis(text: str) -> Basis:
    """Raises ``ValueError`` for a word that is not a basis."""
    match text:
        case "stated" | "published" | "observed" | "assumed":
            return text
        case _:
            raise ValueError(f"“{text}” is not a basis.")


# --- programs -------------------------------------------------------------------------------------


def _option(
    program: Program,
    found: Sequence[Yield],
    leaning: Pooled,
    roles: Mapping[str, str],
    chosen: Settings,
    assumed: Assumptions,
    today: date,
) -> ProgramOption:
    bases = {row.field: row for row in program.bases.all()}

    def figure(name: str, value: Decimal | int | None) -> Figure | None:
        if value is None:
            return None
        row = bases.get(name)
        if row is None:
            return Figure(float(value), "stated", f"{program.provider}")
        return Figure(float(value), _basis(row.basis), row.source, row.assumption)

    def needed(name: str) -> Figure:
        value = figure(name, getattr(program, name))
        assert value is not None  # missing_figures has seen to it
        return value

    shares = {role: share for role, share in serves(program).items() if role in roles}
    externship = next((one.stage for one in found if one.stage == Stage.EXTERNSHIP), "")
    main = max(shares, key=lambda role: shares[role])
    return ProgramOption(
        id=program_key(program.pk),
        title=program.name,
        provider=str(program.provider),
        area=area_key(_area(program)),
        roles=tuple(RoleShare(role, share) for role, share in shares.items()),
        stages=_stages(found, program_key(program.pk), leaning, assumed),
        weeks=needed("weeks"),
        min_size=needed("min_size"),
        max_size=needed("max_size"),
        at_once=needed("at_once"),
        cost_per_learner=needed("total_cost"),
        cost_per_cohort=figure("cost_per_cohort", program.cost_per_cohort),
        lead_weeks=figure("lead_weeks", program.lead_weeks),
        hire_weeks=figure("hire_weeks", program.hire_weeks),
        starts=_starts(program, chosen),
        externship_places_per_learner=figure(
            "externship_places_per_learner", program.externship_places_per_learner
        ),
        externship_role=main,
        externship_stage=str(Stage(externship).label) if externship else "",
        cip=program.cip_code,
        recruit_weeks=figure("recruit_weeks", program.recruit_weeks),
        screen_weeks=figure("screen_weeks", program.screen_weeks),
        clearance_weeks=figure("clearance_weeks", program.clearance_weeks),
        exam_weeks=figure("exam_weeks", program.exam_weeks),
        externship_weeks=figure("externship_weeks", program.externship_weeks),
        schedule=program.meets,
        upskills_from=role_key(program.upskills_from) if program.upskills_from else "",
        hire_spread=_hire_spread(program, today),
    )


def _hire_spread(program: Program, today: date) -> Figure | None:
    """How much the wait for work differs among graduates: a share of the wait, by the dated rule."""
    if not program.hire_weeks:
        return None
    rule = in_force("planning", "durations", today)
    weeks = float(program.hire_weeks) * float(rule.values["hire_spread"])
    return Figure(round(weeks, 2), "assumed", rule.source)


def _needs_together(today: date) -> Figure:
    """How far needs of a role run high or low together, as in the regional estimates."""
    rule = assumed_on(today)
    return Figure(float(rule.values["shock"]), "assumed", rule.source)


def _area(program: Program) -> int:
    assert program.area_id is not None  # missing_figures has seen to it
    return program.area_id


def _starts(program: Program, chosen: Settings) -> tuple[Month, ...]:
    """The plan's months that the program names; none named means any."""
    named = {row.month for row in program.starts.all()}
    months = Month.first_of(chosen.first).range(PER_QUARTER * chosen.quarters)
    return tuple(month for month in months if month.number in named)


# --- what is there already ------------------------------------------------------------------------


def _supply(
    region: Region,
    programs: Sequence[Program],
    evidence: Mapping[int, tuple[Yield, ...]],
    leaning: Pooled,
    published: Mapping[str, PublishedOutcome],
    roles: Mapping[str, str],
    chosen: Settings,
    assumed: Assumptions,
    today: date,
) -> Iterable[Supply]:
    """People who complete anyway: a quarter of a year's completers in each quarter."""
    yearly = completers_a_year(region, programs, published, today)
    for program in programs:
        if program.pk not in yearly:
            continue
        count, basis, source = yearly[program.pk]
        after = [one for one in evidence[program.pk] if one.stage != Stage.COMPLETED]
        for link in program.occupation_links.all():
            role = role_key(link.occupation)
            people = count * float(link.weight) / 4
            if role not in roles or people <= 0:
                continue
            for quarter in chosen.first.range(chosen.quarters):
                yield Supply(
                    id=f"S{program.pk}-{link.occupation_id}-{quarter}",
                    role=role,
                    area=area_key(_area(program)),
                    quarter=quarter,
                    completers=Figure(
                        round(people, 4), _basis(basis), f"{program.provider}: {source}, a year"
                    ),
                    stages=_stages(after, program_key(program.pk), leaning, assumed),
                )


# --- what people have fixed, and have been told ---------------------------------------------------


def _pins(region: Region, chosen: Settings) -> Iterable[Pin]:
    """What people fixed within the plan's months; a program that is left out is told of with the plan."""
    rows = PlanPin.objects.filter(region=region, archived_at=None, **_within("month", chosen))
    for row in rows.select_related("by").order_by("month", "program_id"):
        yield Pin(
            program=program_key(row.program_id),
            start=Month.of(row.month),
            kind="pin" if row.kind == PlanPin.Kind.PIN else "forbid",
            cohorts=row.cohorts,
            size=row.size,
            by=str(row.by or ""),
            why=row.why,
        )


def _announced(
    region: Region, programs: Sequence[Program], chosen: Settings
) -> Iterable[Announced]:
    """What people have been told of: cohorts that are scheduled and have not started, and those of
    the approved plan that nobody has scheduled yet; by program and month."""
    found: dict[tuple[int, Month], list[int]] = defaultdict(list)
    taken: Counter[tuple[int, Month]] = Counter()
    scheduled = ScheduledCohort.objects.filter(
        program__in=programs,
        status=ScheduledCohort.Status.PLANNED,
        archived_at=None,
        **_within("starts_on", chosen),
    )
    approved = PlanCohort.objects.filter(
        plan__region=region, plan__standing=Plan.Standing.APPROVED, program__in=programs
    )
    theirs = set(approved.exclude(scheduled=None).values_list("scheduled_id", flat=True))
    for pk, program, day, places in scheduled.values_list(
        "pk", "program_id", "starts_on", "places"
    ):
        found[program, Month.of(day)].append(places)
        if pk not in theirs:
            # The approved plan has not taken it over, so it stands for one of its cohorts.
            taken[program, Month.of(day)] += 1
    free = approved.filter(scheduled=None, **_within("start", chosen))
    for program, day, size in free.values_list("program_id", "start", "size"):
        if taken[program, Month.of(day)]:
            taken[program, Month.of(day)] -= 1
        else:
            found[program, Month.of(day)].append(size)
    for (program, month), sizes in sorted(found.items()):
        yield Announced(program_key(program), month, len(sizes), sum(sizes))


def _within(field: str, chosen: Settings) -> dict[str, date]:
    end = chosen.first + chosen.quarters
    return {f"{field}__gte": chosen.first.first_day, f"{field}__lt": end.first_day}
