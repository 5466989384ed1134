"""The table in which staff write a version: each cell saves itself; a line is added by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from backcast.core.text import fold
from backcast.demand.figures import Named
from backcast.demand.models import ProfileLine, ProfileVersion
from backcast.demand.profiles import access, actions, sources
from backcast.demand.profiles.actions import Added
from backcast.demand.profiles.lifecycle import STEPS, state_of, steps_for
from backcast.demand.profiles.values import NewLine, Subject
from backcast.frameworks.access import competencies, competency, credentials
from backcast.frameworks.text import folded
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import words_of
from backcast.web.profiles import words
from backcast.web.profiles.forms import LineForm
from backcast.web.profiles.views import to_version, written

_KINDS = {
    "competency": Subject.COMPETENCY,
    "credential": Subject.CREDENTIAL,
    "words": Subject.WORDS,
}
#: What a new line may be, and where its name is looked up while someone types.
_CHOICES = (
    ("competency", gettext_lazy("Skill or knowledge"), "frameworks:find_competency"),
    ("credential", gettext_lazy("Certificate, license or degree"), "frameworks:find_credential"),
    ("words", gettext_lazy("Something in own words"), ""),
)


@require_safe
def edit(request: ActingRequest, profile: UUID, number: int) -> HttpResponse:
    found = written(request, profile, number)
    state = state_of(found.status, found.is_archived)
    if not STEPS["change_lines"].allowed(state):
        messages.error(request, _("This version can no longer be changed. Begin the next one."))
        return redirect(to_version(found))
    lines = list(access.lines(found))
    for line in lines:
        line.version = found
    anchors = words.anchors_of(lines)
    gone = {each.line.pk: each for each in access.withdrawn(lines)}
    standing = found.lines.filter(credential__isnull=False).select_related("credential")
    rows = words.rows_of(lines, anchors)
    for row in rows:
        row.withdrawn = gone.get(row.line.pk)
    forms = {
        row.key: LineForm(line=row.line, anchors=anchors, credentials=standing) for row in rows
    }
    return render(
        request,
        "profiles/edit.html",
        {
            "version": found,
            "role": found.profile.role,
            "groups": [
                (title, [(row, forms[row.key]) for row in each])
                for title, each in words.groups(rows)
            ],
            "kinds": [
                (value, label, reverse(name) if name else "") for value, label, name in _CHOICES
            ],
            "seeds": sources.seeds(found.profile.role),
            "count": len(lines),
            "steps": steps_for(request.actor, state),
            "focus": request.GET.get("line", ""),
            "kind": request.GET.get("kind") if request.GET.get("kind") in _KINDS else "competency",
        },
    )


def _back(version: ProfileVersion, kind: str = "") -> HttpResponse:
    query = f"?kind={kind}#add" if kind else ""
    return redirect(f"{to_version(version, 'edit')}{query}")


@require_POST
def add(request: ActingRequest, profile: UUID, number: int) -> HttpResponse:
    """Add one line, by the name of a skill or credential of the lists, or in own words."""
    found = written(request, profile, number)
    kind = request.POST.get("kind", "")
    name = " ".join(request.POST.get("name", "").replace("\0", "").split())[:300]
    try:
        line = _named(request, _KINDS.get(kind, Subject.COMPETENCY), name)
        added = actions.add_lines(found, [line], actor=request.actor)
    except ValidationError as refused:
        messages.error(request, words_of(refused))
    else:
        _tell(request, added)
    return _back(found, kind if kind in _KINDS else "competency")


def _named(request: ActingRequest, subject: Subject, name: str) -> NewLine:
    if not name:
        raise ValidationError(_("Write what people must know or hold, then press Add."))
    if subject is Subject.WORDS:
        return NewLine(subject, Named(0, name))
    item: Any
    if subject is Subject.COMPETENCY:
        rows = competencies(request.actor).filter(withdrawn_in=None, archived_at=None)
        item = rows.filter(folded=folded(name)).order_by("region", "pk").first()
    else:
        held = credentials(request.actor).filter(archived_at=None)
        words_ = fold(name)
        item = next(
            (
                each
                for each in held
                if words_ in (fold(str(each)), fold(each.name), fold(each.abbreviation or "-"))
            ),
            None,
        )
    if item is None:
        raise ValidationError(
            _(
                "“%(name)s” is not on the list. Choose from what appears as you type, or add it in own words."
            )
            % {"name": name}
        )
    return NewLine(subject, Named(item.pk, name))


def _tell(request: ActingRequest, added: Added) -> None:
    count, known = len(added.lines), len(added.known)
    if count:
        messages.success(
            request,
            ngettext("%(n)s line added.", "%(n)s lines added.", count) % {"n": count},
        )
    if known:
        messages.info(
            request,
            ngettext(
                "%(n)s has a line already and was left as it is.",
                "%(n)s have a line already and were left as they are.",
                known,
            )
            % {"n": known},
        )
    if not count and not known:
        messages.info(request, _("Nothing was found to add."))


def _seed(action: Callable[..., Added]) -> Callable[..., HttpResponse]:
    @require_POST
    def view(request: ActingRequest, profile: UUID, number: int) -> HttpResponse:
        found = written(request, profile, number)
        try:
            added = action(found, actor=request.actor)
        except ValidationError as refused:
            messages.error(request, words_of(refused))
        else:
            _tell(request, added)
        return _back(found)

    return view


from_needs = _seed(actions.seed_from_needs)
from_onet = _seed(actions.seed_from_onet)
from_esco = _seed(actions.seed_from_esco)


@require_POST
def change(request: ActingRequest, profile: UUID, number: int, line: UUID) -> HttpResponse:
    """Save the cells of one line; asked by script, answer with what stands beside it."""
    found = written(request, profile, number)
    row = access.line(request.actor, found, line)
    standing = found.lines.filter(credential__isnull=False).select_related("credential")
    form = LineForm(request.POST, line=row, anchors=words.anchors_of([row]), credentials=standing)
    wrong = ""
    if form.is_valid():
        try:
            actions.change_line(row, actor=request.actor, **form.cleaned_data)
        except ValidationError as refused:
            wrong = words_of(refused)
    else:
        wrong = " ".join(str(text) for errors in form.errors.values() for text in errors)
    if request.headers.get("HX-Request") == "true":
        return render(request, "profiles/saved.html", {"wrong": wrong})
    if wrong:
        messages.error(request, f"{row.name}: {wrong}")
    return redirect(f"{to_version(found, 'edit')}#line-{row.line_key}")


@require_POST
def remove(request: ActingRequest, profile: UUID, number: int, line: UUID) -> HttpResponse:
    found = written(request, profile, number)
    row = access.line(request.actor, found, line)
    try:
        actions.remove_line(row, actor=request.actor)
    except ValidationError as refused:
        messages.error(request, words_of(refused))
    else:
        messages.success(request, _("Removed: %(line)s") % {"line": row.name})
    return _back(found)


@require_POST
def replace(request: ActingRequest, profile: UUID, number: int, line: UUID) -> HttpResponse:
    """Put the successor of a withdrawn skill in its place."""
    found = written(request, profile, number)
    row: ProfileLine = access.line(request.actor, found, line)
    try:
        wanted = UUID(request.POST.get("competency", ""))
    except ValueError:
        messages.error(request, _("Choose a skill that is in use."))
        return _back(found)
    try:
        actions.replace_competency(row, competency(request.actor, wanted), actor=request.actor)
    except ValidationError as refused:
        messages.error(request, words_of(refused))
    else:
        messages.success(
            request,
            _("%(line)s takes its place. Employers are asked about it anew.") % {"line": row.name},
        )
    return redirect(f"{reverse('profiles:edit', args=[profile, number])}#line-{row.line_key}")
