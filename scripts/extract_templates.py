"""Read the texts of a Django template for Babel: Django turns it into Python, Babel reads that."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from babel.messages.extract import extract_python
from django.utils.translation import template as django_template

KEYWORDS = ["gettext", "ngettext", "pgettext", "npgettext", "_"]


def extract(
    fileobj: Any, keywords: Any, comment_tags: Any, options: dict[str, Any]
) -> Iterator[tuple[int, str, Any, list[str]]]:
    """Yield (line, function, texts, comments) as Babel's extractors do."""
    source = fileobj.read().decode("utf-8")
    python = django_template.templatize(source, origin=getattr(fileobj, "name", ""))
    # Where a line begins means something to Python, and nothing in a template.
    python = "\n".join(line.lstrip() for line in python.split("\n"))
    yield from extract_python(BytesIO(python.encode("utf-8")), KEYWORDS, comment_tags, options)
