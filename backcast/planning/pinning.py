"""What people fix for the plans to come: pin a cohort, say that none is wanted, let go again."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, Role, acting
from backcast.core.months import Month
from backcast.partners.access import require_staff
from backcast.planning.models import PlanPin
from backcast.training.models import Program


def pin_cohort(
    program: Program,
    *,
    actor: Actor,
    month: Month,
    why: str,
    cohorts: int = 1,
    size: int | None = None,
    instead_of: Month | None = None,
) -> PlanPin:
    """So many cohorts start in this month in every plan to come, as far as the limits allow.

    ``instead_of``: the month from which they are moved, in which none is wanted then.
    """
    with acting(actor, "planning.pin_cohort"):
        pin = _fix(program, actor, PlanPin.Kind.PIN, month, why, cohorts, size)
        if instead_of is not None and instead_of != month:
            _fix(program, actor, PlanPin.Kind.FORBID, instead_of, why)
    return pin


def forbid_cohort(program: Program, *, actor: Actor, month: Month, why: str) -> PlanPin:
    """No cohort of the program starts in this month in any plan to come."""
    with acting(actor, "planning.forbid_cohort"):
        return _fix(program, actor, PlanPin.Kind.FORBID, month, why)


def let_go(pin: PlanPin, *, actor: Actor) -> PlanPin:
    """Leave it to the plan again."""
    require_staff(actor, Role.MEMBER)
    with acting(actor, "planning.let_go"):
        rows = PlanPin.objects.select_for_update(of=("self",))
        fresh = rows.filter(pk=pin.pk, region=actor.region_id).first()
        if fresh is None:
            raise Http404
        fresh.archived_at = timezone.now()
        fresh.save()
    return fresh


def _fix(
    program: Program,
    actor: Actor,
    kind: PlanPin.Kind,
    month: Month,
    why: str,
    cohorts: int = 1,
    size: int | None = None,
) -> PlanPin:
    """What was fixed for the program and month before is let go."""
    require_staff(actor, Role.MEMBER)
    if program.region_id != actor.region_id:
        raise Http404
    if not why.strip():
        raise ValidationError({"why": _("Say why.")})
    for before in PlanPin.objects.select_for_update().filter(
        program=program, month=month.first_day, archived_at=None
    ):
        before.archived_at = timezone.now()
        before.save()
    pin = PlanPin(
        region_id=program.region_id,
        program=program,
        month=month.first_day,
        kind=kind,
        cohorts=cohorts,
        size=size,
        by_id=actor.person_id,
        why=" ".join(why.split()),
    )
    pin.clean_fields(exclude=["region", "program", "by"])
    pin.validate_constraints()
    pin.save()
    return pin
