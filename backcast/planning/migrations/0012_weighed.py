from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("planning", "0011_promise_beside_others")]

    operations = [migrations.AddField("plan", "weighed", models.JSONField(null=True))]
