"""Changes to collaboratives are audited; how many people an employer has is for it and for staff."""

from django.db import migrations

from backcast.core.security import OWN_ORGANISATION, STAFF_OF_REGION, audited, row_security

OWN_OR_STAFF = (
    f"({OWN_ORGANISATION.format(organisation='employer_id')} OR EXISTS ("
    "SELECT 1 FROM partners_collaborative c WHERE c.id = collaborative_id AND"
    f" {STAFF_OF_REGION.format(region='c.region_id')}))"
)
STAFF = (
    "EXISTS (SELECT 1 FROM partners_collaborative c WHERE c.id = collaborative_id AND"
    f" {STAFF_OF_REGION.format(region='c.region_id')})"
)


class Migration(migrations.Migration):
    dependencies = [("partners", "0005_collaborative"), ("core", "0002_actor_and_audit")]

    operations = [
        audited("partners_collaborative"),
        audited("partners_collaborativemember"),
        row_security("partners_collaborativemember", read=OWN_OR_STAFF, write=STAFF),
    ]
