"""What is known around each line of a version, gathered for staff in a fixed number of queries."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone

from backcast.core.actor import Actor
from backcast.core.quarters import Quarter
from backcast.demand.models import NeedQuarter, NeedRequirement, ProfileLine, ProfileVersion
from backcast.demand.profiles import access
from backcast.demand.profiles.overspecified import (
    Evidence,
    Middle,
    Pay,
    Required,
    Schooling,
    schooling_of,
)
from backcast.frameworks.access import wage_areas
from backcast.frameworks.models import (
    Credential,
    Occupation,
    Rating,
    SchoolingShare,
    Wage,
    WageArea,
)
from backcast.frameworks.parsing.scales import LEVEL
from backcast.partners.access import require_staff


@dataclass(frozen=True, slots=True)
class Supply:
    """Programs of the region that lead to a credential, and their graduates a year (None: unknown)."""

    programs: int
    graduates: int | None


@dataclass(frozen=True, slots=True)
class _Stated:
    """What one employer's needs for the role say: things asked for, and pay by what is asked for."""

    asked: frozenset[str]
    pay: tuple[tuple[frozenset[str], float], ...]

    def hourly(self, thing: str, asks: bool) -> float | None:
        said = [pay for asked, pay in self.pay if (thing in asked) == asks]
        return statistics.median(said) if said else None


def gather(
    actor: Actor,
    version: ProfileVersion,
    lines: Sequence[ProfileLine],
    supply: Mapping[int, Supply] | None,
) -> dict[UUID, Evidence]:
    """Evidence by line. ``supply`` is by credential (``None``: no programs are known at all); a
    credential that it does not name has no program.
    """
    require_staff(actor)
    role = version.profile.role
    stated = _stated(
        access.needs_of(role).values_list("pk", "employer_id", "wage_low", "wage_high")
    )
    now = Quarter.of(timezone.localdate())
    openings = NeedQuarter.objects.filter(
        need__in=access.needs_of(role),
        quarter_start__gte=now.first_day,
        quarter_start__lt=(now + 4).first_day,
    ).aggregate(n=Sum("likely"))["n"]
    middle = _middle(actor, role.occupation) if role.occupation else None
    typical = {
        competency: (value, str(release))
        for competency, value, release in _typical(role.occupation_id, lines)
    }
    required = _required(role.occupation_id)
    found = {}
    for line in lines:
        thing = _thing(line.competency_id, line.credential_id, line.words)
        own = typical.get(line.competency_id or 0) if line.scale_id == LEVEL else None
        training = (
            supply.get(line.credential_id, Supply(0, None))
            if supply is not None and line.credential_id
            else None
        )
        found[line.line_key] = Evidence(
            asking=sum(thing in each.asked for each in stated.values()),
            stating=len(stated),
            pay=[
                pay
                for employer, each in stated.items()
                if (pay := _pay(employer, each, thing)) is not None
            ],
            middle=middle,
            typical=own[0] if own else None,
            typical_source=own[1] if own else "",
            job_zone=role.occupation.job_zone if role.occupation else None,
            degree=line.credential is not None and line.credential.kind == Credential.Kind.DEGREE,
            schooling=_schooling(line.credential),
            required=required,
            programs=training.programs if training else None,
            graduates=training.graduates if training else None,
            openings=openings,
        )
    return found


def _schooling(credential: Credential | None) -> Schooling | None:
    if credential is None:
        return None
    return schooling_of(
        credential.name,
        degree=credential.kind == Credential.Kind.DEGREE,
        certificate=credential.kind == Credential.Kind.CERTIFICATE,
    )


def _required(occupation: int | None) -> Required | None:
    """What people in the occupation say is required, by O*NET's scale RL; suppressed shares are out."""
    rows = list(
        SchoolingShare.objects.filter(
            occupation=occupation or 0, scale="RL", withdrawn_in=None
        ).select_related("first_release")
    )
    if not rows:
        return None
    newest = max((row.first_release for row in rows), key=lambda release: release.order)
    asked = [row.n for row in rows if row.n is not None]
    return Required(
        {row.category: row.value for row in rows}, min(asked, default=None), str(newest)
    )


def _thing(competency: int | None, credential: int | None, words: str) -> str:
    if competency:
        return f"competency:{competency}"
    return f"credential:{credential}" if credential else f"words:{words.casefold()}"


def _stated(needs: object) -> dict[int, _Stated]:
    """By employer, for those whose needs say what they require."""
    rows = {pk: (employer, low, high) for pk, employer, low, high in needs}  # type: ignore[attr-defined]
    asked: dict[int, set[str]] = defaultdict(set)
    for need, competency, credential, words in (
        NeedRequirement.objects.filter(need__in=rows)
        .exclude(importance=NeedRequirement.Importance.INSTEAD)
        .values_list("need_id", "competency_id", "credential_id", "words")
    ):
        asked[need].add(_thing(competency, credential, words))
    by_employer: dict[int, list[int]] = defaultdict(list)
    for need in asked:
        by_employer[rows[need][0]].append(need)
    return {
        employer: _Stated(
            frozenset().union(*(asked[need] for need in needs)),
            tuple(
                (frozenset(asked[need]), pay)
                for need in needs
                if (pay := _midpoint(*rows[need][1:])) is not None
            ),
        )
        for employer, needs in by_employer.items()
    }


def _midpoint(low: object, high: object) -> float | None:
    given = [float(str(wage)) for wage in (low, high) if wage is not None]
    return sum(given) / len(given) if given else None


def _pay(employer: int, stated: _Stated, thing: str) -> Pay | None:
    asks = thing in stated.asked
    hourly = stated.hourly(thing, asks)
    return None if hourly is None else Pay(employer, hourly, asks)


def _middle(actor: Actor, occupation: Occupation) -> Middle | None:
    """The newest median wage: of the region's state if it is published, else of the nation."""
    if not occupation.soc:
        return None
    rows = Wage.objects.filter(
        soc=occupation.published_soc,
        area__in=wage_areas(actor).exclude(kind=WageArea.Kind.METRO),
        hourly_50__isnull=False,
    ).select_related("area", "release")
    best = max(
        rows, key=lambda wage: (wage.area.kind == WageArea.Kind.STATE, wage.year), default=None
    )
    if best is None or best.hourly_50 is None:
        return None
    return Middle(best.hourly_50, best.area.title, f"OEWS {best.year}")


def _typical(
    occupation: int | None, lines: Sequence[ProfileLine]
) -> list[tuple[int, float, object]]:
    if occupation is None:
        return []
    rows = Rating.objects.filter(
        occupation=occupation,
        scale=LEVEL,
        competency__in=[line.competency_id for line in lines if line.competency_id],
        withdrawn_in=None,
    ).select_related("first_release")
    return [(row.competency_id, row.value, row.first_release) for row in rows]
