"""The only way to the regional picture on someone's behalf.

Staff read answers and see them in full. Employers of the collaborative, and the region's providers
and funders, see what was published; nobody else anything (404).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import F, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, Kind, NotAllowed, Role
from backcast.core.disclosure import ALL, Address, Part, Rule, ShareRule
from backcast.core.quarters import Quarter
from backcast.core.rules import Entry, in_force
from backcast.demand.models import (
    Answer,
    AnswerQuarter,
    AnswerSkill,
    Hired,
    ProfileLine,
    Publication,
    PublishedFigure,
    PublishedShare,
    Publishing,
    Wave,
    WaveEmployer,
    WaveRole,
)
from backcast.demand.models import Role as DemandRole
from backcast.demand.regional.hindsight import (
    Compared,
    Corrections,
    Hindsight,
    corrections,
    hindsight,
)
from backcast.demand.regional.picture import (
    Coverage,
    Figure,
    Named,
    Picture,
    SkillShare,
    dimensions,
    figure_of,
)
from backcast.demand.regional.statements import Asked, Assumptions, Stated, Usual
from backcast.frameworks.models import Competency
from backcast.partners.models import LabourArea

if TYPE_CHECKING:
    from backcast.demand.regional.estimates import Regional

READERS = frozenset({Kind.EMPLOYER, Kind.PROVIDER, Kind.FUNDER})


def rule_on(day: date) -> tuple[Rule, Entry]:
    """The rule for sums of openings on a day, and the entry that it stands in."""
    entry = in_force("disclosure", "demand", day)
    return Rule(**entry.values), entry


def share_rule_on(day: date) -> ShareRule:
    return ShareRule(**in_force("disclosure", "workforce", day).values)


#: What every copy of the figures calls the words of ``policy``: the property of Credential Engine's QData.
POLICY_TERM = "qdata:dataSuppressionPolicy"


def policy(since: date) -> str:
    """In plain words what is left out, as it was decided under the rule of that day."""
    values = in_force("disclosure", "demand", since).values
    return _(
        "A figure is shown where at least %(contributors)d employers have people in it, %(smallest)d "
        "people or more, and none makes up most of it. Others are left out so that those cannot be "
        "worked out, also not beside what was published before."
    ) % {"contributors": values["contributors"], "smallest": values["smallest"]}


def why_hidden() -> str:
    """Why a figure is left out. Which part of the rule it was is not said: that would tell, too."""
    return _("Left out to protect what single employers said.")


def why_no_areas() -> str:
    return _(
        "This wave asked for too many roles and quarters to be split by labor area: it could no "
        "longer be made sure that nobody works out what one employer said."
    )


def usual_on(day: date) -> Usual:
    """How far published figures usually err, as their bands take it."""
    return Usual(**in_force("disclosure", "bands", day).values)


def assumed_on(day: date) -> Entry:
    """What the estimates assume on a day."""
    return in_force("disclosure", "estimates", day)


# --- what may be read -----------------------------------------------------------------------------


def waves(actor: Actor) -> QuerySet[Wave]:
    """The waves whose full picture the actor may open: those of the region, for its staff (404)."""
    if not actor.is_staff:
        raise Http404
    return (
        Wave.objects.filter(region=actor.region_id, archived_at=None)
        .exclude(status=Wave.Status.DRAFT)
        .select_related("collaborative")
    )


def wave(actor: Actor, public_id: UUID, *, role: Role = Role.VIEWER) -> Wave:
    found = waves(actor).filter(public_id=public_id).select_related("region").first()
    if found is None:
        raise Http404
    if not actor.may(role):
        raise NotAllowed
    return found


def publications(actor: Actor) -> QuerySet[Publication]:
    """What was published to the actor: row security leaves an employer those of its collaboratives."""
    if not (actor.is_staff or actor.kind in READERS):
        raise Http404
    rows = Publication.objects.filter(region=actor.region_id).select_related("collaborative")
    if actor.kind is Kind.EMPLOYER:
        rows = rows.filter(
            collaborative__members__employer=actor.organisation_id,
            collaborative__members__left_on=None,
        )
    return rows


def publication(actor: Actor, public_id: UUID) -> Publication:
    found = publications(actor).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def newest(actor: Actor, wave: Wave) -> Publication | None:
    """The newest publication of a wave."""
    return publications(actor).filter(wave=wave).order_by("-number").first()


def publishing(actor: Actor, wave: Wave) -> Publishing | None:
    """How far the publishing of a wave is, where staff asked for it; others do not see that (404)."""
    if not actor.is_staff:
        raise Http404
    return Publishing.objects.filter(wave=wave).first()


# --- the full picture -----------------------------------------------------------------------------


def answers(wave: Wave, at: datetime | None = None) -> QuerySet[Answer]:
    """What employers say now, or said at a moment: sent, with their corrections."""
    rows = Answer.objects.filter(wave=wave)
    return rows.in_force() if at is None else rows.as_of(at)


def regional_of(
    wave: Wave,
    day: date,
    *,
    at: datetime | None = None,
    factors: Callable[[str], float] | None = None,
) -> Regional:
    """The estimates of a wave from its answers, for staff and for publishing. Four queries.

    ``at``: from what held at that moment. ``factors``: what an employer's numbers are multiplied
    by for what was hired after earlier waves.
    """
    from backcast.demand.regional.estimates import Regional

    values = assumed_on(day).values
    usual = values["headcounts"]
    roster = [
        Asked(str(who), size, float(headcount or usual[size]))
        for who, size, headcount in WaveEmployer.objects.filter(
            wave=wave, archived_at=None
        ).values_list("employer", "size", "headcount")
    ]
    answered: dict[str, set[str]] = {
        str(what): set()
        for what in WaveRole.objects.filter(wave=wave).values_list("role", flat=True)
    }
    refill: dict[int, float | None] = {}
    place: dict[int, tuple[str, str, str]] = {}
    for pk, who, what, site_area, share in (
        answers(wave, at)
        .order_by()
        .values_list("pk", "employer", "role", "site__area", "refill_share")
    ):
        answered.setdefault(str(what), set()).add(str(who))
        place[pk] = (str(who), str(what), str(site_area or ""))
        refill[pk] = None if share is None else share / 100
    quarters = {str(each) for each in wave.asked}
    said = []
    for pk, start, cause, low, likely, high in (
        AnswerQuarter.objects.filter(answer__in=answers(wave, at).values("pk"))
        .order_by()
        .values_list("answer", "quarter_start", "cause", "low", "likely", "high")
    ):
        quarter = str(Quarter.of(start))
        if pk in place and quarter in quarters:
            employer, role, area = place[pk]
            said.append(Stated(employer, role, quarter, cause, area, low, likely, high, refill[pk]))
    return Regional(
        roster,
        {role: frozenset(who) for role, who in answered.items()},
        said,
        Assumptions(values["shock"], values["confidence"]),
        {each.employer: factors(each.employer) for each in roster} if factors else None,
    )


def corrections_for(wave: Wave, day: date) -> Corrections | None:
    """What hires after earlier waves of the collaborative say of its employers' numbers.

    For staff and for publishing: it rests on every employer's hires.
    """
    rows = Hired.objects.filter(
        region=wave.region_id, archived_at=None, role__collaborative=wave.collaborative_id
    ).select_related("employer", "role")
    values = assumed_on(day).values
    before = wave.frozen_at or timezone.now()
    return corrections(
        (
            Compared(str(row.employer_id), str(row.role_id), str(row.quarter), expected, row.people)
            for row, expected, _wave in expected_of(list(rows), wave.region_id, before)
        ),
        values["shrink"],
        tuple(values["limits"]),
    )


def roles_of(wave: Wave) -> tuple[Named, ...]:
    rows = WaveRole.objects.filter(wave=wave).values_list("role", "role__title")
    return tuple(Named(str(pk), title) for pk, title in rows)


def areas_of(regional: Regional) -> tuple[Named, ...]:
    """The labor areas in which somebody needs people; sites in none are only in the totals."""
    keys = {row.key[3] for row in regional.weighted if row.key[3]}
    rows = LabourArea.objects.filter(pk__in=[int(key) for key in keys]).order_by("name")
    return tuple(Named(str(pk), name) for pk, name in rows.values_list("pk", "name"))


def full_picture(actor: Actor, wave: Wave, *, corrected: bool = True) -> Picture:
    """Everything that the wave's answers say, for staff of the region.

    ``corrected``: with what was hired after earlier waves, where that is known.
    """
    if not actor.is_staff or wave.region_id != actor.region_id:
        raise Http404
    today = timezone.localdate()
    known = corrections_for(wave, today)
    regional = regional_of(wave, today, factors=known.of if known and corrected else None)
    roles, areas = roles_of(wave), areas_of(regional)
    _dims, _views, by_area = dimensions([r.key for r in roles], wave.asked, [a.key for a in areas])
    picture = Picture(
        wave.name,
        wave.collaborative.name,
        wave.asked,
        roles,
        areas,
        {},
        {},
        (),
        {role.key: Coverage(*regional.coverage(role.key)) for role in roles},
        len(regional.roster),
        len(set().union(*regional.answered.values())) if regional.answered else 0,
        True,
        rule_on(today)[1].since,
        by_area=by_area,
        too_large=bool(areas) and not by_area,
        corrected=known is not None and corrected,
        corrections=known,
        refill=regional.refill,
    )
    figures = {
        address: figure_of(estimate)
        for address, estimate in regional.estimates(picture.addresses()).items()
        if estimate.employers or estimate.stated
    }
    return replace(
        picture,
        figures=figures,
        upskill=_full_upskill(wave, regional),
        shares=tuple(_full_shares(wave, roles)),
    )


def upskill_of(
    wave: Wave, regional: Regional, at: datetime | None = None
) -> list[tuple[str, str, float, float]]:
    """Employer, role, staff to train further, and what each of them stands for."""
    found: dict[tuple[str, str], float] = defaultdict(float)
    for employer, role, people in (
        answers(wave, at).filter(upskill__isnull=False).values_list("employer", "role", "upskill")
    ):
        found[str(employer), str(role)] += people or 0
    return [
        (employer, role, people, regional.weight(employer, role))
        for (employer, role), people in found.items()
    ]


def _full_upskill(wave: Wave, regional: Regional) -> dict[str, Figure]:
    stated: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for _employer, role, people, weight in upskill_of(wave, regional):
        stated[role].append((people, weight))
    return {
        role: Figure(
            value := sum(people * weight for people, weight in rows),
            value,
            value,
            sum(people > 0 for people, _weight in rows),
            sum(people for people, _weight in rows),
        )
        for role, rows in stated.items()
    }


def share_parts(wave: Wave, at: datetime | None = None) -> dict[tuple[str, str], list[Part]]:
    """Role and skill → what each employer says of its staff, where it says how many it has."""
    parts: dict[tuple[str, str], dict[str, list[tuple[float, float]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for employer, role, staff, competency, line, share in AnswerSkill.objects.filter(
        answer__in=answers(wave, at).values("pk"), answer__staff_now__gt=0
    ).values_list(
        "answer__employer", "answer__role", "answer__staff_now", "competency", "line_key", "share"
    ):
        skill = f"l{line}" if line else f"c{competency}"
        parts[str(role), skill][str(employer)].append((staff or 0, share / 100))
    return {
        key: [
            Part(
                employer,
                sum(people for people, _share in rows),
                sum(people * share for people, share in rows) / sum(p for p, _share in rows),
            )
            for employer, rows in by_employer.items()
        ]
        for key, by_employer in parts.items()
    }


def skill_titles(keys: Iterable[str]) -> dict[str, tuple[int | None, str]]:
    """The competency (where it is one) and the words of skills by their keys."""
    lines = [key[1:] for key in keys if key.startswith("l")]
    competencies = [int(key[1:]) for key in keys if key.startswith("c")]
    found: dict[str, tuple[int | None, str]] = {}
    for line in (
        ProfileLine.objects.filter(line_key__in=lines)
        .select_related("competency", "credential")
        .order_by("version__number")
    ):
        found[f"l{line.line_key}"] = (line.competency_id, line.name)
    for pk, statement in Competency.objects.filter(pk__in=competencies).values_list(
        "pk", "statement"
    ):
        found[f"c{pk}"] = (pk, statement)
    return found


def _full_shares(wave: Wave, roles: Iterable[Named]) -> list[SkillShare]:
    parts = share_parts(wave)
    titles = skill_titles([skill for _role, skill in parts])
    order = {role.key: index for index, role in enumerate(roles)}
    found = []
    for (role, skill), rows in parts.items():
        people = sum(part.people for part in rows)
        value = sum(part.people * part.share for part in rows) / people
        title = titles.get(skill, (None, ""))[1]
        if title:
            found.append(SkillShare(role, skill, title, value, "about", len(rows), people))
    return sorted(found, key=lambda each: (order.get(each.role, 99), each.value or 0, each.skill))


# --- what was published ---------------------------------------------------------------------------


def published_picture(publication: Publication) -> Picture:
    """What others see. The caller has come by the publication through ``publication``."""
    rows = list(publication.roles.select_related("role"))
    figures: dict[Address, Figure] = {}
    upskill: dict[str, Figure] = {}
    areas: dict[str, str] = {}
    for row in publication.figures.select_related("area"):
        figure = Figure(row.value, row.low, row.high, row.employers)
        role = str(row.role_id) if row.role_id else ALL
        if row.measure == PublishedFigure.Measure.UPSKILL:
            upskill[role] = figure
            continue
        if row.area is not None:
            areas[str(row.area_id)] = row.area.name
        figures[
            role,
            str(Quarter.of(row.quarter_start)) if row.quarter_start else ALL,
            row.cause or ALL,
            str(row.area_id) if row.area_id else ALL,
        ] = figure
    return Picture(
        publication.wave_name,
        publication.collaborative.name,
        publication.asked_for,
        tuple(Named(str(row.role_id), row.role.title) for row in rows),
        tuple(
            sorted((Named(key, name) for key, name in areas.items()), key=lambda each: each.title)
        ),
        figures,
        upskill,
        tuple(
            SkillShare(
                str(row.role_id),
                f"c{row.competency_id}" if row.competency_id else f"s{row.pk}",
                row.skill,
                row.value,
                row.bound or PublishedShare.Bound.ABOUT,
                row.employers,
            )
            for row in publication.shares.all()
        ),
        {str(row.role_id): Coverage(row.asked, row.answered, row.coverage) for row in rows},
        publication.asked,
        publication.answered,
        False,
        publication.rule_since,
        publication.published_at,
        by_area=bool(areas),
        too_large=publication.without_areas,
        corrected=publication.corrected,
    )


# --- hires ----------------------------------------------------------------------------------------


def hired(actor: Actor) -> QuerySet[Hired]:
    """Hires that the actor sees: all of the region for staff, an employer its own (others 404)."""
    if not (actor.is_staff or actor.kind is Kind.EMPLOYER):
        raise Http404
    rows = Hired.objects.filter(region=actor.region_id, archived_at=None).select_related(
        "employer", "role__collaborative"
    )
    return rows if actor.is_staff else rows.filter(employer=actor.organisation_id or 0)


def one_hired(actor: Actor, public_id: UUID, *, role: Role = Role.VIEWER) -> Hired:
    found = hired(actor).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    if not actor.may(role):
        raise NotAllowed
    return found


def require_member(actor: Actor) -> None:
    """Those who may say who was hired: viewers may not."""
    if not actor.may(Role.MEMBER):
        raise NotAllowed


def hirable(actor: Actor) -> QuerySet[DemandRole]:
    """The roles for which the actor may say who was hired."""
    rows = DemandRole.objects.filter(region=actor.region_id, archived_at=None)
    if actor.is_staff:
        return rows
    if actor.kind is not Kind.EMPLOYER:
        raise Http404
    return rows.filter(
        collaborative__members__employer=actor.organisation_id,
        collaborative__members__left_on=None,
    )


def compared(actor: Actor) -> list[Compared]:
    """Hires beside what the newest frozen wave that asked for their quarter expected.

    A wave counts for a quarter only where its employer answered it about the role.
    """
    return [
        Compared(row.employer.name, row.role.title, str(row.quarter), expected, row.people)
        for row, expected, _wave in expected_of(
            list(hired(actor).order_by()), actor.region_id, timezone.now()
        )
    ]


def expected_of(
    rows: list[Hired], region_id: int | None, before: datetime
) -> Iterator[tuple[Hired, float, int]]:
    """Hires with what the newest wave frozen before a moment expected of their quarter, and that wave."""
    if not rows:
        return
    expected: dict[tuple[int, int, date], float] = {}
    told = (
        AnswerQuarter.objects.filter(
            answer__wave__status=Wave.Status.FROZEN,
            answer__wave__region=region_id,
            answer__wave__frozen_at__lt=before,
            answer__sent_at__isnull=False,
            answer__number=1,
            answer__employer__in={row.employer_id for row in rows},
        )
        .order_by("answer__wave__frozen_at")
        .annotate(wave=F("answer__wave"))
        .values_list(
            "wave", "answer__employer", "answer__role", "quarter_start", "low", "likely", "high"
        )
    )
    latest: dict[tuple[int, int, date], int] = {}
    for wave, employer, role, quarter, low, likely, high in told:
        key = (employer, role, quarter)
        if latest.get(key) != wave:
            latest[key], expected[key] = wave, 0.0
        expected[key] += (low + 4 * likely + high) / 6
    for row in rows:
        key = (row.employer_id, row.role_id, row.quarter_start)
        if key in expected:
            yield row, expected[key], latest[key]


def looked_back(actor: Actor) -> Hindsight:
    """Bias and error of what was expected, of everybody the actor sees and of each employer."""
    shrink = assumed_on(timezone.localdate()).values["shrink"]
    return hindsight(compared(actor), shrink)
