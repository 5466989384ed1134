"""Coverage out of what the rooms hold: versions of programs beside approved requirement profiles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404

from backcast.core.actor import Actor, Kind
from backcast.demand.models import LineConsensus, NeedQuarter, ProfileLine, ProfileVersion
from backcast.demand.models import Role as JobRole
from backcast.demand.profiles import access as profiles
from backcast.demand.profiles.values import Opinion, Profile
from backcast.training import access
from backcast.training.coverage import (
    Coverage,
    Outcome,
    Part,
    Requirement,
    Told,
    asks,
    consensus,
    coverage,
    of_employer,
)
from backcast.training.models import (
    Module,
    ModuleOutcome,
    Program,
    ProgramOccupation,
    ProgramVersion,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """An approved profile as a program is set beside it."""

    version: ProfileVersion
    profile: Profile
    requirements: tuple[Requirement, ...]

    @property
    def role(self) -> JobRole:
        return self.version.profile.role


@dataclass(frozen=True, slots=True)
class Row:
    """One program beside one profile."""

    program: Program
    version: ProgramVersion
    asked: Asked
    parts: tuple[Part, ...]
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class EmployerRow:
    """What one employer asks for, beside the program."""

    name: str
    coverage: Coverage
    differences: int


def parts_of(modules: Iterable[Module]) -> list[Part]:
    """Modules with their outcomes prefetched, as values."""
    return [
        Part(
            module.title,
            tuple(
                Outcome(
                    key=row.key,
                    name=str(row),
                    introduces=row.introduces,
                    practises=row.practises,
                    assesses=row.assesses,
                    level=row.level,
                    scale=profiles.scale_value(row.scale),
                    hours=None if row.hours is None else float(row.hours),
                )
                for row in module.outcomes.all()
            ),
            None if module.hours is None else float(module.hours),
        )
        for module in modules
    ]


def _readable(actor: Actor) -> QuerySet[ProfileVersion]:
    """Approved profiles that the actor may read, with what enough employers stand behind."""
    if not profiles.sees_profiles(actor):
        return ProfileVersion.objects.none()
    rows = (
        profiles.versions(actor)
        .filter(status=ProfileVersion.Status.APPROVED, profile__archived_at__isnull=True)
        .select_related("profile__role__occupation", "profile__role__collaborative")
        .order_by("profile__role__title", "pk")
    )
    return rows if actor.is_staff else rows.filter(asked__gte=profiles.enough_to_show())


def asked_for(actor: Actor, occupations: Iterable[int]) -> list[Asked]:
    """The approved profiles of these occupations that the actor may read, in three queries."""
    return _asked(list(_readable(actor).filter(profile__role__occupation__in=list(occupations))))


def asked_of_role(actor: Actor, role: JobRole) -> Asked | None:
    """The role's approved profile, if the actor may read it."""
    found = _asked(list(_readable(actor).filter(profile__role=role)))
    return found[0] if found else None


def _asked(versions: Sequence[ProfileVersion]) -> list[Asked]:
    if not versions:
        return []
    lines: dict[int, list[ProfileLine]] = defaultdict(list)
    told: dict[int, dict[UUID, Told]] = defaultdict(dict)
    for row in (
        ProfileLine.objects.filter(version__in=versions)
        .select_related("competency", "credential", "scale", "instead_of")
        .order_by("order", "pk")
    ):
        lines[row.version_id].append(row)
    for said in LineConsensus.objects.filter(line__version__in=versions).select_related("line"):
        told[said.line.version_id][said.line.line_key] = Told(
            said.answered, said.about, said.importance
        )
    found = []
    for version in versions:
        value = profiles.value_of(version, lines[version.pk])
        found.append(Asked(version, value, consensus(value, told[version.pk])))
    return found


def occupations_of(program: Program) -> list[int]:
    """The occupations that graduates are counted for, the largest share first."""
    return list(
        program.occupation_links.filter(weight__gt=0)
        .order_by("-weight", "pk")
        .values_list("occupation_id", flat=True)
    )


def profiles_of(actor: Actor, program: Program) -> list[Asked]:
    """The profiles that the program is set beside, that of its main occupation first."""
    order = {pk: place for place, pk in enumerate(occupations_of(program))}
    found = asked_for(actor, order)
    return sorted(found, key=lambda each: order.get(each.role.occupation_id or 0, len(order)))


def rows_of(programs: Iterable[Program], asked: Sequence[Asked]) -> list[Row]:
    """Each program that has modules beside each profile of its occupations, in five queries.

    The version that is taught speaks for a program; its draft where none is taught yet.
    """
    by_occupation: dict[int, list[Asked]] = defaultdict(list)
    for each in asked:
        if each.role.occupation_id is not None:
            by_occupation[each.role.occupation_id].append(each)
    rows = list(programs)
    links: dict[int, list[int]] = defaultdict(list)
    for program, occupation in (
        ProgramOccupation.objects.filter(
            program__in=rows, occupation__in=by_occupation, weight__gt=0
        )
        .order_by("-weight", "pk")
        .values_list("program_id", "occupation_id")
    ):
        links[program].append(occupation)
    shown: dict[int, ProgramVersion] = {}
    for version in (
        ProgramVersion.objects.filter(program__in=list(links), archived_at__isnull=True)
        .filter(~Q(status=ProgramVersion.Status.SUPERSEDED))
        .prefetch_related(
            Prefetch(
                "modules",
                Module.objects.prefetch_related(
                    Prefetch(
                        "outcomes",
                        ModuleOutcome.objects.select_related("competency", "scale").order_by("pk"),
                    )
                ),
            )
        )
        .order_by("status")
    ):
        shown.setdefault(version.program_id, version)
    found = []
    for row in rows:
        taught = shown.get(row.pk)
        if taught is None:
            continue
        parts = tuple(parts_of(taught.modules.all()))
        for occupation in links[row.pk]:
            for each in by_occupation[occupation]:
                found.append(Row(row, taught, each, parts, coverage(each.requirements, parts)))
    return found


def programs_for(actor: Actor, role: JobRole) -> QuerySet[Program]:
    """Programs whose graduates are counted for the role.

    Staff see those of their region, a provider its own. An employer sees by name every program that
    leads to the role: how far it covers what was asked is what employers asked for it for.
    """
    rows = (
        Program.objects.filter(region=actor.region_id)
        if actor.kind is Kind.EMPLOYER
        else access.programs(actor)
    )
    return (
        rows.filter(
            archived_at__isnull=True,
            status=Program.Status.ACTIVE,
            occupation_links__occupation=role.occupation_id or 0,
            occupation_links__weight__gt=0,
        )
        .select_related("provider")
        .order_by("name_folded", "pk")
    )


def role(actor: Actor, public_id: UUID) -> JobRole:
    """A role whose programs the actor may look at: as its profile, and providers by theirs."""
    if actor.kind is Kind.PROVIDER:
        found = _readable(actor).filter(profile__role__public_id=public_id).first()
        if found is None:
            raise Http404
        return found.profile.role
    return profiles.role(actor, public_id)


def employers_beside(actor: Actor, asked: Asked, parts: Sequence[Part]) -> list[EmployerRow]:
    """Each employer's own demands beside the program: all for staff, its own for an employer."""
    opinions: dict[str, list[Opinion]] = defaultdict(list)
    for said in profiles.opinion_values(profiles.opinions_on(actor, asked.version)):
        opinions[said.employer.name].append(said)
    return [
        EmployerRow(
            name,
            coverage(of_employer(asked.profile, said), parts),
            sum(one.stance == "dissent" for one in said),
        )
        for name, said in sorted(opinions.items())
    ]


def own_requirements(actor: Actor, asked: Asked) -> tuple[Requirement, ...] | None:
    """What the actor's employer asks for itself; ``None`` where it has not spoken."""
    if actor.kind is not Kind.EMPLOYER:
        return None
    said = profiles.opinion_values(profiles.opinions_on(actor, asked.version))
    return of_employer(asked.profile, said) if said else None


def by_openings(actor: Actor, asked: Asked, parts: Sequence[Part]) -> float | None:
    """The share with each line also weighed by the openings of the employers that ask for it.

    For staff: others must not learn how openings are spread among employers. ``None`` where no
    employer who spoke has stated openings.
    """
    if not actor.is_staff:
        return None
    opinions = profiles.opinion_values(profiles.opinions_on(actor, asked.version))
    openings: dict[int, float] = defaultdict(float)
    quarters = NeedQuarter.objects.filter(need__in=profiles.needs_of(asked.role))
    for employer, likely in quarters.values_list("need__employer_id", "likely"):
        openings[employer] += likely
    total = sum(openings[employer] for employer in {one.employer.id for one in opinions})
    if not total:
        return None
    asking: dict[UUID, set[int]] = defaultdict(set)
    for one in opinions:
        line = asked.profile.line(one.line)
        if line is not None and asks(line, one):
            asking[one.line].add(one.employer.id)
    shares = {
        key: sum(openings[employer] for employer in employers) / total
        for key, employers in asking.items()
    }
    weighed = [
        replace(each, opening_share=shares.get(each.line, 1.0)) for each in asked.requirements
    ]
    return coverage(weighed, parts).share
