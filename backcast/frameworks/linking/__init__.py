"""Tie free text to competencies and occupations: typed values in, typed values out.

    index = Index.build(items)
    for text, matches in stream(index, lines): …

Nothing here knows of a database, and nothing is downloaded.
"""

from backcast.frameworks.linking.encoder import Encoder
from backcast.frameworks.linking.engine import link, stream
from backcast.frameworks.linking.index import Index
from backcast.frameworks.linking.items import (
    Decision,
    Item,
    Kind,
    LinkingError,
    Match,
    Mode,
    Span,
    Step,
)
from backcast.frameworks.linking.memory import Memory
from backcast.frameworks.linking.spans import spans

__all__ = [
    "Decision",
    "Encoder",
    "Index",
    "Item",
    "Kind",
    "LinkingError",
    "Match",
    "Memory",
    "Mode",
    "Span",
    "Step",
    "link",
    "spans",
    "stream",
]
