"""What need not be asked again: it was said last time, or of another job of this employer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from backcast.demand.models import Role
from backcast.demand.waves import access
from backcast.demand.waves.said import Said, get, part_of, part_said
from backcast.web.waves.questions import Group, Sheet
from backcast.web.waves.words import Line, summary_lines

Touched = Mapping[tuple[int, int], set[str]]


@dataclass(frozen=True, slots=True)
class Same:
    """What stands, or would stand, in the folded questions of a page, and whence: ``None`` is last time.

    ``values`` are written on a yes, by the names of fields. Where it is ``brief``, one line says it, the
    fields hold it already, and it is kept with the rest of the page.
    """

    role: Role | None
    lines: list[Line]
    folded: tuple[Group, ...]
    values: Mapping[str, str]
    brief: bool = False


def find(sheet: Sheet, touched: Touched) -> Same | None:
    """The page's shorter way; ``None`` where all of it has to be asked."""
    if not sheet.editable or sheet.outcome.refused or sheet.outcome.conflicts:
        return None
    here = touched.get((sheet.role.pk, sheet.site.pk), set())
    return _last_time(sheet, here) or _other_place(sheet) or _other_job(sheet, touched, here)


def _of_page(sheet: Sheet, name: str) -> bool:
    return sheet.part == "short" or part_of(name) == sheet.part


def _last_time(sheet: Sheet, here: set[str]) -> Same | None:
    """Nobody has touched what was said last time, and it says something for every quarter."""
    if not sheet.prefilled or any(_of_page(sheet, name) for name in here):
        return None
    said = part_said(sheet.said, sheet.part)
    if said.is_empty:
        return None
    if sheet.part in ("numbers", "short") and not said.not_ours:
        quarters = {quarter for quarter, _cause in said.cells}
        if not quarters.issuperset(sheet.visit.asked):
            return None
    return Same(None, summary_lines(said, sheet.visit.asked), tuple(sheet.groups()), {})


def _other_place(sheet: Sheet) -> Same | None:
    """A further place of the short form: all but its numbers stands there as at the first."""
    if sheet.part != "short" or not sheet.later_place or sheet.answer is not None:
        return None
    folded = tuple(group for group in sheet.groups() if group.shared)
    return Same(sheet.role, [], folded, {}, brief=True)


def _other_job(sheet: Sheet, touched: Touched, here: set[str]) -> Same | None:
    """What was said of another job on such a page, where nothing is said of this one yet."""
    folded = tuple(group for group in sheet.groups() if group.shared)
    names = [one.name for group in folded for one in group.all_fields]
    asked = sheet.visit.asked
    if not names or here.intersection(names) or any(get(sheet.said, n, asked) for n in names):
        return None
    places = [
        (role, access.first_answer(sheet.visit.place, role))
        for role in access.roles(sheet.visit.wave)
    ]
    for role, answer in sorted(places, key=lambda each: each[0] != sheet.role):
        if answer is None or (role == sheet.role and answer.site_id == sheet.site.pk):
            continue
        if not touched.get((role.pk, answer.site_id), set()).intersection(names):
            continue
        said = access.said_of(answer)
        values = {name: value for name in names if (value := get(said, name, asked))}
        lines = summary_lines(_only(said, names), asked)
        if names == ["refill_share"]:
            return Same(role, lines, _offered(folded, values), {}, brief=True)
        return Same(role, lines, folded, values)
    return None


def _offered(groups: tuple[Group, ...], values: Mapping[str, str]) -> tuple[Group, ...]:
    return tuple(
        replace(
            group,
            fields=tuple(replace(one, offered=values.get(one.name, "")) for one in group.fields),
        )
        for group in groups
    )


def _only(said: Said, names: list[str]) -> Said:
    """Only what these fields say, apart from numbers of people."""
    heads = {tuple(name.split(".")[:2]) for name in names}
    return replace(
        Said(),
        refill_share=said.refill_share if ("refill_share",) in heads else None,
        points={key: words for key, words in said.points.items() if ("point", key[0]) in heads},
        offers={kind: n for kind, n in said.offers.items() if ("offer", kind) in heads},
    )


#: What somebody who has answered such a page has given.
_SIGNS = {
    "numbers": ("q.",),
    "short": ("total.",),
    "work": ("wage_", "point."),
    "skills": ("skill.",),
    "offers": ("offer.",),
}


def explained(touched: Touched, here: tuple[int, int], part: str) -> bool:
    """Was such a page answered for another job or place, so that what it explains has been read?"""
    return any(
        key != here and any(name.startswith(_SIGNS[part]) for name in names)
        for key, names in touched.items()
    )
