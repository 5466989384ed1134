"""How far publishing is concerns staff of the region only."""

from django.db import migrations

from backcast.core.security import STAFF_OF_REGION, audited, row_security


class Migration(migrations.Migration):
    dependencies = [("demand", "0013_publishing"), ("core", "0002_actor_and_audit")]

    operations = [
        audited("demand_publishing"),
        row_security("demand_publishing", read=STAFF_OF_REGION.format(region="region_id")),
    ]
