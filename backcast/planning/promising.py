"""Which sums of a plan's needs funders may read, beside all that was published of the same needs before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import TYPE_CHECKING

from backcast.core.disclosure import ALL, Address, Contribution, Rule
from backcast.core.quarters import Quarter
from backcast.demand.models import Answer, Need, NeedQuarter, Publication
from backcast.demand.models import Role as DemandRole
from backcast.demand.regional import access as regional
from backcast.planning.keys import role_key
from backcast.planning.models import Plan
from backcast.planning.problem import Problem
from backcast.planning.promise import TOTAL, place

if TYPE_CHECKING:
    from backcast.core.disclosure.tables import Table

#: (employer, (role of the plan, role of a wave, quarter, reason, labor area)) → people
Numbers = dict[tuple[str, Address], float]


def need_of(cell: str) -> int:
    """The need that a cell of a problem stands for."""
    return int(cell[1:].split("-", 1)[0])


def numbers_of(problem: Problem) -> Numbers:
    """By role and quarter, as the plan was made from them."""
    needs = {need_of(cell.id) for cell in problem.needs}
    employers = dict(Need.objects.filter(pk__in=needs).values_list("pk", "employer_id"))
    found: Numbers = defaultdict(float)
    for cell in problem.needs:
        key = (str(employers[need_of(cell.id)]), (cell.role, "", str(cell.quarter), "", ""))
        found[key] += cell.mean
    return dict(found)


def of_several(
    problem: Problem, places: Set[tuple[str, str, Quarter]], rule: Rule
) -> frozenset[tuple[str, str, Quarter]]:
    """Roles in labor areas by a quarter whose people needed until then might be shown by themselves.

    The odds that a need is met follow this sum: who knew what else goes into them could work it out.
    """
    from backcast.core.disclosure.protection import protect

    needs = {need_of(cell.id) for cell in problem.needs}
    employers = dict(Need.objects.filter(pk__in=needs).values_list("pk", "employer_id"))
    found = set()
    for role, area, quarter in places:
        numbers: Numbers = defaultdict(float)
        for cell in problem.needs:
            if (cell.role, cell.area) == (role, area) and cell.quarter <= quarter:
                numbers[str(employers[need_of(cell.id)]), place(role)] += cell.mean
        if protect(_table(numbers, ((),)), rule).shown:
            found.add((role, area, quarter))
    return frozenset(found)


def _split(problem: Problem, region: int) -> Numbers:
    """The same in all detail that waves are published in.

    A need that was not stated in a wave is taken for what its occupation's role was asked about.
    """
    usual: dict[str, str] = {}
    for role in (
        DemandRole.objects.filter(region=region, occupation__isnull=False)
        .select_related("occupation")
        .order_by("pk")
    ):
        assert role.occupation is not None
        usual.setdefault(role_key(role.occupation), str(role.pk))
    needs = {need_of(cell.id) for cell in problem.needs}
    quarters = {cell.quarter for cell in problem.needs}
    asked: dict[int | None, str] = {
        need: str(role)
        for need, role in Answer.objects.filter(need__in=needs).values_list("need", "role")
    }
    found: Numbers = defaultdict(float)
    for row in NeedQuarter.objects.filter(need__in=needs).select_related("need__occupation"):
        if row.quarter not in quarters or row.need.occupation is None:
            continue
        cell = (
            role_key(row.need.occupation),
            asked.get(row.need_id) or usual.get(role_key(row.need.occupation), ""),
            str(row.quarter),
            row.cause,
            str(row.need.area_id or ""),
        )
        found[str(row.need.employer_id), cell] += (row.low + 4 * row.likely + row.high) / 6
    return dict(found)


def _published(region: int) -> Iterator[tuple[Numbers, Mapping[str, float], frozenset[Address]]]:
    """What each publication of the region was made of, and what of it is out."""
    roles = {
        str(role.pk): role_key(role.occupation) if role.occupation else f"role-{role.pk}"
        for role in DemandRole.objects.filter(region=region).select_related("occupation")
    }
    for publication in Publication.objects.filter(region=region).select_related("wave"):
        factors = {str(row.employer_id): row.factor for row in publication.corrections.all()}
        made = regional.regional_of(
            publication.wave,
            publication.rule_since,
            at=publication.published_at,
            factors=factors.__getitem__ if factors else None,
        )
        numbers: Numbers = defaultdict(float)
        scale: dict[str, float] = {}
        for row in made.weighted:
            role, quarter, cause, area = row.key
            numbers[row.employer, (roles[role], role, quarter, cause, area)] += row.value
            scale[row.employer] = max(scale.get(row.employer, 0.0), row.scale)
        shown = frozenset(
            (ALL, *address) for address in regional.published_picture(publication).figures
        )
        yield dict(numbers), scale, shown


def _table(
    numbers: Numbers,
    views: tuple[tuple[int, ...], ...],
    scale: Mapping[str, float] | None = None,
    also: Iterable[Address] = (),
) -> Table:
    from backcast.core.disclosure.tables import tabulate

    cells = [*(cell for _who, cell in numbers), *also]
    dimensions = [sorted({cell[index] for cell in cells}) for index in range(5)]
    return tabulate(
        [
            Contribution(who, cell, people, (scale or {}).get(who, 1.0))
            for (who, cell), people in numbers.items()
        ],
        dimensions,
        views,
        most_cells=0,
    )


def may_be_shown(problem: Problem, region: int, rule: Rule) -> frozenset[Address]:
    """The sums of the plan's needs that may be shown by themselves and beside published waves."""
    from backcast.core.disclosure.differences import tells_beside
    from backcast.core.disclosure.protection import protect

    numbers = numbers_of(problem)
    if not numbers:
        return frozenset()
    shown = frozenset(protect(_table(numbers, ((0,),)), rule).shown)
    split = _split(problem, region)
    if not split:
        return shown
    mine = {cell for _who, cell in split}
    earlier = [
        (_table(before, ((1, 2, 3), (1, 4)), scale), out)
        for before, scale, out in _published(region)
        if mine & {cell for _who, cell in before}
    ]
    return shown - tells_beside(earlier, _table(split, ((0,),)), shown, rule)


def told_before(
    problem: Problem, earlier: Iterable[Plan], shown: frozenset[Address], rule: Rule
) -> Plan | None:
    """The newest earlier plan beside whose promise these sums must not be shown; None without one.

    The newest of all where no single one forbids it, but all together do.
    """
    from backcast.core.disclosure.differences import differs_too_little, tells_beside
    from backcast.planning.actions import problem_of

    now = numbers_of(problem)
    after = _table(now, ((0,),))
    told: list[tuple[Table, frozenset[Address]]] = []
    newest: Plan | None = None
    for plan in earlier:
        newest = newest or plan
        lines = list(plan.promise.roles.all())
        old = problem_of(plan)
        titles = {role.title: role.id for role in old.roles}
        out = frozenset({TOTAL, *(place(titles[x.title]) for x in lines if x.title in titles)})
        before = _table(numbers_of(old), ((0,),))
        told.append((before, out))
        if differs_too_little(before, after, rule, out & shown) or tells_beside(
            told[-1:], after, shown, rule
        ):
            return plan
    return newest if len(told) > 1 and tells_beside(told, after, shown, rule) else None
