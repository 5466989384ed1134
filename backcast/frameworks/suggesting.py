"""Suggest competencies for a text, and remember what people said to the suggestions.

The competencies that an actor may name are indexed once and kept in a file beside the uploads until
they change; a small list is indexed on the spot. What was decided before, by the actor's organisation
(for staff: by anyone in the region), moves the next ranking.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count, Max, QuerySet
from django.http import Http404

from backcast.core.actor import Actor, Role, acting
from backcast.core.text import fold
from backcast.frameworks import access
from backcast.frameworks.models import Competency, CompetencyTitle, LinkDecision
from backcast.partners.access import require

if TYPE_CHECKING:  # the engine brings numpy along, which no other page needs
    from backcast.frameworks.linking import Index, Memory, Mode

#: A text is cut off after so many characters; a posting has a few thousand.
LONGEST_TEXT = 400_000
#: Spans of one text that are looked at, and suggestions that are shown.
MOST_SPANS, MOST_SHOWN = 1_500, 60
#: With more spans than this the quick way is taken, so that a page answers in seconds.
BEST_UP_TO = 150
#: What is less likely than this is not shown, and how many are shown of one span.
LEAST, PER_SPAN = 0.05, 3
#: Lists up to this length are indexed while the page waits, in a second or two.
ON_THE_SPOT = 300
#: How many earlier decisions are remembered, the newest first.
REMEMBERED = 5_000
#: Indexes that a process keeps in memory, and the number of the way in which they are made.
_KEPT, VERSION = 2, 2


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A competency that ``span`` of the text most likely means. ``words`` are those that say so."""

    competency: Competency
    span: str
    probability: float
    words: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """Suggestions, the likeliest first; the spans for which nothing was found; whether text was cut;
    and what the text speaks of that is there already."""

    suggestions: tuple[Suggestion, ...]
    silent: tuple[str, ...]
    cut: bool
    there: tuple[Competency, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says to one suggestion."""

    competency: Competency
    span: str
    probability: float
    accepted: bool


class NotReady(Exception):
    """The list of competencies is long and not indexed yet; a job does it."""


def suggest(text: str, *, actor: Actor, without: Iterable[int] = ()) -> Found:
    """What the text asks for, span by span. ``without``: competencies that are there already.

    Raises ``NotReady`` where a long list has to be indexed first.
    """
    from backcast.frameworks.linking import link, spans

    index = _index(actor)
    pieces = list(dict.fromkeys(span.text for span in spans(text[:LONGEST_TEXT])))
    cut = len(text) > LONGEST_TEXT or len(pieces) > MOST_SPANS
    pieces = pieces[:MOST_SPANS]
    if index is None or not pieces:
        return Found((), tuple(pieces), cut)
    mode: Mode = "best" if len(pieces) <= BEST_UP_TO else "fast"
    answers = link(index, pieces, top=PER_SPAN, mode=mode, memory=_memory(index, actor))
    best: dict[int, tuple[float, str, tuple[str, ...]]] = {}
    silent = []
    for piece, matches in zip(pieces, answers, strict=True):
        likely = [match for match in matches if match.probability >= LEAST]
        if not likely:
            silent.append(piece)
        for match in likely:
            before = best.get(int(match.id))
            if before is None or match.probability > before[0]:
                best[int(match.id)] = (match.probability, piece, match.because)
    known = set(without)
    ranked = sorted(
        ((said, pk) for pk, said in best.items()), key=lambda each: (-each[0][0], each[1])
    )
    wanted = [each for each in ranked if each[1] not in known][:MOST_SHOWN]
    there = [pk for _said, pk in ranked if pk in known]
    rows = access.nameable(actor).in_bulk([*(pk for _said, pk in wanted), *there])
    return Found(
        tuple(
            Suggestion(rows[pk], piece, probability, because[:-1], because[-1] if because else "")
            for (probability, piece, because), pk in wanted
            if pk in rows
        ),
        tuple(silent),
        cut,
        tuple(rows[pk] for pk in there if pk in rows),
    )


def remember(said: Iterable[Said], *, actor: Actor) -> int:
    """Keep what the actor's organisation says to suggestions; a later word replaces an earlier one."""
    require(actor, Role.MEMBER)
    if actor.region_id is None or actor.organisation_id is None:
        raise Http404
    rows = [
        LinkDecision(
            region_id=actor.region_id,
            organisation_id=actor.organisation_id,
            person_id=actor.person_id,
            text=each.span[:600],
            folded=fold(each.span)[:600],
            competency=each.competency,
            accepted=each.accepted,
            probability=min(1.0, max(0.0, each.probability)),
        )
        for each in said
    ]
    last = {(row.folded, row.competency_id): row for row in rows}
    with acting(actor, "frameworks.remember_decisions"):
        LinkDecision.objects.bulk_create(
            last.values(),
            update_conflicts=True,
            unique_fields=["organisation", "folded", "competency"],
            update_fields=["accepted", "probability", "person", "text", "updated_at"],
        )
    return len(last)


def decisions(actor: Actor) -> QuerySet[LinkDecision]:
    """What was decided before: by anyone in the region for staff, else by one's own organisation."""
    rows = LinkDecision.objects.filter(region=actor.region_id)
    return rows if actor.is_staff else rows.filter(organisation=actor.organisation_id)


def _memory(index: Index, actor: Actor) -> Memory | None:
    newest = decisions(actor).order_by("-updated_at", "-pk")[:REMEMBERED]
    rows = list(newest.values_list("text", "competency_id", "accepted"))
    if not rows:
        return None
    from backcast.frameworks.linking import Decision, Memory

    past = [Decision(text, str(pk), accepted) for text, pk, accepted in reversed(rows)]
    return Memory.learn(index, past)


def prepare(actor: Actor) -> None:
    """Index what the actor may name and keep the index, unless that is done already."""
    path = _path(actor)
    if path is None or path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    _build(actor).save(path)
    _forget_old(path)


def _index(actor: Actor) -> Index | None:
    """The index of what the actor may name; ``None`` where there is nothing to name."""
    path = _path(actor)
    return None if path is None else _loaded(path, actor)


def _path(actor: Actor) -> Path | None:
    """Where the index of today's competencies lies; another name once they change."""
    about = access.nameable(actor).aggregate(
        n=Count("pk"), last=Max("updated_at"), release=Max("first_release"), highest=Max("pk")
    )
    if not about["n"]:
        return None
    said = ":".join(str(part) for part in (VERSION, *about.values()))
    name = f"{actor.region_id}-{hashlib.sha256(said.encode()).hexdigest()[:20]}.idx"
    return Path(settings.HOME) / "linking" / name


#: The last index read, by its path: reading a long one takes a second or two.
_READ: dict[Path, Index] = {}
_READING = Lock()


def _loaded(path: Path, actor: Actor) -> Index:
    from backcast.frameworks.linking import Index

    with _READING:
        if path in _READ:
            return _READ[path]
        if path.exists():
            index = Index.load(path)
        elif access.nameable(actor).count() <= ON_THE_SPOT:
            prepare(actor)
            index = Index.load(path)
        else:
            raise NotReady
        while len(_READ) >= _KEPT:
            _READ.pop(next(iter(_READ)))
        _READ[path] = index
        return index


def _build(actor: Actor) -> Index:
    from backcast.frameworks.linking import Index, Item

    rows = access.nameable(actor).order_by("pk")
    names: dict[int, list[str]] = defaultdict(list)
    titles = CompetencyTitle.objects.filter(withdrawn_in=None).exclude(
        kind=CompetencyTitle.Kind.STATEMENT
    )
    for competency, title in titles.values_list("competency_id", "title"):
        names[competency].append(title)
    return Index.build(
        (
            Item(str(row.pk), row.statement, tuple(names[row.pk]), row.description, row.kind)
            for row in rows.iterator(chunk_size=2_000)
        ),
        "skills",
    )


def _forget_old(path: Path) -> None:
    """Take away the indexes of the region that this one replaces."""
    region = path.name.split("-")[0]
    for other in path.parent.glob(f"{region}-*.idx"):
        if other != path:
            other.unlink(missing_ok=True)
