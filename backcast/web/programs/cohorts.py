"""Past cohorts: the list, recording one, correcting it, and a workbook of several."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.core.actor import Role
from backcast.delivery import access, actions
from backcast.delivery import workbook as books
from backcast.delivery.actions import Counted
from backcast.delivery.models import CohortRecord
from backcast.training import access as training
from backcast.training.models import Program, Stage
from backcast.web.export import file_response
from backcast.web.listing import Column, Listing, listing_response
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import tried, words_of
from backcast.web.programs.forms import CohortForm, FileForm
from backcast.web.uploads import rows_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHOWN = 100
_TITLES = {stage.value: stage.label for stage in Stage}


def _edit_address(cohort: CohortRecord) -> str:
    return reverse("programs:cohort_edit", kwargs={"cohort": cohort.public_id})


def _stages(program: Program) -> list[str]:
    return [row.stage for row in program.stages.all()]


def _titles() -> dict[str, str]:
    return {key: str(label) for key, label in _TITLES.items()}


def _cell(stage: str, name: str) -> Any:
    def value(cohort: CohortRecord) -> int | None:
        row = next((row for row in cohort.stages.all() if row.stage == stage), None)
        return None if row is None else int(getattr(row, name))

    return value


def _listing(program: Program, may_change: bool) -> Listing:
    columns = [
        Column(
            "starts",
            gettext_lazy("First day"),
            lambda c: c.starts_on,
            sort="starts_on",
            link=_edit_address if may_change else None,
        ),
        Column("label", gettext_lazy("Name"), lambda c: c.label, sort="label"),
        Column(
            "enrolled", gettext_lazy("Started"), lambda c: c.enrolled, sort="enrolled", numeric=True
        ),
    ]
    for stage in _stages(program):
        title = _titles()[stage].capitalize()
        columns += [
            Column(f"{stage}_passed", title, _cell(stage, "passed"), numeric=True),
            Column(
                f"{stage}_open",
                _("%(stage)s: still in it") % {"stage": title},
                _cell(stage, "still_open"),
                numeric=True,
                phone=False,
            ),
        ]
    columns.append(
        Column("as_of", gettext_lazy("Counted on"), lambda c: c.as_of, sort="as_of", phone=False)
    )
    add = reverse("programs:cohort_add", kwargs={"program": program.public_id})
    return Listing(
        _("Past cohorts of %(program)s") % {"program": program.name},
        columns,
        search=("label",),
        default_sort="-starts",
        filename="cohorts",
        empty_title=gettext_lazy("No past cohorts yet"),
        empty_text=gettext_lazy(
            "Record what earlier groups did. The plan then rests on your own record instead of "
            "assumptions."
        ),
        empty_action=(gettext_lazy("Record a cohort"), add) if may_change else None,
    )


@require_safe
def cohorts(request: ActingRequest, program: UUID) -> HttpResponse:
    actor = request.actor
    found = training.program(actor, program)
    may_change = actor.may(Role.MEMBER) and not found.is_archived
    key = {"program": found.public_id}
    links = [(_("Back to the program"), reverse("programs:program", kwargs=key))]
    if may_change:
        links = [
            (_("Record a cohort"), reverse("programs:cohort_add", kwargs=key)),
            (_("Load a workbook"), reverse("programs:cohort_workbook", kwargs=key)),
            *links,
        ]
    return listing_response(
        request,
        _listing(found, may_change),
        access.cohorts(actor, found),
        actions=links,
    )


def _counted(form: CohortForm) -> Counted:
    data = form.cleaned_data
    return Counted(
        data["starts_on"], data["enrolled"], data["as_of"], form.results(), data["label"]
    )


def _form_page(
    request: ActingRequest,
    form: CohortForm,
    program: Program,
    title: str,
    cohort: CohortRecord | None = None,
) -> HttpResponse:
    return render(
        request,
        "programs/cohort_form.html",
        {"form": form, "program": program, "title": title, "cohort": cohort},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ActingRequest, program: UUID) -> HttpResponse:
    actor = request.actor
    found = training.program(actor, program, role=Role.MEMBER)
    form = CohortForm(_stages(found), request.POST if request.method == "POST" else None)
    if request.method == "POST" and tried(
        form, lambda _data: actions.record_cohort(found, _counted(form), actor=actor)
    ):
        messages.success(request, _("The cohort was recorded. The yields rest on it now."))
        return redirect("programs:program", program=found.public_id)
    return _form_page(request, form, found, _("Record a past cohort"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActingRequest, cohort: UUID) -> HttpResponse:
    actor = request.actor
    found = access.cohort(actor, cohort, role=Role.MEMBER)
    data = request.POST if request.method == "POST" else None
    form = CohortForm(_stages(found.program), data, cohort=found)
    if request.method == "POST" and tried(
        form, lambda _data: actions.correct_cohort(found, _counted(form), actor=actor)
    ):
        messages.success(request, _("Saved."))
        return redirect("programs:cohorts", program=found.program.public_id)
    return _form_page(request, form, found.program, _("Correct a past cohort"), found)


@require_POST
def archive(request: ActingRequest, cohort: UUID) -> HttpResponse:
    found = access.cohort(request.actor, cohort, role=Role.MEMBER)
    actions.archive_cohort(found, actor=request.actor)
    messages.success(request, _("The cohort was archived. The yields no longer count it."))
    return redirect("programs:cohorts", program=found.program.public_id)


@require_POST
def bring_back(request: ActingRequest, cohort: UUID) -> HttpResponse:
    found = access.cohort(request.actor, cohort, role=Role.MEMBER)
    try:
        actions.bring_back_cohort(found, actor=request.actor)
    except ValidationError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("The cohort is back."))
    return redirect("programs:cohorts", program=found.program.public_id)


@require_safe
def template(request: ActingRequest, program: UUID) -> HttpResponse:
    """The workbook to fill in, with the program's own stages."""
    found = training.program(request.actor, program, role=Role.MEMBER)
    content = books.template(found.name, _stages(found), _titles())
    return file_response(content, "past-cohorts.xlsx", _XLSX)


@require_http_methods(["GET", "HEAD", "POST"])
def workbook(request: ActingRequest, program: UUID) -> HttpResponse:
    """Load several cohorts at once, all or none."""
    actor = request.actor
    found = training.program(actor, program, role=Role.MEMBER)
    posted = request.method == "POST"
    form = FileForm(request.POST if posted else None, request.FILES if posted else None)
    problems: list[books.Problem] = []
    if posted and form.is_valid():
        rows, problems = _read(form, found)
        if rows and not problems and form.is_valid():
            counted = [
                Counted(row.starts_on, row.enrolled, row.as_of, row.results, row.label)
                for row in rows
            ]
            source = (form.cleaned_data["file"].name or "")[:60]
            try:
                made = actions.record_cohorts(found, counted, actor=actor, source=source)
            except ValidationError as error:
                form.add_error("file", words_of(error))
            else:
                text = ngettext(
                    "%(n)s cohort was recorded.", "%(n)s cohorts were recorded.", len(made)
                )
                messages.success(request, text % {"n": len(made)})
                return redirect("programs:cohorts", program=found.public_id)
    return render(
        request,
        "programs/cohort_workbook.html",
        {
            "form": form,
            "program": found,
            "problems": problems[:_SHOWN],
            "more": max(0, len(problems) - _SHOWN),
        },
    )


def _read(form: FileForm, program: Program) -> tuple[list[books.CohortRow], list[books.Problem]]:
    """What the uploaded file says; a file that cannot be read is an error of the form."""
    stages, titles, today = _stages(program), _titles(), timezone.localdate()
    return rows_of(
        form,
        lambda path: books.read(
            path, stages, titles, today=today, limit_mb=settings.UPLOAD_LIMIT_MB
        ),
    )
