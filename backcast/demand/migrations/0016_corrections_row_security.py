"""What an employer's numbers were multiplied by is for staff alone."""

from django.db import migrations

from backcast.core.security import STAFF_OF_REGION, row_security

STAFF = (
    "EXISTS (SELECT 1 FROM demand_publication p WHERE p.id = publication_id AND"
    f" {STAFF_OF_REGION.format(region='p.region_id')})"
)


class Migration(migrations.Migration):
    dependencies = [("demand", "0015_corrections_by_hires")]

    operations = [row_security("demand_publicationcorrection", read=STAFF)]
