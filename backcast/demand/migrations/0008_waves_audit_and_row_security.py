"""Waves are audited, each employer reaches its own answers, and what was frozen stays.

Who comes by a link acts for one employer within one wave (``backcast.scope``) and the one
it is prefilled from, and reaches no other.
"""

from django.db import migrations

from backcast.core.security import OWN_ORGANISATION, STAFF_OF_REGION, audited, row_security

STAFF = STAFF_OF_REGION.format(region="region_id")
IN_SCOPE = (
    "(coalesce(current_setting('backcast.scope', true), '') = '' OR 'wave:' || {wave}"
    " = ANY (string_to_array(current_setting('backcast.scope', true), ',')))"
)
OWN = (
    "(current_setting('backcast.kind', true) = 'employer'"
    f" AND {OWN_ORGANISATION.format(organisation='employer_id')}"
    f" AND {IN_SCOPE.format(wave='wave_id')})"
)
OWN_OR_STAFF = f"({STAFF} OR {OWN})"
#: Who opens a link is nobody yet: the product looks the link up.
OWN_STAFF_OR_SYSTEM = (
    f"({STAFF} OR {OWN} OR current_setting('backcast.kind', true) = 'system')"
)
#: An employer sees the waves that ask it: the inner look is under the roster's own policy.
ASKED_OR_STAFF = (
    f"({STAFF} OR EXISTS (SELECT 1 FROM demand_waveemployer e WHERE e.wave_id = demand_wave.id))"
)
WITH_WAVE = "EXISTS (SELECT 1 FROM demand_wave WHERE demand_wave.id = wave_id)"
STAFF_OF_WAVE = (
    "EXISTS (SELECT 1 FROM demand_wave w WHERE w.id = wave_id AND"
    f" {STAFF_OF_REGION.format(region='w.region_id')})"
)
WITH_ANSWER = "EXISTS (SELECT 1 FROM demand_answer WHERE demand_answer.id = answer_id)"

# What was there when a wave froze is changed no more, by nobody; a correction is a row of its own.
KEEP = """
CREATE FUNCTION demand_keep_frozen() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
DECLARE
  it bigint;
BEGIN
  IF TG_TABLE_NAME = 'demand_answer' THEN it := OLD.id;
  ELSIF TG_OP = 'DELETE' THEN it := OLD.answer_id;
  ELSE it := NEW.answer_id;
  END IF;
  IF EXISTS (
    SELECT 1 FROM demand_answer a JOIN demand_wave w ON w.id = a.wave_id
    WHERE a.id = it AND least(a.created_at, a.sent_at) <= w.frozen_at
  ) THEN
    RAISE EXCEPTION 'This wave is frozen: its answers stay as they are' USING
      ERRCODE = 'check_violation', CONSTRAINT = 'frozen_answer_stays',
      HINT = 'Correct the answer; the correction is kept beside it.';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION demand_keep_frozen() FROM PUBLIC;
"""
UNKEEP = "DROP FUNCTION demand_keep_frozen()"
KEPT = {
    "demand_answer": "UPDATE OR DELETE",
    "demand_answerquarter": "INSERT OR UPDATE OR DELETE",
    "demand_answerpoint": "INSERT OR UPDATE OR DELETE",
    "demand_answerstep": "INSERT OR UPDATE OR DELETE",
    "demand_answeroffer": "INSERT OR UPDATE OR DELETE",
    "demand_answerskill": "INSERT OR UPDATE OR DELETE",
}


def kept(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_frozen BEFORE {KEPT[table]} ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION demand_keep_frozen()",
        f"DROP TRIGGER {table}_frozen ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("demand", "0007_waves"), ("core", "0002_actor_and_audit")]

    operations = [
        audited("demand_wave"),
        audited("demand_waverole"),
        audited("demand_waveemployer"),
        audited("demand_waveinvitation"),
        audited("demand_wavelink"),
        audited("demand_answer", ignore=["changed_at"]),
        audited("demand_answerquarter"),
        audited("demand_answerpoint"),
        audited("demand_answerstep"),
        audited("demand_answeroffer"),
        audited("demand_answerskill"),
        row_security("demand_wave", read=ASKED_OR_STAFF, write=STAFF),
        row_security("demand_waverole", read=WITH_WAVE, write=STAFF_OF_WAVE),
        row_security("demand_waveemployer", read=OWN_OR_STAFF, write=STAFF),
        row_security("demand_waveinvitation", read=OWN_STAFF_OR_SYSTEM, write=OWN_OR_STAFF),
        row_security("demand_wavelink", read=OWN_STAFF_OR_SYSTEM, write=OWN_OR_STAFF),
        row_security("demand_answer", read=OWN_OR_STAFF),
        row_security("demand_answerquarter", read=WITH_ANSWER),
        row_security("demand_answerpoint", read=WITH_ANSWER),
        row_security("demand_answerstep", read=WITH_ANSWER),
        row_security("demand_answeroffer", read=WITH_ANSWER),
        row_security("demand_answerskill", read=WITH_ANSWER),
        row_security("demand_answerchange", read=WITH_ANSWER),
        migrations.RunSQL(KEEP, UNKEEP),
        *(kept(table) for table in KEPT),
    ]
