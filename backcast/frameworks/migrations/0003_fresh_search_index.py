"""After a load the search index takes in what it put off, so that the next search can use it."""

from django.db import migrations

HEAD = (
    "CREATE OR REPLACE FUNCTION frameworks_analyse() RETURNS void LANGUAGE sql SECURITY DEFINER"
    " SET search_path = public, pg_temp AS $$ "
)


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0002_audit_and_search")]

    operations = [
        migrations.RunSQL(
            f"{HEAD} SELECT gin_clean_pending_list('frameworks_title_search');"
            " ANALYZE frameworks_occupationtitle $$",
            f"{HEAD} ANALYZE frameworks_occupationtitle $$",
        ),
    ]
