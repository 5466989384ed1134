"""Needs by the workbook: what a file would do, and doing it.

``prepare`` reads, compares with what is stated already and changes nothing; ``load_needs`` does
the same again and writes everything in one transaction.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from django.conf import settings
from django.utils import timezone

from backcast.core.actor import Actor, acting
from backcast.core.quarters import Quarter
from backcast.core.text import fold, name_key
from backcast.core.uploads import limit_bytes
from backcast.demand import access, actions
from backcast.demand.columns import TITLE
from backcast.demand.directory import Reading, ReadNeed
from backcast.demand.figures import Change, Statement, differences, merge
from backcast.demand.interchange import need_postings
from backcast.demand.models import Need
from backcast.demand.reading import read_needs
from backcast.demand.refusals import N_, FileRefused, Refusal, Sentence, say


class Effect(StrEnum):
    """What a need in the file does to what is there."""

    NEW = "new"
    #: A job posting: a person completes it before it counts.
    DRAFT = "draft"
    CHANGES = "changes"
    SAME = "same"
    #: There is a draft of it: it is finished and stated.
    FINISHES = "finishes"
    #: It was withdrawn: it counts again.
    RETURNS = "returns"


@dataclass(frozen=True, slots=True)
class Entry:
    """One need of the file: what it says when loaded, and how that differs from what is there."""

    effect: Effect
    read: ReadNeed
    after: Statement
    existing: Need | None = None
    changes: tuple[Change, ...] = ()

    @property
    def likely(self) -> int:
        """People over all quarters, most likely."""
        return sum(o.likely for o in self.after.openings)


@dataclass(frozen=True, slots=True)
class Preview:
    """What the file would do. Every row is in ``entries`` or among the refusals."""

    reading: Reading
    entries: tuple[Entry, ...]

    def count(self, *effects: Effect) -> int:
        return sum(entry.effect in effects for entry in self.entries)

    @property
    def does_something(self) -> bool:
        return any(entry.effect is not Effect.SAME for entry in self.entries)


def check_size(size: int) -> None:
    """Refuse a file over the limit before it is read."""
    if size > limit_bytes():
        raise FileRefused(
            say(
                N_("The file has %(size)s MB; at most %(limit)s MB can be read."),
                size=-(-size // (1024 * 1024)),
                limit=settings.UPLOAD_LIMIT_MB,
            ),
            say(N_("Take out what is not needed, or send it in parts.")),
        )


def prepare(actor: Actor, content: bytes) -> Preview:
    """What loading ``content`` would do. Raises ``FileRefused``; changes nothing."""
    check_size(len(content))
    read = need_postings.read if need_postings.is_json(content) else read_needs
    reading = read(content, access.directory(actor), timezone.localdate())
    existing = _Existing(actor)
    entries: list[Entry] = []
    refused: list[tuple[ReadNeed, Refusal]] = []
    for need in reading.needs:
        found = existing.find(need)
        if len(found) > 1:
            refused += [(need, _ambiguous(row, found)) for row in need.rows]
            continue
        entry = _entry(need, found[0] if found else None)
        problem = _problem(entry, timezone.localdate())
        if problem is None:
            entries.append(entry)
        else:
            refused += [(need, Refusal(row, *problem)) for row in need.rows]
    if refused:
        reading = reading.without(refused)
    return Preview(reading, tuple(entries))


def load_needs(*, actor: Actor, content: bytes) -> Preview:
    """Load the file in one transaction and say what was done.

    Raises ``FileRefused``; then nothing is changed.
    """
    with acting(actor, "demand.load_needs"):
        preview = prepare(actor, content)
        for entry in preview.entries:
            _load(entry, actor)
        return preview


def workbook(actor: Actor) -> bytes:
    """The workbook with the needs that the actor may change filled in."""
    from backcast.demand.workbook import write_needs  # slow to import, and seldom asked for

    rows = (
        access.needs(actor)
        .current()
        .exclude(status=Need.Status.WITHDRAWN)
        .select_related("employer", "site", "occupation")
        .prefetch_related(
            "quarters", "offers", "requirements__credential", "requirements__competency"
        )
        .order_by("employer__name", "folded", "pk")
    )
    today = timezone.localdate()
    filled = [(str(need.public_id), access.statement(need)) for need in rows]
    return write_needs(filled, access.directory(actor), today)


class _Existing:
    """The needs that rows may speak of, found by number or by employer, site and role."""

    def __init__(self, actor: Actor) -> None:
        self.by_ref: dict[str, Need] = {}
        self.by_place: dict[tuple[int, int, str], list[Need]] = defaultdict(list)
        rows = (
            access.needs(actor)
            .current()
            .select_related("employer", "site", "occupation")
            .prefetch_related(
                "quarters", "offers", "requirements__credential", "requirements__competency"
            )
            .order_by("pk")
        )
        for need in rows:
            self.by_ref[str(need.public_id)] = need
            self.by_place[need.employer_id, need.site_id, name_key(need.role_title)].append(need)

    def find(self, read: ReadNeed) -> list[Need]:
        if read.ref:
            found = self.by_ref.get(read.ref)
            return [found] if found else []
        site = read.statement.site
        place = (
            read.statement.employer.id,
            site.id if site else 0,
            name_key(read.statement.role_title),
        )
        alike = self.by_place.get(place, [])
        stated = [need for need in alike if need.status == Need.Status.STATED]
        return stated or alike


def _problem(entry: Entry, today: date) -> tuple[str, Sentence, Sentence] | None:
    """Why a need that the rows state cannot stand, although each row can."""
    if entry.effect is Effect.DRAFT or (
        entry.read.draft and entry.existing and entry.existing.status == Need.Status.DRAFT
    ):
        return None
    if not entry.after.needs_people(Quarter.of(today)):
        return (
            TITLE["likely"],
            say(N_("Nobody would be needed in any quarter from now on.")),
            say(N_("Write how many you need; to take the need back, withdraw it on its page.")),
        )
    start_by = entry.after.start_by
    if start_by is not None and start_by < today and entry.effect is not Effect.CHANGES:
        return (
            TITLE["start_by"],
            say(N_("The start date said before, %(day)s, is in the past."), day=start_by),
            say(N_("Write a day from today on.")),
        )
    return None


def _ambiguous(row: int, found: list[Need]) -> Refusal:
    numbers = ", ".join(str(need.public_id) for need in found)
    return Refusal(
        row,
        TITLE["ref"],
        say(N_("%(count)s needs for this role at this site are there already."), count=len(found)),
        say(N_("Write the number of the one you mean: %(numbers)s."), numbers=numbers),
    )


def _entry(read: ReadNeed, existing: Need | None) -> Entry:
    if existing is None:
        effect = Effect.DRAFT if read.draft else Effect.NEW
        return Entry(effect, read, _without_nothing(read.statement))
    said = access.statement(existing)
    update = read.statement
    if fold(update.role_title) == fold(said.role_title):
        update = replace(update, role_title=said.role_title)
    after = merge(said, update)
    changes = differences(said, after)
    if existing.status == Need.Status.DRAFT and read.draft:
        effect = Effect.CHANGES if changes else Effect.SAME
    elif existing.status == Need.Status.DRAFT:
        effect = Effect.FINISHES
    elif existing.status == Need.Status.WITHDRAWN:
        effect = Effect.RETURNS
    else:
        effect = Effect.CHANGES if changes else Effect.SAME
    return Entry(effect, read, after, existing, changes)


def _without_nothing(statement: Statement) -> Statement:
    """A new need without the quarters and offers that are said to be none."""
    return replace(
        statement,
        openings=tuple(o for o in statement.openings if o.high > 0),
        offers=tuple(o for o in statement.offers if o.quantity != 0),
    )


def _load(entry: Entry, actor: Actor) -> None:
    if entry.effect is Effect.SAME:
        return
    need = entry.existing
    if need is None:
        need = actions.draft_need(actor=actor, statement=entry.after)
        if entry.effect is Effect.NEW:
            actions.state_need(need, actor=actor)
        return
    fields = {name: getattr(entry.after, name) for name in _FIELDS}
    actions.change_need(need, actor=actor, **fields)
    if entry.effect is Effect.FINISHES:
        actions.state_need(need, actor=actor)
    if entry.effect is Effect.RETURNS:
        actions.bring_back(need, actor=actor)


_FIELDS = tuple(name for name in Statement.__dataclass_fields__ if name != "employer")
