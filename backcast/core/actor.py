"""Who acts. Every transaction that changes something knows its actor; the database insists.

The actor is told to PostgreSQL for the length of one transaction (``set_config(…, true)``).
Row-level security reads it, and the audit trigger refuses a change without one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db import connection, transaction


class Kind(StrEnum):
    """What sort of organisation the actor acts for."""

    INTERMEDIARY = "intermediary"
    EMPLOYER = "employer"
    PROVIDER = "provider"
    SUPPORT = "support"
    FUNDER = "funder"
    SYSTEM = "system"
    NOBODY = "nobody"


class Role(StrEnum):
    """What a person may do within an organisation; each includes those after it."""

    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    VIEWER = "viewer"


_RANK = {Role.VIEWER: 1, Role.MEMBER: 2, Role.ADMINISTRATOR: 3}


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting for one organisation, or the system acting for a stated reason.

    ``label`` is what the audit shows: ``person:<public id>`` or ``system:<reason>``. ``scope``
    narrows what the actor reaches where someone came by a link (``wave:<id>``, several with a
    comma between them); empty for everyone else.
    """

    label: str
    kind: Kind = Kind.NOBODY
    role: Role | None = None
    person_id: int | None = None
    organisation_id: int | None = None
    region_id: int | None = None
    scope: str = ""

    def may(self, role: Role) -> bool:
        """Has the actor at least this role in the organisation it acts for?"""
        if self.kind is Kind.SYSTEM:
            return True
        return self.role is not None and _RANK[self.role] >= _RANK[role]

    @property
    def is_staff(self) -> bool:
        """Staff of the regional intermediary (or the system)."""
        return self.kind in (Kind.INTERMEDIARY, Kind.SYSTEM)

    def within(self, region_id: int) -> Actor:
        """The same actor, at work in another region (for system work)."""
        return replace(self, region_id=region_id)


NOBODY = Actor("nobody")


def system(reason: str, *, region_id: int | None = None) -> Actor:
    """The product itself acting: ``reason`` is a short code such as ``demonstration``."""
    return Actor(f"system:{reason}", kind=Kind.SYSTEM, region_id=region_id)


class NotAllowed(Exception):
    """The actor knows of the thing but has too little right; pages answer 403."""


class ActorMissing(RuntimeError):
    """A change was tried while nobody was acting."""


def _tell(actor: Actor, action: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('backcast.actor', %s, true),"
            " set_config('backcast.person', %s, true),"
            " set_config('backcast.organisation', %s, true),"
            " set_config('backcast.kind', %s, true),"
            " set_config('backcast.region', %s, true),"
            " set_config('backcast.scope', %s, true),"
            " set_config('backcast.action', %s, true)",
            [
                "" if actor == NOBODY else actor.label,
                str(actor.person_id or ""),
                str(actor.organisation_id or ""),
                str(actor.kind),
                str(actor.region_id or ""),
                actor.scope,
                action,
            ],
        )


@contextmanager
def acting(actor: Actor, action: str = "") -> Iterator[Actor]:
    """Run the block in one transaction in which ``actor`` acts.

    ``action`` is a code like ``demand.state_need`` that the audit rows of the block carry. Blocks
    nest: the outer actor and action are told again when the inner block ends.
    """
    stack = _local_stack()
    stack.append((actor, action))
    try:
        with transaction.atomic():
            _tell(actor, action)
            yield actor
    finally:
        stack.pop()
        # After the block's own savepoint is gone, so that an error in it is not covered by another.
        if connection.in_atomic_block and not connection.needs_rollback:
            _tell(*(stack[-1] if stack else (NOBODY, "")))


def _local_stack() -> list[tuple[Actor, str]]:
    """The nesting of actors on this connection (connections are per thread)."""
    stack: list[tuple[Actor, str]] | None = getattr(connection, "backcast_actors", None)
    if stack is None:
        stack = []
        connection.backcast_actors = stack  # type: ignore[attr-defined]
    return stack


def current_actor() -> Actor:
    """Who acts on this connection right now; ``NOBODY`` where no block is open."""
    stack = _local_stack()
    return stack[-1][0] if stack else NOBODY
