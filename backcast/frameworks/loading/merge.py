"""Bring one versioned table to a new release: COPY into a staging table, then set operations.

A row that the release still has is left alone; one it no longer has, or has differently, is closed
(``withdrawn_in``); what is new is inserted with the release as its first. A table that is still
empty is filled directly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection
from psycopg import sql

from backcast.frameworks.models import Release, Versioned
from backcast.frameworks.parsing.problems import Tally


@dataclass(frozen=True, slots=True)
class Target:
    """A versioned table: the columns that identify a row, and the others.

    ``meaning`` are those of the others whose change is worth telling (the rest are dates and
    counts behind a statement). ``scope`` limits the table to part of it: columns and their values.
    """

    model: type[Versioned]
    key: tuple[str, ...]
    values: tuple[str, ...] = ()
    meaning: tuple[str, ...] = ()
    scope: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def table(self) -> str:
        return str(self.model._meta.db_table)

    @property
    def columns(self) -> tuple[str, ...]:
        return self.key + self.values


@dataclass(frozen=True, slots=True)
class Merged:
    """Counts against the release before."""

    added: int
    changed: int
    withdrawn: int


def merge(target: Target, rows: Iterable[Sequence[Any]], release: Release, tally: Tally) -> Merged:
    """Make ``rows`` (in the order of ``target.columns``) the current rows of the table.

    A row whose key was there before in the same file is refused as a duplicate; the keys of one
    table are what a load holds in memory. Raises ``FileProblem`` where ``tally`` shows that the
    file cannot be trusted.
    """
    rows = _unique(rows, len(target.key), tally)
    with connection.cursor() as cursor:
        run = _Run(cursor, target, release.pk)
        run.undo()
        if run.is_empty():
            merged = Merged(run.fill(rows), 0, 0)
        else:
            run.stage(rows)
            merged = run.apply()
    tally.check()
    return merged


def _unique(rows: Iterable[Sequence[Any]], width: int, tally: Tally) -> Iterator[Sequence[Any]]:
    seen: set[Sequence[Any]] = set()
    for row in rows:
        key = row[:width]
        if key in seen:
            tally.refuse(tally.row, "", "duplicate", "")
        else:
            seen.add(key)
            yield row


#: Rows that are read before they are copied, in one go.
_BATCH = 20_000


def _batches(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    """Rows in lists. They are read between copies, since reading one may itself write."""
    source = iter(rows)
    while batch := list(islice(source, _BATCH)):
        yield batch


class _Run:
    """The statements of one merge. ``t`` is the table, ``s`` the staged rows."""

    def __init__(self, cursor: Any, target: Target, release_id: int) -> None:
        self.cursor, self.target, self.release_id = cursor, target, release_id
        self.scope: sql.Composable = sql.SQL(" AND ").join(
            (
                sql.SQL("true"),
                *(
                    sql.SQL("t.{} = ANY({})").format(
                        sql.Identifier(column), sql.Literal(list(values))
                    )
                    for column, values in target.scope
                ),
            )
        )

    def execute(self, text: str, **parts: sql.Composable) -> int:
        """Run ``text``; returns the number of rows that it touched."""
        query = sql.SQL(text).format(
            table=sql.Identifier(self.target.table),
            release=sql.Literal(self.release_id),
            scope=self.scope,
            **parts,
        )
        self.cursor.execute(query)
        return int(self.cursor.rowcount)

    def number(self, text: str, **parts: sql.Composable) -> int:
        self.execute(text, **parts)
        return int(self.cursor.fetchone()[0])

    def same(self, left: str, right: str, columns: Sequence[str]) -> sql.Composable:
        """Are these columns equal (keys never hold nulls, values may)?"""
        keys = set(self.target.key)
        return sql.SQL(" AND ").join(
            sql.SQL("{} = {}" if column in keys else "{} IS NOT DISTINCT FROM {}").format(
                sql.Identifier(left, column), sql.Identifier(right, column)
            )
            for column in columns
        )

    def undo(self) -> None:
        """Take back what an earlier load of the same release did to this table."""
        self.execute("DELETE FROM {table} t WHERE t.first_release_id = {release} AND {scope}")
        self.execute(
            "UPDATE {table} t SET withdrawn_in_id = NULL"
            " WHERE t.withdrawn_in_id = {release} AND {scope}"
        )

    def is_empty(self) -> bool:
        """Has nothing been loaded here before?"""
        self.execute("SELECT NOT EXISTS (SELECT 1 FROM {table} t WHERE {scope})")
        return bool(self.cursor.fetchone()[0])

    def fill(self, rows: Iterable[Sequence[Any]]) -> int:
        """COPY straight into the empty table; returns the number of rows."""
        names = map(sql.Identifier, (*self.target.columns, "first_release_id"))
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(self.target.table), sql.SQL(", ").join(names)
        )
        release = (self.release_id,)
        count = 0
        for batch in _batches(rows):
            with self.cursor.copy(into) as copy:
                write = copy.write_row
                for row in batch:
                    write((*row, *release))
            count += len(batch)
        return count

    def stage(self, rows: Iterable[Sequence[Any]]) -> None:
        """COPY into a table of this transaction that has the same columns and no index."""
        self.cursor.execute("DROP TABLE IF EXISTS frameworks_stage")
        self.execute(
            "CREATE TEMPORARY TABLE frameworks_stage ON COMMIT DROP AS"
            " SELECT {names} FROM {table} WITH NO DATA",
            names=sql.SQL(", ").join(map(sql.Identifier, self.target.columns)),
        )
        for batch in _batches(rows):
            with self.cursor.copy("COPY frameworks_stage FROM STDIN") as copy:
                write = copy.write_row
                for row in batch:
                    write(row)
        self.cursor.execute("ANALYZE frameworks_stage")

    def apply(self) -> Merged:
        """Close what is no longer so, insert what is new, count both."""
        columns = self.target.columns
        closed = self.execute(
            "UPDATE {table} t SET withdrawn_in_id = {release} WHERE t.withdrawn_in_id IS NULL"
            " AND {scope} AND NOT EXISTS (SELECT 1 FROM frameworks_stage s WHERE {same})",
            same=self.same("t", "s", columns),
        )
        inserted = self.execute(
            "INSERT INTO {table} ({names}, first_release_id)"
            " SELECT {picked}, {release} FROM frameworks_stage s WHERE NOT EXISTS"
            " (SELECT 1 FROM {table} t WHERE t.withdrawn_in_id IS NULL AND {scope} AND {same})",
            names=sql.SQL(", ").join(map(sql.Identifier, columns)),
            picked=sql.SQL(", ").join(sql.Identifier("s", column) for column in columns),
            same=self.same("t", "s", self.target.key),
        )
        both, changed = self._compared() if closed and inserted else (0, 0)
        return Merged(added=inserted - both, changed=changed, withdrawn=closed - both)

    def _compared(self) -> tuple[int, int]:
        """Keys both closed and opened by this release, and how many of them mean something else."""
        meaning = self.target.meaning or self.target.values
        differs = (
            sql.SQL("NOT ({})").format(self.same("t", "o", meaning))
            if meaning
            else sql.SQL("false")
        )
        self.execute(
            "SELECT count(*), count(*) FILTER (WHERE {differs}) FROM {table} t JOIN {table} o"
            " ON o.withdrawn_in_id = {release} AND {same}"
            " WHERE t.first_release_id = {release} AND t.withdrawn_in_id IS NULL AND {scope}",
            same=self.same("t", "o", self.target.key),
            differs=differs,
        )
        both, changed = self.cursor.fetchone()
        return int(both), int(changed)
