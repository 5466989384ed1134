from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("planning", "0009_scenarios")]

    operations = [
        migrations.AddField("planpromise", "needs_as_of", models.DateTimeField(null=True)),
        migrations.AddField("planpromise", "rule_since", models.DateField(null=True)),
    ]
