"""What the actions on requirement profiles rest on: who may take a step, and the rows it is taken on, held
for the rest of the transaction."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backcast.core.actor import Actor, Kind, NotAllowed
from backcast.demand.models import ProfileLine, ProfileVersion
from backcast.demand.profiles import access
from backcast.demand.profiles.lifecycle import STEPS, State, state_of


def require_writer(actor: Actor) -> None:
    if not actor.is_staff:
        raise Http404
    if not access.may_write(actor):
        raise NotAllowed


def _require_step(actor: Actor, name: str) -> None:
    step = STEPS[name]
    if actor.kind not in step.kinds:
        raise Http404
    if not actor.may(step.role):
        raise NotAllowed


def locked(actor: Actor, version: ProfileVersion, name: str) -> ProfileVersion:
    """The version as it stands, held for the rest of the transaction, if the step may be taken."""
    _require_step(actor, name)
    rows = ProfileVersion.objects.filter(pk=version.pk)
    if actor.kind is not Kind.SYSTEM:
        rows = rows.filter(profile__region=actor.region_id)
    fresh = rows.select_for_update(of=("self",)).select_related("profile__role__occupation").first()
    if fresh is None:
        raise Http404
    if actor.kind is Kind.EMPLOYER:
        access.employer(actor, fresh.profile.role, None)
    state = state_of(fresh.status, fresh.is_archived)
    if not STEPS[name].allowed(state):
        raise ValidationError(_REFUSALS[state])
    return fresh


def locked_line(actor: Actor, line: ProfileLine, name: str) -> ProfileLine:
    version = locked(actor, line.version, name)
    fresh = access.lines(version).filter(pk=line.pk).first()
    if fresh is None:
        raise ValidationError(_("This line has been removed meanwhile. Load the page again."))
    fresh.version = version
    return fresh


_REFUSALS = {
    State.DRAFT: gettext_lazy("This version is a draft, not open for comment."),
    State.OPEN: gettext_lazy("This version is open for comment already."),
    State.APPROVED: gettext_lazy("This version is approved. Begin the next one to change it."),
    State.SUPERSEDED: gettext_lazy("A later version has taken the place of this one."),
    State.DROPPED: gettext_lazy("This version was given up. Begin a new one."),
}


def step_to(version: ProfileVersion, fresh: ProfileVersion, name: str) -> ProfileVersion:
    target = STEPS[name].targets[state_of(fresh.status, fresh.is_archived)]
    if target is State.DROPPED:
        fresh.archived_at = timezone.now()
    else:
        fresh.status = str(target)
    fresh.clean_fields(exclude=["profile", "approved_by"])
    fresh.validate_constraints()
    fresh.save()
    version.refresh_from_db()
    return version


def require_levels(scale: Any, *levels: float | None) -> None:
    for field, level in zip(("level_at_hire", "level_later"), levels, strict=True):
        if level is None:
            continue
        if scale is None:
            raise ValidationError({field: _("Only a skill with a scale of levels has a level.")})
        if not scale.holds(level):
            raise ValidationError(
                {
                    field: _("The levels of this skill are %(low)s to %(high)s.")
                    % {"low": f"{scale.low:g}", "high": f"{scale.high:g}"}
                }
            )
