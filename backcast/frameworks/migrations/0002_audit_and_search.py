"""What people enter is audited; loaded rows are covered by their audited release."""

from django.db import migrations

from backcast.core.security import audited

SCALES = [
    ("IM", "Importance", 1, 5),
    ("LV", "Level", 0, 7),
    ("WI", "Work Styles Impact", -3, 3),
    ("DR", "Distinctiveness Rank", 0, 10),
    ("BC", "Level, from first steps to expert", 1, 5),
]


def own_audited(table: str, own: str) -> migrations.RunSQL:
    """As ``audited``, but only for rows where the condition ``own`` holds before or after."""
    triggers = [
        f"CREATE TRIGGER {table}_audit_{event.lower()} AFTER {event} ON {table} FOR EACH ROW"
        f" WHEN ({condition}) EXECUTE FUNCTION core_audit('updated_at')"
        for event, condition in (
            ("INSERT", own.format(row="NEW")),
            ("UPDATE", f"{own.format(row='NEW')} OR {own.format(row='OLD')}"),
            ("DELETE", own.format(row="OLD")),
        )
    ]
    return migrations.RunSQL(
        triggers,
        [f"DROP TRIGGER {table}_audit_{event} ON {table}" for event in ("insert", "update", "delete")],
    )


def add_scales(apps, schema_editor):
    scale = apps.get_model("frameworks", "Scale").objects.using(schema_editor.connection.alias)
    for code, name, minimum, maximum in SCALES:
        scale.get_or_create(
            code=code, defaults={"name": name, "minimum": minimum, "maximum": maximum}
        )


TABLES = (
    "occupation, frameworks_occupationtitle, frameworks_task, frameworks_taskactivity,"
    " frameworks_technologyskill, frameworks_relatedoccupation, frameworks_rating,"
    " frameworks_competency, frameworks_cip, frameworks_cipsoc, frameworks_wage,"
    " frameworks_projection"
)


class Migration(migrations.Migration):
    dependencies = [
        ("frameworks", "0001_initial"),
        ("core", "0002_actor_and_audit"),
    ]

    operations = [
        audited("frameworks_release"),
        audited("frameworks_credential"),
        own_audited("frameworks_occupation", "{row}.region_id IS NOT NULL"),
        own_audited("frameworks_competency", "{row}.region_id IS NOT NULL"),
        own_audited("frameworks_competencyanchor", "{row}.own"),
        migrations.RunSQL(
            "CREATE INDEX frameworks_title_search ON frameworks_occupationtitle"
            " USING gin (folded gin_trgm_ops) WHERE withdrawn_in_id IS NULL",
            "DROP INDEX frameworks_title_search",
        ),
        # Only an owner may refresh the planner's statistics; loaders, which are not, call this.
        migrations.RunSQL(
            "CREATE FUNCTION frameworks_analyse() RETURNS void LANGUAGE sql SECURITY DEFINER"
            " SET search_path = public, pg_temp"
            f" AS $$ ANALYZE frameworks_{TABLES} $$",
            "DROP FUNCTION frameworks_analyse()",
        ),
        migrations.RunPython(add_scales, migrations.RunPython.noop),
    ]
