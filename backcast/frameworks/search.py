"""Find occupations, competencies, credentials and programs of study as one types.

The database brings likely candidates by trigrams (``pg_trgm``), which forgive spelling; ``ranking``
puts them in order. Everything here reads public or the region's own rows, so no row security stands
between the search and its index.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db import connection
from django.db.models import Max, Q
from django.db.models.functions import Greatest

from backcast.frameworks.models import (
    Cip,
    Competency,
    Credential,
    Occupation,
    OccupationTitle,
    Release,
)
from backcast.frameworks.models.releases import Source
from backcast.frameworks.ranking import Words, no_words, rank
from backcast.frameworks.text import folded

_CANDIDATES = 200
#: A title of the occupation itself counts this much more than an alternate one.
_OWN_TITLE = 1.5
_CODE = re.compile(r"\d{2}-\d{0,4}(\.\d{0,2})?")
_LONGEST_QUERY = 120
#: Statements less like the query than this are not looked at.
_LIKE = 0.35

_OCCUPATIONS = """
SELECT id, folded, %(own)s AS weight, similarity(folded, %(q)s) AS alike, 0 AS kind
FROM frameworks_occupation
WHERE archived_at IS NULL AND withdrawn_in_id IS NULL
  AND (region_id IS NULL OR region_id = %(region)s)
  AND (folded %% %(q)s OR %(q)s <%% folded)
UNION ALL
(SELECT occupation_id, folded, 1.0, similarity(folded, %(q)s), 1
 FROM frameworks_occupationtitle
 WHERE withdrawn_in_id IS NULL AND (folded %% %(q)s OR %(q)s <%% folded)
 ORDER BY 4 DESC, folded, occupation_id LIMIT %(limit)s)
ORDER BY kind, alike DESC, folded, id
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
    text: str, *, limit: int = 10, region_id: int | None = None
) -> list[FoundOccupation]:
    """Current occupations that ``text`` may mean, the likeliest first.

    ``text`` is a title, a part of one, an abbreviation, or a code (``31-9092``). Own occupations of
    ``region_id`` are found beside the loaded ones.
    """
    code = text.strip()
    if _CODE.fullmatch(code):
        found = _visible(region_id).filter(Q(code__startswith=code) | Q(soc=code))
        return [FoundOccupation(each, each.folded) for each in found.order_by("code")[:limit]]
    query = clean(text)
    if not query:
        return []
    ranked = rank(query, _titles_like(query, region_id), word_weights())[:limit]
    rows = Occupation.objects.in_bulk([each.key for each in ranked])
    return [FoundOccupation(rows[each.key], each.text) for each in ranked]


def _visible(region_id: int | None) -> Any:
    return Occupation.objects.filter(
        Q(region=None) | Q(region_id=region_id), archived_at=None, withdrawn_in=None
    )


def _titles_like(query: str, region_id: int | None) -> list[tuple[int, str, float]]:
    with connection.cursor() as cursor:
        cursor.execute(
            _OCCUPATIONS,
            {
                "q": query,
                "region": region_id or 0,
                "limit": _CANDIDATES,
                "own": _OWN_TITLE,
            },
        )
        return [(row[0], row[1], float(row[2])) for row in cursor.fetchall()]


_lock = threading.Lock()
_weights: tuple[object, Words] = (None, no_words())


def word_weights() -> Words:
    """How rare words are among all titles; counted once a process and again after each load."""
    global _weights
    loaded = Release.objects.filter(source=Source.ONET).aggregate(at=Max("loaded_at"))["at"]
    with _lock:
        key, words = _weights
        if key != loaded:
            titles = OccupationTitle.objects.filter(withdrawn_in=None)
            words = Words(titles.values_list("folded", flat=True).iterator(chunk_size=10_000))
            _weights = (loaded, words)
        return words


def find_competencies(
    text: str, *, limit: int = 10, region_id: int | None = None, kind: str | None = None
) -> list[Competency]:
    """Current competencies whose statement is like ``text``, the likeliest first."""
    query = clean(text)
    if not query:
        return []
    rows = Competency.objects.filter(
        Q(region=None) | Q(region_id=region_id), archived_at=None, withdrawn_in=None
    )
    if kind:
        rows = rows.filter(kind=kind)
    return _best(rows, query, limit)


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


def _best(rows: Any, query: str, limit: int) -> list[Any]:
    """The rows most like ``query`` by their column ``folded``."""
    likest = Greatest(TrigramSimilarity("folded", query), TrigramWordSimilarity(query, "folded"))
    candidates = rows.annotate(alike=likest).filter(alike__gte=_LIKE).order_by("folded", "pk")
    found = {each.pk: each for each in candidates}
    ranked = rank(
        query, ((pk, each.folded, 1.0) for pk, each in found.items()), no_words(), vote=False
    )
    return [found[each.key] for each in ranked[:limit]]
