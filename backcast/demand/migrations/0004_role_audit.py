"""Changes to roles are audited."""

from django.db import migrations

from backcast.core.security import audited


class Migration(migrations.Migration):
    dependencies = [("demand", "0003_role"), ("core", "0002_actor_and_audit")]

    operations = [audited("demand_role")]
