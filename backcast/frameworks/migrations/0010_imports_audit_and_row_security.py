"""Taking in a framework is audited; an upload is reached by the person who sent it."""

from django.db import migrations

from backcast.core.security import STAFF_OF_REGION, audited, row_security

OWN_UPLOAD = "person_id = nullif(current_setting('backcast.person', true), '')::bigint"
STAFF = STAFF_OF_REGION.format(region="region_id")
WITH_FRAMEWORK = (
    "EXISTS (SELECT 1 FROM frameworks_importedframework f WHERE f.id = imported_id)"
)


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0009_imports"), ("core", "0002_actor_and_audit")]

    operations = [
        audited("frameworks_importedframework", ignore=["document"]),
        row_security("frameworks_importedframework", read=STAFF),
        row_security("frameworks_importeditem", read=WITH_FRAMEWORK),
        row_security("frameworks_upload", read=OWN_UPLOAD),
    ]
