"""Decisions on suggestions: audited, and read by the organisation that made them and by staff."""

from django.db import migrations

from backcast.core.security import OWN_ORGANISATION, STAFF_OF_REGION, audited, row_security

OWN = OWN_ORGANISATION.format(organisation="organisation_id")
OWN_OR_STAFF = f"({OWN} OR {STAFF_OF_REGION.format(region='region_id')})"


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0007_link_decision"), ("core", "0002_actor_and_audit")]

    operations = [
        audited("frameworks_linkdecision"),
        row_security("frameworks_linkdecision", read=OWN_OR_STAFF, write=OWN),
    ]
