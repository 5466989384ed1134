"""Versions of the plan are proposed, approved and superseded; providers read the approved one, if any."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# With the owner's rights, since providers do not read plans: of one plan its key, number and day.
NEWEST = """
CREATE OR REPLACE FUNCTION planning_newest_plan()
RETURNS TABLE (id bigint, number integer, made timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT plan.id, plan.number, plan.finished_at FROM public.planning_plan plan
  WHERE plan.region_id = public.core_region() AND plan.status = 'ready'
    AND current_setting('backcast.kind', true) IN ('intermediary', 'provider')
  ORDER BY {first} plan.number DESC LIMIT 1
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0003_scheduled_cohorts'),
        ('partners', '0009_access_token_audit'),
        ('planning', '0007_cohorts_start_on_a_day'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='plan',
            name='approval_note',
            field=models.CharField(blank=True, max_length=300, verbose_name='note'),
        ),
        migrations.AddField(
            model_name='plan',
            name='approved_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='plan',
            name='approved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='plan',
            name='approver',
            field=models.CharField(blank=True, max_length=120, verbose_name='who approved it'),
        ),
        migrations.AddField(
            model_name='plan',
            name='proposed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='plan',
            name='proposed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='plan',
            name='standing',
            field=models.CharField(choices=[('draft', 'Draft'), ('proposed', 'Proposed'), ('approved', 'Approved'), ('superseded', 'Superseded')], default='draft', max_length=20, verbose_name='how it stands'),
        ),
        migrations.AddField(
            model_name='plan',
            name='superseded_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='plancohort',
            name='scheduled',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='planned', to='delivery.scheduledcohort'),
        ),
        migrations.AddField(
            model_name='planpromise',
            name='approved_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'ready'), ('standing', 'draft'), _connector='OR'), name='only_a_ready_plan_is_proposed', violation_error_message='Only a plan that is worked out can be proposed.'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('standing__in', ['approved', 'superseded']), _negated=True), models.Q(('approved_at__isnull', False), models.Q(('approver', ''), _negated=True)), _connector='OR'), name='approved_plan_names_its_approver', violation_error_message='Say who approved the plan.'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.UniqueConstraint(condition=models.Q(('standing', 'approved')), fields=('region',), name='one_approved_plan', violation_error_message='Another plan of this region is approved.'),
        ),
        migrations.RunSQL(
            NEWEST.format(first="plan.standing = 'approved' DESC,"), NEWEST.format(first="")
        ),
    ]
