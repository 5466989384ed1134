"""Add and change some thousands of rows at once, by COPY and by one UPDATE."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models
from django.utils import timezone
from psycopg import sql

from backcast.core.models import Record


def copy_in(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """COPY ``rows`` into the table of ``model``; a ``Record`` gets its public id and times."""
    table = sql.Identifier(model._meta.db_table)
    extra: list[str] = []
    now = timezone.now()
    if issubclass(model, Record):
        extra = ["public_id", "created_at", "updated_at"]
    names = sql.SQL(", ").join(map(sql.Identifier, (*columns, *extra)))
    with (
        connection.cursor() as cursor,
        cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(table, names)) as copy,
    ):
        for row in rows:
            copy.write_row((*row, uuid.uuid4(), now, now) if extra else row)


def update(model: type[models.Model], column: str, kind: str, values: Mapping[int, Any]) -> None:
    """Set ``column`` (of the SQL type ``kind``) of the rows with these keys, in one statement."""
    if not values:
        return
    query = sql.SQL(
        "UPDATE {table} t SET {column} = v.value"
        " FROM unnest(%s::bigint[], %s::{kind}[]) AS v(id, value) WHERE t.id = v.id"
    ).format(
        table=sql.Identifier(model._meta.db_table),
        column=sql.Identifier(column),
        kind=sql.SQL(kind),
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [list(values), list(values.values())])
