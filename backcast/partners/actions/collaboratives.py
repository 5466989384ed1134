"""Collaboratives and the employers that belong to them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, Role, acting
from backcast.partners import access
from backcast.partners.models import Collaborative, CollaborativeMember, Organisation


def save_collaborative(
    collaborative: Collaborative | None, *, actor: Actor, name: str, focus: str = ""
) -> Collaborative:
    """Begin a collaborative (``collaborative`` is None) or change one."""
    access.require_staff(actor, Role.MEMBER)
    with acting(
        actor, "partners.edit_collaborative" if collaborative else "partners.add_collaborative"
    ):
        row = collaborative or Collaborative(region=access.region_of(actor))
        row.name = " ".join(name.split())
        row.focus = focus.strip()
        row.full_clean()
        row.save()
        return row


def archive_collaborative(collaborative: Collaborative, *, actor: Actor) -> None:
    """Take a collaborative out of use; what it did stays readable."""
    access.require_staff(actor, Role.MEMBER)
    with acting(actor, "partners.archive_collaborative"):
        collaborative.archived_at = timezone.now()
        collaborative.save(update_fields=["archived_at", "updated_at"])


def restore_collaborative(collaborative: Collaborative, *, actor: Actor) -> None:
    """Bring an archived collaborative back."""
    access.require_staff(actor, Role.MEMBER)
    with acting(actor, "partners.restore_collaborative"):
        collaborative.archived_at = None
        collaborative.validate_constraints()
        collaborative.save(update_fields=["archived_at", "updated_at"])


def add_member(
    collaborative: Collaborative, *, actor: Actor, employer: Organisation, **about: Any
) -> CollaborativeMember:
    """An employer joins. ``about``: ``size``, ``headcount``, ``industry``."""
    access.require_staff(actor, Role.MEMBER)
    with acting(actor, "partners.add_member"):
        if (
            employer.kind != Organisation.Kind.EMPLOYER
            or employer.region_id != collaborative.region_id
            or employer.is_archived
        ):
            raise ValidationError({"employer": _("Choose an employer of this region.")})
        row = CollaborativeMember(
            collaborative=collaborative, employer=employer, joined_on=timezone.localdate()
        )
        return _save(row, about)


def edit_member(member: CollaborativeMember, *, actor: Actor, **about: Any) -> CollaborativeMember:
    """Change an employer's size, headcount or industry. Waves keep what held when they opened."""
    access.require_staff(actor, Role.MEMBER)
    with acting(actor, "partners.edit_member"):
        return _save(member, about)


def end_member(member: CollaborativeMember, *, actor: Actor) -> None:
    """An employer leaves; the record stays."""
    access.require_staff(actor, Role.MEMBER)
    with acting(actor, "partners.end_member"):
        member.left_on = timezone.localdate()
        member.save(update_fields=["left_on", "updated_at"])


#: The sizes, with the most people that each holds (none for the last).
_BOUNDS = (("small", 49), ("medium", 249), ("large", 999), ("very_large", None))


def size_of(headcount: int) -> str:
    """The size to which a headcount belongs."""
    return next(size for size, most in _BOUNDS if most is None or headcount <= most)


def _save(row: CollaborativeMember, about: dict[str, Any]) -> CollaborativeMember:
    """A headcount that is known decides the size."""
    for name, value in about.items():
        setattr(row, name, value)
    if row.headcount is not None:
        row.size = size_of(row.headcount)
    if not row.size:
        raise ValidationError({"size": _("Say how large the employer is, or how many people.")})
    row.full_clean(exclude=["employer", "collaborative"])
    row.validate_constraints()
    row.save()
    return row
