"""What is loaded, what each load changed, and how to load more."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from backcast.frameworks import access
from backcast.frameworks.models import Framework, Release, ReleaseChange
from backcast.web.frameworks.words import CHANGES, tabs
from backcast.web.listing import Column, Listing, listing_response
from backcast.web.middleware import ActingRequest

_SHOWN = 200


def address(release: Release) -> str:
    return reverse("frameworks:release", kwargs={"release": release.public_id})


#: What can be loaded, with the command that does it.
COMMANDS = [
    (gettext_lazy("O*NET, the folder of an unpacked release"), "backcast load onet FOLDER"),
    (gettext_lazy("ESCO, the folder of an unpacked release in CSV"), "backcast load esco FOLDER"),
    (gettext_lazy("O*NET–ESCO crosswalk, CSV"), "backcast load esco-onet FILE"),
    (gettext_lazy("CIP–SOC crosswalk, CSV or XLSX"), "backcast load cip-soc FILE"),
    (gettext_lazy("SOC 2010 to 2018 crosswalk"), "backcast load soc-changes FILE"),
    (gettext_lazy("Wages by area (OEWS), CSV or XLSX"), "backcast load oews FILE --year 2025"),
    (gettext_lazy("Employment projections (BLS workbook)"), "backcast load projections FILE"),
    (gettext_lazy("Industries (NAICS), JSON"), "backcast load naics FILE"),
]

LISTING = Listing(
    gettext_lazy("Loaded data"),
    [
        Column(
            "source",
            gettext_lazy("Source"),
            lambda r: r.get_source_display(),
            sort="source",
            link=address,
        ),
        Column("version", gettext_lazy("Version"), lambda r: r.version, sort="order"),
        Column("loaded", gettext_lazy("Loaded"), lambda r: r.loaded_at, sort="loaded_at"),
        Column(
            "read",
            gettext_lazy("Rows read"),
            lambda r: r.rows_read,
            sort="rows_read",
            numeric=True,
        ),
        Column(
            "used",
            gettext_lazy("Rows used"),
            lambda r: r.rows_used,
            sort="rows_used",
            numeric=True,
        ),
        Column("licence", gettext_lazy("License"), lambda r: r.licence, phone=False),
    ],
    search=("source", "version"),
    default_sort="source",
    filename="loaded-data",
    intro=gettext_lazy("Public data that occupations, pay and outlook rest on."),
    empty_title=gettext_lazy("Nothing is loaded yet"),
    empty_text=gettext_lazy("Below are the commands that load each kind of file."),
    archived=False,
)


@require_safe
def releases(request: ActingRequest) -> HttpResponse:
    rows = access.releases(request.actor)
    return listing_response(
        request,
        LISTING,
        rows,
        template="frameworks/releases.html",
        context={"tabs": tabs(request.actor, "releases"), "commands": COMMANDS},
    )


@require_safe
def page(request: ActingRequest, release: UUID) -> HttpResponse:
    """One release: rows in and used by table, refusals by reason, and what became of occupations."""
    found = access.release(request.actor, release)
    is_first = not Release.objects.filter(source=found.source, order__lt=found.order).exists()
    changes = found.changes.select_related("occupation__successor")
    if is_first:
        changes = changes.exclude(kind="added")
    counts = {
        row["kind"]: row["n"] for row in changes.values("kind").annotate(n=Count("pk")).order_by()
    }
    files = list(found.files.prefetch_related("refusals"))
    return render(
        request,
        "frameworks/release.html",
        {
            "release": found,
            "files": files,
            "is_first": is_first,
            "occupations_changed": found.source in Framework.values and not is_first,
            "counts": [(CHANGES[kind], counts[kind]) for kind in CHANGES if kind in counts],
            "changes": [
                (CHANGES[ReleaseChange.Kind(each.kind)], each) for each in changes[:_SHOWN]
            ],
            "more": max(0, sum(counts.values()) - _SHOWN),
            "tabs": tabs(request.actor, "releases"),
        },
    )
