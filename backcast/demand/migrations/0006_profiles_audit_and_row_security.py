"""Profiles are audited; an employer reaches its own opinions, staff those of their region."""

from django.db import migrations

from backcast.core.security import OWN_ORGANISATION, STAFF_OF_REGION, audited, row_security

OWN_OR_STAFF = (
    f"({STAFF_OF_REGION.format(region='region_id')} OR"
    " (current_setting('backcast.kind', true) = 'employer'"
    f" AND {OWN_ORGANISATION.format(organisation='employer_id')}))"
)


class Migration(migrations.Migration):
    dependencies = [("demand", "0005_profiles"), ("core", "0002_actor_and_audit")]

    operations = [
        audited("demand_requirementprofile"),
        audited("demand_profileversion"),
        audited("demand_profileline"),
        audited("demand_lineopinion"),
        audited("demand_lineconsensus"),
        row_security("demand_lineopinion", read=OWN_OR_STAFF),
    ]
