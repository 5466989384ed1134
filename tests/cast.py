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


def make_cast() -> Cast:
    region = make_region("Test region")
    other_region = make_region("Another region")
    area = make_area(region, "North", "Bergen", "Passaic")
    other_area = make_area(region, "South", "Camden")
    foreign_area = make_area(other_region, "Elsewhere", "Bergen")
    organisations = {
        "intermediary": make_organisation(region, "intermediary", "Test Intermediary"),
        "employer": make_organisation(region, "employer", "Test Hospital"),
        "other_employer": make_organisation(region, "employer", "Other Test Hospital"),
        "provider": make_organisation(region, "provider", "Test College"),
        "other_provider": make_organisation(region, "provider", "Other Test College"),
        "support": make_organisation(region, "support", "Test Support Agency"),
        "funder": make_organisation(region, "funder", "Test Funder"),
        "foreign_intermediary": make_organisation(
            other_region, "intermediary", "Foreign Intermediary"
        ),
        "foreign_employer": make_organisation(other_region, "employer", "Foreign Hospital"),
    }
    people = {}
    for key, place in (PEOPLE | COLLEAGUES).items():
        if place is not None:
            name = key.replace("_", " ").capitalize()
            people[key] = make_person(f"{key}@example.org", name)
            make_membership(people[key], organisations[place[0]], place[1])
    sites = {
        "employer": make_site(organisations["employer"], area),
        "other_employer": make_site(organisations["other_employer"], other_area),
        "provider": make_site(organisations["provider"], area),
    }
    return Cast(region, other_region, area, other_area, foreign_area, organisations, people, sites)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()
