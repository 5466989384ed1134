"""The list of needs, the page of one need, and the steps that one button takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from backcast.core.actor import Actor, Role
from backcast.core.quarters import Quarter
from backcast.demand import access, actions
from backcast.demand.formats import FORMATS, NEED_KINDS, Kind
from backcast.demand.handing import need_bytes
from backcast.demand.lifecycle import State, state_of, steps_from
from backcast.demand.models import Answer, Need, NeedQuarter, NeedQuerySet
from backcast.partners.access import areas
from backcast.planning.access import NeedState, latest_plan, need_state
from backcast.web.dates import quarter_words
from backcast.web.export import file_response
from backcast.web.listing import Column, Filter, Listing, listing_response
from backcast.web.needs.words import pay, pay_range, span
from backcast.web.profiles.stage import profile_stage

_TONES = {"draft": "warn", "stated": "good", "withdrawn": "quiet"}


def acting_request(request: HttpRequest) -> Actor:
    assert isinstance(request, HttpRequest)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def listed(actor: Actor) -> NeedQuerySet:
    """The actor's needs with what the list shows: people from now on, and from which quarter."""
    ahead = NeedQuarter.objects.filter(
        need=OuterRef("pk"),
        quarter_start__gte=Quarter.of(timezone.localdate()).first_day,
        high__gt=0,
    ).values("need")
    return (
        access.needs(actor)
        .select_related("employer", "site", "area", "occupation")
        .annotate(
            people=Coalesce(Subquery(ahead.annotate(n=Sum("likely")).values("n")), 0),
            least=Coalesce(Subquery(ahead.annotate(n=Sum("low")).values("n")), 0),
            most=Coalesce(Subquery(ahead.annotate(n=Sum("high")).values("n")), 0),
            first=Subquery(ahead.annotate(n=Min("quarter_start")).values("n")),
        )
    )


def _columns(actor: Actor) -> list[Column]:
    columns = [
        Column("role", gettext_lazy("Role"), lambda n: n.role_title, sort="folded", link=_url),
        Column(
            "employer",
            gettext_lazy("Employer"),
            lambda n: n.employer.name,
            sort="employer__name_folded",
        ),
        Column("site", gettext_lazy("Site"), lambda n: n.site.name, sort="site__name"),
        Column(
            "area",
            gettext_lazy("Labor area"),
            lambda n: n.area.name if n.area else "",
            sort="area__name",
            phone=False,
        ),
        Column(
            "occupation",
            gettext_lazy("Occupation"),
            lambda n: n.occupation.title if n.occupation else "",
            sort="occupation__title",
            phone=False,
        ),
        Column(
            "people",
            gettext_lazy("People, likely"),
            lambda n: n.people,
            sort="people",
            numeric=True,
        ),
        Column(
            "range",
            gettext_lazy("Range"),
            lambda n: span(n.least, n.most) if n.most else "",
            numeric=True,
            phone=False,
        ),
        Column(
            "first",
            gettext_lazy("From"),
            lambda n: quarter_words(n.first) if n.first else "",
            sort="first",
        ),
        Column("pay", gettext_lazy("Pay an hour"), pay_range, sort="wage_low", phone=False),
        Column(
            "status",
            gettext_lazy("Status"),
            _status,
            sort="status",
            tone=lambda n: _TONES[n.status],
        ),
    ]
    if actor.is_staff:
        return columns
    return [c for c in columns if c.key not in ("employer", "area", "occupation")]


def _status(need: Need) -> str:
    """The status; of a need that stands in for an answer, that it does."""
    if need.basis == Need.Basis.STAND_IN and need.status == Need.Status.STATED:
        return _("Stand-in")
    return need.get_status_display()


def _url(need: Need) -> str:
    name = (
        "needs:check" if need.status == Need.Status.DRAFT and not need.is_archived else "needs:need"
    )
    return reverse(name, args=[need.public_id])


def _filters(actor: Actor) -> list[Filter]:
    filters = [
        Filter(
            "status",
            gettext_lazy("Status"),
            Need.Status.choices,
            lambda rows, value: rows.filter(status=value),
        ),
        Filter(
            "basis",
            gettext_lazy("Basis"),
            Need.Basis.choices,
            lambda rows, value: rows.filter(basis=value),
        ),
    ]
    if actor.is_staff:
        filters += [
            Filter(
                "area",
                gettext_lazy("Labor area"),
                lambda: [(a.public_id, a.name) for a in areas(actor).order_by("name")],
                lambda rows, value: rows.filter(area__public_id=value),
            ),
            Filter(
                "open",
                gettext_lazy("Waiting for you"),
                [("place", gettext_lazy("Occupation or area is missing"))],
                lambda rows, value: rows.filter(Q(occupation=None) | Q(area=None), status="stated"),
            ),
        ]
    return filters


@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    actor = acting_request(request)
    rows = listed(actor)
    may = access.may_change(actor)
    listing = Listing(
        title=gettext_lazy("Needs"),
        columns=_columns(actor),
        search=(
            "folded",
            "employer__name_folded",
            "site__name",
            "occupation__folded",
            "occupation__code",
        ),
        default_sort="role",
        filename="needs",
        intro=gettext_lazy("Who needs how many people, where and when."),
        empty_title=gettext_lazy("No needs yet"),
        empty_text=gettext_lazy(
            "Say how many people are needed in a role, and training can be planned toward it."
        ),
        empty_action=(gettext_lazy("State a need"), reverse("needs:new")) if may else None,
    )
    links = [
        (gettext_lazy("State a need"), reverse("needs:new")),
        (gettext_lazy("Use a workbook"), reverse("needs:workbook")),
    ]
    return listing_response(
        request,
        listing,
        rows,
        actions=links if may else [],
        filters=_filters(actor),
        template="needs/list.html",
    )


@dataclass(frozen=True, slots=True)
class QuarterLine:
    """One quarter over all reasons."""

    name: str
    rows: list[NeedQuarter]
    low: int
    likely: int
    high: int
    over: bool

    @property
    def assumed(self) -> bool:
        return any(row.range_assumed for row in self.rows)


def quarter_lines(need: Need) -> list[QuarterLine]:
    now = Quarter.of(timezone.localdate())
    by_quarter: dict[Quarter, list[NeedQuarter]] = defaultdict(list)
    for row in need.quarters.all():
        by_quarter[row.quarter].append(row)
    return [
        QuarterLine(
            quarter_words(quarter),
            rows,
            sum(row.low for row in rows),
            sum(row.likely for row in rows),
            sum(row.high for row in rows),
            quarter < now,
        )
        for quarter, rows in sorted(by_quarter.items())
    ]


def summary(need: Need) -> dict[str, Any]:
    """What the page of a need and the last screen of its form both show."""
    lines = quarter_lines(need)
    ahead = [line for line in lines if not line.over]
    return {
        "need": need,
        "lines": lines,
        "totals": {
            "low": sum(line.low for line in ahead),
            "likely": sum(line.likely for line in ahead),
            "high": sum(line.high for line in ahead),
        },
        "first_quarter": ahead[0].name if ahead else "",
        "pay": pay(need),
        "requirements": list(need.requirements.all()),
        "offers": list(need.offers.all()),
    }


@require_safe
def export(request: HttpRequest, need: UUID, kind: str) -> HttpResponse:
    """A need as a job posting that other systems read."""
    actor = acting_request(request)
    found = access.need(actor, need)
    if kind not in set(NEED_KINDS):
        raise Http404
    _label, ending, sent_as = FORMATS[Kind(kind)]
    name = f"need-{kind}-{timezone.localdate():%Y-%m-%d}.{ending}"
    return file_response(need_bytes(found, Kind(kind)), name, sent_as)


def exports(need: Need) -> list[tuple[str, str]]:
    return [
        (
            FORMATS[kind][0],
            reverse("needs:export", kwargs={"need": need.public_id, "kind": kind.value}),
        )
        for kind in NEED_KINDS
    ]


@require_safe
def need(request: HttpRequest, need: UUID) -> HttpResponse:
    actor = acting_request(request)
    found = access.need(actor, need)
    state = state_of(found.status, found.is_archived)
    steps = steps_from(state) if actor.may(Role.MEMBER) else ()
    planned = need_state(actor, found)
    history = found.history.select_related("person").order_by("-at", "id")[:200]
    return render(
        request,
        "needs/need.html",
        {
            **summary(found),
            "exports": exports(found),
            "steps": steps,
            "changeable": "change_need" in steps,
            "history": history,
            "thread": _thread(actor, found, planned),
            "plan_state": planned,
            "answered": _answered(actor, found),
        },
    )


def _answered(actor: Actor, need: Need) -> tuple[Answer, str] | None:
    """The newest answer to a wave that stated the need, and where it can be read."""
    answer = (
        need.answers.filter(sent_at__isnull=False)
        .select_related("wave", "employer")
        .order_by("-sent_at")
        .first()
    )
    if answer is None:
        return None
    wave = answer.wave.public_id
    if actor.is_staff:
        return answer, reverse("waves:employer", args=[wave, answer.employer.public_id])
    return answer, reverse("waves:own_start", args=[wave])


def _thread(actor: Actor, need: Need, planned: NeedState | None) -> dict[str, tuple[str, str]]:
    """Where the need leads, as far as the actor may follow: staff to the newest plan."""
    links = {"need": (str(need.get_status_display()), "")}
    links |= profile_stage(actor, [need.occupation_id])
    if planned is not None:
        plan = latest_plan(actor.region_id) if actor.is_staff else None
        url = reverse("plans:detail", args=[plan.public_id]) if plan else ""
        links["plan"] = (planned.label, url)
    return links


def _step(
    action: Callable[..., Need], done: Any, *, back: str = "needs:need"
) -> Callable[[HttpRequest, UUID], HttpResponse]:
    @require_POST
    def view(request: HttpRequest, need: UUID) -> HttpResponse:
        actor = acting_request(request)
        found = access.need(actor, need, role=Role.MEMBER)
        try:
            action(found, actor=actor)
        except ValidationError as refused:
            for message in refused.messages:
                messages.error(request, message)
        else:
            messages.success(request, done)
        return redirect(back, need=found.public_id)

    return view


withdraw = _step(
    actions.withdraw_need,
    gettext_lazy("Withdrawn. It no longer counts; you can bring it back at any time."),
)
archive = _step(actions.archive_need, gettext_lazy("Archived. You can bring it back at any time."))
bring_back = _step(actions.bring_back, gettext_lazy("Brought back."))


@require_POST
def state(request: HttpRequest, need: UUID) -> HttpResponse:
    """Send the draft. What is missing leads back to the screen that asks for it."""
    actor = acting_request(request)
    found = access.need(actor, need, role=Role.MEMBER)
    try:
        actions.state_need(found, actor=actor)
    except ValidationError as refused:
        for message in refused.messages:
            messages.error(request, message)
        fields = getattr(refused, "error_dict", {})
        back = "needs:people" if "openings" in fields else "needs:check"
        back = "needs:pay" if "start_by" in fields else back
        if state_of(found.status, found.is_archived) is not State.DRAFT:
            back = "needs:need"
        return redirect(back, need=found.public_id)
    messages.success(request, _("Thank you. Your need is stated and counts from now on."))
    return redirect("needs:need", need=found.public_id)
