from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("planning", "0014_limits_row_security")]

    operations = [
        migrations.AddField(
            "plan",
            "by_hires",
            models.BooleanField(default=False, verbose_name="needs corrected by hires"),
        )
    ]
