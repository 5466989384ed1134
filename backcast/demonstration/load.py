"""Write a simulated region into the database: all of it or nothing, and once only.

The region is of the kind *demonstration*, so every page that shows it can say that it is made up.
A first plan is asked for with it; the worker works it out, or ``solve_first_plan`` does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from backcast.core.actor import Actor, acting, system
from backcast.core.jobs import app
from backcast.demand.figures import Named
from backcast.demonstration.collaboratives import add_collaborative
from backcast.demonstration.deciding import first_plan
from backcast.demonstration.hiring import add_hiring
from backcast.demonstration.limits import add_limits
from backcast.demonstration.profiles import add_profiles
from backcast.demonstration.regional import add_regional
from backcast.demonstration.rows import (
    Progress,
    acting_for,
    add_cohorts,
    add_frameworks,
    add_needs,
    add_organisation,
    add_places,
    add_programs,
)
from backcast.demonstration.simulator import REGION_NAME, simulate
from backcast.demonstration.simulator import Region as Simulated
from backcast.demonstration.statements import Names
from backcast.demonstration.teaching import add_teaching
from backcast.demonstration.waves import add_waves
from backcast.partners.access import actor_of, memberships_of
from backcast.partners.models import Membership, Organisation, Person, Region
from backcast.planning.actions import request_plan, solver_lock
from backcast.planning.build import Settings
from backcast.planning.models import Plan
from backcast.planning.schedule import Progress as SolveProgress

SEED = 7
SCALE = 1.0
_LOCK = 0x64656D6F


@dataclass(frozen=True, slots=True)
class Account:
    """Someone to sign in as: what kind of person that is, and the address that gets the code."""

    kind: str
    email: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """The region, whether this call made it, and what stands in it (nothing new where it was there)."""

    region: Region
    created: bool
    needs: int
    programs: int
    cohorts: int
    plan: Plan | None = None


#: Kind of person, address, organisation (a kind, and its place among those of the kind), role.
_PEOPLE: tuple[tuple[str, str, Organisation.Kind, int, Membership.Role], ...] = (
    (
        "Staff, administrator",
        "staff@demo.example",
        Organisation.Kind.INTERMEDIARY,
        0,
        Membership.Role.ADMINISTRATOR,
    ),
    (
        "Staff, viewer",
        "viewer@demo.example",
        Organisation.Kind.INTERMEDIARY,
        0,
        Membership.Role.VIEWER,
    ),
    (
        "Employer",
        "employer@demo.example",
        Organisation.Kind.EMPLOYER,
        0,
        Membership.Role.ADMINISTRATOR,
    ),
    (
        "Another employer",
        "employer2@demo.example",
        Organisation.Kind.EMPLOYER,
        1,
        Membership.Role.ADMINISTRATOR,
    ),
    (
        "Training provider",
        "provider@demo.example",
        Organisation.Kind.PROVIDER,
        0,
        Membership.Role.ADMINISTRATOR,
    ),
    (
        "Support agency",
        "support@demo.example",
        Organisation.Kind.SUPPORT,
        0,
        Membership.Role.ADMINISTRATOR,
    ),
    ("Funder", "funder@demo.example", Organisation.Kind.FUNDER, 0, Membership.Role.ADMINISTRATOR),
)


def no_progress(what: str, done: int, total: int) -> None:
    """A listener that does not care."""


def region_name(seed: int = SEED, scale: float = SCALE) -> str:
    """The region's name; other seeds and scales than the usual ones are named in it."""
    if (seed, scale) == (SEED, SCALE):
        return REGION_NAME
    return f"{REGION_NAME}, seed {seed}, scale {scale:g}"


def loaded_region(seed: int = SEED, scale: float = SCALE) -> Region | None:
    """The region of this seed and scale, if it is in the database."""
    return Region.objects.filter(
        kind=Region.Kind.DEMONSTRATION, name__iexact=region_name(seed, scale)
    ).first()


def accounts(region: Region) -> list[Account]:
    """Whom one can sign in as in this region, in the order in which they are worth trying."""
    kinds = {email: kind for kind, email, *_ in _PEOPLE}
    found = {
        membership.person.email: membership.organisation.name
        for membership in Membership.objects.filter(
            organisation__region=region, person__email__in=kinds, left_at=None
        ).select_related("person", "organisation")
    }
    return [Account(kind, email, found[email]) for email, kind in kinds.items() if email in found]


def load_region(
    *,
    seed: int = SEED,
    scale: float = SCALE,
    today: date | None = None,
    progress: Progress = no_progress,
) -> Loaded:
    """Simulate a region and write it, with accounts to sign in as; where it exists, do nothing.

    ``progress`` hears what is being done, and how much of it. Needs a connection that may act for
    the region (``app`` or ``worker``). One transaction: an error leaves nothing behind.
    """
    name = region_name(seed, scale)
    with acting(system("demonstration"), "demonstration.load"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        there = loaded_region(seed, scale)
        if there is not None:
            return Loaded(there, False, 0, 0, 0)
        progress("simulate", 0, 1)
        made, _truth = simulate(seed, scale, today=today or timezone.localdate())
        progress("simulate", 1, 1)
        region = Region.objects.create(
            name=name,
            kind=Region.Kind.DEMONSTRATION,
            note=(
                f"Made up by Backcast's simulator (seed {seed}, scale {scale:g}). No organization, "
                "person or figure in it is real."
            ),
        )
        return _write(made, region, progress)


def _write(made: Simulated, region: Region, progress: Progress) -> Loaded:
    progress("organisations", 0, 1)
    intermediary = add_organisation(
        region, Organisation.Kind.INTERMEDIARY, "Demo Alder Workforce Alliance"
    )
    support = add_organisation(region, Organisation.Kind.SUPPORT, "Demo Bridge Support Services")
    funder = add_organisation(region, Organisation.Kind.FUNDER, "Demo Alder Workforce Fund")
    staff: Actor = acting_for(intermediary)
    with acting(staff, "demonstration.load"):
        areas, organisations, sites = add_places(made, region)
        progress("organisations", 1, 1)
        progress("frameworks", 0, 1)
        occupations, credentials, competencies = add_frameworks(made, region)
        progress("frameworks", 1, 1)
        names = Names(
            employers={
                one.key: Named(organisations[one.key].pk, one.name) for one in made.employers
            },
            sites=sites,
            occupations={key: Named(one.pk, one.title) for key, one in occupations.items()},
            credentials={name: Named(one.pk, name) for name, one in credentials.items()},
            competencies={name: Named(one.pk, name) for name, one in competencies.items()},
        )
        progress("needs", 0, len(made.needs))
        needs = add_needs(made, region, names)
        progress("needs", needs, needs)
        programs = add_programs(
            made, areas, organisations, sites, occupations, credentials, progress
        )
        progress("histories", 0, 1)
        cohorts = add_cohorts(made, programs, staff)
        progress("histories", 1, 1)
        _add_people(
            {
                Organisation.Kind.INTERMEDIARY: [intermediary],
                Organisation.Kind.EMPLOYER: [organisations[one.key] for one in made.employers],
                Organisation.Kind.PROVIDER: [organisations[one.key] for one in made.providers],
                Organisation.Kind.SUPPORT: [support],
                Organisation.Kind.FUNDER: [funder],
            }
        )
        progress("profiles", 0, 1)
        collaborative = add_collaborative(made, region, organisations, occupations, staff)
        signing_in = [organisations[one.key] for one in made.employers[:2]]
        profiles = add_profiles(
            region, collaborative, _staff_of(region), signing_in, seed=made.seed
        )
        progress("profiles", profiles, profiles)
        add_teaching(region)
        add_hiring(collaborative, _staff_of(region), made.today)
        add_waves(made, collaborative, staff)
        add_regional(made, collaborative, _staff_of(region))
        add_limits(programs, made.first_quarter, made.quarters, _staff_of(region))
        plan = request_plan(
            actor=_staff_of(region),
            chosen=Settings(
                first=made.first_quarter,
                quarters=made.quarters,
                budget=Decimal(made.yearly_budget) * made.quarters / 4,
            ),
            queue=False,
        )
        app.configure_task(
            "demonstration.first_plan",
            queueing_lock=f"plan:{plan.pk}",
            lock=solver_lock(region.pk),
        ).defer(plan=plan.pk)
    return Loaded(region, True, needs, len(programs), cohorts, plan)


def solve_first_plan(
    plan: Plan,
    *,
    today: date | None = None,
    on_progress: Callable[[SolveProgress], None] | None = None,
) -> Plan:
    """Work the region's first plan out here and now; the worker then finds nothing left to do."""
    return first_plan(
        plan,
        actor=_staff_of(plan.region),
        today=today or timezone.localdate(),
        on_progress=on_progress,
    )


def _staff_of(region: Region) -> Actor:
    """The region's own staff administrator, as if signed in."""
    person = Person.objects.get(email=_PEOPLE[0][1])
    membership = next(
        one for one in memberships_of(person) if one.organisation.region_id == region.pk
    )
    return actor_of(person, membership)


def _add_people(organisations: dict[Organisation.Kind, list[Organisation]]) -> None:
    """One person of each kind. Someone known from another demonstration region joins this one too."""
    for kind, email, sort, place, role in _PEOPLE:
        person = Person.objects.filter(email=email).first()
        if person is None:
            person = Person.objects.create_user(email, f"Demo {kind.lower()}")
        Membership.objects.create(person=person, organisation=organisations[sort][place], role=role)
