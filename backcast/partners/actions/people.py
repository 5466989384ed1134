"""Roles, leaving, and one's own account."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, NotAllowed, acting
from backcast.partners import access
from backcast.partners.models import Invitation, Membership, Organisation, Person


def change_role(membership: Membership, *, actor: Actor, role: str) -> None:
    """Give a member another role. The last administrator keeps theirs."""
    access.require_people(actor, membership.organisation)
    with acting(actor, "partners.change_role"):
        _lock(membership)
        if role != Membership.Role.ADMINISTRATOR:
            _refuse_for_last_administrator(membership)
        membership.role = role
        membership.full_clean()
        membership.save(update_fields=["role", "updated_at"])


def end_membership(membership: Membership, *, actor: Actor) -> None:
    """Leave, or be removed. Rights end at once; invitations that the leaver sent die with them."""
    if actor.person_id != membership.person_id:
        access.require_people(actor, membership.organisation)
    with acting(actor, "partners.end_membership"):
        _lock(membership)
        _refuse_for_last_administrator(membership)
        now = timezone.now()
        membership.left_at = now
        membership.save(update_fields=["left_at", "updated_at"])
        Invitation.objects.filter(
            organisation=membership.organisation_id,
            invited_by=membership.person_id,
            accepted_at=None,
            ended_at=None,
        ).update(ended_at=now, updated_at=now)


def edit_own_account(person: Person, *, actor: Actor, name: str, phone: str) -> None:
    """Change one's own name and phone number."""
    if actor.person_id != person.pk:
        raise NotAllowed
    with acting(actor, "partners.edit_own_account"):
        person.name, person.phone = " ".join(name.split()), phone.strip()
        person.full_clean(exclude=["password"])
        person.save(update_fields=["name", "phone", "updated_at"])


def _lock(membership: Membership) -> None:
    """One change of an organisation's people at a time; then look at the membership again."""
    Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    membership.refresh_from_db(fields=["role", "left_at"])
    if membership.left_at is not None:
        raise ValidationError(_("This person has left the organization already."))


def _refuse_for_last_administrator(membership: Membership) -> None:
    if membership.role != Membership.Role.ADMINISTRATOR:
        return
    others = Membership.objects.filter(
        organisation=membership.organisation_id,
        role=Membership.Role.ADMINISTRATOR,
        left_at=None,
        person__is_active=True,
    ).exclude(pk=membership.pk)
    if not others.exists():
        raise ValidationError(
            _(
                "%(person)s is the last administrator of %(organisation)s. Make someone else an"
                " administrator first."
            )
            % {"person": membership.person, "organisation": membership.organisation}
        )
