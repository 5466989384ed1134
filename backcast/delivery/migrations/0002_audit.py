"""Changes to the records of past cohorts are audited."""

from django.db import migrations

from backcast.core.security import audited


class Migration(migrations.Migration):
    dependencies = [("delivery", "0001_initial"), ("core", "0002_actor_and_audit")]

    operations = [
        audited("delivery_cohortrecord"),
        audited("delivery_cohortstage"),
    ]
