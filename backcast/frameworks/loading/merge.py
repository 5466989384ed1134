"""Bring one versioned table to a new release: COPY into a staging table, then set operations.

A row that the release still has is left alone; one it no longer has, or has differently, is closed
(``withdrawn_in``); what is new is inserted with the release as its first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg import sql

from backcast.frameworks.models import Release, Versioned


@dataclass(frozen=True, slots=True)
class Target:
    """A versioned table: the columns that identify a row, and the others.

    ``meaning`` are those of the others whose change is worth telling (the rest are dates and
    counts behind a statement). ``scope`` limits the table to part of it: a column and its value.
    """

    model: type[Versioned]
    key: tuple[str, ...]
    values: tuple[str, ...] = ()
    meaning: tuple[str, ...] = ()
    scope: tuple[str, Any] | None = None

    @property
    def table(self) -> str:
        return str(self.model._meta.db_table)

    @property
    def columns(self) -> tuple[str, ...]:
        return self.key + self.values


@dataclass(frozen=True, slots=True)
class Merged:
    """Counts against the release before; ``duplicates`` stood in the file more than once."""

    added: int
    changed: int
    withdrawn: int
    duplicates: int


def merge(target: Target, rows: Iterable[Sequence[Any]], release: Release) -> Merged:
    """Make ``rows`` (in the order of ``target.columns``) the current rows of the table."""
    with connection.cursor() as cursor:
        names = sql.SQL(", ").join(map(sql.Identifier, target.columns))
        table = sql.Identifier(target.table)
        cursor.execute("DROP TABLE IF EXISTS frameworks_stage")
        cursor.execute(
            sql.SQL(
                "CREATE TEMPORARY TABLE frameworks_stage ON COMMIT DROP AS"
                " SELECT {names} FROM {table} WITH NO DATA"
            ).format(names=names, table=table)
        )
        staged = 0
        with cursor.copy("COPY frameworks_stage FROM STDIN") as copy:
            write = copy.write_row
            for row in rows:
                staged += 1
                write(row)
        run = _Run(cursor, target, release.pk)
        run.undo()
        return run.apply(staged)


class _Run:
    """The statements of one merge. ``t`` is the table, ``s`` the staged rows."""

    def __init__(self, cursor: Any, target: Target, release_id: int) -> None:
        self.cursor, self.target, self.release_id = cursor, target, release_id
        self.scope = sql.SQL("true")
        if target.scope is not None:
            column, value = target.scope
            self.scope = sql.SQL("t.{} = {}").format(sql.Identifier(column), sql.Literal(value))

    def execute(self, text: str, **parts: sql.Composable) -> int:
        """Run ``text``; returns the number of rows that it touched."""
        query = sql.SQL(text).format(  # type: ignore[arg-type]
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

    def apply(self, staged: int) -> Merged:
        key, columns = self.target.key, self.target.columns
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        picked = sql.SQL(", ").join(sql.Identifier("s", column) for column in columns)
        present = self.number(
            "SELECT EXISTS (SELECT 1 FROM {table} t WHERE t.withdrawn_in_id IS NULL AND {scope})::int"
        )
        closed = 0
        missing = sql.SQL("true")
        if present:
            self.cursor.execute("ANALYZE frameworks_stage")
            closed = self.execute(
                "UPDATE {table} t SET withdrawn_in_id = {release} WHERE t.withdrawn_in_id IS NULL"
                " AND {scope} AND NOT EXISTS (SELECT 1 FROM frameworks_stage s WHERE {same})",
                same=self.same("t", "s", columns),
            )
            missing = sql.SQL(
                "NOT EXISTS (SELECT 1 FROM {table} t"
                " WHERE t.withdrawn_in_id IS NULL AND {scope} AND {same})"
            ).format(
                table=sql.Identifier(self.target.table),
                scope=self.scope,
                same=self.same("t", "s", key),
            )
        inserted = self.execute(
            "INSERT INTO {table} ({names}, first_release_id)"
            " SELECT {picked}, {release} FROM frameworks_stage s WHERE {missing}"
            " ON CONFLICT DO NOTHING",
            names=names,
            picked=picked,
            missing=missing,
        )
        current = inserted
        if present:
            current = self.number(
                "SELECT count(*) FROM {table} t WHERE t.withdrawn_in_id IS NULL AND {scope}"
            )
        both, changed = self._compared() if closed and inserted else (0, 0)
        return Merged(
            added=inserted - both,
            changed=changed,
            withdrawn=closed - both,
            duplicates=staged - current,
        )

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
