"""Production refuses to start on insecure values, and says which."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from backcast.core.embedded import APP, OWNER, SUPERUSER, WORKER
from backcast.core.production import problems
from backcast.core.upgrade import Unsafe, refuse_ways_around, ways_around_row_security
from tests import database
from tests.conftest import HOME
from tests.running.runs import Run, backcast, short_home

pytestmark = pytest.mark.xdist_group("running")

GOOD = {
    "BACKCAST_SECRET_KEY": "kX9v-2qLr8Zt5wYp1mNcB7dHf4GsJ6aEuTjRoIyQzVbCxWlKs0",
    "BACKCAST_HOSTS": "plan.example.org",
    "BACKCAST_URL": "https://plan.example.org",
    "BACKCAST_MAIL": "smtp",
    "BACKCAST_SMTP_HOST": "mail.example.org",
    "BACKCAST_FROM": "Backcast <plan@example.org>",
    "DATABASE_URL": "postgresql://backcast_app:a@db.example.org/backcast?sslmode=verify-full",
    "DATABASE_WORKER_URL": "postgresql://backcast_worker:b@db.example.org/backcast?sslmode=require",
    "DATABASE_OWNER_URL": "postgresql://backcast_owner:c@db.example.org/backcast?sslmode=require",
}


def test_a_safe_environment_has_no_problems() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("BACKCAST_SECRET_KEY", None, "BACKCAST_SECRET_KEY is missing"),
        ("BACKCAST_SECRET_KEY", "short", "5 characters"),
        ("BACKCAST_SECRET_KEY", "ab" * 30, "can be guessed"),
        ("BACKCAST_SECRET_KEY", "django-insecure-" + GOOD["BACKCAST_SECRET_KEY"], "can be guessed"),
        ("BACKCAST_HOSTS", None, "BACKCAST_HOSTS is missing"),
        ("BACKCAST_HOSTS", "*", "holds *"),
        ("BACKCAST_HOSTS", "plan.example.org,*.example.org", "holds *"),
        ("BACKCAST_URL", None, "BACKCAST_URL is missing"),
        ("BACKCAST_URL", "http://plan.example.org", "https://"),
        ("BACKCAST_URL", "https://other.example.org", "does not list"),
        ("BACKCAST_MAIL", None, "BACKCAST_MAIL is missing"),
        ("BACKCAST_MAIL", "outbox", "does not deliver"),
        ("BACKCAST_MAIL", "mailgun", "BACKCAST_MAIL_KEY is missing"),
        ("BACKCAST_SMTP_HOST", None, "BACKCAST_SMTP_HOST is missing"),
        ("BACKCAST_SMTP_TLS", "0", "travel readable"),
        ("BACKCAST_FROM", None, "BACKCAST_FROM is missing"),
        ("BACKCAST_TEXTS_KEY", "secret", "BACKCAST_TEXTS is missing"),
        ("BACKCAST_TEXTS", "outbox", "delivers no texts"),
        ("DATABASE_URL", None, "DATABASE_URL is missing"),
        ("DATABASE_WORKER_URL", None, "DATABASE_WORKER_URL is missing"),
        ("DATABASE_URL", "postgresql://backcast_app@db.example.org/b", "without TLS"),
        (
            "DATABASE_URL",
            "postgresql://backcast_app@db.example.org/b?sslmode=prefer",
            "without TLS",
        ),
        ("DATABASE_URL", GOOD["DATABASE_OWNER_URL"], "could change the schema"),
        ("DATABASE_WORKER_URL", GOOD["DATABASE_URL"], "give the worker its own"),
        ("DATABASE_URL", "no=such=thing", "DATABASE_URL cannot be read"),
    ],
)
def test_an_insecure_value_is_named(name: str, value: str | None, says: str) -> None:
    environment = {k: v for k, v in GOOD.items() if k != name} | ({name: value} if value else {})
    found = problems(environment)
    assert len(found) == 1, found
    assert says in found[0]
    assert name in found[0] or "DATABASE" in name


TEXTS = GOOD | {
    "BACKCAST_TEXTS": "http",
    "BACKCAST_TEXTS_URL": "https://texts.example.org/send",
    "BACKCAST_TEXTS_KEY": "secret",
    "BACKCAST_TEXTS_FROM": "+12015550123",
}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, ""),
        ({"BACKCAST_TEXTS_FROM": "72345"}, ""),
        ({"BACKCAST_TEXTS_URL": "http://localhost:9000/send"}, ""),
        ({"BACKCAST_TEXTS_KEY": ""}, "BACKCAST_TEXTS_KEY is missing; BACKCAST_TEXTS=http needs it"),
        ({"BACKCAST_TEXTS_URL": "http://texts.example.org"}, "must start with https://"),
        ({"BACKCAST_TEXTS_FROM": "201-555-0123"}, "is not a number"),
        ({"BACKCAST_TEXTS": "twilio"}, "BACKCAST_TEXTS_ACCOUNT is missing"),
        ({"BACKCAST_TEXTS": "pigeon"}, "choose http or twilio"),
    ],
)
def test_texts_are_configured_wholly_or_not_at_all(changes: dict[str, str], says: str) -> None:
    found = problems(TEXTS | changes)
    assert len(found) == bool(says), found
    assert says in "".join(found)


def test_a_database_on_this_machine_needs_no_tls() -> None:
    local = GOOD | {
        "DATABASE_URL": "postgresql://backcast_app@/backcast?host=/run/postgresql",
        "DATABASE_WORKER_URL": "postgresql://backcast_worker@localhost/backcast",
        "DATABASE_OWNER_URL": "postgresql://backcast_owner@127.0.0.1/backcast",
    }
    assert problems(local) == []


def test_production_with_nothing_set_names_everything_at_once(tmp_path: Path) -> None:
    done = backcast("run", "--production", home=tmp_path)
    assert done.returncode == 1
    for name in GOOD.keys() - {"DATABASE_OWNER_URL", "BACKCAST_SMTP_HOST"}:
        assert name in done.stderr, name
    assert "Traceback" not in done.stderr


def test_production_serves_on_an_outside_database_and_has_no_outbox(
    django_db_setup: None, worker_id: str
) -> None:
    name = database.database_for(HOME, f"outside_{worker_id}")
    cluster = database.cluster(HOME)
    outside = GOOD | {
        "DATABASE_URL": cluster.url(APP, name),
        "DATABASE_WORKER_URL": cluster.url(WORKER, name),
        "DATABASE_OWNER_URL": cluster.url(OWNER, name),
    }
    too_strong = outside | {"DATABASE_WORKER_URL": cluster.url(SUPERUSER, name)}
    with short_home() as home:
        refused = backcast("run", "--production", home=home, **too_strong)
        assert refused.returncode == 1
        assert "worker: postgres is a superuser" in refused.stderr
        assert "Traceback" not in refused.stderr

        run = Run(home, "--production", **outside).wait_until_open()
        assert not (home / "postgres").exists(), "production started a database of its own"
        secure = {"Host": "plan.example.org", "X-Forwarded-Proto": "https"}
        assert run.status("/accounts/login/", secure) == 200
        assert run.status("/outbox/", secure) == 404
        assert run.status("/accounts/login/", secure | {"Host": "other.example.org"}) == 400
        assert run.redirect("/accounts/login/", {"Host": "plan.example.org"}) == (
            "https://plan.example.org/accounts/login/"
        )
        assert "demo.example" not in run.said
        run.worker()
        assert run.interrupt() == 0, run.said
        assert "Traceback" not in run.said


@pytest.fixture(scope="module")
def name(django_db_setup: None, worker_id: str) -> str:
    """A migrated database; the template itself must stay alone, so that it can be copied."""
    return database.database_for(HOME, f"roles_{worker_id}")


def test_the_working_roles_cannot_get_around_row_security(name: str) -> None:
    for role in (APP, WORKER):
        assert ways_around_row_security(database.cluster(HOME).url(role, name)) == []


def test_the_owner_could_and_is_refused(name: str) -> None:
    with pytest.raises(Unsafe, match="web: backcast_owner owns tables"):
        refuse_ways_around({"web": database.cluster(HOME).url(OWNER, name)})


@pytest.mark.parametrize(
    ("make", "says"),
    [
        ("CREATE ROLE {role} LOGIN SUPERUSER", "is a superuser"),
        ("CREATE ROLE {role} LOGIN BYPASSRLS", "BYPASSRLS"),
        ("CREATE ROLE {role} LOGIN CREATEROLE", "may create roles"),
        ("CREATE ROLE {role} LOGIN IN ROLE backcast_owner", "through a role it belongs to"),
        ("CREATE ROLE {role} LOGIN NOINHERIT IN ROLE backcast_owner", "through a role"),
        ("CREATE ROLE {role} LOGIN IN ROLE postgres", "can become postgres"),
    ],
)
def test_a_role_that_could_get_around_row_security_is_refused(
    name: str, make: str, says: str, worker_id: str
) -> None:
    role = f"too_strong_{worker_id}"
    superuser = database.cluster(HOME).url(SUPERUSER, "postgres")
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(make.format(role=role).encode())
        try:
            with pytest.raises(Unsafe, match=says):
                refuse_ways_around({"worker": database.cluster(HOME).url(role, name)})
        finally:
            connection.execute(f"DROP ROLE {role}".encode())
