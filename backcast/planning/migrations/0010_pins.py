"""What people fixed for the plans to come: for the region's staff."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from backcast.core.security import STAFF_OF_REGION, audited, row_security


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0009_access_token_audit'),
        ('planning', '0009_scenarios'),
        ('training', '0006_modules_audit_and_row_security'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PlanPin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                ('month', models.DateField(verbose_name='month')),
                ('kind', models.CharField(choices=[('pin', 'Pinned'), ('forbid', 'Not wanted')], max_length=10, verbose_name='what is fixed')),
                ('cohorts', models.PositiveSmallIntegerField(default=1, verbose_name='cohorts')),
                ('size', models.PositiveIntegerField(blank=True, null=True, verbose_name='learners in each')),
                ('why', models.CharField(max_length=300, verbose_name='why')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plan_pins', to='training.program')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plan_pins', to='partners.region')),
            ],
            options={
                'ordering': ['month', 'program_id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('archived_at__isnull', True)), fields=('program', 'month'), name='one_pin_a_program_and_month', violation_error_message='Something is fixed for this program in this month already. Remove that first.'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='pin_is_of_a_month', violation_error_message='Choose a month.'), models.CheckConstraint(condition=models.Q(('cohorts__gte', 1)), name='pin_has_cohorts', violation_error_message='Pin at least 1 cohort, or say that none is wanted.'), models.CheckConstraint(condition=models.Q(('size__isnull', True), ('size__gte', 1), _connector='OR'), name='pinned_cohort_has_learners', violation_error_message='A cohort has at least 1 learner.'), models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='pin_says_why', violation_error_message='Say why.')],
            },
        ),
        audited("planning_planpin"),
        row_security("planning_planpin", read=STAFF_OF_REGION.format(region="region_id")),
    ]
