"""Keys for the API are audited; each person reaches their own, the product looks one up."""

from django.db import migrations

from backcast.core.security import audited


class Migration(migrations.Migration):
    dependencies = [("partners", "0008_access_token"), ("core", "0002_actor_and_audit")]

    operations = [audited("partners_accesstoken")]
