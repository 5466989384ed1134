"""Lists: searched, sorted, filtered, paged and exported, in two queries whatever their length.

A feature declares its columns once and calls ``listing_response``. What is exported is what is shown:
the same rows, order and columns, on all pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from backcast.core.text import fold
from backcast.web.export import table_response

Text = str | Promise
PER_PAGE = 50
_SHORT = 14
#: From so many columns on the table scrolls in a frame of its own, and the page is wider.
_WIDE = 8
#: The element that searching, sorting and paging replace.
TARGET = "list-results"


@dataclass(frozen=True)
class Column:
    """One column: ``value`` makes text, a number or a date of a row.

    ``sort`` names an ordering field; ``link`` gives the address of a row; ``numeric`` sets it right;
    ``phone=False`` leaves it out of the cards on phones; ``tone`` gives a row's value the look of a
    tag (``good``, ``warn``, ``bad``, ``quiet``), beside the word that says it.
    """

    key: str
    label: Text
    value: Callable[[Any], Any]
    sort: str | None = field(default=None, kw_only=True)
    link: Callable[[Any], str | None] | None = field(default=None, kw_only=True)
    numeric: bool = field(default=False, kw_only=True)
    phone: bool = field(default=True, kw_only=True)
    tone: Callable[[Any], str | None] | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Filter:
    """A choice above the list; ``apply`` narrows the rows to the chosen value."""

    key: str
    label: Text
    choices: Iterable[tuple[Any, Text]] | Callable[[], Iterable[tuple[Any, Text]]]
    apply: Callable[[QuerySet[Any], str], QuerySet[Any]]

    def options(self) -> list[tuple[str, str]]:
        given = self.choices() if callable(self.choices) else self.choices
        return [(str(value), str(label)) for value, label in given]


@dataclass(frozen=True)
class Listing:
    """A list of one kind of thing.

    ``search`` are fields that hold text, best folded by ``core.text.fold``; ``default_sort`` is a
    column's key, with ``-`` before it for descending. ``archived`` offers the archived rows where the
    model has ``archived_at``: hand over both current and archived ones.
    """

    title: Text
    columns: Sequence[Column]
    search: Sequence[str] = field(default=("name_folded",), kw_only=True)
    default_sort: str = field(kw_only=True)
    filename: str = field(kw_only=True)
    empty_title: Text = field(kw_only=True)
    empty_text: Text = field(kw_only=True)
    empty_action: tuple[Text, str] | None = field(default=None, kw_only=True)
    intro: Text = field(default="", kw_only=True)
    archived: bool = field(default=True, kw_only=True)


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    label: str
    url: str | None
    numeric: bool
    phone: bool
    tone: str | None
    #: Short text stays on one line.
    short: bool


@dataclass(frozen=True, slots=True)
class Heading:
    label: str
    numeric: bool
    phone: bool
    url: str | None
    #: "ascending", "descending", "none" where it could be sorted, "" where not.
    sorted: str


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What the address asks for."""

    query: str
    sort: str
    archived: bool
    filters: dict[str, str]

    def url(self, listing: Listing, **changes: str | None) -> str:
        parts = {
            "q": self.query,
            **self.filters,
            "sort": "" if self.sort == listing.default_sort else self.sort,
            "archived": "1" if self.archived else "",
            **changes,
        }
        return "?" + urlencode({key: value for key, value in parts.items() if value})


def listing_response(
    request: HttpRequest,
    listing: Listing,
    queryset: QuerySet[Any],
    *,
    actions: Sequence[tuple[Text, str]] = (),
    filters: Sequence[Filter] = (),
    template: str = "list.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The list as a page, as the part of it that changed, or as a file (``?export=xlsx|csv``).

    Reads ``q``, ``sort``, ``page``, ``archived``, ``export`` and the filters' keys; what makes no
    sense is ignored. ``actions`` are links on top, the first one the page's main action. ``template``
    extends ``list.html``.
    """
    archivable = listing.archived and _has_field(queryset.model, "archived_at")
    options = {each.key: each.options() for each in filters}
    chosen = _chosen(request, listing, archivable, options)
    rows = queryset
    if archivable:
        rows = rows.filter(archived_at__isnull=not chosen.archived)
    for each in filters:
        if value := chosen.filters.get(each.key):
            rows = each.apply(rows, value)
    rows = _ordered(_searched(rows, listing.search, chosen.query), listing, chosen.sort)

    export = request.GET.get("export")
    if export in ("xlsx", "csv"):
        return table_response(
            export,
            listing.filename,
            str(listing.title),
            [str(column.label) for column in listing.columns],
            ([column.value(row) for column in listing.columns] for row in rows),
        )

    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    narrowed = bool(chosen.query or chosen.filters)
    values: dict[str, Any] = {
        "listing": listing,
        "chosen": chosen,
        "page": page,
        "headings": [_heading(listing, column, chosen) for column in listing.columns],
        "rows": [[_cell(column, row) for column in listing.columns] for row in page],
        "sorts": _sorts(listing, chosen.sort),
        "filters": [
            (each, options[each.key], chosen.filters.get(each.key, "")) for each in filters
        ],
        "actions": [(str(label), url) for label, url in actions],
        "narrowed": narrowed,
        "clear_url": chosen.url(listing, q=None, **{each.key: None for each in filters}),
        "archive_url": chosen.url(listing, archived=None if chosen.archived else "1"),
        "archivable": archivable,
        "exports": [
            (label, chosen.url(listing, export=kind))
            for label, kind in (("XLSX", "xlsx"), ("CSV", "csv"))
        ],
        "previous_url": chosen.url(listing, page=str(page.number - 1))
        if page.has_previous()
        else "",
        "next_url": chosen.url(listing, page=str(page.number + 1)) if page.has_next() else "",
        "target": TARGET,
        "wide": len(listing.columns) >= _WIDE,
        **(context or {}),
    }
    partial = request.headers.get("HX-Request") == "true" and (
        request.headers.get("HX-Target") == TARGET
    )
    if partial:
        values["partial"] = True
        response = render(request, "listing/results.html", values)
        here = str(page.number) if page.number > 1 else None
        response["HX-Push-Url"] = request.path + chosen.url(listing, page=here).rstrip("?")
    else:
        response = render(request, template, values)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _chosen(
    request: HttpRequest,
    listing: Listing,
    archivable: bool,
    options: Mapping[str, list[tuple[str, str]]],
) -> _Chosen:
    sortable = {column.key for column in listing.columns if column.sort}
    sort = request.GET.get("sort", "")
    if sort.removeprefix("-") not in sortable:
        sort = listing.default_sort
    narrowed = {
        key: request.GET[key]
        for key, choices in options.items()
        if request.GET.get(key) in {value for value, _label in choices if value}
    }
    query = " ".join(request.GET.get("q", "").replace("\0", "").split())[:200]
    return _Chosen(query, sort, archivable and request.GET.get("archived") == "1", narrowed)


def _searched(rows: QuerySet[Any], fields: Sequence[str], query: str) -> QuerySet[Any]:
    """Rows in which each word of the query stands in one of the fields."""
    for word in query.split():
        found = Q()
        for name in fields:
            found |= Q(**{f"{name}__icontains": fold(word)})
            if fold(word) != word.casefold():
                found |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(found)
    return rows


def _ordered(rows: QuerySet[Any], listing: Listing, sort: str) -> QuerySet[Any]:
    field_name = next((c.sort for c in listing.columns if c.key == sort.removeprefix("-")), None)
    if field_name is None:
        raise ValueError(f"{listing.filename}: default_sort names no sortable column.")
    descending = sort.startswith("-") != field_name.startswith("-")
    return rows.order_by(f"{'-' if descending else ''}{field_name.removeprefix('-')}", "pk")


def _heading(listing: Listing, column: Column, chosen: _Chosen) -> Heading:
    if not column.sort:
        return Heading(str(column.label), column.numeric, column.phone, None, "")
    up, down = column.key, f"-{column.key}"
    state = {up: "ascending", down: "descending"}.get(chosen.sort, "none")
    url = chosen.url(listing, sort=down if state == "ascending" else up)
    return Heading(str(column.label), column.numeric, column.phone, url, state)


def _sorts(listing: Listing, current: str) -> list[tuple[str, str, bool]]:
    """Choices of order for phones, where the table's head is not shown."""
    choices = []
    for column in listing.columns:
        if column.sort:
            for key, pattern in (
                (column.key, _("%(column)s, rising")),
                (f"-{column.key}", _("%(column)s, falling")),
            ):
                choices.append((key, pattern % {"column": column.label}, key == current))
    return choices


def _cell(column: Column, row: Any) -> Cell:
    text = display(column.value(row))
    return Cell(
        text=text,
        label=str(column.label),
        url=column.link(row) if column.link else None,
        numeric=column.numeric,
        phone=column.phone,
        tone=column.tone(row) if column.tone else None,
        short=len(text) <= _SHORT,
    )


def display(value: Any) -> str:
    """A value as people read it: grouped digits, dates in the language's way, a dash for nothing."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return str(formats.date_format(local, "SHORT_DATETIME_FORMAT"))
    if isinstance(value, date):
        return str(formats.date_format(value, "DATE_FORMAT"))
    if isinstance(value, int | float | Decimal):
        return str(formats.number_format(value, use_l10n=True, force_grouping=True))
    return str(value)


def _has_field(model: type[Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
