"""A provider reads the cohorts that the region's newest plan asks of its own programs; no more."""

from django.db import migrations

STAFF = "EXISTS (SELECT FROM planning_plan plan WHERE plan.id = plan_id)"
# With the owner's rights, since providers do not read plans: of one plan its key, number and day.
NEWEST = """
CREATE FUNCTION planning_newest_plan() RETURNS TABLE (id bigint, number integer, made timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT plan.id, plan.number, plan.finished_at FROM public.planning_plan plan
  WHERE plan.region_id = public.core_region() AND plan.status = 'ready'
    AND current_setting('backcast.kind', true) IN ('intermediary', 'provider')
  ORDER BY plan.number DESC LIMIT 1
$$;
"""
OWN_PROGRAM = (
    "(current_setting('backcast.kind', true) = 'provider'"
    " AND plan_id = (SELECT newest.id FROM planning_newest_plan() newest)"
    " AND EXISTS (SELECT FROM training_program program WHERE program.id = program_id"
    " AND program.provider_id = core_organisation()))"
)
OF_COHORT = "EXISTS (SELECT FROM planning_plancohort cohort WHERE cohort.id = cohort_id)"
OF_A_PLAN = (
    "EXISTS (SELECT FROM planning_plancohort cohort JOIN planning_plan plan"
    " ON plan.id = cohort.plan_id WHERE cohort.id = cohort_id)"
)


class Migration(migrations.Migration):
    dependencies = [("planning", "0004_promise_row_security"), ("training", "0001_initial")]

    operations = [
        migrations.RunSQL(NEWEST, "DROP FUNCTION planning_newest_plan()"),
        migrations.RunSQL(
            [
                "ALTER POLICY planning_plancohort_read ON planning_plancohort"
                f" USING ({STAFF} OR {OWN_PROGRAM})",
            ],
            [f"ALTER POLICY planning_plancohort_read ON planning_plancohort USING ({STAFF})"],
        ),
        # Whom a cohort serves stays with staff, who see the plan: it tells of employers' needs.
        migrations.RunSQL(
            f"ALTER POLICY planning_cohortserves_read ON planning_cohortserves USING ({OF_A_PLAN})",
            f"ALTER POLICY planning_cohortserves_read ON planning_cohortserves USING ({OF_COHORT})",
        ),
    ]
