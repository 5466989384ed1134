"""Rows of a simulated region, room by room. All of it happens inside the transaction of ``load``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal

from django.utils import timezone

from backcast.core.actor import Actor, Kind, Role, acting
from backcast.core.text import fold
from backcast.delivery.models import CohortRecord, CohortStage
from backcast.demand.figures import Named
from backcast.demand.models import Need, NeedChange, NeedOffer, NeedQuarter, NeedRequirement
from backcast.demonstration.files import STATE
from backcast.demonstration.simulator.catalogue import ROLES
from backcast.demonstration.simulator.records import cohort_records
from backcast.demonstration.simulator.region import RETAINED, Program, Region
from backcast.demonstration.simulator.words import WORDS
from backcast.demonstration.statements import Names, statement_of
from backcast.frameworks import models as frameworks
from backcast.frameworks.text import folded
from backcast.partners import models as partners
from backcast.training import models as training
from backcast.training.actions import Leads, add_program

#: Told after each step of a piece of work: what is being done, how much of it is done, of how much.
Progress = Callable[[str, int, int], None]

SOURCE = "Demonstration"
ISSUER = "Demo credential board"
LEAD_WEEKS = 3
_MODES = {
    "in person": training.Program.Mode.IN_PERSON,
    "hybrid": training.Program.Mode.HYBRID,
    "online": training.Program.Mode.ONLINE,
}


def acting_for(organisation: partners.Organisation) -> Actor:
    """The demonstration itself, with the rights of an administrator of the organisation."""
    return Actor(
        "system:demonstration",
        kind=Kind(organisation.kind),
        role=Role.ADMINISTRATOR,
        organisation_id=organisation.pk,
        region_id=organisation.region_id,
    )


def add_places(
    made: Region, region: partners.Region
) -> tuple[dict[str, partners.LabourArea], dict[str, partners.Organisation], dict[str, Named]]:
    """Areas, organisations (employers and providers) and sites, by the simulated region's keys."""
    areas = {
        area.key: partners.LabourArea.objects.create(region=region, name=area.name)
        for area in made.areas
    }
    for area in made.areas:
        partners.County.objects.bulk_create(
            partners.County(region=region, area=areas[area.key], state=STATE, name=name)
            for name in area.counties
        )
        areas[area.key].adjoining.add(*(areas[other] for other in area.adjoining))

    organisations: dict[str, partners.Organisation] = {}
    for kind, members in (
        (partners.Organisation.Kind.EMPLOYER, made.employers),
        (partners.Organisation.Kind.PROVIDER, made.providers),
    ):
        for one in members:
            organisations[one.key] = add_organisation(region, kind, one.name)
    spots = [
        (site.key, employer.key, site.name, site.area, site.county)
        for employer in made.employers
        for site in employer.sites
    ]
    spots += [(one.key, one.key, "Main campus", one.area, one.county) for one in made.providers]
    sites = {
        key: partners.Site(
            organisation=organisations[owner],
            area=areas[area],
            name=name,
            state=STATE,
            county=county,
        )
        for key, owner, name, area, county in spots
    }
    partners.Site.objects.bulk_create(sites.values())
    return areas, organisations, {key: Named(site.pk, site.name) for key, site in sites.items()}


def add_organisation(region: partners.Region, kind: str, name: str) -> partners.Organisation:
    return partners.Organisation.objects.create(region=region, kind=kind, name=name)


def add_frameworks(
    made: Region, region: partners.Region
) -> tuple[
    dict[str, frameworks.Occupation],
    dict[str, frameworks.Credential],
    dict[str, frameworks.Competency],
]:
    """Occupations by key, credentials and competencies by name.

    An occupation of a loaded O*NET release is used as it is; without one, the region gets an own
    occupation with our description.
    """
    words = {role.key: WORDS[role.key] for role in ROLES}
    codes = [one.onet_soc for one in made.occupations if one.onet_soc]
    loaded = {
        one.code: one
        for one in frameworks.Occupation.objects.filter(code__in=codes, withdrawn_in=None)
    }
    occupations = {}
    credentials = {}
    competencies = {}
    for one in made.occupations:
        role = one.key.split("/")[0]
        occupations[one.key] = loaded.get(one.onet_soc) or frameworks.Occupation.objects.create(
            region=region,
            soc=role[:7] if one.onet_soc else "",
            title=one.title,
            folded=folded(one.title),
            description=f"{words[role].description} (Written for the demonstration.)",
        )
        if one.credential not in credentials:
            credentials[one.credential] = frameworks.Credential.objects.create(
                region=region,
                name=one.credential,
                folded=folded(one.credential),
                kind=_kind_of(one.credential),
                issuer=ISSUER,
                renewal_months=24,
                description="Made up for the demonstration.",
            )
        for statement in words[role].competencies:
            if statement not in competencies:
                competencies[statement] = frameworks.Competency.objects.create(
                    region=region,
                    kind=frameworks.Competency.Kind.SKILL,
                    statement=statement,
                    folded=folded(statement),
                    description="Written for the demonstration.",
                )
    return occupations, credentials, competencies


def _kind_of(credential: str) -> str:
    kinds = frameworks.Credential.Kind
    for word, kind in (
        ("license", kinds.LICENCE),
        ("registry", kinds.LICENCE),
        ("registration", kinds.LICENCE),
        ("certificate", kinds.CERTIFICATE),
    ):
        if word in credential:
            return kind
    return kinds.CERTIFICATION


def add_needs(made: Region, region: partners.Region, names: Names) -> int:
    """State every need in its employer's name; returns how many. Rows are written in bulk."""
    now = timezone.now()
    area_of = dict(
        partners.Site.objects.filter(organisation__region=region).values_list("pk", "area_id")
    )
    statements = [statement_of(need, names) for need in made.needs]
    needs = []
    for said in statements:
        if said.site is None or said.occupation is None:
            raise AssertionError("a simulated need has a site and an occupation")
        needs.append(
            Need(
                region=region,
                employer_id=said.employer.id,
                site_id=said.site.id,
                area_id=area_of[said.site.id],
                role_title=said.role_title,
                folded=fold(said.role_title),
                occupation_id=said.occupation.id,
                status=Need.Status.STATED,
                start_by=said.start_by,
                wage_low=said.wage_low,
                wage_high=said.wage_high,
                hours_per_week=said.hours_per_week,
                schedule=said.schedule,
                employment=said.employment,
                stated_at=now,
            )
        )
    Need.objects.bulk_create(needs)
    pairs = list(zip(needs, statements, strict=True))
    NeedQuarter.objects.bulk_create(
        NeedQuarter(
            need=need,
            quarter_start=cell.quarter.first_day,
            cause=cell.cause,
            low=cell.low,
            likely=cell.likely,
            high=cell.high,
        )
        for need, said in pairs
        for cell in said.openings
    )
    NeedRequirement.objects.bulk_create(
        NeedRequirement(
            need=need,
            credential_id=asked.item.id if asked.kind == "credential" else None,
            competency_id=asked.item.id if asked.kind == "competency" else None,
            importance=asked.importance,
        )
        for need, said in pairs
        for asked in said.requirements
    )
    NeedOffer.objects.bulk_create(
        NeedOffer(need=need, kind=offer.kind, quantity=offer.quantity)
        for need, said in pairs
        for offer in said.offers
    )
    NeedChange.objects.bulk_create(
        NeedChange(need=need, at=now, action="state_need") for need in needs
    )
    return len(needs)


def add_programs(
    made: Region,
    areas: dict[str, partners.LabourArea],
    providers: dict[str, partners.Organisation],
    sites: dict[str, Named],
    occupations: dict[str, frameworks.Occupation],
    credentials: dict[str, frameworks.Credential],
    progress: Progress,
) -> dict[str, training.Program]:
    """Programs by key, each added in its provider's name."""
    hired: dict[str, Counter[str]] = {program.key: Counter() for program in made.programs}
    for learner in made.learners:
        if learner.hired_as:
            hired[learner.program][learner.hired_as] += 1
    added = {}
    for done, program in enumerate(made.programs, start=1):
        provider = providers[program.provider]
        added[program.key] = add_program(
            provider,
            {
                "name": program.title,
                "cip_code": program.cip,
                "area": areas[program.area],
                "site": partners.Site(pk=sites[program.provider].id),
                "mode": _MODES[program.mode],
                "schedule": program.schedule.capitalize(),
                "meets": program.schedule,
                "description": "Made up for the demonstration.",
                "credential_text": program.credential,
                **_figures(program),
            },
            actor=acting_for(provider),
            leads=_leads(program, hired[program.key], occupations),
            credentials=[credentials[program.credential]],
            stages=[stage.key for stage in program.stages],
            months=program.start_months,
        )
        progress("programs", done, len(made.programs))
    return added


def _figures(program: Program) -> dict[str, Decimal]:
    until_hired = sum(stage.typical_days for stage in program.stages if stage.key != RETAINED)
    waiting = max(Decimal(0), Decimal(until_hired) / 7 - program.weeks)
    return {
        "clock_hours": Decimal(program.clock_hours),
        "weeks": Decimal(program.weeks),
        "lead_weeks": Decimal(LEAD_WEEKS),
        "hire_weeks": waiting.quantize(Decimal("0.1")),
        "tuition": Decimal(program.costs.tuition),
        "fees": Decimal(program.costs.fees),
        "books": Decimal(program.costs.books),
        "tools": Decimal(program.costs.supplies),
        "other_costs": Decimal(program.costs.exam),
        "total_cost": Decimal(program.costs.total),
        "min_size": Decimal(program.min_size),
        "max_size": Decimal(program.max_size),
        "at_once": Decimal(program.at_once),
        "externship_places_per_learner": Decimal(program.externship_places_per_learner),
    }


def _leads(
    program: Program, hired: Counter[str], occupations: dict[str, frameworks.Occupation]
) -> list[Leads]:
    """Shares as past graduates were hired; the main occupation alone where nobody was yet."""
    total = sum(hired.values())
    if not total:
        return [Leads(occupations[program.occupations[0]], Decimal(1))]
    places = Decimal("0.0001")
    return [
        Leads(occupations[key], (Decimal(hired[key]) / total).quantize(places, rounding=ROUND_DOWN))
        for key in program.occupations
        if hired[key]
    ]


def add_cohorts(made: Region, programs: dict[str, training.Program], staff: Actor) -> int:
    """What past cohorts did, as counts of settled outcomes; returns the number of cohorts.

    Learners whose time in a stage is not over count as still in it, even those who have come
    through early: counting them at once would flatter the yield.
    """
    records = cohort_records(made, made.today)
    with acting(staff, "demonstration.add_cohorts"):
        rows = CohortRecord.objects.bulk_create(
            CohortRecord(
                program=programs[record.program],
                label=f"Demo {record.cohort}",
                starts_on=record.start,
                enrolled=record.enrolled,
                as_of=record.as_of,
                source=SOURCE,
            )
            for record in records
        )
        CohortStage.objects.bulk_create(
            CohortStage(
                cohort=row,
                order=order,
                stage=count.stage,
                entered=count.entered,
                passed=count.settled_passed,
                failed=count.settled_failed,
                still_open=count.unsettled,
            )
            for row, record in zip(rows, records, strict=True)
            for order, count in enumerate(record.stages, start=1)
        )
    return len(rows)
