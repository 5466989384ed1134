"""Migration operations for audit and row-level security, so that each room states its own in a line."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.migrations.operations import RunSQL

#: Conditions that policies are made of. Each is true for the actor of the transaction.
STAFF_OF_REGION = (
    "(current_setting('backcast.kind', true) = 'intermediary' AND {region} = core_region())"
)
OWN_ORGANISATION = "{organisation} = core_organisation()"


def audited(table: str, *, ignore: Sequence[str] = ()) -> RunSQL:
    """Every insert, update and delete on ``table`` writes an audit entry, or fails without an actor.

    ``ignore`` names columns whose change alone is not audited (a last sign-in, say).
    """
    arguments = ", ".join(f"'{column}'" for column in ("updated_at", *ignore))
    return RunSQL(
        f"CREATE TRIGGER {table}_audit AFTER INSERT OR UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION core_audit({arguments})",
        f"DROP TRIGGER {table}_audit ON {table}",
    )


def row_security(table: str, *, read: str, write: str | None = None) -> RunSQL:
    """Turn on row-level security: ``app`` reads rows where ``read`` holds and writes where ``write`` does.

    The worker, which acts for a named person or for the system, reaches every row while an actor
    is set, and none without one.
    """
    write = write or read
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY {table}_read ON {table} FOR SELECT TO backcast_app USING ({read})",
        f"CREATE POLICY {table}_insert ON {table} FOR INSERT TO backcast_app WITH CHECK ({write})",
        f"CREATE POLICY {table}_update ON {table} FOR UPDATE TO backcast_app"
        f" USING ({write}) WITH CHECK ({write})",
        f"CREATE POLICY {table}_delete ON {table} FOR DELETE TO backcast_app USING ({write})",
        f"CREATE POLICY {table}_worker ON {table} TO backcast_worker"
        f" USING (core_actor() <> '') WITH CHECK (core_actor() <> '')",
    ]
    undo = [
        *(
            f"DROP POLICY {table}_{name} ON {table}"
            for name in ("read", "insert", "update", "delete", "worker")
        ),
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    ]
    return RunSQL([*statements], [*undo])
