from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("planning", "0010_pins")]

    operations = [
        migrations.AddField("planpromise", "needs_as_of", models.DateTimeField(null=True)),
        migrations.AddField("planpromise", "rule_since", models.DateField(null=True)),
    ]
