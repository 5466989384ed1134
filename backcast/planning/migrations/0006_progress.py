"""How far the work on a plan is, and whether to stop it; the points on the way are not audited."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from backcast.core.security import audited

BEFORE = ["problem", "solution", "sensitivity", "progress", "stage"]
_was = audited("planning_plan", ignore=BEFORE)


class Migration(migrations.Migration):

    dependencies = [
        ('planning', '0005_providers_read_what_is_asked'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='plan',
            name='stop_asked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='plan',
            name='stop_asked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='plan',
            name='trace',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='plan',
            name='tries',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.RunSQL(_was.reverse_sql, _was.sql),
        audited("planning_plan", ignore=[*BEFORE, "trace"]),
    ]
