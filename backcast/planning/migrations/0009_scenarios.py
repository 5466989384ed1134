"""Scenarios beside a plan: for the region's staff, who see the plan."""

import django.db.models.deletion
import django.db.models.functions.text
import uuid
from django.conf import settings
from django.db import migrations, models

from backcast.core.security import audited, row_security


class Migration(migrations.Migration):

    dependencies = [
        ('planning', '0008_approval'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Scenario',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('solving', 'Working'), ('ready', 'Ready'), ('failed', 'Failed')], default='waiting', max_length=20, verbose_name='state')),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('stage', models.CharField(blank=True, max_length=200)),
                ('progress', models.PositiveSmallIntegerField(default=0)),
                ('trace', models.JSONField(default=list)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('trouble', models.TextField(blank=True)),
                ('stop_asked_at', models.DateTimeField(null=True)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('changes', models.JSONField()),
                ('solution', models.JSONField(null=True)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scenarios', to='planning.plan')),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('stop_asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(models.F('plan'), django.db.models.functions.text.Lower('name'), condition=models.Q(('archived_at__isnull', True)), name='scenario_name_is_unique', violation_error_message='This plan has a scenario of this name. Choose another.'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'ready'), _negated=True), ('solution__isnull', False), _connector='OR'), name='ready_scenario_has_a_solution', violation_error_message='A scenario is ready only once it is worked out.')],
            },
        ),
        audited("planning_scenario", ignore=["solution", "progress", "stage", "trace"]),
        row_security(
            "planning_scenario",
            read="EXISTS (SELECT FROM planning_plan plan WHERE plan.id = plan_id)",
        ),
    ]
