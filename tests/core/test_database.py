"""The test database is what it says: migrated by the owner, reached as app."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, connections, transaction


@pytest.mark.django_db
def test_tests_connect_as_app_which_row_security_binds() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("backcast_app", False, False)


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_owner_connection_reaches_the_same_database() -> None:
    names = []
    for alias in ("default", "owner"):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_database(), current_user")
            names.append(cursor.fetchone())
    assert names[0][0] == names[1][0]
    assert names[1][1] == "backcast_owner"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "DROP TABLE partners_person",
        "ALTER TABLE partners_person DISABLE TRIGGER ALL",
        "TRUNCATE partners_person",
        "SET ROLE backcast_owner",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'y', now())",
        "INSERT INTO core_auditentry (at, actor, action, table_name, row_id, operation)"
        " VALUES (now(), 'me', '', 't', 1, 'insert')",
        "DELETE FROM core_auditentry",
        "UPDATE core_auditentry SET actor = 'somebody else'",
    ],
)
def test_app_may_not_change_the_schema_the_audit_or_its_own_rights(statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
