"""Modules are audited; each employer reaches the sources of its own hires, staff those of their region."""

from django.db import migrations

from backcast.core.security import OWN_ORGANISATION, STAFF_OF_REGION, audited, row_security

OWN_OR_STAFF = (
    f"({STAFF_OF_REGION.format(region='region_id')} OR"
    " (current_setting('backcast.kind', true) = 'employer'"
    f" AND {OWN_ORGANISATION.format(organisation='employer_id')}))"
)


class Migration(migrations.Migration):
    dependencies = [("training", "0005_modules_and_sources"), ("core", "0002_actor_and_audit")]

    operations = [
        audited("training_programversion"),
        audited("training_module"),
        audited("training_moduleoutcome"),
        audited("training_hiresource"),
        row_security("training_hiresource", read=OWN_OR_STAFF),
    ]
