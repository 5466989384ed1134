"""What limits plans is for the region's staff; every change is audited."""

from django.db import migrations

from backcast.core.security import STAFF_OF_REGION, audited, row_security

LIMITS = (
    "sharedresource", "hostcapacity", "recruitment", "holiday", "quartermoney", "fundingsource",
    "supportoffer",
)  # fmt: skip
#: Tables of parts, with the limit that they belong to and the column that names it.
PARTS = (
    ("resourcechange", "sharedresource", "resource_id"),
    ("resourceuse", "sharedresource", "resource_id"),
    ("fundingrule", "fundingsource", "fund_id"),
    ("fundingsource_programs", "fundingsource", "fundingsource_id"),
    ("fundingsource_occupations", "fundingsource", "fundingsource_id"),
    ("fundingsource_areas", "fundingsource", "fundingsource_id"),
    ("supportoffer_programs", "supportoffer", "supportoffer_id"),
)


def _of(limit: str, column: str) -> str:
    return f"EXISTS (SELECT FROM planning_{limit} one WHERE one.id = {column})"  # itself secured


class Migration(migrations.Migration):
    dependencies = [("planning", "0013_limits")]

    operations = [
        *(audited(f"planning_{name}") for name in LIMITS),
        *(audited(f"planning_{name}") for name, _limit, _column in PARTS),
        *(
            row_security(f"planning_{name}", read=STAFF_OF_REGION.format(region="region_id"))
            for name in LIMITS
        ),
        *(
            row_security(f"planning_{name}", read=_of(limit, column))
            for name, limit, column in PARTS
        ),
    ]
