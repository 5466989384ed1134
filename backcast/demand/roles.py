"""Roles of a collaborative: reaching them, and what staff do with them."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, acting
from backcast.core.actor import Role as Right
from backcast.demand.models import Role
from backcast.frameworks.models import Occupation
from backcast.partners.access import require, require_staff
from backcast.partners.models import Collaborative


def roles(actor: Actor, collaborative: Collaborative) -> QuerySet[Role]:
    """The roles that the collaborative plans for, archived ones too; for staff of its region."""
    require_staff(actor)
    return Role.objects.filter(collaborative=collaborative, region=actor.region_id).select_related(
        "occupation"
    )


def role(actor: Actor, public_id: UUID, *, right: Right = Right.VIEWER) -> Role:
    """One role of the region, for its staff."""
    require_staff(actor)
    found = (
        Role.objects.filter(public_id=public_id, region=actor.region_id)
        .select_related("occupation", "collaborative")
        .first()
    )
    if found is None:
        raise Http404
    require(actor, right)
    return found


def save_role(
    role: Role | None,
    *,
    actor: Actor,
    collaborative: Collaborative,
    title: str,
    occupation: Occupation | None = None,
    why: str = "",
) -> Role:
    """Name a role that the collaborative plans for (``role`` is None), or change one."""
    require_staff(actor, Right.MEMBER)
    with acting(actor, "demand.edit_role" if role else "demand.add_role"):
        row = role or Role(region_id=collaborative.region_id, collaborative=collaborative)
        if occupation is not None and occupation.pk != row.occupation_id:
            known = Occupation.objects.filter(
                Q(region=None) | Q(region=row.region_id),
                pk=occupation.pk,
                archived_at=None,
                withdrawn_in=None,
            )
            if not known.exists():
                raise ValidationError({"occupation": _("Choose an occupation from the list.")})
        row.title = " ".join(title.split())
        row.occupation = occupation
        row.why = why.strip()
        row.full_clean(exclude=["folded", "occupation"])
        row.save()
        return row


def archive_role(role: Role, *, actor: Actor) -> None:
    """Plan for this role no longer; what was said of it stays."""
    require_staff(actor, Right.MEMBER)
    with acting(actor, "demand.archive_role"):
        role.archived_at = timezone.now()
        role.save()


def restore_role(role: Role, *, actor: Actor) -> None:
    """Plan for this role again."""
    require_staff(actor, Right.MEMBER)
    with acting(actor, "demand.restore_role"):
        role.archived_at = None
        role.validate_constraints()
        role.save()
