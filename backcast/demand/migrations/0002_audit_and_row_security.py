"""Needs are audited; each employer reaches its own and staff those of their region."""

from django.db import migrations

from backcast.core.security import OWN_ORGANISATION, STAFF_OF_REGION, audited, row_security

OWN_OR_STAFF = (
    f"({STAFF_OF_REGION.format(region='region_id')} OR"
    " (current_setting('backcast.kind', true) = 'employer'"
    f" AND {OWN_ORGANISATION.format(organisation='employer_id')}))"
)
#: The rows beneath a need are reached with it: the inner look is under the need's own policy.
WITH_NEED = "EXISTS (SELECT 1 FROM demand_need WHERE demand_need.id = need_id)"
OWN_UPLOAD = "person_id = nullif(current_setting('backcast.person', true), '')::bigint"

# A site whose county comes to another area takes its needs along. The function runs with the
# owner's rights, since whoever draws areas need not see the needs; the audit still names them.
FOLLOW = """
CREATE FUNCTION demand_follow_site() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
  UPDATE demand_need SET area_id = NEW.area_id, updated_at = now()
    WHERE site_id = NEW.id AND area_id IS DISTINCT FROM NEW.area_id;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION demand_follow_site() FROM PUBLIC;
CREATE TRIGGER demand_follow_site AFTER UPDATE OF area_id ON partners_site
  FOR EACH ROW WHEN (OLD.area_id IS DISTINCT FROM NEW.area_id)
  EXECUTE FUNCTION demand_follow_site();
"""
UNFOLLOW = """
DROP TRIGGER demand_follow_site ON partners_site;
DROP FUNCTION demand_follow_site();
"""


class Migration(migrations.Migration):
    dependencies = [("demand", "0001_initial"), ("core", "0002_actor_and_audit")]

    operations = [
        audited("demand_need"),
        audited("demand_needquarter"),
        audited("demand_needrequirement"),
        audited("demand_needoffer"),
        row_security("demand_need", read=OWN_OR_STAFF),
        row_security("demand_needquarter", read=WITH_NEED),
        row_security("demand_needrequirement", read=WITH_NEED),
        row_security("demand_needoffer", read=WITH_NEED),
        row_security("demand_needchange", read=WITH_NEED),
        row_security("demand_needupload", read=OWN_UPLOAD),
        migrations.RunSQL(FOLLOW, UNFOLLOW),
    ]
