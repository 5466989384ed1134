"""Lines to begin a profile with: what employers' needs already ask for, and what O*NET and ESCO say.

O*NET and ESCO describe the typical worker, not what these employers require: their lines are marked
as a seed until employers confirm them, and those of O*NET, which knows no "required", are preferred.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backcast.demand.figures import Named
from backcast.demand.models import NeedRequirement, Role
from backcast.demand.profiles import access
from backcast.demand.profiles.values import Necessity, NewLine, Subject
from backcast.frameworks.models import (
    Competency,
    Occupation,
    OccupationMatch,
    OccupationSkill,
    Rating,
)
from backcast.frameworks.parsing.scales import IMPORTANCE, LEVEL

#: What O*NET itself counts as important, and how many lines a seed brings at most.
_IMPORTANT = 3.0
_SEEDS = 15
_KINDS = (Competency.Kind.SKILL, Competency.Kind.KNOWLEDGE, Competency.Kind.ABILITY)


@dataclass(slots=True)
class _Asked:
    """Who asks for one thing, and how."""

    subject: Subject
    item: Named
    how: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    levels: list[float] = field(default_factory=list)

    def line(self, stating: int) -> NewLine:
        required = sum("required" in how for how in self.how.values())
        instead = sum(how == {"accepted_instead"} for how in self.how.values())
        n = len(self.how)
        if 2 * required >= n:
            necessity = Necessity.REQUIRED
        elif 2 * instead > n:
            necessity = Necessity.INSTEAD
        else:
            necessity = Necessity.PREFERRED
        source = ngettext(
            "%(n)s of the %(of)s employers who said what they require asks for it",
            "%(n)s of the %(of)s employers who said what they require ask for it",
            n,
        ) % {"n": n, "of": stating}
        return NewLine(
            self.subject,
            self.item,
            necessity,
            level_at_hire=statistics.median_low(self.levels) if self.levels else None,
            source=source,
        )


def from_needs(role: Role) -> list[NewLine]:
    """What the stated needs for the role ask for, most asked first; employers count, not needs."""
    rows = (
        NeedRequirement.objects.filter(need__in=access.needs_of(role))
        .select_related("need", "credential", "competency__scale")
        .order_by("id")
    )
    asked: dict[tuple[Subject, int, str], _Asked] = {}
    stating = set()
    for row in rows:
        stating.add(row.need.employer_id)
        subject, item = _subject(row)
        key = (subject, item.id, "" if item.id else item.name.casefold())
        one = asked.setdefault(key, _Asked(subject, item))
        one.how[row.need.employer_id].add(row.importance)
        scale = access.scale_value(row.competency.scale) if row.competency else None
        if row.level is not None and scale is not None and scale.holds(row.level):
            one.levels.append(row.level)
    found = sorted(asked.values(), key=lambda one: (-len(one.how), one.item.name))
    return _with_substitutes([one.line(len(stating)) for one in found])


def _subject(row: NeedRequirement) -> tuple[Subject, Named]:
    if row.credential_id:
        return Subject.CREDENTIAL, Named(row.credential_id, row.name)
    if row.competency_id:
        return Subject.COMPETENCY, Named(row.competency_id, row.name)
    return Subject.WORDS, Named(0, row.words)


def _with_substitutes(lines: list[NewLine]) -> list[NewLine]:
    """What is accepted instead stands in for the one credential that is required.

    Where there is none, or more than one, nobody can tell; it is then preferred.
    """
    required = [
        line.key
        for line in lines
        if line.subject is Subject.CREDENTIAL and line.necessity is Necessity.REQUIRED
    ]
    target: UUID | None = required[0] if len(required) == 1 else None
    return [
        line
        if line.necessity is not Necessity.INSTEAD
        else replace(line, instead_of=target)
        if target is not None and line.subject is not Subject.COMPETENCY
        else replace(line, necessity=Necessity.PREFERRED)
        for line in lines
    ]


def from_onet(role: Role) -> list[NewLine]:
    """The skills, knowledge and abilities that matter most in the occupation, as a seed."""
    if role.occupation_id is None:
        return []
    ratings = list(
        Rating.objects.filter(
            occupation=role.occupation_id,
            scale=IMPORTANCE,
            kind__in=[kind.value for kind in _KINDS],
            value__gte=_IMPORTANT,
            withdrawn_in=None,
            competency__in=Competency.objects.filter(withdrawn_in=None),
        )
        .select_related("competency__scale", "first_release")
        .order_by("-value", "competency__statement")[:_SEEDS]
    )
    levels = dict(
        Rating.objects.filter(
            occupation=role.occupation_id,
            scale=LEVEL,
            competency__in=[rating.competency_id for rating in ratings],
            withdrawn_in=None,
        ).values_list("competency_id", "value")
    )
    return [_seed(rating, levels.get(rating.competency_id)) for rating in ratings]


def _seed(rating: Rating, level: float | None) -> NewLine:
    usable = level is not None and rating.competency.scale_id == LEVEL
    source = _("%(release)s: importance %(importance)s of 5") % {
        "release": rating.first_release,
        "importance": f"{rating.value:.1f}",
    }
    if usable:
        source = _("%(source)s, level %(level)s of 7") % {
            "source": source,
            "level": f"{level:.1f}",
        }
    return NewLine(
        Subject.COMPETENCY,
        Named(rating.competency_id, rating.competency.statement),
        Necessity.PREFERRED,
        importance=round(rating.value),
        level_at_hire=float(round(level)) if usable and level is not None else None,
        source=source,
    )


def from_esco(role: Role) -> list[NewLine]:
    """What ESCO calls essential for the occupation, as a seed that is required until employers speak.

    The occupation is ESCO's own, or those that the published crosswalk calls the same or nearly the
    same as the O*NET one. ESCO states no levels. Optional skills are left out: they are many.
    """
    found = {
        row.competency_id: row
        for row in _essential(role).select_related("competency", "first_release")
    }
    return [
        NewLine(
            Subject.COMPETENCY,
            Named(row.competency_id, row.competency.statement),
            source=_("%(release)s: essential for the occupation") % {"release": row.first_release},
        )
        for row in sorted(found.values(), key=lambda row: row.competency.statement)
    ]


def _essential(role: Role) -> QuerySet[OccupationSkill]:
    rows = OccupationSkill.objects.filter(
        essential=True,
        withdrawn_in=None,
        competency__in=Competency.objects.filter(withdrawn_in=None),
    )
    if role.occupation is None:
        return rows.none()
    same = OccupationMatch.objects.filter(
        onet_code=role.occupation.code or "-",
        kind__in=(OccupationMatch.Kind.EXACT, OccupationMatch.Kind.CLOSE),
        withdrawn_in=None,
    ).values("esco_uri")
    named = Occupation.objects.filter(source_id__in=same).values("pk")
    return rows.filter(Q(occupation=role.occupation_id) | Q(occupation__in=named))


def seeds(role: Role) -> tuple[bool, bool]:
    """Whether O*NET and ESCO have anything to begin with. Two queries."""
    if role.occupation_id is None:
        return False, False
    rated = Rating.objects.filter(
        occupation=role.occupation_id,
        scale=IMPORTANCE,
        kind__in=[kind.value for kind in _KINDS],
        value__gte=_IMPORTANT,
        withdrawn_in=None,
    )
    return rated.exists(), _essential(role).exists()


def known(lines: Iterable[NewLine]) -> tuple[set[int], set[int]]:
    """The ids of the competencies and of the credentials among ``lines``."""
    rows = list(lines)
    return (
        {line.item.id for line in rows if line.subject is Subject.COMPETENCY},
        {line.item.id for line in rows if line.subject is Subject.CREDENTIAL},
    )
