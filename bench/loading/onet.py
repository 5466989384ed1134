"""How long loading an O*NET release takes against a bare COPY of the same rows, in one run.

    python bench/loading/onet.py FOLDER [--rounds 3]

Needs a migrated database (``DATABASE_URL`` and ``DATABASE_OWNER_URL``) that may be written to:
everything is rolled back. The same rows go, one after the other, by COPY

- *plain*: into tables without any index or key, as raw text, nothing checked;
- *keyed*: the rows as loaded, into copies of our tables with their keys and indexes, nothing else;

and through the loader: parsed, checked, resolved, merged, counted, audited. The best of the rounds
counts for each.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from psycopg import sql  # noqa: E402

from backcast.core.actor import system  # noqa: E402
from backcast.frameworks.loading import LoadReport, load_onet  # noqa: E402
from backcast.frameworks.models import Versioned  # noqa: E402
from backcast.frameworks.parsing.onet import find_release  # noqa: E402

BULK = [
    "frameworks_occupation",
    "frameworks_competency",
    *(model._meta.db_table for model in Versioned.__subclasses__()),
]


class _Back(Exception):
    """Roll back: the bench leaves nothing."""


def plain(files: list[Path]) -> tuple[int, float]:
    """COPY the files as they are into tables of text columns; rows and seconds."""
    heads = [path.open(encoding="utf-8").readline().rstrip("\r\n").split("\t") for path in files]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            begun = time.perf_counter()
            rows = 0
            for number, (path, head) in enumerate(zip(files, heads, strict=True)):
                table = sql.Identifier(f"bench_{number}")
                columns = sql.SQL(", ").join(
                    sql.SQL("{} text").format(sql.Identifier(name)) for name in head
                )
                cursor.execute(sql.SQL("CREATE TABLE {} ({})").format(table, columns))
                with (
                    path.open("rb") as handle,
                    cursor.copy(sql.SQL("COPY {} FROM STDIN").format(table)) as copy,
                ):
                    handle.readline()
                    while block := handle.read(1 << 16):
                        copy.write(block)
                rows += cursor.rowcount
            spent = time.perf_counter() - begun
            raise _Back
    except _Back:
        return rows, spent


def loaded(folder: Path) -> tuple[LoadReport, float, tuple[int, float]]:
    """Load into emptied tables; then COPY what they hold into copies with the same indexes."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            begun = time.perf_counter()
            report = load_onet(folder, actor=system("bench"))
            spent = time.perf_counter() - begun
            keyed = _keyed(cursor)
            raise _Back
    except _Back:
        return report, spent, keyed


def _keyed(cursor) -> tuple[int, float]:  # type: ignore[no-untyped-def]
    rows, spent = 0, 0.0
    for name in BULK:
        source, copy_of = sql.Identifier(name), sql.Identifier(f"bench_{name}")
        cursor.execute(
            sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL EXCLUDING IDENTITY)").format(
                copy_of, source
            )
        )
        blocks: list[bytes] = []
        with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(source)) as copy:
            blocks.extend(bytes(block) for block in copy)
        begun = time.perf_counter()
        with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(copy_of)) as copy:
            for start in range(0, len(blocks), 500):
                copy.write(b"".join(blocks[start : start + 500]))
        spent += time.perf_counter() - begun
        rows += cursor.rowcount
    return rows, spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    files = [path for path in find_release(options.folder).files.values() if path.suffix == ".txt"]
    best_plain = best_keyed = best_load = float("inf")
    for _ in range(options.rounds):
        rows, spent = plain(files)
        best_plain = min(best_plain, spent)
        report, spent, (keyed_rows, keyed) = loaded(options.folder)
        best_load, best_keyed = min(best_load, spent), min(best_keyed, keyed)
    print(f"rows in the files              {rows:>9,}")
    print(f"rows used, of those read       {report.used:>9,} of {report.read:,}")
    print(f"COPY, plain tables             {best_plain:>9.2f} s")
    print(f"COPY, our keys and indexes     {best_keyed:>9.2f} s ({keyed_rows:,} rows)")
    print(f"load                           {best_load:>9.2f} s")
    print(f"load / COPY with our indexes   {best_load / best_keyed:>9.2f}")
    print(f"load / COPY into plain tables  {best_load / best_plain:>9.2f}")


if __name__ == "__main__":
    main()
