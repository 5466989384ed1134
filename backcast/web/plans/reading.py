"""A stored plan, read once, as its pages need it: no queries, only what the plan itself holds."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from backcast.core.months import Month
from backcast.core.quarters import Quarter
from backcast.planning.documents import problem_from_json, solution_from_json
from backcast.planning.figures import Figure, StageYield, mean_yield
from backcast.planning.models import Plan
from backcast.planning.problem import NeedCell, Problem
from backcast.planning.programs import ProgramOption
from backcast.planning.solution import NeedOdds, PlannedCohort, Shortfall, Solution
from backcast.planning.timing import closed_weeks, possible_starts, times_of
from backcast.web.plans.limits import fund_anchor, limits_of, places_anchor


@dataclass(frozen=True, slots=True)
class RoleLine:
    """One role at the end of the horizon, over all areas. ``state``: on_track, at_risk or short."""

    key: str
    title: str
    confidence: float
    odds: NeedOdds
    state: str
    reason: Shortfall | None

    @property
    def missing(self) -> float:
        """People expected to be missing at the end."""
        return max(0.0, self.odds.need - self.odds.supply)


@dataclass(frozen=True, slots=True)
class ProgramLine:
    """What the plan asks of one program."""

    option: ProgramOption
    cohorts: tuple[PlannedCohort, ...]

    @property
    def learners(self) -> int:
        return sum(cohort.size for cohort in self.cohorts)

    @property
    def cost(self) -> float:
        return sum(cohort.cost for cohort in self.cohorts)

    @property
    def hires(self) -> float:
        return sum(cohort.hires for cohort in self.cohorts)


@dataclass(frozen=True, slots=True)
class Decision:
    """The last day on which to decide on cohorts of a program that start together."""

    option: ProgramOption
    start: Month
    cohorts: int
    learners: int
    by: date


@dataclass(frozen=True, slots=True)
class PlacesLine:
    """Externship places of one host, or of a role where hosts are not known: over all months or
    quarters, and the fullest of them. ``taken`` and ``places`` are learners at once."""

    title: str
    role: str
    taken: float
    places: float
    fullest: Quarter
    fullest_taken: float
    fullest_places: float

    @property
    def anchor(self) -> str:
        """Where the page of sources says how many places there are."""
        return places_anchor(self.title, self.role)


@dataclass(frozen=True, slots=True)
class FundLine:
    """Dollars of a fund, those that the plan uses, and those by the quarter in which cohorts start."""

    title: str
    amount: float
    used: float
    by_quarter: list[float]

    @property
    def anchor(self) -> str:
        """Where the page of sources says how much there is."""
        return fund_anchor(self.title)


@dataclass(frozen=True, slots=True)
class ComingLine:
    """People on the way to a role without the plan: ``people`` who complete, or who are in a cohort that
    runs, and ``hires`` expected of them. ``source`` says where the number of people is from."""

    source: str
    basis: str
    area: str
    people: float
    hires: float


class Reading:
    """A problem and its solution: a plan that is ready, or a scenario beside one."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.problem, self.solution = problem, solution

    @classmethod
    def of(cls, plan: Plan) -> Reading:
        return cls(
            problem_from_json(json.dumps(plan.problem)),
            solution_from_json(json.dumps(plan.solution)),
        )

    @cached_property
    def quarters(self) -> tuple[Quarter, ...]:
        return tuple(self.problem.calendar())

    @cached_property
    def areas(self) -> dict[str, str]:
        return {area.id: area.title for area in self.problem.areas}

    @cached_property
    def role_titles(self) -> dict[str, str]:
        return {role.id: role.title for role in self.problem.roles}

    @cached_property
    def options(self) -> dict[str, ProgramOption]:
        return {option.id: option for option in self.problem.programs}

    def may_start(self, program: str) -> tuple[Month, ...]:
        """The months in which a cohort of the program could start, whatever the limits."""
        option = self.options[program]
        if option.parallel < 1:
            return ()
        first = self.problem.first_month
        return tuple(first + times.start for times in possible_starts(self.problem, option))

    def odds_of(self, role: str, area: str | None = None) -> list[NeedOdds]:
        """The odds of a role by quarter, in one area or (None) in all together."""
        rows = [row for row in self.solution.odds if row.role == role and row.area == area]
        return sorted(rows, key=lambda row: row.quarter)

    def needs_of(self, role: str) -> list[NeedCell]:
        return [cell for cell in self.problem.needs if cell.role == role]

    def coming(self, role: str) -> list[ComingLine]:
        """Who comes to a role without the plan, by where that is known from; most people first."""
        lines: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])

        def add(figure: Figure, area: str, share: float, stages: Sequence[StageYield]) -> None:
            line = lines[figure.source, figure.basis, area]
            line[0] += figure.value * share
            line[1] += figure.value * share * mean_yield(stages)

        for row in self.problem.supply:
            if row.role == role:
                add(row.completers, row.area, 1.0, row.stages)
        for cohort in self.problem.running:
            option = self.options[cohort.program]
            share = sum(part.share for part in option.roles if part.role == role)
            if share > 0:
                add(cohort.people, option.area, share, option.stages_from(cohort.stage))
        found = [
            ComingLine(source, basis, self.areas.get(area, area), people, hires)
            for (source, basis, area), (people, hires) in lines.items()
        ]
        return sorted(found, key=lambda line: -line.people)

    def shortfalls_of(self, role: str) -> list[Shortfall]:
        """The last shortfall of the role in each area: what is missing at the end, and why."""
        last: dict[str, Shortfall] = {}
        for row in self.solution.shortfalls:
            if row.role == role and (row.area not in last or row.quarter >= last[row.area].quarter):
                last[row.area] = row
        return sorted(last.values(), key=lambda row: -row.missing)

    @cached_property
    def roles(self) -> tuple[RoleLine, ...]:
        """Each role with a need, the largest shortfall first."""
        lines = [self._role(role.id) for role in self.problem.roles if self.odds_of(role.id)]
        return tuple(sorted(lines, key=lambda line: (-line.missing, line.title)))

    def _role(self, key: str) -> RoleLine:
        odds = self.odds_of(key)[-1]
        confidence = self.problem.confidence_of(key)
        shortfalls = self.shortfalls_of(key)
        if odds.reaches(confidence):
            state = "on_track"
        elif odds.odds >= confidence / 2:
            state = "at_risk"
        else:
            state = "short"
        return RoleLine(
            key, self.role_titles[key], confidence, odds, state,
            shortfalls[0] if shortfalls else None,
        )  # fmt: skip

    @cached_property
    def on_track(self) -> int:
        return sum(line.state == "on_track" for line in self.roles)

    @cached_property
    def learners(self) -> int:
        return sum(cohort.size for cohort in self.solution.cohorts)

    @cached_property
    def programs(self) -> tuple[ProgramLine, ...]:
        """Programs that the plan asks to start cohorts, most learners first."""
        mine: dict[str, list[PlannedCohort]] = defaultdict(list)
        for cohort in self.solution.cohorts:
            mine[cohort.program].append(cohort)
        lines = [ProgramLine(self.options[key], tuple(cohorts)) for key, cohorts in mine.items()]
        return tuple(sorted(lines, key=lambda line: (-line.learners, line.option.title)))

    def program(self, key: str) -> ProgramLine | None:
        option = self.options.get(key)
        if option is None:
            return None
        return ProgramLine(option, tuple(c for c in self.solution.cohorts if c.program == key))

    def totals(self) -> tuple[list[float], list[float]]:
        """By quarter, over all roles: people needed so far, and those of them who are met.

        A role's surplus does not fill another role's gap: each role counts up to its need.
        """
        need, met = [0.0] * len(self.quarters), [0.0] * len(self.quarters)
        for role in self.problem.roles:
            for row in self.odds_of(role.id):  # from the first quarter in which it is needed on
                index = row.quarter - self.problem.first
                need[index] += row.need
                met[index] += min(row.need, row.supply)
        return need, met

    def spending(self) -> list[float]:
        """Cost by the quarter in which cohorts start."""
        by: dict[Quarter, float] = defaultdict(float)
        for cohort in self.solution.cohorts:
            by[cohort.start.quarter] += cohort.cost
        return [by[quarter] for quarter in self.quarters]

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """Starts by the last day on which to decide on them, the soonest first."""
        groups: dict[tuple[str, Month], list[int]] = defaultdict(list)
        for cohort in self.solution.cohorts:
            groups[cohort.program, cohort.start].append(cohort.size)
        found = []
        for (key, start), sizes in groups.items():
            option = self.options[key]
            by = start.first_day - timedelta(weeks=option.weeks_before)
            found.append(Decision(option, start, len(sizes), sum(sizes), by))
        return tuple(sorted(found, key=lambda each: (each.by, each.start, each.option.title)))

    def places(self) -> tuple[PlacesLine, ...]:
        """Externship places by host where hosts are listed, then by role; the fullest first."""
        by_host: dict[tuple[str, str], list[tuple[Quarter, float, float]]] = defaultdict(list)
        titles = {row.host: row.title for row in self.problem.hosts}
        used = {(use.host, use.role, use.month) for use in self.solution.host_use}
        for use in self.solution.host_use:
            by_host[titles.get(use.host, use.host), use.role].append(
                (use.month.quarter, use.learners, use.places)
            )
        for free in self.problem.hosts:
            if (free.host, free.role, free.month) not in used:
                by_host[free.title, free.role].append((free.month.quarter, 0.0, free.places.value))
        lines = [self._places_line(host, role, rows) for (host, role), rows in by_host.items()]
        wanted = self._places_wanted()
        offered: dict[str, dict[Quarter, float]] = defaultdict(lambda: defaultdict(float))
        for place in self.problem.places:
            offered[place.role][place.quarter] += place.places.value
        for role, quarters in offered.items():
            rows = [
                (quarter, wanted.get((role, quarter), 0.0), quarters.get(quarter, 0.0))
                for quarter in self.quarters
            ]
            lines.append(self._places_line("", role, rows))
        return tuple(sorted(lines, key=lambda line: -line.taken / max(line.places, 1.0)))

    def _places_line(
        self, title: str, role: str, rows: list[tuple[Quarter, float, float]]
    ) -> PlacesLine:
        quarter, taken, places = max(rows, key=lambda row: (row[1] / max(row[2], 1.0), row[1]))
        return PlacesLine(
            title,
            self.role_titles.get(role, role),
            sum(row[1] for row in rows),
            sum(row[2] for row in rows),
            quarter,
            taken,
            places,
        )

    def _places_wanted(self) -> dict[tuple[str, Quarter], float]:
        """Role and quarter → learners of the plan's cohorts who need a place as their cohort ends."""
        wanted: dict[tuple[str, Quarter], float] = defaultdict(float)
        closed = {area: closed_weeks(self.problem, area) for area in self.areas}
        for cohort in self.solution.cohorts:
            option = self.options[cohort.program]
            if option.places_per_start <= 0:
                continue
            start = cohort.start - self.problem.first_month
            ends = self.problem.first_month + times_of(option, start, closed[option.area]).ends
            role = option.externship_role or option.roles[0].role
            wanted[role, ends.quarter] += cohort.size * option.places_per_start
        return wanted

    def funds(self) -> list[FundLine]:
        """The problem's funds, in its order."""
        used: dict[str, dict[Quarter, float]] = defaultdict(lambda: defaultdict(float))
        for use in self.solution.fund_use:
            used[use.fund][use.start.quarter] += use.amount
        return [
            FundLine(
                fund.title,
                fund.amount.value,
                sum(used[fund.id].values()),
                [used[fund.id][quarter] for quarter in self.quarters],
            )
            for fund in self.problem.funds
        ]

    def bases(self) -> dict[str, int]:
        """How many of the plan's input figures are of each basis."""
        counts = {"stated": 0, "published": 0, "observed": 0, "assumed": 0}
        for basis in self._bases():
            counts[basis] += 1
        return counts

    def _bases(self) -> Iterator[str]:
        for option in self.problem.programs:
            for _name, figure in figures_of(option):
                yield figure.basis
            for stage in option.stages:
                yield stage.basis
        for cell in self.problem.needs:
            yield cell.basis
        for row in self.problem.supply:
            yield row.completers.basis
        for limit in limits_of(self.problem):
            yield limit.figure.basis


def figures_of(option: ProgramOption) -> Iterator[tuple[str, Figure]]:
    """The figures of a program by field, those that are there."""
    for name in FIGURES:
        figure = getattr(option, name)
        if figure is not None:
            yield name, figure


#: The figures of a program, in the order in which pages tell them.
FIGURES: Sequence[str] = (
    "weeks",
    "lead_weeks",
    "recruit_weeks",
    "screen_weeks",
    "clearance_weeks",
    "exam_weeks",
    "hire_weeks",
    "hire_spread",
    "externship_weeks",
    "min_size",
    "max_size",
    "at_once",
    "cost_per_learner",
    "cost_per_cohort",
    "externship_places_per_learner",
)
