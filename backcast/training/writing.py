"""Programs of a list written to the database in batches: new ones, and what changed of known ones.

What people stated here stays: a field whose basis is *stated* is not overwritten by a list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Model

from backcast.core.text import fold
from backcast.partners.models import LabourArea, Organisation, Region, Site
from backcast.training.assumptions import Assumptions
from backcast.training.cleaning import CleanProgram, Provider
from backcast.training.crosswalk import Crosswalk
from backcast.training.models import (
    DEFAULT_STAGES,
    Basis,
    Program,
    ProgramBasis,
    ProgramOccupation,
    ProgramStage,
    ProgramStart,
)

_FIGURES = (
    "clock_hours", "weeks", "lead_weeks", "hire_weeks", "tuition", "fees", "books", "tools",
    "other_costs", "total_cost", "cost_per_cohort", "min_size", "max_size", "at_once",
    "externship_places_per_learner",
)  # fmt: skip
_WHOLE = {"clock_hours", "min_size", "max_size", "at_once"}
_PLACES = {"weeks": 1, "lead_weeks": 1, "hire_weeks": 1}


class ProgramWriter:
    """Writes batches of one list; ``write`` says how many programs were new and how many changed."""

    def __init__(
        self, region: Region, source: str, assumptions: Assumptions, crosswalk: Crosswalk
    ) -> None:
        self.region = region
        self.source = source
        self.assumptions = assumptions
        self.crosswalk = crosswalk
        self.areas = {
            area.name: area.pk
            for area in LabourArea.objects.filter(region=region, archived_at__isnull=True)
        }
        self._providers: dict[str, tuple[int, int | None]] = {}

    def write(self, batch: Sequence[CleanProgram]) -> tuple[int, int]:
        """Numbers of programs created and changed; the others of the batch were so already."""
        self.crosswalk.prepare({program.cip for program in batch})
        self._know_providers(batch)
        known = {
            program.source_id: program
            for program in Program.objects.filter(
                region=self.region,
                source=self.source,
                source_id__in=[program.source_id for program in batch],
            ).prefetch_related("bases", "stages", "starts", "occupation_links")
        }
        new = [program for program in batch if program.source_id not in known]
        self._create(new)
        changed = {
            program.source_id
            for program in batch
            if program.source_id in known and self._update(known[program.source_id], program)
        }
        return len(new), len(changed)

    # -- providers -------------------------------------------------------------------------

    def _know_providers(self, batch: Sequence[CleanProgram]) -> None:
        """Find or make the organisation and site of every provider of the batch."""
        wanted = {program.provider.id: program for program in batch}
        wanted = {key: value for key, value in wanted.items() if key not in self._providers}
        if not wanted:
            return
        kind = Organisation.Kind.PROVIDER
        mine = Organisation.objects.filter(region=self.region, kind=kind)
        found = {
            organisation.source_id: organisation
            for organisation in mine.filter(
                source=self.source, source_id__in=wanted
            ).prefetch_related("sites")
        }
        by_name = {
            organisation.name_folded: organisation
            for organisation in mine.filter(
                source="",
                archived_at__isnull=True,
                name_folded__in={fold(p.provider.name)[:200] for p in wanted.values()},
            ).prefetch_related("sites")
        }
        for number, program in wanted.items():
            provider = program.provider
            organisation = found.get(number) or by_name.pop(fold(provider.name)[:200], None)
            if organisation is None:
                organisation = Organisation.objects.create(
                    region=self.region,
                    kind=kind,
                    name=provider.name,
                    name_folded=fold(provider.name)[:200],
                    website=program.website if len(program.website) <= 200 else "",
                    source=self.source,
                    source_id=number,
                )
                site: Site | None = self._site(organisation, provider, program.area)
            else:
                if not organisation.source:
                    organisation.source, organisation.source_id = self.source, number
                    organisation.save(update_fields=["source", "source_id", "updated_at"])
                site = next(iter(organisation.sites.all()), None)
            self._providers[number] = (organisation.pk, site.pk if site else None)

    def _site(self, organisation: Organisation, provider: Provider, area: str) -> Site:
        return Site.objects.create(
            organisation=organisation,
            area_id=self.areas[area],
            name=provider.city or provider.county or organisation.name[:120],
            street=provider.street,
            city=provider.city,
            state=provider.state,
            zip=provider.zip,
            county=provider.county,
        )

    # -- programs --------------------------------------------------------------------------

    def _values(self, program: CleanProgram) -> dict[str, Any]:
        return {
            "name": program.name,
            "cip_code": program.cip,
            "area_id": self.areas[program.area],
            "mode": program.mode,
            "description": program.description,
            "website": program.website,
            "credential_text": program.credential,
            **{name: _as_stored(name, program.figures.get(name)) for name in _FIGURES},
        }

    def _create(self, new: Sequence[CleanProgram]) -> None:
        rows = []
        for program in new:
            provider, site = self._providers[program.provider.id]
            rows.append(
                Program(
                    region=self.region,
                    provider_id=provider,
                    site_id=site,
                    source=self.source,
                    source_id=program.source_id,
                    name_folded=fold(program.name)[:200],
                    **self._values(program),
                )
            )
        Program.objects.bulk_create(rows)
        children: dict[type[Model], list[Any]] = defaultdict(list)
        for row, program in zip(rows, new, strict=True):
            for part in (self._bases, self._stages, self._starts, self._links):
                for child in part(row, program):
                    children[type(child)].append(child)
        for model, made in children.items():
            model._default_manager.bulk_create(made)

    def _bases(self, row: Program, program: CleanProgram) -> list[ProgramBasis]:
        return [
            ProgramBasis(
                program=row,
                field=origin.field,
                basis=origin.basis,
                source=origin.source[:500],
                assumption=origin.assumption,
            )
            for origin in program.origins
        ]

    def _stages(self, row: Program, program: CleanProgram) -> list[ProgramStage]:
        made = []
        for order, stage in enumerate(program.stages or DEFAULT_STAGES, start=1):
            prior = self.assumptions.prior(stage, program.cip)
            made.append(
                ProgramStage(program=row, order=order, stage=stage)
                if prior is None
                else ProgramStage(
                    program=row,
                    order=order,
                    stage=stage,
                    prior_a=prior.came_through,
                    prior_b=prior.of - prior.came_through,
                    prior_source=prior.source[:300],
                    prior_assumption=prior.name,
                )
            )
        return made

    def _starts(self, row: Program, program: CleanProgram) -> list[ProgramStart]:
        return [ProgramStart(program=row, month=month) for month in program.starts]

    def _links(self, row: Program, program: CleanProgram) -> list[ProgramOccupation]:
        return [
            ProgramOccupation(
                program=row,
                occupation_id=occupation,
                weight=weight,
                basis=Basis.PUBLISHED,
                source=source[:300],
            )
            for occupation, weight, source in self.crosswalk.leads(program.cip)
        ]

    def _update(self, row: Program, program: CleanProgram) -> bool:
        """Bring a known program up to the list. True where anything changed."""
        stated = {basis.field for basis in row.bases.all() if basis.basis == Basis.STATED}
        names = [
            name
            for name, value in self._values(program).items()
            if name.removesuffix("_id") not in stated and getattr(row, name) != value
        ]
        values = self._values(program)
        for name in names:
            setattr(row, name, values[name])
        if names:
            row.name_folded = fold(row.name)[:200]
            row.save()
        changed = bool(names)
        changed |= _replace(
            ProgramBasis,
            [basis for basis in row.bases.all() if basis.field not in stated],
            [basis for basis in self._bases(row, program) if basis.field not in stated],
            ("field", "basis", "source", "assumption"),
        )
        if "stages" not in stated:
            columns = ("order", "stage", "prior_a", "prior_b", "prior_source", "prior_assumption")
            changed |= _replace(
                ProgramStage, list(row.stages.all()), self._stages(row, program), columns
            )
        if "starts" not in stated:
            changed |= _replace(
                ProgramStart, list(row.starts.all()), self._starts(row, program), ("month",)
            )
        links = list(row.occupation_links.all())
        if not any(link.basis == Basis.STATED for link in links):
            changed |= _replace(
                ProgramOccupation,
                links,
                self._links(row, program),
                ("occupation_id", "weight", "basis", "source"),
            )
        if changed and not names:
            row.save(update_fields=["updated_at"])  # plans notice by this that they are out of date
        return changed


def _as_stored(name: str, value: Decimal | None) -> Decimal | int | None:
    """A figure as the database gives it back, so that the same is seen to be the same."""
    if value is None:
        return None
    if name in _WHOLE:
        return round(value)
    return value.quantize(Decimal("0.1") if name in _PLACES else Decimal("0.01"))


def _replace(
    model: type[Model], old: Sequence[Any], new: Sequence[Any], columns: Sequence[str]
) -> bool:
    """Put ``new`` rows in the place of ``old`` ones where they differ. True where they did."""

    def meaning(rows: Sequence[Any]) -> list[tuple[Any, ...]]:
        return sorted((tuple(getattr(row, name) for name in columns) for row in rows), key=repr)

    if meaning(old) == meaning(new):
        return False
    model._default_manager.filter(pk__in=[row.pk for row in old]).delete()
    model._default_manager.bulk_create(new)
    return True
