"""Lists of programs and outcomes: upload, confirm the columns, see what would be refused, load."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.core.actor import Role
from backcast.training import access, cleaning, outcomes, uploads
from backcast.training.models import ListLoad, ListRefusal
from backcast.web.listing import Column, Filter, Listing, listing_response
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import tried, words_of
from backcast.web.programs.forms import ColumnsForm, UploadForm
from backcast.web.uploads import is_too_large, refused_form

#: Bytes that a form adds around its file.
_EXAMPLES = 2
_TONES = {"uploaded": "warn", "preview": "warn", "committed": "good"}


def _address(load: ListLoad) -> str:
    return reverse("programs:load", kwargs={"load": load.public_id})


LOADS = Listing(
    gettext_lazy("Lists"),
    [
        Column("file", gettext_lazy("File"), lambda x: x.file_name, sort="file_name", link=_address),
        Column("source", gettext_lazy("Name of the list"), lambda x: x.source, sort="source"),
        Column("kind", gettext_lazy("Holds"), lambda x: x.get_kind_display(), sort="kind"),
        Column(
            "state",
            gettext_lazy("State"),
            lambda x: x.get_state_display(),
            sort="state",
            tone=lambda x: _TONES[x.state],
        ),
        Column("rows", gettext_lazy("Rows"), lambda x: x.rows_in, sort="rows_in", numeric=True),
        Column("used", gettext_lazy("Used"), lambda x: x.rows_used, sort="rows_used", numeric=True),
        Column(
            "refused",
            gettext_lazy("Refused"),
            lambda x: x.rows_refused,
            sort="rows_refused",
            numeric=True,
        ),
        Column(
            "by", gettext_lazy("Loaded by"), lambda x: x.released_by, sort="released_by__name"
        ),
        Column("when", gettext_lazy("Loaded"), lambda x: x.released_at, sort="released_at"),
        Column(
            "created", gettext_lazy("Uploaded"), lambda x: x.created_at, sort="created_at",
            phone=False,
        ),
    ],
    search=("file_name", "source"),
    default_sort="-created",
    filename="lists",
    intro=gettext_lazy(
        "State lists of eligible training programs, and the outcomes that states publish."
    ),
    empty_title=gettext_lazy("No list yet"),
    empty_text=gettext_lazy("Upload your state's list of eligible training programs."),
    archived=False,
)  # fmt: skip


@require_safe
def loads(request: ActingRequest) -> HttpResponse:
    actor = request.actor
    rows = access.list_loads(actor).select_related("released_by")
    links = [(_("Upload a list"), reverse("programs:upload"))] if actor.may(Role.MEMBER) else []
    return listing_response(request, LOADS, rows, actions=links)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """A file over the limit is refused by its announced length, before anything of it is read."""
    actor = request.actor  # type: ignore[attr-defined]
    access.list_loads(actor, role=Role.MEMBER)
    if is_too_large(request):
        form = refused_form(UploadForm)
        return render(request, "programs/upload.html", {"form": form}, status=413)
    return _upload(cast(ActingRequest, request))


@csrf_protect
def _upload(request: ActingRequest) -> HttpResponse:
    posted = request.method == "POST"
    form = UploadForm(request.POST if posted else None, request.FILES if posted else None)
    kept: list[ListLoad] = []

    def act(data: dict[str, Any]) -> None:
        file = data["file"]
        kept.append(
            uploads.keep_upload(
                actor=request.actor,
                kind=data["kind"],
                file_name=file.name or "",
                content=file.chunks(),
                source=data["source"],
                period=data["period"],
                recipe=data["recipe"],
                providers=data["providers"].chunks() if data["providers"] else None,
            )
        )

    if posted and tried(form, act):
        return redirect("programs:columns", load=kept[0].public_id)
    return render(request, "programs/upload.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: ActingRequest, load: UUID) -> HttpResponse:
    """Which column holds what: suggested, to be looked through and confirmed."""
    actor = request.actor
    found = access.list_load(actor, load, role=Role.MEMBER)
    if found.state == ListLoad.State.COMMITTED:
        return redirect(_address(found))
    posted = request.method == "POST"
    try:
        table = uploads.table_of(found)
        chosen = uploads.suggested(found, access.column_mappings(actor, found.kind))
    except ValidationError as error:
        messages.error(request, words_of(error))
        return redirect(_address(found))
    form = ColumnsForm(found.kind, table.columns, request.POST if posted else None, chosen=chosen)
    if posted and tried(
        form,
        lambda data: uploads.confirm_columns(
            found, form.chosen(), actor=actor, save_as=data["save_as"]
        ),
    ):
        return redirect(_address(found))
    examples = [row for _n, row in zip(range(_EXAMPLES), table.rows, strict=False)]
    samples = [
        (
            name,
            [row.cells.get(name, "")[:80] for row in examples],
        )
        for name in table.columns
    ]
    return render(
        request,
        "programs/columns.html",
        {"load": found, "form": form, "samples": samples, "examples": range(1, len(examples) + 1)},
    )


@require_safe
def page(request: ActingRequest, load: UUID) -> HttpResponse:
    """What would be used and refused, and why; once loaded, what was."""
    actor = request.actor
    found = access.list_load(actor, load)
    if found.state == ListLoad.State.UPLOADED and actor.may(Role.MEMBER) and found.stored_name:
        return redirect("programs:columns", load=found.public_id)
    titles = outcomes.REASONS if found.kind == "outcomes" else cleaning.REASONS
    counted = dict(
        ListRefusal.objects.filter(load=found).values_list("reason").annotate(n=Count("pk"))
    )
    reasons = [
        {"key": key, "title": title, "count": counted[key]}
        for key, title in titles.items()
        if key in counted
    ]
    return render(
        request,
        "programs/load.html",
        {
            "load": found,
            "reasons": reasons,
            "examples": ListRefusal.objects.filter(load=found)
            .order_by("reason", "row")
            .distinct("reason"),
            "there": uploads.already_there(found),
            "may_load": actor.may(Role.MEMBER) and found.state == ListLoad.State.PREVIEW,
            "may_drop": actor.may(Role.MEMBER) and found.state != ListLoad.State.COMMITTED,
        },
    )


@require_safe
def refused(request: ActingRequest, load: UUID) -> HttpResponse:
    """Every refused row, why, and how to mend it."""
    found = access.list_load(request.actor, load)
    titles = outcomes.REASONS if found.kind == "outcomes" else cleaning.REASONS
    listing = Listing(
        _("Refused rows of %(file)s") % {"file": found.file_name},
        [
            Column("row", gettext_lazy("Row"), lambda r: r.row, sort="row", numeric=True),
            Column(
                "reason",
                gettext_lazy("Reason"),
                lambda r: titles.get(r.reason, r.reason),
                sort="reason",
            ),
            Column("field", gettext_lazy("Field"), lambda r: r.field, sort="field"),
            Column("message", gettext_lazy("What is wrong"), lambda r: r.message),
            Column("remedy", gettext_lazy("How to mend it"), lambda r: r.remedy),
        ],
        search=("message",),
        default_sort="row",
        filename="refused-rows",
        empty_title=gettext_lazy("Nothing was refused"),
        empty_text=gettext_lazy("Every row can be used."),
        archived=False,
    )
    filters = [
        Filter(
            "reason",
            gettext_lazy("Reason"),
            list(titles.items()),
            lambda rows, value: rows.filter(reason=value),
        )
    ]
    return listing_response(
        request,
        listing,
        ListRefusal.objects.filter(load=found),
        filters=filters,
        actions=[(_("Back to the list"), _address(found))],
    )


@require_POST
def use(request: ActingRequest, load: UUID) -> HttpResponse:
    found = access.list_load(request.actor, load, role=Role.MEMBER)
    try:
        report = uploads.commit(found, actor=request.actor)
    except ValidationError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(
            request,
            _("Loaded: %(created)s new, %(changed)s changed, %(same)s as before.")
            % {
                "created": report.created,
                "changed": report.changed,
                "same": report.unchanged,
            },
        )
    return redirect(_address(found))


@require_POST
def drop(request: ActingRequest, load: UUID) -> HttpResponse:
    found = access.list_load(request.actor, load, role=Role.MEMBER)
    try:
        uploads.drop(found, actor=request.actor)
    except ValidationError as error:
        messages.error(request, words_of(error))
        return redirect(_address(found))
    messages.success(request, _("Given up. Nothing of the list was used."))
    return redirect("programs:lists")
