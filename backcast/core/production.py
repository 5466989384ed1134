"""What must hold before real people's data are served: each broken rule in one sentence.

Pure but for reading the environment that it is given; the database is looked at afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

SHORTEST_KEY = 50
_LOCAL = {"localhost", "127.0.0.1", "::1"}
_EXTENSIONS = ("pg_trgm", "btree_gist")
#: What each mail service needs besides being named.
_MAIL_NEEDS = {
    "smtp": ("BACKCAST_SMTP_HOST",),
    "mailgun": ("BACKCAST_MAIL_KEY",),
    "postmark": ("BACKCAST_MAIL_KEY",),
    "sendgrid": ("BACKCAST_MAIL_KEY",),
}


#: What each text service needs; texts are optional, but not by half.
_TEXT_NEEDS = {
    "http": ("BACKCAST_TEXTS_URL", "BACKCAST_TEXTS_KEY", "BACKCAST_TEXTS_FROM"),
    "twilio": ("BACKCAST_TEXTS_ACCOUNT", "BACKCAST_TEXTS_KEY", "BACKCAST_TEXTS_FROM"),
}
#: A number in E.164, or a short code.
_TEXT_SENDER = re.compile(r"\+[1-9][0-9]{6,14}|[1-9][0-9]{4,5}")


def problems(environment: Mapping[str, str]) -> list[str]:
    """Every insecure or missing value, each with what to do about it; empty where all is well."""

    def value(name: str) -> str:
        return environment.get(name, "").strip()

    return [
        *_secret_key(value("BACKCAST_SECRET_KEY")),
        *_hosts(value("BACKCAST_HOSTS")),
        *_url(value("BACKCAST_URL"), value("BACKCAST_HOSTS")),
        *_mail(environment),
        *_texts(environment),
        *_sender(value("BACKCAST_FROM")),
        *_databases(
            value("DATABASE_URL"), value("DATABASE_WORKER_URL"), value("DATABASE_OWNER_URL")
        ),
    ]


def _secret_key(key: str) -> list[str]:
    make = "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
    if not key:
        return [f"BACKCAST_SECRET_KEY is missing; {make}"]
    if len(key) < SHORTEST_KEY:
        return [
            f"BACKCAST_SECRET_KEY has {len(key)} characters and needs {SHORTEST_KEY} or more; {make}"
        ]
    if len(set(key)) < 10 or "insecure" in key.lower() or "changeme" in key.lower():
        return [f"BACKCAST_SECRET_KEY can be guessed; {make}"]
    return []


def _hosts(hosts: str) -> list[str]:
    names = [name.strip() for name in hosts.split(",") if name.strip()]
    if not names:
        return [
            "BACKCAST_HOSTS is missing; name the hosts that people type, such as plan.example.org"
        ]
    if any(name.startswith("*") for name in names):
        return ["BACKCAST_HOSTS holds *, which lets anyone pose as this site; name the hosts"]
    return []


def _url(url: str, hosts: str) -> list[str]:
    if not url:
        return [
            "BACKCAST_URL is missing; messages need the address, such as https://plan.example.org"
        ]
    parts = urlsplit(url)
    if parts.scheme != "https":
        return [f"BACKCAST_URL is {url}, and must start with https://"]
    names = {name.strip() for name in hosts.split(",")}
    name = parts.hostname or ""
    known = name in names or any(n.startswith(".") and name.endswith(n) for n in names)
    if hosts and "*" not in hosts and not known:
        return [f"BACKCAST_URL names {name}, which BACKCAST_HOSTS does not list"]
    return []


def _mail(environment: Mapping[str, str]) -> list[str]:
    service = environment.get("BACKCAST_MAIL", "").strip()
    known = ", ".join(_MAIL_NEEDS)
    if not service:
        return [f"BACKCAST_MAIL is missing, and people sign in by mail; choose one of {known}"]
    if service not in _MAIL_NEEDS:
        return [f"BACKCAST_MAIL is {service}, which does not deliver mail; choose one of {known}"]
    found = [
        f"{name} is missing; BACKCAST_MAIL={service} needs it"
        for name in _MAIL_NEEDS[service]
        if not environment.get(name, "").strip()
    ]
    host = environment.get("BACKCAST_SMTP_HOST", "").strip()
    if service == "smtp" and environment.get("BACKCAST_SMTP_TLS") == "0" and host not in _LOCAL:
        found.append("BACKCAST_SMTP_TLS is 0, so sign-in codes would travel readable; leave it out")
    return found


def _texts(environment: Mapping[str, str]) -> list[str]:
    service = environment.get("BACKCAST_TEXTS", "").strip()
    known = " or ".join(_TEXT_NEEDS)
    given = sorted(n for n in environment if n.startswith("BACKCAST_TEXTS_") and environment[n])
    if not service:
        if given:
            return [f"{given[0]} is set, but BACKCAST_TEXTS is missing; set it to {known}"]
        return []
    if service not in _TEXT_NEEDS:
        return [
            f"BACKCAST_TEXTS is {service}, which delivers no texts; leave it out or choose {known}"
        ]
    found = [
        f"{name} is missing; BACKCAST_TEXTS={service} needs it"
        for name in _TEXT_NEEDS[service]
        if not environment.get(name, "").strip()
    ]
    url = environment.get("BACKCAST_TEXTS_URL", "").strip()
    parts = urlsplit(url)
    if url and parts.scheme != "https" and parts.hostname not in _LOCAL:
        found.append("BACKCAST_TEXTS_URL must start with https://, or texts travel readable")
    sender = environment.get("BACKCAST_TEXTS_FROM", "").strip()
    if sender and not _TEXT_SENDER.fullmatch(sender):
        found.append(
            "BACKCAST_TEXTS_FROM is not a number; write it like +12015550123, or a short code"
        )
    return found


def _sender(sender: str) -> list[str]:
    if not sender or "localhost" in sender:
        return ["BACKCAST_FROM is missing; name the sender, such as Backcast <plan@example.org>"]
    return []


def _databases(app: str, worker: str, owner: str) -> list[str]:
    found = []
    if not app:
        found.append(
            "DATABASE_URL is missing; production runs on a PostgreSQL of its own, as the role"
            " backcast_app"
        )
    if not worker:
        found.append(
            "DATABASE_WORKER_URL is missing; the worker has a role of its own, backcast_worker"
        )
    users = {}
    for name, url in (
        ("DATABASE_URL", app),
        ("DATABASE_WORKER_URL", worker),
        ("DATABASE_OWNER_URL", owner),
    ):
        if not url:
            continue
        try:
            parts = conninfo_to_dict(url)
        except psycopg.ProgrammingError as error:
            found.append(f"{name} cannot be read: {str(error).strip()}")
            continue
        users[name] = str(parts.get("user") or "")
        host = str(parts.get("host") or "")
        local = not host or host.startswith(("/", "%2F")) or host in _LOCAL
        safe = parts.get("sslmode") in ("require", "verify-ca", "verify-full")
        if not local and not safe:
            found.append(
                f"{name} reaches {host} without TLS; add ?sslmode=verify-full (or require) to it"
            )
    if owner and users.get("DATABASE_URL") == users.get("DATABASE_OWNER_URL"):
        found.append(
            "DATABASE_URL and DATABASE_OWNER_URL use the same role, so pages could change the schema"
        )
    if worker and users.get("DATABASE_URL") == users.get("DATABASE_WORKER_URL"):
        found.append(
            "DATABASE_URL and DATABASE_WORKER_URL use the same role; give the worker its own"
        )
    return found


def database_problems(app_url: str) -> list[str]:
    """What a reachable outside database still lacks; raises psycopg's errors where none answers."""
    with psycopg.connect(app_url) as connection:
        version = connection.info.server_version
        found = []
        if version < 150000:
            found.append(f"the server is PostgreSQL {version // 10000}; 15 or newer is needed")
        present = {
            name for (name,) in connection.execute("SELECT extname FROM pg_extension").fetchall()
        }
        found += [
            f"the extension {name} is missing; run as its administrator: CREATE EXTENSION {name}"
            for name in _EXTENSIONS
            if name not in present
        ]
        migrated = connection.execute("SELECT to_regclass('public.django_migrations')").fetchone()
        if migrated is None or migrated[0] is None:
            found.append(
                "the tables are missing; set DATABASE_OWNER_URL for this start, or run"
                " `backcast manage migrate` with it"
            )
        return found
