"""What people do at the questions: save a field, send the answers; and staff, correct one.

A field is saved by itself. Who saves it says which version of it they saw; where somebody else has
changed it since, nothing is overwritten and both values are told (``Conflict``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.core.actor import acting
from backcast.core.quarters import Quarter
from backcast.demand import access as need_access
from backcast.demand import actions as needs
from backcast.demand.figures import Named, Offer, Openings, Statement, sorted_openings
from backcast.demand.lifecycle import State as NeedState
from backcast.demand.lifecycle import state_of as need_state
from backcast.demand.models import (
    Answer,
    AnswerChange,
    AnswerOffer,
    AnswerPoint,
    AnswerQuarter,
    AnswerSkill,
    AnswerStep,
    Need,
    Wave,
)
from backcast.demand.models import Role as DemandRole
from backcast.demand.waves import access
from backcast.demand.waves.access import Visit
from backcast.demand.waves.actions import require_step
from backcast.demand.waves.said import (
    Refused,
    Said,
    as_elsewhere,
    get,
    is_for_all_places,
    put,
)
from backcast.frameworks.models import Competency
from backcast.partners.models import Site


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody left in a field: its text, the version they saw, and whether they mean it.

    ``seen`` is what stood there when they got the page, where that is known: left alone, it is no
    change, whatever has become of the field since.
    """

    text: str
    version: int = 0
    confirmed: bool = False
    seen: str | None = None


class Conflict(Exception):
    """Somebody else changed the field since: what it says now, by whom and when."""

    def __init__(self, change: AnswerChange) -> None:
        self.change = change
        super().__init__(change.field)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the fields of a page: one entry by name for each that was not kept."""

    saved: tuple[str, ...] = ()
    refused: Mapping[str, Refused] = field(default_factory=dict)
    conflicts: Mapping[str, AnswerChange] = field(default_factory=dict)

    @property
    def kept_all(self) -> bool:
        return not self.refused and not self.conflicts


def save_fields(
    visit: Visit, *, role: DemandRole, site: Site, typed: Mapping[str, Typed]
) -> Outcome:
    """Keep what was typed, field by field; what cannot be kept keeps nothing else from it."""
    saved: list[str] = []
    refused: dict[str, Refused] = {}
    conflicts: dict[str, AnswerChange] = {}
    with acting(visit.actor, "demand.answer_wave"):
        answer = _editable(visit, role, site)
        said = access.said_of(answer)
        last = _last_changes(answer, typed)
        asked = visit.asked
        after = said
        for name, one in typed.items():
            now = get(said, name, asked)
            change = last.get(name)
            seen = one.seen
            if seen is None:
                seen = _as_seen(answer, name, one.version, change, now)
            if one.text in (now, seen):
                continue
            if change is not None and change.pk > one.version:
                conflicts[name] = change
                continue
            try:
                written = put(after, name, one.text, asked, confirmed=one.confirmed)
            except Refused as problem:
                refused[name] = problem
                continue
            if written == after:
                continue
            _log(answer, visit, name, get(after, name, asked), get(written, name, asked))
            after = written
            saved.append(name)
        if after != said:
            _write(answer, said, after)
            _touch(answer, visit)
            _write_elsewhere(answer, visit, said, after, saved)
    return Outcome(tuple(saved), refused, conflicts)


def save_field(
    visit: Visit, *, role: DemandRole, site: Site, name: str, typed: Typed
) -> tuple[Answer, bool]:
    """Keep one field. Returns the answer and whether it changed.

    Raises ``Refused`` (or ``AskedBack``), ``Conflict``; ``KeyError`` where there is no such field.
    """
    outcome = save_fields(visit, role=role, site=site, typed={name: typed})
    if name in outcome.refused:
        raise outcome.refused[name]
    if name in outcome.conflicts:
        raise Conflict(outcome.conflicts[name])
    answer = access.latest_answers(visit.place)[role.pk, site.pk]
    return answer, bool(outcome.saved)


def begin(visit: Visit, *, role: DemandRole, site: Site) -> Answer:
    """The answer for a role and site, with what it is prefilled with, where there is none yet."""
    with acting(visit.actor, "demand.answer_wave"):
        return _editable(visit, role, site)


def send_answers(visit: Visit) -> list[Answer]:
    """Stand by what was said: each answer that says how many people counts, as a need too.

    Sent again, answers and needs are brought up to date; nothing is doubled. Prefilled answers that
    nobody touched are sent as they stand. Raises ``ValidationError`` where nothing can be sent.
    """
    with acting(visit.actor, "demand.send_answers"):
        require_step(visit.wave, "answer", visit.actor)
        wanted = {
            (answer.role, answer.site) for answer in access.latest_answers(visit.place).values()
        }
        main = access.sites(visit.place)[:1]
        own = access.roles(visit.wave) if "numbers" in visit.parts else []
        for role in own:
            if not any(role == answered for answered, _site in wanted):
                for site in access.prefilled_sites(visit, role) or main:
                    if access.before(visit, role, site).said.has_numbers:
                        wanted.add((role, site))
        sent = []
        for role, site in sorted(wanted, key=lambda pair: (pair[0].pk, pair[1].pk)):
            answer = _editable(visit, role, site)
            said = access.said_of(answer)
            if ready(visit, answer, said):
                sent.append(_send(answer, said, visit))
        if not sent:
            raise ValidationError(
                _("Say for at least one job how many people you need, or that you need nobody.")
            )
        return sent


def ready(visit: Visit, answer: Answer | None, said: Said) -> bool:
    """Can this person send it? Numbers of last time only if numbers are theirs, or were looked at."""
    if not said.has_numbers:
        return False
    if "numbers" in visit.parts or (answer is not None and answer.sent_at is not None):
        return True
    if answer is None:
        return False
    if answer.prefilled_from_id is None and answer.need_id is None:
        return True
    typed = Q(field="stance") | Q(field__startswith="q.") | Q(field__startswith="total.")
    return AnswerChange.objects.filter(typed, answer=answer).exists()


def begin_correction(visit: Visit, *, role: DemandRole, site: Site, reason: str) -> Answer:
    """Correct what was said in a frozen wave, or add what came late; staff, in the employer's name.

    The correction begins as a copy and counts once it is sent; what was frozen stays beside it.
    """
    with acting(visit.actor, "demand.correct_answer"):
        require_step(visit.wave, "correct_answer", visit.actor)
        if not reason.strip():
            raise ValidationError({"reason": _("Say why it is corrected.")})
        newest = access.latest_answers(visit.place).get((role.pk, site.pk))
        if newest is not None and access.is_editable(newest, visit.wave):
            return newest
        said = access.said_of(newest) if newest else Said()
        answer = _new(
            visit,
            role,
            site,
            number=newest.number + 1 if newest else 1,
            corrects=newest,
            reason=reason.strip()[:300],
            need=newest.need if newest else access.need_for(visit, role, site),
        )
        answer.save()
        _write(answer, Said(), said)
        return answer


def send_correction(answer: Answer, visit: Visit) -> Answer:
    """From now on the correction counts, and the need follows it."""
    with acting(visit.actor, "demand.send_correction"):
        require_step(visit.wave, "correct_answer", visit.actor)
        row = _lock(answer)
        if row.place_id != visit.place.pk:
            raise Http404
        if not access.is_editable(row, visit.wave):
            raise ValidationError(_("This correction has been sent already."))
        said = access.said_of(row)
        if not said.has_numbers:
            raise ValidationError(_("Say how many people are needed, or that nobody is."))
        return _send(row, said, visit)


# --- what the actions rest on ---------------------------------------------------------------------


def _editable(visit: Visit, role: DemandRole, site: Site) -> Answer:
    """The answer that fields are written into, locked; made and prefilled where there is none."""
    visit.wave.refresh_from_db(fields=["status", "frozen_at", "archived_at"])
    newest = access.latest_answers(visit.place).get((role.pk, site.pk))
    frozen = visit.wave.status == Wave.Status.FROZEN
    require_step(visit.wave, "correct_answer" if frozen else "answer", visit.actor)
    if newest is None and not frozen:
        newest = _prefilled(visit, role, site)
    if newest is None or not access.is_editable(newest, visit.wave):
        raise ValidationError(_("This answer is frozen. Begin a correction first."))
    return _lock(newest)


def _lock(answer: Answer) -> Answer:
    Answer.objects.select_for_update(of=("self",)).get(pk=answer.pk)
    return access.with_rows(Answer.objects.filter(pk=answer.pk)).get()


def _prefilled(visit: Visit, role: DemandRole, site: Site) -> Answer:
    if site.organisation_id != visit.place.employer_id or site.archived_at is not None:
        raise Http404
    if role not in access.roles(visit.wave):
        raise Http404
    before = access.before(visit, role, site)
    answer, new = Answer.objects.get_or_create(
        place=visit.place,
        role=role,
        site=site,
        number=1,
        defaults={
            "region_id": visit.wave.region_id,
            "wave": visit.wave,
            "employer_id": visit.place.employer_id,
            "channel": visit.channel,
            "by_staff": visit.by_staff,
            "prefilled_from": before.answer,
            "need": before.need,
        },
    )
    if new:
        said = before.said
        first = access.first_answer(visit.place, role)
        if first is not None and first.pk != answer.pk:
            said = as_elsewhere(said, access.said_of(first))
        _write(answer, Said(), said)
    return answer


def _new(visit: Visit, role: DemandRole, site: Site, **more: Any) -> Answer:
    return Answer(
        region_id=visit.wave.region_id,
        wave=visit.wave,
        place=visit.place,
        employer_id=visit.place.employer_id,
        role=role,
        site=site,
        channel=visit.channel,
        by_staff=visit.by_staff,
        **more,
    )


def _last_changes(answer: Answer, names: Iterable[str]) -> dict[str, AnswerChange]:
    rows = AnswerChange.objects.filter(answer=answer, field__in=list(names))
    found: dict[str, AnswerChange] = {}
    for change in rows.select_related("invitation", "person").order_by("pk"):
        found[change.field] = change
    return found


def _as_seen(answer: Answer, name: str, version: int, change: AnswerChange | None, now: str) -> str:
    """What stood in the field in the version that the person saw: left alone, it is no change."""
    if change is None or change.pk <= version:
        return now
    first_after = (
        AnswerChange.objects.filter(answer=answer, field=name, pk__gt=version)
        .order_by("pk")
        .first()
    )
    return first_after.before if first_after else now


def _log(answer: Answer, visit: Visit, name: str, before: str, after: str) -> None:
    AnswerChange.objects.create(
        answer=answer,
        invitation=visit.invitation,
        person_id=visit.actor.person_id,
        by_staff=visit.by_staff,
        field=name,
        before=before,
        after=after,
    )


def _write_elsewhere(
    answer: Answer, visit: Visit, before: Said, after: Said, names: Iterable[str]
) -> None:
    """What is asked once for all places: those that said the same as the first one go along."""
    shared = [name for name in names if is_for_all_places(name)]
    if not shared or visit.wave.frozen_at is not None:
        return
    there = [
        other
        for (role, _site), other in access.latest_answers(visit.place).items()
        if role == answer.role_id
    ]
    if answer.site_id != min(other.site_id for other in there):
        return
    for other in there:
        if other.pk == answer.pk:
            continue
        other = _lock(other)
        said = now = access.said_of(other)
        for name in shared:
            value = get(after, name, visit.asked)
            old = get(now, name, visit.asked)
            if old == value or old != get(before, name, visit.asked):
                continue
            try:
                now = put(now, name, value, visit.asked)
            except Refused:  # the place says something else beside it, such as the lowest pay
                continue
            _log(other, visit, name, old, value)
        if now != said:
            _write(other, said, now)
            _touch(other, visit)


def _touch(answer: Answer, visit: Visit) -> None:
    answer.changed_at = timezone.now()
    if visit.by_staff and answer.sent_at is None:
        answer.by_staff, answer.channel = True, visit.channel
    answer.save(update_fields=["changed_at", "by_staff", "channel", "updated_at"])


_SCALARS = (
    "not_ours",
    "staff_now",
    "vacancies",
    "wage_low",
    "wage_high",
    "refill_share",
    "upskill",
    "upskill_words",
    "note",
)


def _write(answer: Answer, before: Said, after: Said) -> None:
    """Write ``after`` into the answer's rows; ``before`` is what they say now."""
    for name in _SCALARS:
        setattr(answer, name, getattr(after, name))
    answer.clean_fields(exclude=["place", "wave", "employer", "role", "site", "region"])
    answer.save()
    if before.cells != after.cells:
        for key in before.cells.keys() - after.cells.keys():
            AnswerQuarter.objects.filter(
                answer=answer, quarter_start=key[0].first_day, cause=key[1]
            ).delete()
        AnswerQuarter.objects.bulk_create(
            [
                AnswerQuarter(
                    answer=answer,
                    quarter_start=quarter.first_day,
                    cause=cause,
                    low=cell.low,
                    likely=cell.likely,
                    high=cell.high,
                    confidence=cell.confidence,
                    range_assumed=cell.range_assumed,
                    confirmed=cell.confirmed,
                )
                for (quarter, cause), cell in after.cells.items()
                if before.cells.get((quarter, cause)) != cell
            ],
            update_conflicts=True,
            unique_fields=["answer", "quarter_start", "cause"],
            update_fields=["low", "likely", "high", "confidence", "range_assumed", "confirmed"],
        )
    if before.points != after.points:
        answer.points.all().delete()
        AnswerPoint.objects.bulk_create(
            AnswerPoint(answer=answer, topic=topic, kind=kind, words=words)
            for (topic, kind), words in after.points.items()
        )
    if before.steps != after.steps:
        answer.steps.all().delete()
        AnswerStep.objects.bulk_create(
            AnswerStep(
                answer=answer,
                order=order,
                title=step.title,
                after_months=step.after_months,
                wage=step.wage,
            )
            for order, step in enumerate(after.steps)
        )
    if before.offers != after.offers:
        answer.offers.all().delete()
        AnswerOffer.objects.bulk_create(
            AnswerOffer(answer=answer, kind=kind, quantity=quantity)
            for kind, quantity in after.offers.items()
        )
    if before.skills != after.skills:
        _write_skills(answer, after.skills)
    answer._prefetched_objects_cache = {}  # type: ignore[attr-defined]


def _write_skills(answer: Answer, skills: Mapping[str, int]) -> None:
    lines = {skill.key: skill for skill in access.profile_skills(answer.role)}
    competencies = {int(key[1:]) for key in skills if key.startswith("c")}
    known = set(Competency.objects.filter(pk__in=competencies).values_list("pk", flat=True))
    answer.skills.all().delete()
    rows = []
    for key, share in skills.items():
        line = lines.get(key)
        if line is None and not (key.startswith("c") and int(key[1:]) in known):
            continue
        rows.append(
            AnswerSkill(
                answer=answer,
                competency_id=line.competency if line else int(key[1:]),
                line_key=line.line_key if line else None,
                level=line.level if line else None,
                share=share,
            )
        )
    AnswerSkill.objects.bulk_create(rows)


def _send(answer: Answer, said: Said, visit: Visit) -> Answer:
    need = _state_need(answer, said, visit)
    answer.need = need
    answer.sent_at = timezone.now()
    answer.changed_at = answer.sent_at
    if visit.by_staff:
        answer.by_staff, answer.channel = True, visit.channel
    answer.save(
        update_fields=["need", "sent_at", "changed_at", "by_staff", "channel", "updated_at"]
    )
    return answer


def _state_need(answer: Answer, said: Said, visit: Visit) -> Need | None:
    """The need that the answer speaks of, brought up to date; made where people are asked for."""
    linked = answer.need or access.need_for(visit, answer.role, answer.site)
    need = need_access.need(visit.actor, linked.public_id) if linked else None
    cells = {} if said.not_ours else said.cells
    asked = set(visit.asked)
    fresh = [
        Openings(
            quarter, cause, cell.low, cell.likely, cell.high, cell.range_assumed, cell.confirmed
        )
        for (quarter, cause), cell in cells.items()
        if cell.high > 0
    ]
    offers = tuple(Offer(kind, number) for kind, number in said.offers.items())
    if need is None:
        if not fresh:
            return None
        statement = Statement(
            employer=Named(answer.employer_id, visit.place.employer.name),
            site=Named(answer.site_id, answer.site.name),
            role_title=answer.role.title,
            occupation=_named(answer.role),
            wage_low=said.wage_low,
            wage_high=said.wage_high,
            openings=sorted_openings(fresh),
            offers=offers,
        )
        made = needs.draft_need(actor=visit.actor, statement=statement)
        if statement.needs_people(Quarter.of(timezone.localdate())):
            needs.state_need(made, actor=visit.actor)
        return made
    state = need_state(need.status, need.is_archived)
    if state is NeedState.ARCHIVED:
        if not fresh:
            return need
        needs.bring_back(need, actor=visit.actor)
        need = need_access.need(visit.actor, need.public_id)
        state = need_state(need.status, need.is_archived)
    now = need_access.statement(need)
    kept = [one for one in now.openings if one.quarter not in asked]
    pay = said.wage_low is not None or said.wage_high is not None
    after = replace(
        now,
        openings=sorted_openings([*kept, *fresh]),
        wage_low=said.wage_low if pay else now.wage_low,
        wage_high=said.wage_high if pay else now.wage_high,
        occupation=now.occupation or _named(answer.role),
        offers=offers,
        stand_in="",
    )
    if not after.needs_people(Quarter.of(timezone.localdate())):
        if state is NeedState.STATED:
            needs.withdraw_need(need, actor=visit.actor)
        return need
    if after != now:
        changes = {
            name: getattr(after, name)
            for name in ("openings", "wage_low", "wage_high", "occupation", "offers", "stand_in")
            if getattr(after, name) != getattr(now, name)
        }
        needs.change_need(need, actor=visit.actor, **changes)
    if state is NeedState.DRAFT:
        needs.state_need(need, actor=visit.actor)
    elif state is NeedState.WITHDRAWN:
        needs.bring_back(need, actor=visit.actor)
    return need


def _named(role: DemandRole) -> Named | None:
    occupation = role.occupation
    if occupation is None or occupation.archived_at or occupation.withdrawn_in_id:
        return None
    return Named(occupation.pk, occupation.title)
