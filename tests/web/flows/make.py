"""An occupation whose hires of last year six employers counted, and staff published."""

from __future__ import annotations

from django.utils import timezone

from backcast.demand.models import Role
from backcast.frameworks.models import Occupation
from backcast.planning import flows
from tests.cast import Cast, make_organisation
from tests.web.coverage.make import make_role
from tests.web.flows.permissions import make_source

#: What employers counted of each source.
COUNTS = {
    "agency": (9, 8, 7, 10, 6, 9),
    "school": (12, 10, 9, 14, 8, 11),
    "employer": (8, 12, 10, 9, 13, 7),
    "away": (5, 0, 0, 0, 0, 0),
    "other": (0, 0, 4, 0, 3, 0),
}


def make_counted(cast: Cast) -> Role:
    role = make_role(cast)
    year = timezone.localdate().year - 1
    keys = ["employer", "other_employer"]
    for letter in "cdef":
        if letter not in cast.organisations:
            cast.organisations[letter] = make_organisation(
                cast.region, "employer", f"Test Clinic {letter}"
            )
        keys.append(letter)
    for kind, counts in COUNTS.items():
        for key, hires in zip(keys, counts, strict=True):
            if hires:
                make_source(cast, role, key, year=year, kind=kind, hires=hires)
    return role


def make_shared(cast: Cast) -> Occupation:
    role = make_counted(cast)
    assert role.occupation is not None
    flows.publish(cast.actor("administrator"), role.occupation, today=timezone.localdate())
    return role.occupation
