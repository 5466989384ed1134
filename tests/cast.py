"""The cast of every test: two regions, organisations of each kind, and people signed in for them.

``cast`` is made in the test's transaction and goes with it. All names are made up.

    def test_a_foreign_employer_sees_nothing(cast):
        assert cast.client("other_employer").get(url).status_code == 404
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from backcast.core.actor import NOBODY, Actor, acting, system
from backcast.partners.access import actor_of
from backcast.partners.models import (
    County,
    Invitation,
    LabourArea,
    Membership,
    Organisation,
    Person,
    Region,
    Site,
)

#: Everyone that a permission row speaks of: key → (organisation key, role).
PEOPLE: dict[str, tuple[str, str] | None] = {
    "anonymous": None,
    "administrator": ("intermediary", "administrator"),
    "viewer": ("intermediary", "viewer"),
    "employer": ("employer", "administrator"),
    "other_employer": ("other_employer", "administrator"),
    "provider": ("provider", "administrator"),
    "other_provider": ("other_provider", "administrator"),
    "support": ("support", "administrator"),
    "funder": ("funder", "administrator"),
    "foreign": ("foreign_intermediary", "administrator"),
}
#: Colleagues with less right, for tests that need them; permission rows leave them out.
COLLEAGUES: dict[str, tuple[str, str]] = {
    "member": ("intermediary", "member"),
    "employer_member": ("employer", "member"),
    "employer_viewer": ("employer", "viewer"),
    "provider_viewer": ("provider", "viewer"),
}

TESTS = system("tests")


def make_region(name: str, kind: str = Region.Kind.REAL) -> Region:
    with acting(TESTS, "tests.make"):
        return Region.objects.create(name=name, kind=kind)


def make_area(region: Region, name: str, *counties: str) -> LabourArea:
    """A labour area of New Jersey counties given by name."""
    with acting(TESTS, "tests.make"):
        area = LabourArea.objects.create(region=region, name=name)
        for county in counties:
            County.objects.create(region=region, area=area, state="NJ", name=county)
        return area


def make_organisation(region: Region, kind: str, name: str) -> Organisation:
    with acting(TESTS, "tests.make"):
        return Organisation.objects.create(
            region=region, kind=kind, name=name, name_folded=name.lower()
        )


def make_site(organisation: Organisation, area: LabourArea | None, name: str = "Main site") -> Site:
    county = area.counties.first() if area else None
    with acting(TESTS, "tests.make"):
        return Site.objects.create(
            organisation=organisation,
            area=area,
            name=name,
            city="Demo City",
            state=county.state if county else "NJ",
            county=county.name if county else "",
        )


def make_person(email: str, name: str = "") -> Person:
    with acting(TESTS, "tests.make"):
        return Person.objects.create_user(email, name)


def make_membership(
    person: Person, organisation: Organisation, role: str = Membership.Role.MEMBER
) -> Membership:
    with acting(TESTS, "tests.make"):
        return Membership.objects.create(person=person, organisation=organisation, role=role)


def make_invitation(
    organisation: Organisation,
    email: str = "invited@example.org",
    *,
    role: str = Membership.Role.MEMBER,
    digest: str = "0" * 64,
    invited_by: Person | None = None,
) -> Invitation:
    with acting(TESTS, "tests.make"):
        return Invitation.objects.create(
            organisation=organisation,
            email=email,
            role=role,
            digest=digest,
            invited_by=invited_by,
            expires_at=timezone.now() + timedelta(days=7),
        )


def sign_in(person: Person) -> Client:
    """A browser in which ``person`` has signed in."""
    client = Client()
    with acting(actor_of(person, None), "tests.sign_in"):
        client.force_login(person)
    return client


@dataclass(frozen=True)
class Cast:
    """Two regions with their organisations (by key) and people (by key)."""

    region: Region
    other_region: Region
    area: LabourArea
    other_area: LabourArea
    foreign_area: LabourArea
    organisations: dict[str, Organisation]
    people: dict[str, Person]
    sites: dict[str, Site] = field(default_factory=dict)

    def __getattr__(self, key: str) -> Organisation:
        """``cast.employer``, ``cast.provider``, …: an organisation by its key."""
        organisations: dict[str, Organisation] = self.__dict__.get("organisations", {})
        if key in organisations:
            return organisations[key]
        raise AttributeError(key)

    def person(self, key: str) -> Person:
        return self.people[key]

    def membership(self, key: str) -> Membership:
        return Membership.objects.select_related("organisation__region").get(
            person=self.people[key], left_at=None
        )

    def actor(self, key: str) -> Actor:
        """The actor that this person is; ``anonymous`` is nobody."""
        if key == "anonymous":
            return NOBODY
        return actor_of(self.people[key], self.membership(key))

    def client(self, key: str) -> Client:
        """A browser in which this person has signed in (or nobody has)."""
        return Client() if key == "anonymous" else sign_in(self.people[key])


#: Key → region (0 or 1), kind, name.
ORGANISATIONS = {
    "intermediary": (0, "intermediary", "Test Intermediary"),
    "employer": (0, "employer", "Test Hospital"),
    "other_employer": (0, "employer", "Other Test Hospital"),
    "provider": (0, "provider", "Test College"),
    "other_provider": (0, "provider", "Other Test College"),
    "support": (0, "support", "Test Support Agency"),
    "funder": (0, "funder", "Test Funder"),
    "foreign_intermediary": (1, "intermediary", "Foreign Intermediary"),
    "foreign_employer": (1, "employer", "Foreign Hospital"),
}


def make_cast() -> Cast:
    """A statement a table: most tests begin with this."""
    with acting(TESTS, "tests.make"):
        regions = Region.objects.bulk_create(
            [Region(name="Test region"), Region(name="Another region")]
        )
        region, other_region = regions
        area, other_area, foreign_area = LabourArea.objects.bulk_create(
            [
                LabourArea(region=region, name="North"),
                LabourArea(region=region, name="South"),
                LabourArea(region=other_region, name="Elsewhere"),
            ]
        )
        County.objects.bulk_create(
            County(region=place.region, area=place, state="NJ", name=name)
            for place, name in (
                (area, "Bergen"),
                (area, "Passaic"),
                (other_area, "Camden"),
                (foreign_area, "Bergen"),
            )
        )
        made = Organisation.objects.bulk_create(
            Organisation(region=regions[at], kind=kind, name=name, name_folded=name.lower())
            for at, kind, name in ORGANISATIONS.values()
        )
        organisations = dict(zip(ORGANISATIONS, made, strict=True))
        places = {key: place for key, place in (PEOPLE | COLLEAGUES).items() if place is not None}
        people = {
            key: Person(email=f"{key}@example.org", name=key.replace("_", " ").capitalize())
            for key in places
        }
        for person in people.values():
            person.set_unusable_password()
        Person.objects.bulk_create(people.values())
        Membership.objects.bulk_create(
            Membership(person=people[key], organisation=organisations[where], role=role)
            for key, (where, role) in places.items()
        )
        sites = {
            key: Site(
                organisation=organisations[key],
                area=where,
                name="Main site",
                city="Demo City",
                state="NJ",
                county=county,
            )
            for key, where, county in (
                ("employer", area, "Bergen"),
                ("other_employer", other_area, "Camden"),
                ("provider", area, "Bergen"),
            )
        }
        Site.objects.bulk_create(sites.values())
    return Cast(region, other_region, area, other_area, foreign_area, organisations, people, sites)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()
