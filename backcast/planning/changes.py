"""What changed between two plans of the same region, in words and as values.

Each change carries its kind and values, so that a page can say it in another language.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from backcast.core.months import Month
from backcast.core.quarters import Quarter
from backcast.planning.problem import Problem, Role
from backcast.planning.solution import PlannedCohort, Solution

ChangeKind = Literal[
    "added",
    "dropped",
    "moved",
    "resized",
    "cost",
    "odds",
    "shortfall_opened",
    "shortfall_closed",
    "shortfall_elsewhere",
]
SMALLEST_ODDS_CHANGE = 0.02
SMALLEST_SHORTFALL_CHANGE = 0.5


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``before`` and ``after`` are learners, dollars, odds or people missing, as the
    kind says; the months are those of a cohort's start; ``count`` cohorts changed alike."""

    kind: ChangeKind
    sentence: str
    program: str = ""
    role: str = ""
    area: str = ""
    month_before: Month | None = None
    month_after: Month | None = None
    before: float = 0.0
    after: float = 0.0
    count: int = 1


def compare(before: Solution, after: Solution, problem: Problem) -> tuple[Change, ...]:
    """Cohorts added, dropped, moved and resized, then cost, odds and shortfalls.

    ``problem`` gives the titles; it is the one behind ``after``.
    """
    return (
        *_cohort_changes(before, after, problem),
        *_cost_change(before, after),
        *_odds_changes(before, after, problem),
        *_shortfall_changes(before, after, problem),
    )


def unnamed(plan: Solution) -> Problem:
    """A problem that gives the plan's roles, where the real one is not at hand: ids for names."""
    quarters = [row.quarter for row in plan.odds] or [Quarter(2000, 1)]
    roles = dict.fromkeys(row.role for row in plan.odds)
    return Problem(
        title="",
        first=min(quarters),
        quarters=max(quarters) - min(quarters) + 1,
        confidence=0.8,
        areas=(),
        roles=tuple(Role(role, role) for role in roles),
        programs=(),
        needs=(),
    )


def _by_program(plan: Solution) -> dict[str, list[PlannedCohort]]:
    out: dict[str, list[PlannedCohort]] = defaultdict(list)
    for cohort in plan.cohorts:
        out[cohort.program].append(cohort)
    return out


Key = tuple[Month | None, Month | None, int, int]


def _cohort_changes(before: Solution, after: Solution, problem: Problem) -> list[Change]:
    titles = {program.id: program.title for program in problem.programs}
    old, new = _by_program(before), _by_program(after)
    changes: list[Change] = []
    for program in sorted({*old, *new}, key=lambda code: (titles.get(code, code), code)):
        counts: dict[Key, int] = defaultdict(int)
        for key in _pair(old.get(program, []), new.get(program, [])):
            counts[key] += 1
        for key in sorted(counts, key=_order):
            changes.append(_cohort_change(program, titles.get(program, program), key, counts[key]))
    return changes


def _order(key: Key) -> tuple[Month, int, int]:
    return (key[1] or key[0] or Month(1, 1), key[2], key[3])


def _pair(old: list[PlannedCohort], new: list[PlannedCohort]) -> list[Key]:
    """Pair what stayed, then same starts, then by order; what is left was added or dropped."""
    left, right = sorted(old, key=_start_size), sorted(new, key=_start_size)
    for cohort in list(left):
        match = next((other for other in right if _start_size(other) == _start_size(cohort)), None)
        if match is not None:
            left.remove(cohort)
            right.remove(match)
    pairs: list[Key] = []
    for cohort in list(left):
        match = next((other for other in right if other.start == cohort.start), None)
        if match is not None:
            pairs.append((cohort.start, match.start, cohort.size, match.size))
            left.remove(cohort)
            right.remove(match)
    moved = min(len(left), len(right))
    for cohort, match in zip(left[:moved], right[:moved], strict=True):
        pairs.append((cohort.start, match.start, cohort.size, match.size))
    pairs += [(cohort.start, None, cohort.size, 0) for cohort in left[moved:]]
    pairs += [(None, match.start, 0, match.size) for match in right[moved:]]
    return pairs


def _start_size(cohort: PlannedCohort) -> tuple[Month, int]:
    return cohort.start, cohort.size


def _cohort_change(program: str, title: str, key: Key, count: int) -> Change:
    then, now, old_size, new_size = key
    first, last = then.words if then else "", now.words if now else ""
    many = f"{count} cohorts" if count > 1 else "A cohort"
    each = " each" if count > 1 else ""
    were = "were" if count > 1 else "was"
    kind: ChangeKind
    if then is None:
        kind = "added"
        sentence = f"{many} of {title} {were} added: {new_size} learners{each}, starting {last}."
    elif now is None:
        kind = "dropped"
        sentence = f"{many} of {title} {were} dropped: {old_size} learners{each}, starting {first}."
    elif then != now:
        kind = "moved"
        size = f", with {new_size} learners instead of {old_size}" if old_size != new_size else ""
        sentence = f"{many} of {title} moved from {first} to {last}{size}."
    else:
        kind = "resized"
        word = "grew" if new_size > old_size else "shrank"
        sentence = f"{many} of {title} starting {last} {word} from {old_size} to {new_size} learners{each}."
    return Change(
        kind,
        sentence,
        program=program,
        month_before=then,
        month_after=now,
        before=old_size,
        after=new_size,
        count=count,
    )


def _cost_change(before: Solution, after: Solution) -> list[Change]:
    difference = after.cost - before.cost
    if abs(difference) < 1:
        return []
    word = "more" if difference > 0 else "less"
    sentence = (
        f"The plan costs ${abs(difference):,.0f} {word}: ${after.cost:,.0f} instead of "
        f"${before.cost:,.0f}."
    )
    return [Change("cost", sentence, before=before.cost, after=after.cost)]


def _odds_changes(before: Solution, after: Solution, problem: Problem) -> list[Change]:
    changes = []
    for role in problem.roles:
        try:
            old, new = before.role_odds(role.id), after.role_odds(role.id)
        except KeyError:
            continue
        noise = 2 * (old.error**2 + new.error**2) ** 0.5
        if abs(new.odds - old.odds) < max(SMALLEST_ODDS_CHANGE, noise):
            continue
        word = "rose" if new.odds > old.odds else "fell"
        sentence = (
            f"The odds that the need for {role.title} is met {word} from {old.odds:.0%} to "
            f"{new.odds:.0%}."
        )
        changes.append(Change("odds", sentence, role=role.id, before=old.odds, after=new.odds))
    return changes


def _shortfall_changes(before: Solution, after: Solution, problem: Problem) -> list[Change]:
    """People expected to be missing at the end of each plan, by role.

    Graduates may often work in several areas, so which of them the plan leaves short may differ while
    as many people are missing; that is one change, not one for each area.
    """
    roles = {role.id: role.title for role in problem.roles}
    areas = {area.id: area.title for area in problem.areas}
    old, new = _missing_at_end(before), _missing_at_end(after)
    changes = []
    for role in sorted({*old, *new}):
        was, now = old.get(role, {}), new.get(role, {})
        moved = [
            area
            for area in sorted({*was, *now})
            if abs(now.get(area, 0.0) - was.get(area, 0.0)) >= SMALLEST_SHORTFALL_CHANGE
        ]
        area = moved[0] if len(moved) == 1 else ""
        title = roles.get(role, role)
        if area:
            title = f"{title} in {areas.get(area, area)}"
            then, there = was.get(area, 0.0), now.get(area, 0.0)
        else:
            then, there = sum(was.values()), sum(now.values())
        kind: ChangeKind
        if abs(there - then) >= SMALLEST_SHORTFALL_CHANGE:
            kind = "shortfall_opened" if there > then else "shortfall_closed"
            sentence = f"Missing at the end for {title}: {there:,.1f} instead of {then:,.1f}."
        elif moved:
            kind = "shortfall_elsewhere"
            sentence = f"{title}: as many people are missing at the end, but in other areas."
        else:
            continue
        changes.append(Change(kind, sentence, role=role, area=area, before=then, after=there))
    return changes


def _missing_at_end(plan: Solution) -> dict[str, dict[str, float]]:
    """People missing when the plan ends, by role and area."""
    last = max((row.quarter for row in plan.odds), default=None)
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for row in plan.shortfalls:
        if row.kind == "need" and row.quarter == last:
            found[row.role][row.area] = row.missing
    return found
