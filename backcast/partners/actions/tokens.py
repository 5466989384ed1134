"""Making and revoking keys for the API."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, NotAllowed, acting
from backcast.partners import access
from backcast.partners.models import AccessToken, Membership

#: So that a key found in a text or a log can be told for what it is.
PREFIX = "bck_"
#: More than this at a time is a mistake.
MOST = 10


def make_token(
    membership: Membership, *, actor: Actor, name: str, days: int
) -> tuple[AccessToken, str]:
    """A new key for one's own membership, and its secret, which is not kept."""
    if actor.person_id != membership.person_id or membership.left_at is not None:
        raise NotAllowed
    with acting(actor, "partners.make_token"):
        if (
            access.tokens(actor).filter(ended_at=None, expires_at__gt=timezone.now()).count()
            >= MOST
        ):
            raise ValidationError(
                _("You have %(count)d keys already. Revoke one that is not used.") % {"count": MOST}
            )
        secret = PREFIX + secrets.token_urlsafe(32)
        token = AccessToken(
            membership=membership,
            name=" ".join(name.split()),
            digest=access.digest(secret),
            expires_at=timezone.now() + timedelta(days=days),
        )
        token.full_clean(exclude=["digest"])
        token.save()
        return token, secret


def revoke_token(token: AccessToken, *, actor: Actor) -> None:
    """End a key at once."""
    if actor.person_id != token.membership.person_id:
        raise NotAllowed
    with acting(actor, "partners.revoke_token"):
        if token.ended_at is None:
            token.ended_at = timezone.now()
            token.save(update_fields=["ended_at", "updated_at"])
