"""Bring a database to the schema of this version, as its owner, and see that row security binds.

Imported without Django; ``migrate`` needs it set up.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psycopg

_GRANTS = Path(__file__).with_name("grants.sql")
#: Two processes that start at once migrate one after the other (any fixed number will do).
_LOCK = 5_272_205


class Unsafe(RuntimeError):
    """A working role could get around row-level security; the message says how and what helps."""


def apply_grants(owner_url: str) -> None:
    """Extensions and what ``app`` and ``worker`` may do. Run as the owner; safe to repeat."""
    with psycopg.connect(owner_url) as connection:
        connection.execute(_GRANTS.read_text().encode())


def migrate(owner_url: str, *, verbosity: int = 0) -> None:
    """Grants, migrations as the owner, grants for what the migrations made."""
    from django.core.management import call_command

    with _one_at_a_time(owner_url):
        apply_grants(owner_url)
        call_command("migrate", database="owner", interactive=False, verbosity=verbosity)
        apply_grants(owner_url)


@contextlib.contextmanager
def _one_at_a_time(owner_url: str) -> Iterator[None]:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        yield


def ways_around_row_security(url: str) -> list[str]:
    """Say how the role behind ``url`` could bypass row-level security; empty where it cannot."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT current_user, rolsuper, rolbypassrls, rolcreaterole,"
            " coalesce(current_setting('is_superuser', true), 'off') = 'on'"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        if row is None:
            raise Unsafe("The database does not know the role that it let in.")
        role, is_super, bypass, creates_roles, session_super = row
        found = []
        if is_super or session_super:
            found.append(f"{role} is a superuser (ALTER ROLE {role} NOSUPERUSER)")
        if bypass:
            found.append(f"{role} has BYPASSRLS (ALTER ROLE {role} NOBYPASSRLS)")
        if creates_roles:
            found.append(f"{role} may create roles (ALTER ROLE {role} NOCREATEROLE)")
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')"
                " AND pg_has_role(current_user, c.relowner, 'MEMBER') ORDER BY 1"
            )
        ]
        if tables and not is_super:
            found.append(
                f"{role} owns tables, itself or through a role it belongs to"
                f" ({', '.join(tables[:3])}{', …' if len(tables) > 3 else ''});"
                " give it a role of its own that is a member of no other"
            )
        stronger = [
            name
            for (name,) in connection.execute(
                "SELECT rolname FROM pg_roles WHERE rolname <> current_user"
                " AND (rolsuper OR rolbypassrls) AND pg_has_role(current_user, oid, 'MEMBER')"
                " ORDER BY 1"
            )
        ]
        if stronger and not is_super:
            found.append(
                f"{role} can become {', '.join(stronger)} (REVOKE {stronger[0]} FROM {role})"
            )
        return found


def refuse_ways_around(urls: dict[str, str]) -> None:
    """Raise ``Unsafe`` naming every way in which one of these roles could bypass row security."""
    found = [
        f"{process}: {way}"
        for process, url in urls.items()
        for way in ways_around_row_security(url)
    ]
    if found:
        raise Unsafe(
            "Not started: row-level security could be bypassed, so one employer's needs might be"
            " shown to another.\n" + "\n".join(f"  - {line}" for line in found)
        )
