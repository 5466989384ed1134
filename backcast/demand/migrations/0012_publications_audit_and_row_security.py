"""What is published of a wave is for its region; hires are for their employer and for staff.

Only employers of the collaborative see what it publishes: the inner look is under the roster's
own policy, which shows an employer its own place.
"""

from django.db import migrations

from backcast.core.security import OWN_ORGANISATION, STAFF_OF_REGION, audited, row_security

STAFF = STAFF_OF_REGION.format(region="region_id")
READERS = (
    f"({STAFF} OR (region_id = core_region() AND ("
    "current_setting('backcast.kind', true) IN ('provider', 'funder')"
    " OR (current_setting('backcast.kind', true) = 'employer' AND EXISTS ("
    "SELECT 1 FROM partners_collaborativemember m"
    " WHERE m.collaborative_id = demand_publication.collaborative_id"
    " AND m.employer_id = core_organisation() AND m.left_on IS NULL)))))"
)
WITH_PUBLICATION = "EXISTS (SELECT 1 FROM demand_publication p WHERE p.id = publication_id)"
STAFF_OF_PUBLICATION = (
    "EXISTS (SELECT 1 FROM demand_publication p WHERE p.id = publication_id AND"
    f" {STAFF_OF_REGION.format(region='p.region_id')})"
)
OWN_OR_STAFF = (
    f"({STAFF} OR (current_setting('backcast.kind', true) = 'employer'"
    f" AND {OWN_ORGANISATION.format(organisation='employer_id')}))"
)


class Migration(migrations.Migration):
    dependencies = [("demand", "0011_publications"), ("core", "0002_actor_and_audit")]

    operations = [
        audited("demand_publication"),
        audited("demand_hired"),
        row_security("demand_publication", read=READERS, write=STAFF),
        *(
            row_security(table, read=WITH_PUBLICATION, write=STAFF_OF_PUBLICATION)
            for table in (
                "demand_publicationrole",
                "demand_publishedfigure",
                "demand_publishedshare",
            )
        ),
        row_security("demand_hired", read=OWN_OR_STAFF),
    ]
