"""Cohorts that are announced, before they are records of what was; changes are audited."""

import django.db.models.deletion
import uuid
from django.db import migrations, models

from backcast.core.security import audited


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0002_audit'),
        ('training', '0006_modules_audit_and_row_security'),
    ]

    operations = [
        migrations.CreateModel(
            name='ScheduledCohort',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('places', models.PositiveIntegerField(verbose_name='places for learners')),
                ('status', models.CharField(choices=[('planned', 'Planned'), ('started', 'Started'), ('called_off', 'Called off')], default='planned', max_length=20, verbose_name='state')),
                ('why', models.CharField(blank=True, max_length=300, verbose_name='why it was called off')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scheduled_cohorts', to='training.program')),
                ('record', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='scheduled', to='delivery.cohortrecord')),
            ],
            options={
                'ordering': ['starts_on', 'program_id', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('places__gte', 1)), name='scheduled_cohort_has_places', violation_error_message='A cohort has at least 1 place.'), models.CheckConstraint(condition=models.Q(models.Q(('record__isnull', False), ('status', 'started')), models.Q(models.Q(('status', 'started'), _negated=True), ('record__isnull', True)), _connector='OR'), name='started_cohort_has_a_record', violation_error_message='Say how many learners started.'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'called_off'), models.Q(('why', ''), _negated=True)), models.Q(models.Q(('status', 'called_off'), _negated=True), ('why', '')), _connector='OR'), name='called_off_cohort_says_why', violation_error_message='Say why the cohort was called off.')],
            },
        ),
        audited("delivery_scheduledcohort"),
    ]
