"""Find occupations, competencies, credentials and programs of study as one types.

The database brings likely candidates by trigrams (``pg_trgm``), which forgive spelling; ``ranking``
puts them in order. Everything here reads public or the region's own rows, so no row security stands
between the search and its index.
"""

from __future__ import annotations

import math
import re
import threading
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db import connection
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Greatest

from backcast.frameworks.models import (
    Cip,
    Competency,
    Credential,
    Framework,
    Occupation,
    OccupationTitle,
    Projection,
    Release,
)
from backcast.frameworks.parsing.codes import published_soc
from backcast.frameworks.ranking import EXACT, Scored, Words, no_words, rank
from backcast.frameworks.text import folded

_CANDIDATES = 200
_LOOKED_AT = 40
#: A title of the occupation itself counts this much more than an alternate one.
_OWN_TITLE = 1.5
_CODE = re.compile(r"\d{2}-\d{0,4}(\.\d{0,2})?")
_LONGEST_QUERY = 120
#: Statements less like the query than this are not looked at.
_LIKE = 0.35

_TITLES = """
SELECT t.occupation_id, t.folded, CASE t.kind WHEN 't' THEN %(own)s ELSE 1.0 END
FROM ({found}) t
ORDER BY
  t.folded = %(q)s OR t.folded LIKE %(q)s || '|%%' OR t.folded LIKE '%%|' || %(q)s DESC,
  similarity(t.folded, %(q)s) DESC, t.kind = 't' DESC, t.folded, t.occupation_id
LIMIT %(limit)s
"""
_FOUND = """
SELECT ctid, occupation_id, folded, kind FROM frameworks_occupationtitle
WHERE withdrawn_in_id IS NULL AND framework = %(framework)s AND ({condition})
"""
#: Likeness of the whole, and of any run of words in the title. Each is looked up for itself and the
#: rows are united: joined by OR, every candidate of one would be held against the other as well.
_LIKE_TITLE = ("folded %% %(q)s", "%(q)s <%% folded")
#: Two or three letters are like too much: they must be a whole word, or begin the title.
_SHORT_TITLE = ("folded ~ ('\\m' || %(q)s || '\\M') OR folded LIKE %(q)s || '%%'",)
_SHORT = 3
_OWN = """
SELECT id, folded, %(own)s
FROM frameworks_occupation
WHERE region_id = %(region)s AND archived_at IS NULL
  AND (folded %% %(q)s OR %(q)s <%% folded OR folded LIKE %(q)s || '%%')
ORDER BY similarity(folded, %(q)s) DESC, id
LIMIT %(limit)s
"""

_LABELS = """
SELECT t.competency_id, t.folded
FROM frameworks_competencytitle t JOIN frameworks_competency c ON c.id = t.competency_id
WHERE t.withdrawn_in_id IS NULL AND (t.folded %% %(q)s OR %(q)s <%% t.folded)
  AND c.withdrawn_in_id IS NULL AND (%(kind)s::text IS NULL OR c.kind = %(kind)s)
ORDER BY similarity(t.folded, %(q)s) DESC, t.folded, t.competency_id
LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class FoundOccupation:
    """An occupation and the folded title that spoke for it most."""

    occupation: Occupation
    matched: str


def clean(text: str) -> str:
    """What is searched for: folded, without an abbreviation's brackets, of bounded length."""
    return folded(text[:_LONGEST_QUERY])


def find_occupations(
    text: str,
    *,
    limit: int = 10,
    region_id: int | None = None,
    framework: Framework | None = None,
) -> list[FoundOccupation]:
    """Current occupations that ``text`` may mean, the likeliest first.

    ``text`` is a title, a part of one, an abbreviation, or a code (``31-9092``). Own occupations of
    ``region_id`` are found beside those of ``framework``: O*NET where it is loaded, or else ESCO.
    """
    framework = framework or main_framework()
    code = text.strip()
    if _CODE.fullmatch(code):
        found = _visible(region_id, framework).filter(Q(code__startswith=code) | Q(soc=code))
        return [FoundOccupation(each, each.folded) for each in found.order_by("code")[:limit]]
    query = clean(text)
    if not query:
        return []
    ranked = rank(query, titles_like(query, region_id, framework), word_weights(framework))
    if " " not in query:
        ranked = common_first(ranked[:_LOOKED_AT])
    rows = Occupation.objects.in_bulk([each.key for each in ranked[:limit]])
    return [FoundOccupation(rows[each.key], each.text) for each in ranked[:limit]]


def main_framework() -> Framework:
    """Whose occupations are offered first: those of O*NET, or of ESCO where only it is loaded."""
    return Framework.ESCO if set(_loaded()) == {Framework.ESCO.value} else Framework.ONET


def _loaded() -> dict[str, Any]:
    """When each framework was last loaded."""
    rows = Release.objects.filter(source__in=Framework.values).order_by()
    return dict(rows.values_list("source").annotate(at=Max("loaded_at")))


def _visible(region_id: int | None, framework: Framework) -> QuerySet[Occupation]:
    return Occupation.objects.filter(
        Q(framework=framework) | Q(region__isnull=False, region_id=region_id),
        archived_at=None,
        withdrawn_in=None,
    )


def titles_like(
    query: str, region_id: int | None, framework: Framework = Framework.ONET
) -> list[tuple[int, str, float]]:
    """Candidates for ``rank``: occupation, folded title, weight."""
    conditions = _SHORT_TITLE if len(query) <= _SHORT else _LIKE_TITLE
    titles = " UNION ".join(_FOUND.format(condition=condition) for condition in conditions)
    values: dict[str, str | int | float | None] = {
        "q": query,
        "limit": _CANDIDATES,
        "own": _OWN_TITLE,
        "region": region_id,
        "framework": framework.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TITLES.format(found=titles), values)
        found = cursor.fetchall()
        if region_id is not None:
            cursor.execute(_OWN, values)
            found = cursor.fetchall() + found
    return [(key, text, float(weight)) for key, text, weight in found]


def common_first(ranked: list[Scored[int]]) -> list[Scored[int]]:
    """A single word is vague: of things about as likely, the occupation of more people is meant.

    Each score is raised by half the logarithm of the employment in thousands, but a title
    that is the word itself keeps its place. Occupations without a projection are not raised.
    """
    codes = dict(
        Occupation.objects.filter(pk__in=[each.key for each in ranked], code__endswith=".00")
        .exclude(soc="")
        .values_list("pk", "soc")
    )
    published = {pk: published_soc(soc) for pk, soc in codes.items()}
    people = dict(
        Projection.objects.filter(soc__in=set(published.values()))
        .order_by("base_year")
        .values_list("soc", "employment")
    )

    def raised(each: Scored[int]) -> float:
        if each.score > EXACT:
            return each.score
        thousands = people.get(published.get(each.key, ""), 0) / 1000
        return each.score * (1 + math.log1p(thousands) / 2)

    return sorted(ranked, key=lambda each: -raised(each))


_lock = threading.Lock()
_weights: dict[Framework, tuple[object, Words]] = {}


def word_weights(framework: Framework = Framework.ONET) -> Words:
    """How rare words are among all titles; counted once a process and again after each load."""
    loaded = _loaded().get(framework.value)
    with _lock:
        key, words = _weights.get(framework, (None, no_words()))
        if key != loaded:
            titles = OccupationTitle.objects.filter(framework=framework, withdrawn_in=None)
            words = Words(titles.values_list("folded", flat=True).iterator(chunk_size=10_000))
            _weights[framework] = (loaded, words)
        return words


def find_competencies(
    text: str, *, limit: int = 10, region_id: int | None = None, kind: str | None = None
) -> list[Competency]:
    """Current competencies whose statement, or one of ESCO's labels for it, is like ``text``.

    The likeliest first. ESCO's many labels are found by their index; the others are few.
    """
    query = clean(text)
    if not query:
        return []
    rows = Competency.objects.filter(
        Q(framework=Framework.ONET) | Q(region__isnull=False, region_id=region_id),
        archived_at=None,
        withdrawn_in=None,
    ).annotate(alike=_likest(query))
    if kind:
        rows = rows.filter(kind=kind)
    candidates = [
        (pk, text, 1.0)
        for pk, text in rows.filter(alike__gte=_LIKE)
        .order_by("folded", "pk")
        .values_list("pk", "folded")
    ]
    with connection.cursor() as cursor:
        cursor.execute(_LABELS, {"q": query, "kind": kind, "limit": _CANDIDATES})
        candidates += [(pk, text, 1.0) for pk, text in cursor.fetchall()]
    ranked = rank(query, candidates, no_words(), vote=False)[:limit]
    found = Competency.objects.in_bulk([each.key for each in ranked])
    return [found[each.key] for each in ranked]


def find_credentials(text: str, *, region_id: int, limit: int = 10) -> list[Credential]:
    """The region's credentials whose name or abbreviation is like ``text``."""
    query = clean(text)
    if not query:
        return []
    rows = Credential.objects.filter(region_id=region_id, archived_at=None)
    return _best(rows, query, limit)


def find_cips(text: str, *, limit: int = 10) -> list[Cip]:
    """Programs of study by title or by the beginning of their code."""
    code = text.strip()
    if re.fullmatch(r"\d{2}(\.\d{0,4})?", code):
        return list(Cip.objects.filter(code__startswith=code).order_by("code")[:limit])
    query = clean(text)
    return _best(Cip.objects.all(), query, limit) if query else []


def _likest(query: str) -> Greatest:
    return Greatest(TrigramSimilarity("folded", query), TrigramWordSimilarity(query, "folded"))


def _best(rows: Any, query: str, limit: int) -> list[Any]:
    """The rows most like ``query`` by their column ``folded``."""
    rows = rows.annotate(alike=_likest(query))
    candidates = rows.filter(alike__gte=_LIKE).order_by("folded", "pk")
    found = {each.pk: each for each in candidates}
    ranked = rank(
        query, ((pk, each.folded, 1.0) for pk, each in found.items()), no_words(), vote=False
    )
    return [found[each.key] for each in ranked[:limit]]
