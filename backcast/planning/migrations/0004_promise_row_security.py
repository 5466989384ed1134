"""A plan's promise is for the region's staff and its funders; staff write it with the plan."""

from django.db import migrations

from backcast.core.security import STAFF_OF_REGION, audited, row_security

STAFF_AND_FUNDERS = (
    "(current_setting('backcast.kind', true) IN ('intermediary', 'funder')"
    " AND region_id = core_region())"
)
STAFF_OF_PROMISE = (
    "EXISTS (SELECT FROM planning_planpromise promise WHERE promise.id = promise_id"
    " AND current_setting('backcast.kind', true) = 'intermediary')"
)
OF_PROMISE = "EXISTS (SELECT FROM planning_planpromise promise WHERE promise.id = promise_id)"


class Migration(migrations.Migration):
    dependencies = [("planning", "0003_promise")]

    operations = [
        audited("planning_planpromise"),
        row_security(
            "planning_planpromise",
            read=STAFF_AND_FUNDERS,
            write=STAFF_OF_REGION.format(region="region_id"),
        ),
        row_security("planning_promisedrole", read=OF_PROMISE, write=STAFF_OF_PROMISE),
    ]
