"""What people read is spelled the American way, whatever the code's own names are."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir

import backcast

_METHODS = [
    ("**.py", "python"),
    ("**/templates/**.html", "scripts.extract_templates:extract"),
    ("**/templates/**.txt", "scripts.extract_templates:extract"),
]
_KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": (2,),
    "pgettext_lazy": (2,),
}
_BRITISH = re.compile(
    r"""\b(?:
        (?:organ|recogn|optim|minim|maxim|author|summar|priorit|special|final|real|general|util)
        is(?:e|ed|es|er|ers|ing|ation|ations|ational)
        | analys(?:ed|ing)
        | (?:labour|colour|favour|behaviour|neighbour|honour|rumour)\w*
        | (?:licence|centre|programme|catalogue|judgement|defence|cheque)s?
        | enrol(?:s|ment|ments)? | fulfil(?:s|ment)? | (?:cancell|travell|labell)(?:ed|ing)
        | per[ ]cent | towards | learnt | grey | whilst | ageing
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_PLACEHOLDERS = re.compile(r"%\(\w+\)[a-z]|\{[^}]*\}|https?://\S+")


def _texts() -> Iterator[tuple[str, str]]:
    """Each text of pages and code, and each sentence of the command, with its file."""
    root = Path(backcast.__file__).parent
    for path, _line, texts, _comments, _context in extract_from_dir(
        root, method_map=_METHODS, options_map={}, keywords=_KEYWORDS
    ):
        for text in (texts,) if isinstance(texts, str) else texts:
            yield path, text or ""
    for file in sorted((root / "cli").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
                yield f"cli/{file.name}", node.value


def test_texts_are_spelled_the_american_way() -> None:
    texts = list(_texts())
    wrong = [
        (path, found.group())
        for path, text in texts
        for found in _BRITISH.finditer(_PLACEHOLDERS.sub("", text))
    ]
    assert len(texts) > 1000
    assert not wrong


def test_british_spellings_are_noticed() -> None:
    for word in ("Organisation", "labour area", "a licence", "programme", "minimised", "analysed"):
        assert _BRITISH.search(word), word
    for word in ("Organization", "labor area", "a license", "program", "analyses", "canceled"):
        assert not _BRITISH.search(word), word
