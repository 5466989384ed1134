"""Needs that stand in for what employers have not been asked: made from published figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, acting
from backcast.core.quarters import Quarter
from backcast.core.text import fold
from backcast.demand import actions
from backcast.demand.figures import ASK_FROM, Cause, Named, Openings, Statement
from backcast.demand.models import Need
from backcast.demand.standin import Published, stand_in, yearly_openings
from backcast.frameworks.models import Occupation, Projection, Wage
from backcast.partners.models import LabourArea, Organisation, Region, Site


@dataclass(frozen=True, slots=True)
class StandInRole:
    """A role to estimate: O*NET-SOC code and the title that people know."""

    occupation: str
    title: str


@dataclass(frozen=True, slots=True)
class StandIn:
    """What to estimate and how: ``people`` by labour area, ``low`` and ``high`` factors on the likely
    number, the wage area whose employment counts, and the text that marks every figure."""

    employer: str
    source: str
    wage_area: str
    first: Quarter
    quarters: int
    low: float
    high: float
    people: Mapping[str, int]
    roles: Sequence[StandInRole]


@dataclass(frozen=True, slots=True)
class Estimated:
    """One role's openings a year in the region, and how many needs were written or changed."""

    role: StandInRole
    yearly: float
    needs: int


def state_stand_in(region: Region, plan: StandIn, *, actor: Actor) -> list[Estimated]:
    """Write one stated need a role and labour area, marked as a stand-in; again, they are changed.

    One transaction. Raises ``ValidationError`` that names every role, area and figure that is
    missing, and what to load.
    """
    with acting(actor, "demand.state_stand_in"):
        figures = _published(plan)
        areas = {
            area.name: area for area in LabourArea.objects.filter(region=region, archived_at=None)
        }
        missing = sorted(set(plan.people) - set(areas))
        if missing:
            raise ValidationError(
                _("%(region)s has no labor area “%(area)s”. Define it, or mend the recipe.")
                % {"region": region, "area": missing[0]}
            )
        employer, _made = Organisation.objects.get_or_create(
            region=region,
            kind=Organisation.Kind.EMPLOYER,
            name=plan.employer,
            defaults={"name_folded": fold(plan.employer)},
        )
        sites = {
            name: Site.objects.get_or_create(
                organisation=employer, name=name, defaults={"area": areas[name]}
            )[0]
            for name in plan.people
        }
        return [
            Estimated(
                role,
                sum(yearly_openings(row) for _cause, row in figures[role.occupation][1]),
                _write(role, figures[role.occupation], employer, sites, plan, actor),
            )
            for role in plan.roles
        ]


_Figures = tuple[Occupation, tuple[tuple[Cause, Published], ...]]


def _published(plan: StandIn) -> dict[str, _Figures]:
    """Occupation code → the occupation and its published openings by cause."""
    codes = [role.occupation for role in plan.roles]
    occupations = {row.code: row for row in Occupation.objects.filter(code__in=codes)}
    if unknown := [code for code in codes if code not in occupations]:
        raise ValidationError(
            _("Occupation %(code)s is not loaded. Load the O*NET release first.")
            % {"code": unknown[0]}
        )
    socs = {row.published_soc for row in occupations.values()}
    projections = {
        row.soc: row for row in Projection.objects.filter(soc__in=socs).order_by("base_year")
    }
    employed = {
        row.soc: row.employment
        for row in Wage.objects.filter(soc__in=socs, area__title=plan.wage_area).order_by("year")
    }
    found: dict[str, _Figures] = {}
    for code in codes:
        soc = occupations[code].published_soc
        row, people = projections.get(soc), employed.get(soc)
        if row is None or people is None:
            raise ValidationError(
                _(
                    "No openings or employment are published for %(code)s in %(area)s. "
                    "Load the employment projections and the OEWS wages first."
                )
                % {"code": soc, "area": plan.wage_area}
            )
        growth = max(0, row.openings - row.exits - row.transfers)
        found[code] = (
            occupations[code],
            tuple(
                (cause, Published(openings, row.employment, people))
                for cause, openings in (
                    (Cause.GROWTH, growth),
                    (Cause.RETIREMENT, row.exits),
                    (Cause.TURNOVER, row.transfers),
                )
            ),
        )
    return found


def _write(
    role: StandInRole,
    figures: _Figures,
    employer: Organisation,
    sites: Mapping[str, Site],
    plan: StandIn,
    actor: Actor,
) -> int:
    occupation, causes = figures
    openings: dict[str, list[Openings]] = {name: [] for name in sites}
    for cause, published in causes:
        for row in stand_in(
            yearly_openings(published),
            people=plan.people,
            first=plan.first,
            quarters=plan.quarters,
            low=plan.low,
            high=plan.high,
        ):
            openings[row.area].append(
                Openings(
                    row.quarter,
                    cause,
                    row.low,
                    row.likely,
                    row.high,
                    range_assumed=True,
                    confirmed=row.high >= ASK_FROM,
                )
            )
    written = 0
    for name, rows in openings.items():
        if not rows:
            continue
        need = Need.objects.filter(
            employer=employer, site=sites[name], occupation=occupation, basis=Need.Basis.STAND_IN
        ).first()
        if need is None:
            statement = Statement(
                employer=Named(employer.pk, employer.name),
                site=Named(sites[name].pk, name),
                role_title=role.title,
                occupation=Named(occupation.pk, occupation.title),
                stand_in=plan.source,
                openings=tuple(rows),
            )
            need = actions.draft_need(actor=actor.within(employer.region_id), statement=statement)
            actions.state_need(need, actor=actor.within(employer.region_id))
        else:
            actions.change_need(
                need,
                actor=actor.within(employer.region_id),
                openings=tuple(rows),
                stand_in=plan.source,
            )
        written += 1
    return written
