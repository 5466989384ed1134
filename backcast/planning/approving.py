"""What people do with a plan that is ready: propose it, approve it, and schedule its cohorts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backcast.core.actor import Actor, Kind, NotAllowed, acting
from backcast.delivery import actions as delivery
from backcast.delivery.models import ScheduledCohort
from backcast.partners.models import Person
from backcast.planning.lifecycle import STEPS, State, state_of
from backcast.planning.models import Plan, PlanCohort, PlanPromise

_BUSY = gettext_lazy("The plan is still being worked out.")
_REFUSALS = {
    State.WAITING: _BUSY,
    State.SOLVING: _BUSY,
    State.FAILED: gettext_lazy("This plan could not be made. Plan again."),
    State.DRAFT: gettext_lazy("This plan is a draft: propose it first."),
    State.PROPOSED: gettext_lazy("This plan is proposed, and waits for approval."),
    State.APPROVED: gettext_lazy("This plan is approved. Plan again to change it."),
    State.SUPERSEDED: gettext_lazy("A later plan has taken the place of this one."),
}


def propose_plan(plan: Plan, *, actor: Actor) -> Plan:
    """Put a plan before those who approve it."""
    with acting(actor, "planning.propose_plan"):
        fresh = locked(plan, actor, "propose_plan")
        fresh.proposed_at, fresh.proposed_by_id = timezone.now(), actor.person_id
        return _step(fresh, "propose_plan")


def take_back_plan(plan: Plan, *, actor: Actor) -> Plan:
    """Make a proposed plan a draft again."""
    with acting(actor, "planning.take_back_plan"):
        fresh = locked(plan, actor, "take_back_plan")
        fresh.proposed_at = fresh.proposed_by = None
        return _step(fresh, "take_back_plan")


def approve_plan(plan: Plan, *, actor: Actor, approver: str = "", note: str = "") -> Plan:
    """From now on this is the region's plan; the one before is superseded.

    ``approver`` is who approved it, by name; without it, the person who acts.
    """
    with acting(actor, "planning.approve_plan"):
        fresh = locked(plan, actor, "approve_plan")
        name = approver.strip() or _name_of(actor)
        if not name:
            raise ValidationError({"approver": _("Say who approved the plan.")})
        for last in Plan.objects.select_for_update().filter(
            region=fresh.region_id, standing=Plan.Standing.APPROVED
        ):
            last.standing = STEPS["supersede_plan"].targets[State.APPROVED]
            last.superseded_at = timezone.now()
            last.save()
        fresh.approver, fresh.approval_note = name, note.strip()
        fresh.approved_at, fresh.approved_by_id = timezone.now(), actor.person_id
        PlanPromise.objects.filter(plan=fresh).update(approved_at=fresh.approved_at)
        return _step(fresh, "approve_plan")


def schedule_cohorts(
    plan: Plan, *, actor: Actor, cohorts: Collection[int], today: date
) -> list[ScheduledCohort]:
    """Announce cohorts of the approved plan, by their keys; one that is announced already stays.

    A cohort of the same program and first day that an earlier plan announced is taken over.
    """
    with acting(actor, "planning.schedule_cohorts"):
        fresh = locked(plan, actor, "schedule_cohorts")
        wanted = list(
            PlanCohort.objects.select_for_update(of=("self",))
            .filter(plan=fresh, pk__in=cohorts, scheduled=None)
            .select_related("program")
            .order_by("start", "program_id", "number")
        )
        past = [row for row in wanted if row.start < today.replace(day=1)]
        if past:
            raise ValidationError(
                _("%(program)s should have started on %(day)s. Plan again from today on.")
                % {"program": past[0].program, "day": past[0].start}
            )
        free = _announced_elsewhere(fresh, wanted)
        made = []
        for row in wanted:
            same = free.get((row.program_id, row.start), [])
            row.scheduled = (
                same.pop(0)
                if same
                else delivery.schedule_cohort(
                    row.program, actor=actor, starts_on=row.start, places=row.size
                )
            )
            row.save(update_fields=["scheduled"])
            made.append(row.scheduled)
        return made


def _announced_elsewhere(
    plan: Plan, wanted: Collection[PlanCohort]
) -> dict[tuple[int, date], list[ScheduledCohort]]:
    """Announced cohorts of these programs that this plan has not taken over yet."""
    found: dict[tuple[int, date], list[ScheduledCohort]] = {}
    rows = ScheduledCohort.objects.filter(
        program__in=[row.program_id for row in wanted],
        status=ScheduledCohort.Status.PLANNED,
        archived_at__isnull=True,
    ).exclude(planned__plan=plan)
    for row in rows.order_by("pk"):
        found.setdefault((row.program_id, row.starts_on), []).append(row)
    return found


def require_step(plan: Plan, name: str, actor: Actor) -> State:
    """The plan's state, if ``actor`` may take the step from it. 404 to outsiders."""
    step = STEPS[name]
    if actor.kind not in step.kinds:
        raise Http404
    if actor.kind is not Kind.SYSTEM and plan.region_id != actor.region_id:
        raise Http404
    if not actor.may(step.role):
        raise NotAllowed
    state = state_of(plan.status, plan.standing)
    if not step.allowed(state):
        raise ValidationError(_REFUSALS[state])
    return state


def locked(plan: Plan, actor: Actor, name: str) -> Plan:
    """The plan as it stands, held for the rest of the transaction, if the step may be taken."""
    fresh = Plan.objects.select_for_update(of=("self",)).filter(pk=plan.pk).first()
    if fresh is None:
        raise Http404
    require_step(fresh, name, actor)
    return fresh


def _step(plan: Plan, name: str) -> Plan:
    plan.standing = Plan.Standing(STEPS[name].targets[state_of(plan.status, plan.standing)])
    entered = {"approver", "approval_note"}
    plan.clean_fields(exclude=[each.name for each in Plan._meta.fields if each.name not in entered])
    plan.validate_constraints()
    plan.save()
    return plan


def _name_of(actor: Actor) -> str:
    person = Person.objects.filter(pk=actor.person_id).first() if actor.person_id else None
    return str(person) if person else ""
