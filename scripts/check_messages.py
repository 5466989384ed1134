"""Read every translation file as the compiler would: placeholders must match, markup must parse."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.pofile import PoFileError, read_po

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    wrong = 0
    for path in sorted((ROOT / "backcast" / "locale").glob("*/LC_MESSAGES/*.po")):
        try:
            with path.open("rb") as lines:
                catalogue = read_po(lines, locale=path.parts[-3], abort_invalid=True)
        except (PoFileError, ValueError) as error:
            wrong += 1
            print(f"{path.relative_to(ROOT)}: {error}")
            continue
        for message, errors in catalogue.check():
            for error in errors:
                wrong += 1
                print(f"{path.relative_to(ROOT)}:{message.lineno}: {error}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
