"""Plans are for the region's staff; what a plan says of a need, also for the need's employer."""

from django.db import migrations

from backcast.core.security import STAFF_OF_REGION, audited, row_security

STAFF_OF_PLAN = (
    "EXISTS (SELECT FROM planning_plan plan WHERE plan.id = {plan})"  # itself under row security
)
OWN_NEED = "EXISTS (SELECT FROM demand_need need WHERE need.id = need_id)"


class Migration(migrations.Migration):
    dependencies = [
        ("planning", "0001_plans"),
        ("core", "0002_actor_and_audit"),
        ("demand", "0002_audit_and_row_security"),
    ]

    operations = [
        audited(
            "planning_plan", ignore=["problem", "solution", "sensitivity", "progress", "stage"]
        ),
        row_security("planning_plan", read=STAFF_OF_REGION.format(region="region_id")),
        row_security("planning_plancohort", read=STAFF_OF_PLAN.format(plan="plan_id")),
        row_security(
            "planning_cohortserves",
            read="EXISTS (SELECT FROM planning_plancohort cohort WHERE cohort.id = cohort_id)",
        ),
        row_security(
            "planning_planneed",
            read=OWN_NEED,
            write=STAFF_OF_PLAN.format(plan="plan_id"),
        ),
    ]
