"""Inviting people, and answering an invitation by its link.

The link carries a secret of which only a digest is kept. Opening it changes nothing (mail scanners
open links); pressing its button does. It expires, and whoever holds an expired link can have a new
one sent: to the invited address only.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, acting
from backcast.partners import access, messages, texts
from backcast.partners.models import Invitation, Membership, Organisation, Person

#: How long the link of an invitation can be used.
LASTS = timedelta(days=14)
#: How long someone must wait before the link is sent again at their own wish.
PAUSE = timedelta(minutes=2)


def invite(
    *,
    actor: Actor,
    organisation: Organisation,
    email: str,
    role: str,
    phone: str = "",
    agreed: bool = False,
) -> Invitation:
    """Invite someone by e-mail to join the organisation under ``role``.

    To ``phone`` a text says that the mail is there, if they ``agreed`` to it.
    """
    access.require_people(actor, organisation)
    if organisation.is_archived:
        raise ValidationError(_("This organization is archived. Bring it back before you invite."))
    with acting(actor, "partners.invite"):
        inviter = Person.objects.filter(pk=actor.person_id or 0).first()
        return send_invitation(
            organisation, email, role, invited_by=inviter, phone=_number(phone, agreed)
        )


def _number(phone: str, agreed: bool) -> str:
    """The number to text to; empty where there is none. Raises ``ValidationError`` by field."""
    if not phone.strip():
        return ""
    try:
        found = texts.number(phone)
    except ValidationError as error:
        raise ValidationError({"phone": error.messages}) from None
    if not agreed:
        raise ValidationError(
            {"agreed": _("Ask them first, and tick the box. Or leave the phone number out.")}
        )
    return found


def send_invitation(
    organisation: Organisation,
    email: str,
    role: str,
    *,
    invited_by: Person | None,
    phone: str = "",
) -> Invitation:
    """Make the invitation and queue its mail; the caller has checked who may and acts already."""
    email = email.strip().lower()
    if Membership.objects.filter(
        organisation=organisation, person__email__iexact=email, left_at=None
    ).exists():
        raise ValidationError({"email": _("This person already belongs to the organization.")})
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        organisation=organisation,
        email=email,
        role=role,
        invited_by=invited_by,
        phone=phone,
        phone_agreed_at=timezone.now() if phone else None,
        digest=access.digest(token),
        expires_at=timezone.now() + LASTS,
    )
    invitation.full_clean(exclude=["digest", "invited_by"])
    invitation.save()
    _send(invitation, token)
    _text(invitation)
    return invitation


def renew_invitation(invitation: Invitation, *, actor: Actor) -> None:
    """Send a new link; the former one stops working."""
    access.require_people(actor, invitation.organisation)
    with acting(actor, "partners.renew_invitation"):
        _renew(invitation)
        _text(invitation)


def ask_again(invitation: Invitation, *, actor: Actor) -> None:
    """The invited person wants a new link: it goes to the invited address, whoever asks."""
    with acting(actor, "partners.ask_again"):
        recent = Invitation.objects.filter(
            pk=invitation.pk, updated_at__gt=timezone.now() - PAUSE, expires_at__gt=timezone.now()
        )
        if recent.exists():
            raise ValidationError(
                _("A new link left a moment ago. Look in your inbox and in the folder for spam.")
            )
        _renew(invitation)


def withdraw_invitation(invitation: Invitation, *, actor: Actor) -> None:
    """End an open invitation; its link stops working."""
    access.require_people(actor, invitation.organisation)
    with acting(actor, "partners.withdraw_invitation"):
        _lock_open(invitation)
        invitation.ended_at = timezone.now()
        invitation.save(update_fields=["ended_at", "updated_at"])


def accept_invitation(invitation: Invitation, *, actor: Actor, name: str = "") -> Person:
    """Join: the link has proved the address. Makes the account of someone who has none.

    ``name`` is needed for a new account and ignored for others.
    """
    with acting(actor, "partners.accept_invitation"):
        _lock_open(invitation)
        if invitation.expires_at <= timezone.now():
            raise ValidationError(_("This link has expired. Ask for a new one."))
        person = Person.objects.filter(email__iexact=invitation.email).first()
        if person is None:
            if not name.strip():
                raise ValidationError({"name": _("Say what you are called.")})
            person = Person.objects.create_user(invitation.email, " ".join(name.split()))
        elif not person.is_active:
            raise ValidationError(
                _("This account has been closed. Ask the people who run this site to open it.")
            )
        Membership.objects.get_or_create(
            person=person,
            organisation=invitation.organisation,
            left_at=None,
            defaults={"role": invitation.role},
        )
        invitation.accepted_at = timezone.now()
        invitation.save(update_fields=["accepted_at", "updated_at"])
        return person


def _lock_open(invitation: Invitation) -> None:
    """Lock the row and look again: it may have been answered or withdrawn meanwhile."""
    now = Invitation.objects.select_for_update().get(pk=invitation.pk)
    invitation.accepted_at, invitation.ended_at = now.accepted_at, now.ended_at
    invitation.expires_at, invitation.digest = now.expires_at, now.digest
    if now.accepted_at:
        raise ValidationError(_("This invitation has been accepted already."))
    if now.ended_at or invitation.organisation.is_archived:
        raise ValidationError(_("This invitation has been withdrawn."))


def _renew(invitation: Invitation) -> None:
    _lock_open(invitation)
    token = secrets.token_urlsafe(32)
    invitation.digest = access.digest(token)
    invitation.expires_at = timezone.now() + LASTS
    invitation.save(update_fields=["digest", "expires_at", "updated_at"])
    _send(invitation, token)


def join_link(invitation: Invitation, token: str) -> str:
    """The address at which the invitation is answered."""
    return f"{settings.BASE_URL}/join/{invitation.public_id}/{token}/"


def masked(email: str) -> str:
    """``d***@example.org``: enough to know which inbox is meant."""
    name, _at, host = email.partition("@")
    return f"{name[:1]}***@{host}"


def _text(invitation: Invitation) -> None:
    """Say by text that the mail is there. The link that lets in stays in the mail (decision 9)."""
    if not (invitation.phone and texts.available()):
        return
    values = {
        "organisation": invitation.organisation.name,
        "inviter": str(invitation.invited_by or _("Backcast")),
        "email": masked(invitation.email),
        "link": f"{settings.BASE_URL}/join/{invitation.public_id}/",
    }
    text = _(
        "%(inviter)s invites you to join %(organisation)s on Backcast. The link is in a mail to "
        "%(email)s. No mail? %(link)s Reply STOP to end texts."
    )
    messages.queue_text(number=invitation.phone, text=text % values)


def _send(invitation: Invitation, token: str) -> None:
    inviter = invitation.invited_by
    values = {
        "organisation": invitation.organisation.name,
        "inviter": str(inviter) if inviter else "",
        "link": join_link(invitation, token),
        "until": date_format(timezone.localtime(invitation.expires_at), "DATE_FORMAT"),
    }
    opening = (
        _("%(inviter)s invites you to join %(organisation)s on Backcast.")
        if inviter
        else _("You are invited to join %(organisation)s on Backcast.")
    )
    text = "\n\n".join(
        [
            opening % values,
            _("Open this link and press the button to join:") + f"\n{values['link']}",
            _("The link works until %(until)s. After that, open it to have a new one sent.")
            % values,
            _("If you did not expect this, you need not do anything."),
        ]
    )
    messages.queue(
        recipient=invitation.email,
        subject=_("Join %(organisation)s on Backcast") % values,
        text=text,
    )
