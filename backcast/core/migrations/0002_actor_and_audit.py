"""What the database knows of the actor, and the trigger that writes the audit."""

from django.db import migrations

from backcast.core.security import row_security

FUNCTIONS = """
CREATE FUNCTION core_actor() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT coalesce(current_setting('backcast.actor', true), '') $$;

CREATE FUNCTION core_organisation() RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('backcast.organisation', true), '')::bigint $$;

CREATE FUNCTION core_region() RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('backcast.region', true), '')::bigint $$;

CREATE FUNCTION core_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
DECLARE
  old_row jsonb := '{}';
  new_row jsonb := '{}';
  changed_before jsonb;
  changed_after jsonb;
BEGIN
  IF core_actor() = '' THEN
    RAISE EXCEPTION 'Nobody is acting: % on % was refused', TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege',
            HINT = 'Wrap the change in backcast.core.actor.acting(actor).';
  END IF;
  IF TG_OP <> 'INSERT' THEN old_row := to_jsonb(OLD) - 'password'; END IF;
  IF TG_OP <> 'DELETE' THEN new_row := to_jsonb(NEW) - 'password'; END IF;
  IF TG_OP = 'UPDATE' THEN
    SELECT jsonb_object_agg(key, value) INTO changed_before FROM jsonb_each(old_row)
      WHERE new_row -> key IS DISTINCT FROM value AND key <> ALL (TG_ARGV);
    IF changed_before IS NULL THEN RETURN NULL; END IF;
    SELECT jsonb_object_agg(key, value) INTO changed_after FROM jsonb_each(new_row)
      WHERE old_row -> key IS DISTINCT FROM value AND key <> ALL (TG_ARGV);
  ELSE
    changed_before := nullif(old_row, '{}');
    changed_after := nullif(new_row, '{}');
  END IF;
  INSERT INTO core_auditentry
    (at, actor, person_id, organisation_id, region_id, action, table_name, row_id, operation,
     before, after)
  VALUES
    (clock_timestamp(), core_actor(),
     nullif(current_setting('backcast.person', true), '')::bigint,
     core_organisation(), core_region(),
     coalesce(current_setting('backcast.action', true), ''),
     TG_TABLE_NAME,
     coalesce(new_row ->> 'id', old_row ->> 'id')::bigint,
     lower(TG_OP), changed_before, changed_after);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION core_audit() FROM PUBLIC;

CREATE TABLE core_cache (
  cache_key varchar(255) PRIMARY KEY,
  value text NOT NULL,
  expires timestamp with time zone NOT NULL
);
CREATE INDEX core_cache_expires ON core_cache (expires);
"""

UNDO = """
DROP TABLE core_cache;
DROP FUNCTION core_audit();
DROP FUNCTION core_region();
DROP FUNCTION core_organisation();
DROP FUNCTION core_actor();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTIONS, UNDO),
        # Written by the trigger only, which runs with the owner's rights.
        row_security(
            "core_auditentry",
            read="organisation_id = core_organisation()",
            write="false",
        ),
        migrations.RunSQL(
            "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON core_auditentry"
            " FROM backcast_app, backcast_worker",
            migrations.RunSQL.noop,
        ),
    ]
