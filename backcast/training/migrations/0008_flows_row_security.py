"""Published flows are read by the region's employers, providers and funders; staff publish them."""

from django.db import migrations

from backcast.core.security import STAFF_OF_REGION, audited, row_security

STAFF = STAFF_OF_REGION.format(region="region_id")
READERS = (
    f"({STAFF} OR (region_id = core_region() AND"
    " current_setting('backcast.kind', true) IN ('employer', 'provider', 'funder')))"
)
WITH_PUBLICATION = "EXISTS (SELECT 1 FROM training_flowpublication p WHERE p.id = publication_id)"
STAFF_OF_PUBLICATION = (
    "EXISTS (SELECT 1 FROM training_flowpublication p WHERE p.id = publication_id AND"
    f" {STAFF_OF_REGION.format(region='p.region_id')})"
)


class Migration(migrations.Migration):
    dependencies = [("training", "0007_published_flows"), ("core", "0002_actor_and_audit")]

    operations = [
        audited("training_flowpublication"),
        row_security("training_flowpublication", read=READERS, write=STAFF),
        row_security(
            "training_publishedsource", read=WITH_PUBLICATION, write=STAFF_OF_PUBLICATION
        ),
    ]
