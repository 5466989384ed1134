"""Lists into the database: held against the rules, then written in one transaction.

Loading again changes only what changed in the list, and never what people stated here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TypeVar

from backcast.core.actor import Actor, acting
from backcast.core.text import name_key
from backcast.partners.models import County, Organisation, Region
from backcast.training import cleaning, outcomes
from backcast.training.access import require_staff_of
from backcast.training.assumptions import Assumptions
from backcast.training.cleaning import CleanProgram, Provider, Refusal, Rules
from backcast.training.columns import FIELDS, check
from backcast.training.crosswalk import Crosswalk
from backcast.training.models import PublishedOutcome
from backcast.training.reading import Row, open_table
from backcast.training.writing import ProgramWriter

BATCH = 500
T = TypeVar("T")


@dataclass(slots=True)
class Report:
    """What a load did. ``rows_in`` is always ``rows_used`` and all of ``refused`` together."""

    kind: str
    file: str
    rows_in: int = 0
    rows_used: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    remarks: list[str] = field(default_factory=list)
    #: Remarks on rows that were used all the same: what was assumed or corrected, and how often.
    notes: Counter[str] = field(default_factory=Counter)

    @property
    def rows_refused(self) -> int:
        return self.refused.total()

    def titles(self) -> Mapping[str, str]:
        """Reason → its words."""
        return outcomes.REASONS if self.kind == "outcomes" else cleaning.REASONS

    def plain(self) -> dict[str, object]:
        """For JSON."""
        return {
            "kind": self.kind,
            "file": self.file,
            "rows_in": self.rows_in,
            "rows_used": self.rows_used,
            "rows_refused": self.rows_refused,
            "refused": dict(sorted(self.refused.items())),
            "created": self.created,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "remarks": self.remarks,
            "notes": dict(sorted(self.notes.items())),
        }


Sink = Callable[[Refusal], None]


@dataclass(frozen=True, slots=True)
class Job:
    """A list to load: the file, its columns, and what it is held against."""

    region: Region
    path: Path
    columns: Mapping[str, str]
    source: str
    period: str = ""
    state: str = ""
    cip_changes: Mapping[str, str] = field(default_factory=dict)
    assumptions: Assumptions = field(default_factory=Assumptions)
    providers: Mapping[str, Provider] = field(default_factory=dict)
    file_name: str = ""
    limit_mb: float | None = None
    #: Only programs whose CIP code starts with this are looked at (all where empty).
    only_cip: str = ""

    @property
    def name(self) -> str:
        return self.file_name or self.path.name


def read_providers(path: Path, columns: Mapping[str, str]) -> dict[str, Provider]:
    """The providers of a list of their own, by the list's number for them."""
    table = open_table(path)
    kept = check(columns, table.columns, FIELDS["providers"])
    found: dict[str, Provider] = {}
    for row in table.rows:
        value = {key: row.cells.get(column, "") for key, column in kept.items()}
        found.setdefault(
            value["provider_id"],
            Provider(
                value["provider_id"],
                cleaning.tidy(value["provider_name"]),
                value.get("provider_status", ""),
                value.get("county", ""),
                value.get("state", ""),
                value.get("city", ""),
                value.get("street", ""),
                value.get("zip", ""),
                value.get("website", ""),
            ),
        )
    return found


def load_programs(
    job: Job, *, actor: Actor, dry_run: bool = False, refused: Sink | None = None
) -> Report:
    """Load a list of programs; ``refused`` is told of each row that is not used.

    With ``dry_run`` nothing is written. Raises ``UnreadableFileError`` and ``MappingError``.
    """
    require_staff_of(actor, job.region)
    report = Report("programs", job.name)
    with acting(actor, "training.load_programs"):
        rows, columns = _open(job, "programs", report)
        if job.only_cip:
            rows = _only(rows, columns["cip"], job.only_cip)
        crosswalk = Crosswalk(job.state)
        rules = Rules(
            source=job.source,
            areas=_areas(job.region, job.state),
            state=job.state,
            cips=crosswalk.cips(),
            cip_changes=job.cip_changes,
            providers=_known_providers(job) | dict(job.providers),
            assumptions=job.assumptions,
        )
        writer = ProgramWriter(job.region, job.source, job.assumptions, crosswalk)
        for batch in _batches(cleaning.clean(rows, columns, rules)):
            used = _sort(batch, report, refused, CleanProgram)
            for program in used:
                report.notes.update(_kind(remark) for remark in program.remarks)
            if not dry_run:
                created, changed = writer.write(used)
                report.created += created
                report.changed += changed
                report.unchanged += len(used) - created - changed
    return report


def load_outcomes(
    job: Job, *, actor: Actor, dry_run: bool = False, refused: Sink | None = None
) -> Report:
    """Load published outcomes for providers whose programs are on the list of the same source."""
    require_staff_of(actor, job.region)
    report = Report("outcomes", job.name)
    with acting(actor, "training.load_outcomes"):
        rows, columns = _open(job, "outcomes", report)
        if job.only_cip:
            rows = _only(rows, columns["cip"], job.only_cip)
        providers = dict(
            Organisation.objects.filter(
                region=job.region, kind=Organisation.Kind.PROVIDER, source=job.source
            ).values_list("source_id", "pk")
        )
        results = outcomes.clean(rows, columns, providers, job.cip_changes)
        for batch in _batches(results):
            used = _sort(batch, report, refused, outcomes.CleanOutcome)
            for outcome in used:
                if outcome.suppressed:
                    report.notes["Suppressed by the state"] += 1
                elif outcome.is_small:
                    report.notes[f"About fewer than {outcomes.FLOOR} people: kept, not shown"] += 1
            if not dry_run:
                created, changed = _write_outcomes(used, job, providers)
                report.created += created
                report.changed += changed
                report.unchanged += len(used) - created - changed
    return report


def _open(job: Job, kind: str, report: Report) -> tuple[Iterator[Row], dict[str, str]]:
    table = open_table(job.path, limit_mb=job.limit_mb)
    report.remarks = list(table.remarks)
    return table.rows, check(job.columns, table.columns, FIELDS[kind])


def _only(rows: Iterator[Row], column: str, prefix: str) -> Iterator[Row]:
    return (
        row
        for row in rows
        if (cleaning.restore_cip(row.cells.get(column, "")) or "").startswith(prefix)
    )


def _areas(region: Region, state: str) -> dict[str, str]:
    """Folded county → name of its labour area in use."""
    counties = County.objects.filter(region=region, area__archived_at__isnull=True)
    if state:
        counties = counties.filter(state__iexact=state)
    return {name_key(name): area for name, area in counties.values_list("name", "area__name")}


def _known_providers(job: Job) -> dict[str, Provider]:
    """Providers of this source that earlier loads brought, with the county of their first site."""
    rows = (
        Organisation.objects.filter(
            region=job.region, kind=Organisation.Kind.PROVIDER, source=job.source
        )
        .exclude(source_id="")
        .prefetch_related("sites")
    )
    known = {}
    for organisation in rows:
        site = next(iter(organisation.sites.all()), None)
        known[organisation.source_id] = Provider(
            organisation.source_id,
            organisation.name,
            county=site.county if site else "",
            state=site.state if site else "",
            city=site.city if site else "",
            street=site.street if site else "",
            zip=site.zip if site else "",
            website=organisation.website,
        )
    return known


def _batches(results: Iterable[T]) -> Iterator[list[T]]:
    flow = iter(results)
    while batch := list(islice(flow, BATCH)):
        yield batch


def _sort(batch: Iterable[object], report: Report, refused: Sink | None, kind: type[T]) -> list[T]:
    """Count the batch, hand the refusals on, return what is used."""
    used: list[T] = []
    for result in batch:
        report.rows_in += 1
        if isinstance(result, Refusal):
            report.refused[result.reason] += 1
            if refused is not None:
                refused(result)
        elif isinstance(result, kind):
            report.rows_used += 1
            used.append(result)
    return used


def _kind(remark: str) -> str:
    """A remark without its numbers, for counting."""
    return (
        "The total disagrees with its parts; the larger was taken."
        if "disagrees" in remark
        else (remark)
    )


def _write_outcomes(
    used: list[outcomes.CleanOutcome], job: Job, providers: Mapping[str, int]
) -> tuple[int, int]:
    names = ("completers", "employed", "suppressed", "quarterly_wage", "wage_people")
    known = {
        (row.provider_id, row.cip_code): row
        for row in PublishedOutcome.objects.filter(
            region=job.region,
            source=job.source,
            period=job.period,
            provider__in={providers[outcome.provider_id] for outcome in used},
        )
    }
    new, changed = [], []
    for outcome in used:
        values = {name: getattr(outcome, name) for name in names}
        if values["quarterly_wage"] is not None:
            values["quarterly_wage"] = values["quarterly_wage"].quantize(Decimal("0.01"))
        provider = providers[outcome.provider_id]
        row = known.get((provider, outcome.cip))
        if row is None:
            new.append(
                PublishedOutcome(
                    region=job.region,
                    provider_id=provider,
                    cip_code=outcome.cip,
                    period=job.period,
                    source=job.source,
                    **values,
                )
            )
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            changed.append(row)
    PublishedOutcome.objects.bulk_create(new)
    PublishedOutcome.objects.bulk_update(changed, names, batch_size=BATCH)
    return len(new), len(changed)
