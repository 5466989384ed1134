"""What people do with needs. Each function is one transaction; ``actor`` says who acts.

What is refused raises ``ValidationError`` with a message for people (by field where one is to
blame); ``Http404`` for outsiders, ``NotAllowed`` for those with too little right.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backcast.core.actor import Actor, Kind, Role, acting
from backcast.core.constraints import constraints_of
from backcast.core.quarters import Quarter
from backcast.core.text import fold
from backcast.demand import access
from backcast.demand.figures import (
    ASK_FROM,
    Change,
    Offer,
    Openings,
    Requirement,
    Statement,
    differences,
)
from backcast.demand.lifecycle import STEPS, State, state_of
from backcast.demand.models import (
    Need,
    NeedChange,
    NeedOffer,
    NeedQuarter,
    NeedRequirement,
    NeedUpload,
)
from backcast.frameworks.models import Competency, Credential, Occupation
from backcast.partners.access import region_of, require
from backcast.partners.models import Organisation, Person, Site


def draft_need(*, actor: Actor, statement: Statement, weight: Decimal | int = 1) -> Need:
    """Begin a need; it counts only once it is stated."""
    _require(actor)
    with acting(actor, "demand.draft_need"):
        employer = _employer(actor, statement)
        site = _site(statement)
        need = Need(
            region_id=employer.region_id,
            employer=employer,
            site=site,
            by_staff=actor.kind is not Kind.EMPLOYER,
            weight=weight,
        )
        _write(need, None, statement)
        return need


def change_need(need: Need, *, actor: Actor, **changes: Any) -> tuple[Change, ...]:
    """Change what a need says: fields of ``figures.Statement`` by name, and ``weight``.

    What changes in a stated need enters its history, so that plans made before can say what changed.
    """
    _require(actor)
    weight = changes.pop("weight", None)
    with acting(actor, "demand.change_need"):
        fresh = _locked(actor, need, "change_need")
        before = access.statement(fresh)
        after = replace(before, **changes)
        if after.employer != before.employer:
            raise ValidationError(_("A need stays with its employer. State a new one instead."))
        if weight is not None and weight != fresh.weight:
            fresh.weight = weight
        changed = differences(before, after)
        state = state_of(fresh.status, fresh.is_archived)
        if state is State.STATED:
            _require_people(after)
        if state is not State.DRAFT:
            _log(fresh, actor, "change_need", changed)
        _write(fresh, before, after)
        need.refresh_from_db()
        return changed


def state_need(need: Need, *, actor: Actor) -> Need:
    """Stand by a draft: from now on it counts."""
    _require(actor)
    with acting(actor, "demand.state_need"):
        fresh = _locked(actor, need, "state_need")
        _require_complete(access.statement(fresh))
        return _step(need, fresh, actor, "state_need")


def withdraw_need(need: Need, *, actor: Actor) -> Need:
    """These people are no longer needed; the need stays on record and can be brought back."""
    _require(actor)
    with acting(actor, "demand.withdraw_need"):
        return _step(need, _locked(actor, need, "withdraw_need"), actor, "withdraw_need")


def archive_need(need: Need, *, actor: Actor) -> Need:
    """Take a draft or a withdrawn need out of sight."""
    _require(actor)
    with acting(actor, "demand.archive_need"):
        return _step(need, _locked(actor, need, "archive_need"), actor, "archive_need")


def bring_back(need: Need, *, actor: Actor) -> Need:
    """A withdrawn need counts again; an archived one is what it was before."""
    _require(actor)
    with acting(actor, "demand.bring_back"):
        fresh = _locked(actor, need, "bring_back")
        if state_of(fresh.status, fresh.is_archived) is State.WITHDRAWN:
            _require_complete(access.statement(fresh))
        return _step(need, fresh, actor, "bring_back")


def keep_upload(*, actor: Actor, filename: str, content: bytes) -> NeedUpload:
    """Keep a workbook until it is confirmed; the person's older ones go."""
    _require(actor)
    with acting(actor, "demand.keep_upload"):
        NeedUpload.objects.filter(person=actor.person_id).delete()
        upload = NeedUpload(
            region=region_of(actor),
            organisation=Organisation.objects.get(pk=actor.organisation_id or 0),
            person=Person.objects.get(pk=actor.person_id or 0),
            filename=filename[-200:],
            content=content,
        )
        upload.save()
        return upload


def drop_upload(upload: NeedUpload, *, actor: Actor) -> None:
    """Give a workbook up."""
    with acting(actor, "demand.drop_upload"):
        upload.delete()


# --- what the actions rest on ---------------------------------------------------------------------


def _require(actor: Actor) -> None:
    if not access.sees_needs(actor):
        raise Http404
    require(actor, Role.MEMBER)


def _employer(actor: Actor, statement: Statement) -> Organisation:
    found = access.employers(actor).filter(pk=statement.employer.id).first()
    if found is None:
        raise ValidationError({"employer": _("Choose an employer of this region.")})
    return found


def _site(statement: Statement) -> Site:
    found = (
        Site.objects.filter(
            pk=statement.site.id if statement.site else 0,
            organisation=statement.employer.id,
            archived_at=None,
        )
        .select_related("area")
        .first()
    )
    if found is None:
        raise ValidationError({"site": _("Choose a site of this employer.")})
    return found


def _locked(actor: Actor, need: Need, step: str) -> Need:
    """The need as it is now, locked, for someone who may take the step; refused where it cannot be."""
    fresh = (
        access.needs(actor)
        .select_for_update(of=("self",))
        .select_related("employer", "site", "occupation")
        .filter(pk=need.pk)
        .first()
    )
    if fresh is None:
        raise Http404
    state = state_of(fresh.status, fresh.is_archived)
    if not STEPS[step].allowed(state):
        raise ValidationError(_NOT_FROM[state])
    return fresh


_NOT_FROM = {
    State.DRAFT: gettext_lazy("This need is still a draft. Send it first."),
    State.STATED: gettext_lazy("This need has been stated already. Change or withdraw it."),
    State.WITHDRAWN: gettext_lazy("This need has been withdrawn. Bring it back first."),
    State.ARCHIVED: gettext_lazy("This need is archived. Bring it back first."),
}


def _step(need: Need, fresh: Need, actor: Actor, name: str) -> Need:
    target = STEPS[name].targets[state_of(fresh.status, fresh.is_archived)]
    if target is State.ARCHIVED:
        fresh.archived_at = timezone.now()
    else:
        fresh.archived_at = None
    if target in (State.STATED, State.WITHDRAWN):
        fresh.status = str(target)
    if target is State.STATED:
        fresh.stated_at = timezone.now()
        fresh.stated_by_id = actor.person_id
        fresh.by_staff = actor.kind is not Kind.EMPLOYER
    fresh.save()
    _log(fresh, actor, name, ())
    need.refresh_from_db()
    return need


def _log(need: Need, actor: Actor, action: str, changes: Iterable[Change]) -> None:
    now = timezone.now()
    staff = actor.kind is not Kind.EMPLOYER
    lines = [
        NeedChange(
            need=need,
            at=now,
            person_id=actor.person_id,
            by_staff=staff,
            action=action,
            field=change.field,
            subject=change.subject[:300],
            before=change.before,
            after=change.after,
        )
        for change in changes
    ]
    if action != "change_need":
        lines.append(
            NeedChange(need=need, at=now, person_id=actor.person_id, by_staff=staff, action=action)
        )
    NeedChange.objects.bulk_create(lines)


def _require_complete(statement: Statement) -> None:
    today = timezone.localdate()
    _require_people(statement)
    if statement.start_by and statement.start_by < today:
        raise ValidationError(
            {
                "start_by": _(
                    "%(day)s is in the past. Give a day from today on, or leave it empty."
                )
                % {"day": statement.start_by}
            }
        )


def _require_people(statement: Statement) -> None:
    if not statement.needs_people(Quarter.of(timezone.localdate())):
        raise ValidationError(
            {"openings": _("Say how many people you need in at least one quarter from now on.")}
        )


def _write(need: Need, before: Statement | None, after: Statement) -> None:
    """Write ``after`` into the need's rows; ``before`` is what they say now (``None``: nothing)."""
    if before is None or after.site != before.site:
        need.site = _site(after)
    need.area = need.site.area
    need.role_title = " ".join(after.role_title.split())
    need.folded = fold(need.role_title)[:160]
    need.occupation_id = _occupation(need, after)
    need.start_by = after.start_by
    need.wage_low, need.wage_high = after.wage_low, after.wage_high
    need.hours_per_week = after.hours_per_week
    need.schedule, need.employment = after.schedule, after.employment
    need.note = after.note.strip()
    need.source = after.stand_in.strip()
    need.basis = Need.Basis.STAND_IN if need.source else Need.Basis.STATED
    need.clean_fields(exclude=["region", "employer", "site", "area", "occupation", "folded"])
    with constraints_of(Need):
        need.save()
    if before is None or before.openings != after.openings:
        _write_openings(need, after.openings)
    if before is None or before.requirements != after.requirements:
        _write_requirements(need, after.requirements)
    if before is None or before.offers != after.offers:
        _write_offers(need, after.offers)
    need._prefetched_objects_cache = {}  # type: ignore[attr-defined]


def _occupation(need: Need, after: Statement) -> int | None:
    if after.occupation is None or after.occupation.id == need.occupation_id:
        return after.occupation.id if after.occupation else None
    known = Occupation.objects.filter(
        Q(region=None) | Q(region=need.region_id),
        pk=after.occupation.id,
        archived_at=None,
        withdrawn_in=None,
    )
    if not known.exists():
        raise ValidationError({"occupation": _("Choose an occupation from the list.")})
    return after.occupation.id


def _write_openings(need: Need, openings: Iterable[Openings]) -> None:
    said = {o.key: o for o in openings}
    kept, gone, changed = set(), [], []
    for row in need.quarters.all():
        now = access.openings(row)
        wanted = said.get(now.key)
        if wanted is None:
            gone.append(row.pk)
            continue
        kept.add(now.key)
        if wanted != now:
            row.low, row.likely, row.high = wanted.low, wanted.likely, wanted.high
            row.range_assumed = wanted.range_assumed
            row.confirmed = wanted.confirmed and wanted.high >= ASK_FROM
            changed.append(row)
    new = [
        NeedQuarter(
            need=need,
            quarter_start=o.quarter.first_day,
            cause=o.cause,
            low=o.low,
            likely=o.likely,
            high=o.high,
            range_assumed=o.range_assumed,
            confirmed=o.confirmed and o.high >= ASK_FROM,
        )
        for key, o in said.items()
        if key not in kept
    ]
    for row in [*changed, *new]:
        row.clean_fields(exclude=["need"])
    with constraints_of(NeedQuarter):
        if gone:
            NeedQuarter.objects.filter(pk__in=gone).delete()
        NeedQuarter.objects.bulk_update(
            changed, ["low", "likely", "high", "range_assumed", "confirmed"]
        )
        NeedQuarter.objects.bulk_create(new)


def _write_requirements(need: Need, requirements: Iterable[Requirement]) -> None:
    wanted = list(requirements)
    credentials = {r.item.id for r in wanted if r.kind == "credential"}
    competencies = {r.item.id for r in wanted if r.kind == "competency"}
    known = Credential.objects.filter(pk__in=credentials, region=need.region_id).count()
    skills = Competency.objects.filter(
        Q(region=None) | Q(region=need.region_id), pk__in=competencies
    ).count()
    if known != len(credentials) or skills != len(competencies):
        raise ValidationError({"requirements": _("Choose credentials and skills from the list.")})
    need.requirements.all().delete()
    rows = [
        NeedRequirement(
            need=need,
            credential_id=r.item.id if r.kind == "credential" else None,
            competency_id=r.item.id if r.kind == "competency" else None,
            words=r.item.name[:300] if r.kind == "words" else "",
            importance=r.importance,
            level=r.level,
        )
        for r in wanted
    ]
    for row in rows:
        row.clean_fields(exclude=["need", "credential", "competency"])
    with constraints_of(NeedRequirement):
        NeedRequirement.objects.bulk_create(rows)


def _write_offers(need: Need, offers: Iterable[Offer]) -> None:
    need.offers.all().delete()
    rows = [
        NeedOffer(need=need, kind=o.kind, quantity=o.quantity, note=o.note)
        for o in offers
        if o.quantity != 0
    ]
    for row in rows:
        row.clean_fields(exclude=["need"])
    with constraints_of(NeedOffer):
        NeedOffer.objects.bulk_create(rows)
