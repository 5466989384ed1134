"""ESCO's labels are searched by trigrams; a load refreshes what the planner knows of its tables."""

from django.db import migrations

HEAD = (
    "CREATE OR REPLACE FUNCTION frameworks_analyse() RETURNS void LANGUAGE sql SECURITY DEFINER"
    " SET search_path = public, pg_temp AS $$ SELECT gin_clean_pending_list('frameworks_title_search');"
)
BEFORE = f"{HEAD} ANALYZE frameworks_occupationtitle $$"
AFTER = (
    f"{HEAD} SELECT gin_clean_pending_list('frameworks_competency_search');"
    " ANALYZE frameworks_occupationtitle, frameworks_competency, frameworks_competencytitle,"
    " frameworks_competencylink, frameworks_occupationskill, frameworks_occupationmatch $$"
)


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0005_esco")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX frameworks_competency_search ON frameworks_competencytitle"
            " USING gin (folded gin_trgm_ops) WHERE withdrawn_in_id IS NULL",
            "DROP INDEX frameworks_competency_search",
        ),
        migrations.RunSQL(AFTER, BEFORE),
    ]
