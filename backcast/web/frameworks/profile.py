"""Everything that the page of one occupation shows, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backcast.core.actor import Actor, Kind
from backcast.frameworks import access
from backcast.frameworks.models import (
    Cip,
    CipSoc,
    Competency,
    Framework,
    IscoGroup,
    Occupation,
    OccupationMatch,
    OccupationSkill,
    Projection,
    Rating,
    RelatedOccupation,
    Release,
    Task,
    TechnologySkill,
    Wage,
    WageArea,
)
from backcast.frameworks.parsing.scales import IMPACT, IMPORTANCE, LEVEL
from backcast.web.frameworks.words import ZONES, credits, pay

_TOP = 8
_KINDS = {
    Competency.Kind.SKILL: gettext_lazy("Skills"),
    Competency.Kind.KNOWLEDGE: gettext_lazy("Knowledge"),
    Competency.Kind.ABILITY: gettext_lazy("Abilities"),
    Competency.Kind.ACTIVITY: gettext_lazy("Work activities"),
    Competency.Kind.STYLE: gettext_lazy("Work styles"),
}


@dataclass(frozen=True, slots=True)
class Rated:
    """A competency of an occupation: importance and level stand side by side, never mixed."""

    statement: str
    url: str
    importance: float
    level: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """The competencies of one kind, the most important first, and the scale they are ranked by."""

    title: str
    scale: str
    lines: list[Rated]
    has_level: bool


@dataclass(frozen=True, slots=True)
class WageLine:
    area: str
    year: int
    employment: int | None
    low: str
    median: str
    high: str
    hourly: str


def profile(occupation: Occupation, actor: Actor) -> dict[str, Any]:
    """The parts of the page; each is empty where nothing is loaded."""
    tasks = list(
        Task.objects.filter(occupation=occupation, withdrawn_in=None)
        .select_related("first_release")
        .order_by("kind", "-incumbents", "task_id")
    )
    ratings = list(
        Rating.objects.filter(occupation=occupation, withdrawn_in=None)
        .select_related("competency", "first_release")
        .order_by("-value", "competency__statement")
    )
    wages = _wages(occupation, actor)
    outlook = (
        Projection.objects.filter(soc=occupation.published_soc)
        .select_related("release")
        .order_by("-base_year")
        .first()
    )
    cips = _programs(occupation)
    return {
        "zone": ZONES.get(occupation.job_zone or 0, ""),
        "core": [task.statement for task in tasks if task.is_core],
        "other_tasks": [task.statement for task in tasks if not task.is_core],
        "titles": _titles(occupation),
        "groups": _groups(ratings),
        "skills": _skills(occupation),
        "isco": IscoGroup.objects.filter(code=occupation.isco).first() if occupation.isco else None,
        "matches": _matches(occupation),
        "technologies": list(
            TechnologySkill.objects.filter(occupation=occupation, withdrawn_in=None).order_by(
                "-in_demand", "-hot", "example"
            )[:24]
        ),
        "related": list(
            RelatedOccupation.objects.filter(occupation=occupation, withdrawn_in=None)
            .select_related("related")
            .order_by("rank")[:_TOP]
        ),
        "wages": [_line(wage) for wage in wages],
        "main_wage": _main(wages),
        "outlook": outlook,
        "cips": cips,
        "sees_programs": actor.kind in (Kind.INTERMEDIARY, Kind.PROVIDER),
        "combined": occupation.soc != occupation.published_soc,
        "history": list(
            occupation.changes.select_related("release")
            .exclude(kind="added", release=occupation.first_release)
            .order_by("-release__order")
        ),
        "credits": credits(
            *_newest(actor, occupation),
            *(rating.first_release for rating in ratings[:1]),
            *(wage.release for wage in wages[:1]),
            outlook.release if outlook else None,
            *(link.first_release for link in cips[:1]),
        ),
    }


def _newest(actor: Actor, occupation: Occupation) -> QuerySet[Release]:
    """The release that a loaded occupation's page as a whole rests on."""
    newest = Release.objects.filter(source=occupation.framework).order_by("-order")
    return newest[:1] if not occupation.is_own else newest.none()


def _skills(occupation: Occupation) -> list[tuple[str, list[Competency]]]:
    """What ESCO calls essential for an occupation, and what optional."""
    if occupation.framework != Framework.ESCO:
        return []
    rows = list(
        OccupationSkill.objects.filter(occupation=occupation, withdrawn_in=None)
        .select_related("competency")
        .order_by("competency__kind", "competency__statement")
    )
    return [
        (title, found)
        for title, essential in ((_("Essential"), True), (_("Optional"), False))
        if (found := [row.competency for row in rows if row.essential == essential])
    ]


def _matches(occupation: Occupation) -> list[tuple[Occupation, str]]:
    """The same work in the other framework, the closest first, and how close it is."""
    if occupation.is_own:
        return []
    kinds = OccupationMatch.Kind
    order = [kinds.EXACT, kinds.CLOSE, kinds.NARROW, kinds.BROAD]
    rows = OccupationMatch.objects.filter(withdrawn_in=None).exclude(kind=kinds.ISCO)
    if occupation.framework == Framework.ESCO:
        found = dict(rows.filter(esco_uri=occupation.source_id).values_list("onet_code", "kind"))
        others = Occupation.objects.filter(framework=Framework.ONET, code__in=found)
        turned = {kinds.NARROW.value: kinds.BROAD, kinds.BROAD.value: kinds.NARROW}
        pairs = [(each, turned.get(found[each.code], found[each.code])) for each in others]
    else:
        found = dict(rows.filter(onet_code=occupation.code).values_list("esco_uri", "kind"))
        others = Occupation.objects.filter(framework=Framework.ESCO, source_id__in=found)
        pairs = [(each, found[each.source_id]) for each in others]
    pairs.sort(key=lambda pair: (order.index(kinds(pair[1])), pair[0].title))
    return [(each, str(kinds(kind).label)) for each, kind in pairs]


def _titles(occupation: Occupation) -> list[str]:
    """Other titles, those that workers reported first, each once."""
    rows = access.reported_titles(occupation).order_by("-kind", "title")
    return list(dict.fromkeys(row.title for row in rows))


def _groups(ratings: list[Rating]) -> list[Group]:
    """Ratings by kind: ranked by importance, or for work styles since 30.1 by impact."""
    by_scale: dict[tuple[str, str], list[Rating]] = {}
    for rating in ratings:
        by_scale.setdefault((rating.kind, rating.scale), []).append(rating)
    groups = []
    for kind, title in _KINDS.items():
        scale = next((s for s in (IMPORTANCE, IMPACT) if (kind.value, s) in by_scale), None)
        if scale is None:
            continue
        levels = {r.competency_id: r.value for r in by_scale.get((kind.value, LEVEL), [])}
        lines = [
            Rated(
                rating.competency.statement,
                reverse(
                    "frameworks:competency", kwargs={"competency": rating.competency.public_id}
                ),
                rating.value,
                levels.get(rating.competency_id),
            )
            for rating in by_scale[kind.value, scale][:_TOP]
        ]
        name = _("Importance, 1 to 5") if scale == IMPORTANCE else _("Impact, −3 to 3")
        groups.append(Group(str(title), name, lines, bool(levels)))
    return groups


def _wages(occupation: Occupation, actor: Actor) -> list[Wage]:
    """The newest wages in the region's areas: state, then parts of it, then the nation."""
    if not occupation.soc:
        return []
    rows = (
        Wage.objects.filter(soc=occupation.published_soc, area__in=access.wage_areas(actor))
        .select_related("area", "release")
        .order_by("area_id", "-year")
        .distinct("area_id")
    )
    order = {WageArea.Kind.STATE: 0, WageArea.Kind.METRO: 1, WageArea.Kind.NATION: 2}
    return sorted(rows, key=lambda wage: (order[WageArea.Kind(wage.area.kind)], wage.area.title))


def _main(wages: list[Wage]) -> dict[str, Any] | None:
    if not wages:
        return None
    first = wages[0]
    return {
        "area": first.area.title,
        "year": first.year,
        "median": pay(first, "annual_50"),
        "low": pay(first, "annual_10"),
        "high": pay(first, "annual_90"),
    }


def _line(wage: Wage) -> WageLine:
    return WageLine(
        wage.area.title,
        wage.year,
        wage.employment,
        pay(wage, "annual_10"),
        pay(wage, "annual_50"),
        pay(wage, "annual_90"),
        pay(wage, "hourly_50"),
    )


def _programs(occupation: Occupation) -> list[CipSoc]:
    if not occupation.soc:
        return []
    return list(
        CipSoc.objects.filter(soc=occupation.soc, withdrawn_in=None, cip__in=Cip.objects.all())
        .select_related("cip", "first_release")
        .order_by("cip__code")
    )
