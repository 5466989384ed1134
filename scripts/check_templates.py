"""Compile every template, so that a slip in one is found before a person finds it."""

from __future__ import annotations

import sys
from pathlib import Path

import django

django.setup()

from django.template import TemplateSyntaxError, engines  # noqa: E402
from django.template.loader import get_template  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent / "backcast"


def main() -> int:
    assert engines["django"]
    wrong = 0
    for path in sorted(ROOT.glob("*/templates/**/*")):
        if not path.is_file():
            continue
        name = path.relative_to(next(p for p in path.parents if p.name == "templates")).as_posix()
        try:
            get_template(name)
        except (TemplateSyntaxError, UnicodeDecodeError) as error:
            wrong += 1
            print(f"{path.relative_to(ROOT.parent)}: {error}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
