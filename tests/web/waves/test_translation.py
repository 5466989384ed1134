"""Every text that visitors and employers may meet on pages in two languages has its Spanish."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from django.utils.translation import override

from backcast.demand.models import (
    AnswerPoint,
    AnswerQuarter,
    NeedOffer,
    NeedQuarter,
    ProfileLine,
    WaveInvitation,
)
from backcast.web.navigation import EMPLOYERS, ENTRIES

ROOT = Path(__file__).resolve().parents[3]
PRODUCT = ROOT / "backcast"
PAGES = PRODUCT / "web" / "templates"
SOURCES = [
    *sorted((PAGES / "answering").glob("*.html")),
    *sorted((PAGES / "shell").glob("*.html")),
    *sorted((PAGES / "account").rglob("*")),
    *(PAGES / "people" / f"{name}.html" for name in ("join", "invited")),
    *(PAGES / "regional" / f"{name}.html" for name in ("list", "picture", "grid")),
    *(PAGES / f"{name}.html" for name in ("base", "400", "403", "404", "429", "500", "csrf")),
    PRODUCT / "web" / "regional" / "reading.py",
    *(
        PRODUCT / "web" / "waves" / f"{name}.py"
        for name in ("answer", "doors", "opinions", "questions", "words")
    ),
    PRODUCT / "web" / "waves" / "same.py",
    *(PRODUCT / "demand" / "waves" / f"{name}.py" for name in ("answering", "mails", "said")),
]
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "N_": None,
}


def catalogue() -> dict[Any, Any]:
    path = PRODUCT / "locale" / "es" / "LC_MESSAGES" / "django.po"
    with path.open("rb") as lines:
        return {
            message.id[0] if isinstance(message.id, tuple) else message.id: message
            for message in read_po(lines, locale="es")
            if message.id
        }


def test_every_text_of_the_questions_and_their_mails_is_in_spanish() -> None:
    known = catalogue()
    missing = []
    for path in SOURCES:
        if not path.is_file():
            continue
        method = "python" if path.suffix == ".py" else "scripts.extract_templates:extract"
        for line, text, _comments, _context in extract_from_file(
            method, str(path), keywords=KEYWORDS
        ):
            message = known.get(text[0] if isinstance(text, tuple) else text)
            strings = message.string if message is not None else ""
            whole = all(strings) if isinstance(strings, tuple) else bool(strings)
            if not whole or message.fuzzy:
                missing.append(f"{path.relative_to(ROOT)}:{line}: {text}")
    assert not missing, "no Spanish (make messages, then write it):\n" + "\n".join(missing)


@pytest.mark.parametrize(
    "choices",
    [
        AnswerPoint.Kind,
        AnswerPoint.Topic,
        AnswerQuarter.Confidence,
        NeedOffer.Kind,
        NeedQuarter.Cause,
        ProfileLine.Necessity,
        WaveInvitation.Part,
    ],
)
def test_what_can_be_chosen_is_in_spanish(choices: Any) -> None:
    known = catalogue()
    for label in choices.labels:
        with override("en"):
            text = str(label)
        assert getattr(known.get(text), "string", ""), f"no Spanish for “{text}”"


def test_the_places_in_the_header_are_in_spanish_for_employers() -> None:
    known = catalogue()
    for entry in ENTRIES:
        if entry.kinds & EMPLOYERS:
            with override("en"):
                text = str(entry.label)
            assert getattr(known.get(text), "string", ""), f"no Spanish for “{text}”"
