"""Changes to partners are audited; contact notes stay with the region's staff."""

from django.db import migrations

from backcast.core.security import STAFF_OF_REGION, audited, row_security


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_initial"), ("core", "0002_actor_and_audit")]

    operations = [
        audited("partners_region"),
        audited("partners_labourarea"),
        audited("partners_county"),
        audited("partners_organisation"),
        audited("partners_site"),
        audited("partners_person", ignore=["last_login"]),
        audited("partners_membership"),
        audited("partners_invitation"),
        audited("partners_contactnote"),
        row_security(
            "partners_contactnote",
            read=STAFF_OF_REGION.format(region="region_id"),
        ),
    ]
