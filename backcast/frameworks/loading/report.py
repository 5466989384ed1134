"""What a load says of itself while it runs and when it is done, and how that is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import connection
from django.utils import timezone

from backcast.core.actor import Actor, acting
from backcast.frameworks.models import Release, ReleaseFile, ReleaseRefusal
from backcast.frameworks.parsing.problems import BY_RULE, Refusal, Tally

Item = TypeVar("Item")

#: Number of the lock that keeps two loads apart (any constant of ours does).
_LOCK = 0x6C6F6164
_EVERY = 5_000


class LoadRefused(Exception):
    """The load cannot be done as asked; the message says why and what to do instead."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where a load is: the table, its place among the tables, and rows read so far."""

    table: str
    number: int
    of: int
    rows: int
    done: bool = False


Progress = Callable[[Step], None]


def silent(step: Step) -> None:
    """A progress callback that says nothing."""


@dataclass(slots=True)
class FileReport:
    """One table: rows in the file, and what changed against the release before."""

    table: str
    tally: Tally
    added: int = 0
    changed: int = 0
    withdrawn: int = 0
    #: The table keeps no older rows: what an earlier load of the release did is counted with it.
    in_place: bool = False


@dataclass(slots=True)
class LoadReport:
    """What one load did. ``read == used + sum(refused.values())`` over all files."""

    source: str
    version: str
    release_id: int = 0
    files: list[FileReport] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    #: Occupations by kind of change (added, withdrawn, retitled …): code and words.
    occupations: dict[str, list[str]] = field(default_factory=dict)
    first: bool = True

    @property
    def read(self) -> int:
        return sum(file.tally.read for file in self.files)

    @property
    def used(self) -> int:
        return sum(file.tally.used for file in self.files)

    @property
    def refused(self) -> dict[str, int]:
        reasons: dict[str, int] = {}
        for file in self.files:
            for reason, count in file.tally.refused.items():
                reasons[reason] = reasons.get(reason, 0) + count
        return reasons

    @property
    def examples(self) -> list[Refusal]:
        return [example for file in self.files for example in file.tally.examples]

    def add(self, table: str, tally: Tally, *, in_place: bool = False) -> FileReport:
        report = FileReport(table, tally, in_place=in_place)
        self.files.append(report)
        return report


def watched(rows: Iterator[Item], step: Step, progress: Progress, tally: Tally) -> Iterator[Item]:
    """The same rows, telling ``progress`` every few thousand of them."""
    progress(step)
    for count, row in enumerate(rows, 1):
        if count % _EVERY == 0:
            progress(Step(step.table, step.number, step.of, tally.read))
        yield row
    progress(Step(step.table, step.number, step.of, tally.read, done=True))


@contextmanager
def loading(
    actor: Actor,
    source: str,
    version: str,
    order: int,
    *,
    attribution: str,
    licence: str,
) -> Iterator[tuple[Release, LoadReport]]:
    """One load: a transaction with an actor, a lock against a second load, and a release.

    Raises ``LoadRefused`` where a newer version of the source is loaded already.
    """
    with acting(actor, f"frameworks.load_{source.replace('-', '_')}"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
                raise LoadRefused("Another load is running. Wait until it has ended.")
        newest = Release.objects.filter(source=source).order_by("-order").first()
        if newest and newest.order > order:
            raise LoadRefused(
                f"{newest} is loaded already and is newer than {version}. Versions are loaded "
                "from the oldest to the newest."
            )
        report = LoadReport(source, version, first=newest is None or newest.version == version)
        release, _created = Release.objects.update_or_create(
            source=source,
            version=version,
            defaults={
                "order": order,
                "loaded_at": timezone.now(),
                "attribution": attribution,
                "licence": licence,
            },
        )
        report.release_id = release.pk
        report.first = not Release.objects.filter(source=source, order__lt=order).exists()
        yield release, report
        _keep(release, report)
        with connection.cursor() as cursor:
            cursor.execute("SELECT frameworks_analyse()")


def _keep(release: Release, report: LoadReport) -> None:
    earlier = {file.table: file for file in release.files.all()}
    release.files.filter(table__in=[file.table for file in report.files]).delete()
    for file in report.files:
        old = earlier.get(file.table)
        if old is not None and file.in_place:
            file.added += old.added
            file.changed += old.changed
            file.withdrawn += old.withdrawn
        kept = ReleaseFile.objects.create(
            release=release,
            table=file.table,
            file=file.tally.file,
            rows_read=file.tally.read,
            rows_used=file.tally.used,
            added=file.added,
            changed=file.changed,
            withdrawn=file.withdrawn,
        )
        examples: dict[str, str] = {}
        for example in file.tally.examples:
            examples.setdefault(example.reason, str(example))
        ReleaseRefusal.objects.bulk_create(
            ReleaseRefusal(
                file=kept,
                reason=reason,
                count=count,
                example=examples.get(reason, BY_RULE.get(reason, "")),
            )
            for reason, count in file.tally.refused.items()
        )
    totals = ReleaseFile.objects.filter(release=release).values_list("rows_read", "rows_used")
    release.rows_read = sum(read for read, _used in totals)
    release.rows_used = sum(used for _read, used in totals)
    release.save(update_fields=["rows_read", "rows_used", "updated_at"])
