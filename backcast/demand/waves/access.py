"""The only way to reach waves and their answers on someone's behalf.

Staff see the waves of their region; an employer those that ask it, once they are open, and in them
its own place and answers; everyone else none (404). Whoever comes by a link is an actor for one
employer in one wave. Row-level security says the same in the database.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone

from backcast.core.actor import Actor, Kind, NotAllowed, Role, acting, system
from backcast.core.quarters import Quarter
from backcast.demand.figures import Cause
from backcast.demand.models import (
    Answer,
    AnswerChange,
    AnswerQuerySet,
    Need,
    NeedRequirement,
    ProfileLine,
    ProfileVersion,
    Wave,
    WaveEmployer,
    WaveInvitation,
    WaveLink,
    WaveRole,
)
from backcast.demand.models import Role as DemandRole
from backcast.demand.waves.said import CareerStep, Cell, Confidence, Said, carried
from backcast.partners.models import CollaborativeMember, Site

PARTS = tuple(WaveInvitation.Part.values)


def sees_waves(actor: Actor) -> bool:
    """Are there waves for the actor at all?"""
    return actor.is_staff or (actor.kind is Kind.EMPLOYER and actor.organisation_id is not None)


def waves(actor: Actor) -> QuerySet[Wave]:
    """The waves that the actor sees: an employer only those that have asked it."""
    if not sees_waves(actor):
        raise Http404
    rows = Wave.objects.filter(region=actor.region_id)
    if actor.is_staff:
        return rows
    asked = WaveEmployer.objects.filter(employer=actor.organisation_id).values("wave")
    return rows.filter(pk__in=asked, archived_at=None).exclude(status=Wave.Status.DRAFT)


def wave(actor: Actor, public_id: UUID, *, role: Role = Role.VIEWER) -> Wave:
    """One wave. Outsiders 404; too little right ``NotAllowed``."""
    found = (
        waves(actor)
        .filter(public_id=public_id)
        .select_related("collaborative", "region", "previous")
        .first()
    )
    if found is None:
        raise Http404
    if not actor.may(role):
        raise NotAllowed
    return found


def place(actor: Actor, wave: Wave, employer: UUID | None = None) -> WaveEmployer:
    """An employer's place on the roster of the wave: by its public id for staff, else the own one."""
    rows = WaveEmployer.objects.filter(wave=wave).select_related("employer", "wave")
    if actor.is_staff and employer is not None:
        rows = rows.filter(employer__public_id=employer)
    else:
        rows = rows.filter(employer=actor.organisation_id or 0)
    found = rows.first()
    if found is None:
        raise Http404
    return found


def invitation(actor: Actor, public_id: UUID) -> WaveInvitation:
    """One invitation of a wave of the region, for its staff."""
    if not actor.is_staff:
        raise Http404
    found = (
        WaveInvitation.objects.filter(public_id=public_id, region=actor.region_id)
        .select_related("wave__collaborative", "wave__region", "place__employer", "employer")
        .first()
    )
    if found is None:
        raise Http404
    return found


def roles(wave: Wave) -> list[DemandRole]:
    """The roles that the wave asks about, in its order."""
    rows = WaveRole.objects.filter(wave=wave).select_related("role__occupation")
    return [row.role for row in rows]


# --- links ----------------------------------------------------------------------------------------


def new_secret() -> tuple[str, str]:
    """The secret of a new link, and the digest that is kept of it."""
    token = secrets.token_urlsafe(32)
    return token, digest(token)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Opened:
    """A link as it was opened. ``state``: ``open``, ``expired``, ``unknown`` or ``ended``.

    Only an open one lets anybody in; from the others a new one can be asked for, but ``ended``.
    """

    invitation: WaveInvitation
    state: str

    @property
    def actor(self) -> Actor:
        return link_actor(self.invitation)


def open_link(public_id: UUID, token: str) -> Opened:
    """What a link leads to. Looking changes nothing, however often and by whomever it is opened."""
    with acting(system("wave-link")):
        found = WaveInvitation.objects.filter(public_id=public_id).first()
        if found is None:
            raise Http404
        wanted = digest(token)
        links = WaveLink.objects.filter(invitation=found).values_list("digest", "expires_at")
        until = next((end for kept, end in links if hmac.compare_digest(kept, wanted)), None)
    if found.ended_at is not None:
        return Opened(found, "ended")
    if until is None:
        return Opened(found, "unknown")
    return Opened(found, "open" if until > timezone.now() else "expired")


def link_actor(invitation: WaveInvitation) -> Actor:
    """Whoever holds a link: its employer, in this wave and the one that answers are taken from."""
    employer = Actor(
        f"wave-invitation:{invitation.public_id}",
        kind=Kind.EMPLOYER,
        role=Role.MEMBER,
        organisation_id=invitation.employer_id,
        region_id=invitation.region_id,
        scope=f"wave:{invitation.wave_id}",
    )
    with acting(employer):
        before = Wave.objects.filter(pk=invitation.wave_id).values_list("previous", flat=True)
        previous = before.first()
    if previous is None:
        return employer
    return Actor(
        employer.label,
        kind=employer.kind,
        role=employer.role,
        organisation_id=employer.organisation_id,
        region_id=employer.region_id,
        scope=f"{employer.scope},wave:{previous}",
    )


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at the questions of one employer: by a link, signed in, or staff in its name."""

    actor: Actor
    wave: Wave
    place: WaveEmployer
    invitation: WaveInvitation | None = None
    channel: str = Answer.Channel.ONLINE

    @property
    def parts(self) -> tuple[str, ...]:
        """The groups of questions that are this person's, in order."""
        if self.invitation is None:
            return PARTS
        return tuple(part for part in PARTS if part in self.invitation.parts)

    @property
    def by_staff(self) -> bool:
        return self.actor.is_staff

    @property
    def asked(self) -> tuple[Quarter, ...]:
        return self.wave.asked


def visit_by_link(opened: Opened) -> Visit:
    """The questions behind an open link; the caller acts as ``opened.actor``."""
    invitation = opened.invitation
    wave = Wave.objects.select_related("collaborative", "region").get(pk=invitation.wave_id)
    place = WaveEmployer.objects.select_related("employer", "wave").get(pk=invitation.place_id)
    if wave.status == Wave.Status.DRAFT or wave.is_archived:
        raise Http404
    return Visit(opened.actor, wave, place, invitation)


def visit(actor: Actor, wave: Wave, employer: UUID | None = None, channel: str = "") -> Visit:
    """The questions for someone signed in: for their own employer, or for staff in one's name."""
    found = place(actor, wave, employer)
    if not actor.may(Role.MEMBER):
        raise NotAllowed
    if not actor.is_staff:
        channel = ""
    return Visit(actor, wave, found, None, channel or Answer.Channel.ONLINE)


# --- answers --------------------------------------------------------------------------------------


def answers(actor: Actor, wave: Wave) -> AnswerQuerySet:
    """The answers of a wave that the actor sees: all for staff, else its own."""
    rows = Answer.objects.filter(wave=wave)
    return rows if actor.is_staff else rows.filter(employer=actor.organisation_id or 0)


def with_rows(rows: QuerySet[Answer]) -> QuerySet[Answer]:
    """With everything that ``said_of`` reads."""
    return rows.select_related("role", "site", "employer").prefetch_related(
        "quarters", "points", "steps", "offers", "skills"
    )


def said_of(answer: Answer) -> Said:
    """What an answer says, as values. Uses what ``answer`` has prefetched."""
    return Said(
        not_ours=answer.not_ours,
        staff_now=answer.staff_now,
        vacancies=answer.vacancies,
        wage_low=answer.wage_low,
        wage_high=answer.wage_high,
        refill_share=answer.refill_share,
        upskill=answer.upskill,
        upskill_words=answer.upskill_words,
        note=answer.note,
        cells={
            (row.quarter, Cause(row.cause)): Cell(
                row.low,
                row.likely,
                row.high,
                Confidence(row.confidence),
                row.range_assumed,
                row.confirmed,
            )
            for row in answer.quarters.all()
        },
        points={(row.topic, row.kind): row.words for row in answer.points.all()},
        steps=tuple(
            CareerStep(row.title, row.after_months, row.wage) for row in answer.steps.all()
        ),
        offers={row.kind: row.quantity for row in answer.offers.all()},
        skills={
            skill_key(row.competency_id, row.line_key): row.share for row in answer.skills.all()
        },
    )


def skill_key(competency: int | None, line_key: UUID | None) -> str:
    """The name under which a share of present staff is kept: a profile's line, else a competency."""
    return f"l{line_key}" if line_key is not None else f"c{competency}"


def latest_answers(place: WaveEmployer) -> dict[tuple[int, int], Answer]:
    """The newest answer for each role and site of this employer, sent or not, by their ids."""
    found: dict[tuple[int, int], Answer] = {}
    rows = Answer.objects.filter(place=place).order_by("number")
    for answer in with_rows(rows):
        found[answer.role_id, answer.site_id] = answer
    return found


def first_answer(place: WaveEmployer, role: DemandRole) -> Answer | None:
    """The answer for the role at the first of the employer's places, if there is one."""
    mine = [one for (of, _site), one in latest_answers(place).items() if of == role.pk]
    return min(mine, key=lambda one: one.site_id, default=None)


def touched(place: WaveEmployer) -> dict[tuple[int, int], set[str]]:
    """The fields that somebody has written in this wave, by the ids of role and site."""
    found: dict[tuple[int, int], set[str]] = defaultdict(set)
    rows = AnswerChange.objects.filter(answer__place=place).order_by()
    for role, site, name in rows.values_list(
        "answer__role_id", "answer__site_id", "field"
    ).distinct():
        found[role, site].add(name)
    return found


def is_editable(answer: Answer, wave: Wave) -> bool:
    """Can fields of the answer be changed? In an open wave; afterwards only an unsent correction."""
    if wave.frozen_at is None:
        return wave.status == Wave.Status.OPEN
    return answer.sent_at is None and (answer.number > 1 or answer.created_at > wave.frozen_at)


@dataclass(frozen=True, slots=True)
class Before:
    """What the questions of a role and site are prefilled with, and where it comes from."""

    said: Said
    answer: Answer | None = None
    need: Need | None = None


def before(visit: Visit, role: DemandRole, site: Site) -> Before:
    """What this employer said about the role and site last time; empty where it said nothing.

    The last wave's answer, as it now stands; without one, the need that it has stated.
    """
    if visit.wave.previous_id is not None:
        found = with_rows(
            Answer.objects.in_force().filter(
                wave=visit.wave.previous_id, employer=visit.place.employer_id, role=role, site=site
            )
        ).first()
        if found is not None:
            return Before(carried(said_of(found), visit.asked), answer=found, need=found.need)
    need = need_for(visit, role, site)
    if need is None or need.status != Need.Status.STATED:
        return Before(Said(), need=need)
    return Before(_said_of_need(need, visit.asked), need=need)


def need_for(visit: Visit, role: DemandRole, site: Site) -> Need | None:
    """The need that an answer for this role and site speaks of, if there is one.

    The one that an earlier answer stated; else one of the same name at the site; else the only one
    of the role's occupation there.
    """
    own = Need.objects.filter(employer=visit.place.employer_id, site=site)
    own = own.select_related("employer", "site", "occupation").prefetch_related(
        "quarters", "offers"
    )
    linked = own.filter(answers__role=role).order_by("-answers__id").first()
    if linked is not None:
        return linked
    current = own.filter(archived_at=None)
    same_name = current.filter(folded=role.folded).order_by("pk").first()
    if same_name is not None:
        return same_name
    if role.occupation_id is None:
        return None
    same_work = list(current.filter(occupation=role.occupation_id).order_by("pk")[:2])
    return same_work[0] if len(same_work) == 1 else None


def _said_of_need(need: Need, asked: tuple[Quarter, ...]) -> Said:
    cells = {
        (row.quarter, Cause(row.cause)): Cell(
            row.low,
            row.likely,
            row.high,
            range_assumed=row.range_assumed,
            confirmed=row.confirmed,
        )
        for row in need.quarters.all()
    }
    offers = {offer.kind: offer.quantity for offer in need.offers.all()}
    low: Decimal | None = need.wage_low
    return carried(Said(wage_low=low, wage_high=need.wage_high, cells=cells, offers=offers), asked)


def prefilled_sites(visit: Visit, role: DemandRole) -> list[Site]:
    """The sites for which the last wave has an answer about this role."""
    if visit.wave.previous_id is None:
        return []
    return list(
        Site.objects.filter(
            archived_at=None,
            organisation=visit.place.employer_id,
            answers__wave=visit.wave.previous_id,
            answers__role=role,
            answers__sent_at__isnull=False,
        )
        .distinct()
        .order_by("pk")
    )


def sites(place: WaveEmployer) -> list[Site]:
    """The employer's sites in use, the oldest first."""
    rows = Site.objects.filter(organisation=place.employer_id, archived_at=None)
    return list(rows.select_related("area").order_by("pk"))


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill whose share of present staff is asked for; ``line_key`` where a profile names it."""

    key: str
    name: str
    competency: int | None = None
    line_key: UUID | None = None
    level: float | None = None


#: More skills than these are not asked for, so that an answer takes minutes.
SKILLS_ASKED = 12


def profile_version(role: DemandRole) -> ProfileVersion | None:
    """The version that employers are shown: one that is open for comment, else the approved one."""
    rows = ProfileVersion.objects.filter(profile__role=role, archived_at=None)
    return rows.filter(status__in=["open", "approved"]).order_by("-number").first()


def profile_skills(role: DemandRole) -> list[Skill]:
    """The skills that the role's profile names, the most important first."""
    version = profile_version(role)
    if version is None:
        return []
    lines = (
        ProfileLine.objects.filter(version=version, credential=None)
        .exclude(necessity=ProfileLine.Necessity.NOT_NEEDED)
        .select_related("competency")
        .order_by(F("importance").desc(nulls_last=True), "order", "pk")
    )
    return [
        Skill(
            skill_key(None, line.line_key),
            line.name,
            line.competency_id,
            line.line_key,
            line.level_at_hire,
        )
        for line in lines
    ]


def skills_asked(visit: Visit, role: DemandRole, site: Site) -> list[Skill]:
    """The skills to ask about: the profile's; without one, those that the employer's need names."""
    skills = profile_skills(role)
    if not skills:
        need = need_for(visit, role, site)
        named = NeedRequirement.objects.filter(need=need, competency__isnull=False)
        skills = [
            Skill(skill_key(row.competency_id, None), row.name, row.competency_id, None, row.level)
            for row in named.select_related("competency", "credential")
        ]
    return skills[:SKILLS_ASKED]


# --- how a wave stands ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the employers that are asked have answered, and how many people they employ.

    Headcounts that nobody knows count nowhere; ``unknown`` says how many employers have none.
    """

    asked: int
    answered: int
    begun: int
    headcount: int
    headcount_answered: int
    unknown: int

    @property
    def response(self) -> float | None:
        return self.answered / self.asked if self.asked else None

    @property
    def coverage(self) -> float | None:
        return self.headcount_answered / self.headcount if self.headcount else None


def roster(wave: Wave) -> QuerySet[WaveEmployer]:
    """The employers that the wave asks, each with ``answered`` and ``begun``."""
    own = Answer.objects.filter(place=OuterRef("pk"))
    return WaveEmployer.objects.filter(wave=wave).annotate(
        answered=Exists(own.filter(sent_at__isnull=False)), begun=Exists(own)
    )


def coverage(wave: Wave) -> dict[str, Share]:
    """How the wave stands, by size of employer, in one query; ``""`` is all of them."""
    rows = (
        roster(wave)
        .order_by()
        .values("size")
        .annotate(
            asked=Count("pk"),
            n_answered=Count("pk", filter=Q(answered=True)),
            n_begun=Count("pk", filter=Q(begun=True, answered=False)),
            people=Coalesce(Sum("headcount"), 0),
            people_answered=Coalesce(Sum("headcount", filter=Q(answered=True)), 0),
            unknown=Count("pk", filter=Q(headcount=None)),
        )
    )
    shares = {
        row["size"]: Share(
            row["asked"],
            row["n_answered"],
            row["n_begun"],
            row["people"],
            row["people_answered"],
            row["unknown"],
        )
        for row in rows
    }
    total = Share(
        *(
            sum(getattr(share, name) for share in shares.values())
            for name in Share.__dataclass_fields__
        )
    )
    return {"": total} | {size: shares[size] for size in CollaborativeMember.Size if size in shares}


@dataclass(frozen=True, slots=True)
class RoleShare:
    """How many employers have answered about one role."""

    role: DemandRole
    answered: int
    not_ours: int
    corrected: int


def role_shares(wave: Wave) -> list[RoleShare]:
    """How many employers have answered about each role, in two queries."""
    counts: dict[int, tuple[int, int, int]] = {}
    rows = (
        Answer.objects.filter(wave=wave, sent_at__isnull=False)
        .order_by()
        .values("role")
        .annotate(
            answered=Count("place", distinct=True),
            no=Count("place", distinct=True, filter=Q(not_ours=True)),
            corrected=Count("pk", filter=Q(number__gt=1)),
        )
    )
    for row in rows:
        counts[row["role"]] = (row["answered"], row["no"], row["corrected"])
    return [RoleShare(role, *counts.get(role.pk, (0, 0, 0))) for role in roles(wave)]


def to_remind(wave: Wave) -> QuerySet[WaveInvitation]:
    """Whom a reminder may go to now: asked, silent, willing, not too often, not too soon."""
    pause = timezone.now() - timedelta(days=wave.reminder_pause)
    answered = Answer.objects.filter(place=OuterRef("place"), sent_at__isnull=False)
    return (
        WaveInvitation.objects.filter(
            ~Exists(answered),
            wave=wave,
            ended_at=None,
            stopped_at=None,
            sent_at__isnull=False,
            reminders__lt=wave.reminder_limit,
        )
        .filter(Q(reminded_at=None, sent_at__lt=pause) | Q(reminded_at__lt=pause))
        .select_related("place__employer", "employer")
    )
