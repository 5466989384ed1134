"""The list of profiles, the page of one version, its steps, and the comparison of two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.core.actor import Actor, Kind, NotAllowed, Role
from backcast.delivery.access import earned_a_year
from backcast.demand.access import needs as needs_of
from backcast.demand.access import sees_needs
from backcast.demand.formats import FORMATS
from backcast.demand.models import ProfileVersion, RequirementProfile
from backcast.demand.profiles import access, actions
from backcast.demand.profiles.consensus import concordance, voices
from backcast.demand.profiles.differences import differences
from backcast.demand.profiles.evidence import Supply, gather
from backcast.demand.profiles.lifecycle import state_of, steps_for
from backcast.demand.profiles.overspecified import flags
from backcast.planning.access import latest_plan
from backcast.training.access import programs, programs_by_credential
from backcast.web.coverage.roles import beside
from backcast.web.export import table_response
from backcast.web.frameworks.words import credits
from backcast.web.listing import Column, Filter, Listing, listing_response
from backcast.web.middleware import ActingRequest
from backcast.web.needs.words import sentence
from backcast.web.people.forms import posted, tried, words_of
from backcast.web.profiles import words
from backcast.web.profiles.forms import ApproveForm, OpenForm, RoleForm


def address(profile: RequirementProfile) -> str:
    return reverse("profiles:profile", args=[profile.public_id])


def to_version(version: ProfileVersion, name: str = "version") -> str:
    return reverse(f"profiles:{name}", args=[version.profile.public_id, version.number])


# --- the list -------------------------------------------------------------------------------------


def _listed(actor: Actor) -> QuerySet[RequirementProfile]:
    told = access.versions(actor).filter(profile=OuterRef("pk"))
    approved = told.filter(status=ProfileVersion.Status.APPROVED)
    making = told.filter(status__in=("draft", "open"))
    return (
        access.profiles(actor)
        .select_related("role__occupation", "role__collaborative")
        .annotate(
            approved=Subquery(approved.values("number")[:1]),
            approved_on=Subquery(approved.values("approved_at")[:1]),
            lines=Subquery(approved.annotate(n=Count("lines")).values("n")[:1]),
            making=Subquery(making.values("number")[:1]),
            stage=Subquery(making.values("status")[:1]),
        )
    )


def _making(profile: Any) -> str:
    if profile.stage == "open":
        return _("Version %(number)s, open for comment") % {"number": profile.making}
    return _("Version %(number)s, draft") % {"number": profile.making} if profile.stage else ""


LISTING = Listing(
    gettext_lazy("Requirement profiles"),
    [
        Column(
            "role", gettext_lazy("Role"), lambda p: p.role.title, sort="role__folded", link=address
        ),
        Column(
            "collaborative",
            gettext_lazy("Collaborative"),
            lambda p: p.role.collaborative.name,
            sort="role__collaborative__name",
        ),
        Column(
            "occupation",
            gettext_lazy("Occupation"),
            lambda p: p.role.occupation.title if p.role.occupation else "",
            sort="role__occupation__title",
            phone=False,
        ),
        Column(
            "approved",
            gettext_lazy("Approved version"),
            lambda p: p.approved,
            sort="approved",
            numeric=True,
        ),
        Column(
            "approved_on",
            gettext_lazy("Approved on"),
            lambda p: timezone.localtime(p.approved_on).date() if p.approved_on else None,
            sort="approved_on",
            phone=False,
        ),
        Column("lines", gettext_lazy("Lines"), lambda p: p.lines, sort="lines", numeric=True),
        Column(
            "making",
            gettext_lazy("In the making"),
            _making,
            sort="stage",
            tone=lambda p: "warn" if p.stage else None,
        ),
    ],
    search=("role__folded", "role__occupation__folded", "role__collaborative__name"),
    default_sort="role",
    filename="requirement-profiles",
    intro=gettext_lazy("What employers ask of people in each role, as they agreed on it."),
    empty_title=gettext_lazy("No profiles yet"),
    empty_text=gettext_lazy(
        "A profile says what people in a role must know and hold. Employers comment on it line by"
        " line, and training is held against it."
    ),
    archived=False,
)
FILTERS = [
    Filter(
        "status",
        gettext_lazy("Status"),
        [
            ("approved", gettext_lazy("Approved")),
            ("open", gettext_lazy("Open for comment")),
            ("draft", gettext_lazy("Draft")),
        ],
        lambda rows, value: (
            rows.filter(approved__isnull=False) if value == "approved" else rows.filter(stage=value)
        ),
    ),
]


@require_safe
def profiles(request: ActingRequest) -> HttpResponse:
    actor = request.actor
    links = []
    if access.may_write(actor):
        links.append((_("Begin a profile"), reverse("profiles:new")))
    return listing_response(request, LISTING, _listed(actor), actions=links, filters=FILTERS)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActingRequest) -> HttpResponse:
    """Begin the profile of a role that has none."""
    actor = request.actor
    if not actor.is_staff:
        raise Http404
    if not access.may_write(actor):
        raise NotAllowed
    roles = access.roles(actor).filter(profile=None).select_related("collaborative")
    form = RoleForm(
        posted(request), roles=roles.order_by("title"), initial={"role": request.GET.get("role")}
    )
    begun: list[ProfileVersion] = []
    if request.method == "POST" and tried(
        form, lambda data: begun.append(actions.begin_profile(data["role"], actor=actor))
    ):
        return redirect(to_version(begun[0], "edit"))
    return render(request, "profiles/new.html", {"form": form, "any": roles.exists()})


# --- one profile, one version ---------------------------------------------------------------------


@require_safe
def profile(request: ActingRequest, profile: UUID) -> HttpResponse:
    """To the version that counts; where none does yet, to the newest one that may be read."""
    found = access.profile(request.actor, profile)
    rows = access.versions(request.actor).filter(profile=found)
    best = rows.current().first() or rows.order_by("-number").first()
    if best is None:
        return render(request, "profiles/empty.html", {"profile": found})
    return redirect("profiles:version", profile=found.public_id, number=best.number)


@require_http_methods(["POST"])
def begin_next(request: ActingRequest, profile: UUID) -> HttpResponse:
    found = access.profile(request.actor, profile)
    try:
        version = actions.begin_profile(found.role, actor=request.actor)
    except ValidationError as refused:
        messages.error(request, words_of(refused))
        return redirect(address(found))
    messages.success(
        request,
        _("Version %(number)s begins with the same lines. Change what should change.")
        % {"number": version.number},
    )
    return redirect(to_version(version, "edit"))


def reached(
    request: ActingRequest, profile: UUID, number: int, *, role: Role = Role.VIEWER
) -> ProfileVersion:
    """The version of the address, for someone who may read it."""
    found = access.profile(request.actor, profile, role=role)
    return access.version(request.actor, found, number)


def written(request: ActingRequest, profile: UUID, number: int) -> ProfileVersion:
    """The version of the address, for staff who may write it: others get 404, viewers 403."""
    if not request.actor.is_staff:
        raise Http404
    return reached(request, profile, number, role=Role.MEMBER)


def exports(version: ProfileVersion) -> list[tuple[str, str]]:
    """The links that save a version in each format."""
    where = {"profile": version.profile.public_id, "number": version.number}
    return [
        (label, reverse("profiles:export", kwargs={**where, "kind": kind.value}))
        for kind, (label, _ending, _type) in FORMATS.items()
    ]


@require_safe
def version(request: ActingRequest, profile: UUID, number: int) -> HttpResponse:
    actor = request.actor
    found = reached(request, profile, number)
    rows, figures = _read(actor, found)
    export = request.GET.get("export")
    if export in ("xlsx", "csv"):
        return _exported(export, found, rows, actor)
    history = list(
        access.versions(actor)
        .filter(profile=found.profile)
        .select_related("approved_by")
        .order_by("-number")
    )
    before = next(
        (each for each in history if each.number < found.number and each.approved_at), None
    )
    told = [] if before is None else _difference(before, found, [row.line for row in rows])
    steps = steps_for(actor, state_of(found.status, found.is_archived))
    newest = history[0]
    mine = [row for row in rows if row.mine]
    return render(
        request,
        "profiles/version.html",
        {
            "profile": found.profile,
            "exports": exports(found),
            "may_write": access.may_write(actor),
            "role": found.profile.role,
            "version": found,
            "tone": words.STATUS_TONES[found.status],
            "groups": words.groups(rows),
            "rows": rows,
            "withdrawn": [row for row in rows if row.withdrawn],
            "steps": steps,
            "may_begin": access.may_write(actor) and newest.status in ("approved", "superseded"),
            "history": history,
            "before": before,
            "changes": told,
            "answered": len(mine),
            "thread": _thread(actor, found),
            "beside": beside(actor, found.profile.role)[0] if found.status == "approved" else [],
            "may_count": actor.is_staff or actor.kind is Kind.EMPLOYER,
            "credits": credits(*words.seeded(row.line for row in rows)),
            "floor": access.enough_to_show(),
            **figures,
        },
    )


def _read(actor: Actor, version: ProfileVersion) -> tuple[list[words.Row], dict[str, Any]]:
    """The lines with what the actor may know around them: staff all, others what was published."""
    lines = list(access.lines(version))
    for line in lines:
        line.version = version
    rows = words.rows_of(lines, words.anchors_of(lines))
    gone = {each.line.pk: each for each in access.withdrawn(lines)}
    opinions = access.opinions_on(actor, version)
    for row in rows:
        row.withdrawn = gone.get(row.line.pk)
    if not actor.is_staff:
        mine = {opinion.line_id: opinion for opinion in opinions}
        told = access.published(version)
        for row in rows:
            row.mine, row.consensus = mine.get(row.line.pk), told.get(row.line.pk)
        order = (version.concordance, version.raters)
        return rows, _figures(order, version.asked, None)
    said = access.opinion_values(opinions)
    asked = access.asked(version.profile.role)
    heard = {v.line.key: v for v in voices(access.value_of(version, lines), said, asked)}
    known = gather(actor, version, lines, _supply(actor))
    for row in rows:
        row.voice = heard[row.key]
        row.flags = tuple(sentence(flag.words) for flag in flags(heard[row.key], known[row.key]))
    found = concordance(said)
    order = (found.w, found.raters) if found else (None, None)
    silent = {
        employer.name: sum(employer in voice.silent for voice in heard.values())
        for employer in asked
    }
    return rows, _figures(order, len(asked), sorted(n for n, k in silent.items() if k == len(rows)))


def _figures(
    order: tuple[float | None, int | None], asked: int | None, silent: list[str] | None
) -> dict[str, Any]:
    w, raters = order
    return {
        "asked": asked,
        "silent": silent,
        "w": w,
        "w_words": words.concordance_words(w) if w is not None else "",
        "raters": raters,
    }


def _supply(actor: Actor) -> dict[int, Supply] | None:
    """Programs and graduates by credential; nothing where the region has no programs yet."""
    leading = programs_by_credential(actor.region_id or 0)
    if not leading:
        return None
    earned = earned_a_year(actor.region_id or 0, today=timezone.localdate())
    return {pk: Supply(count, earned.get(pk)) for pk, count in leading.items()}


def _difference(
    before: ProfileVersion, after: ProfileVersion, lines: list[Any] | None = None
) -> list[str]:
    before.profile = after.profile
    return words.changes(differences(access.value_of(before), access.value_of(after, lines)))


def _thread(actor: Actor, version: ProfileVersion) -> dict[str, Any]:
    """What the profile hangs together with, as far as the viewer may see it."""
    role = version.profile.role
    links: dict[str, Any] = {
        "profile": _("version %(number)s") % {"number": version.number},
    }
    if role.occupation is None:
        return links
    if sees_needs(actor):
        found = needs_of(actor).stated().filter(occupation=role.occupation)
        if count := found.count():
            links["need"] = (
                _("%(n)s stated") % {"n": count},
                f"{reverse('needs:list')}?q={role.occupation.code or role.occupation.title}",
            )
    if actor.is_staff:
        leading = programs(actor).filter(occupations=role.occupation, archived_at=None).distinct()
        if count := leading.count():
            links["program"] = (
                _("%(n)s lead there") % {"n": count},
                reverse("coverage:role", kwargs={"role": role.public_id}),
            )
        plan = latest_plan(actor.region_id)
        if plan is not None:
            links["plan"] = reverse("plans:detail", args=[plan.public_id])
    return links


_HEADER = (
    gettext_lazy("Line"),
    gettext_lazy("Kind"),
    gettext_lazy("How needed"),
    gettext_lazy("Accepted instead of"),
    gettext_lazy("Importance, 1 to 5"),
    gettext_lazy("Level at hire"),
    gettext_lazy("Level after six months"),
    gettext_lazy("Lowest level of its scale"),
    gettext_lazy("Highest level of its scale"),
    gettext_lazy("Learned"),
    gettext_lazy("Where the line comes from"),
    gettext_lazy("Source"),
    gettext_lazy("Employers who answered"),
    gettext_lazy("Employers who agree"),
    gettext_lazy("Median importance"),
    gettext_lazy("Median level at hire"),
    gettext_lazy("Median level after six months"),
)
_STAFF_HEADER = (
    gettext_lazy("Employers asked"),
    gettext_lazy("Who has not answered"),
    gettext_lazy("May ask for too much"),
)


def _exported(
    kind: str, version: ProfileVersion, rows: list[words.Row], actor: Actor
) -> HttpResponse:
    """The version as a table; what employers said as far as the page shows it too."""
    header = [str(text) for text in (*_HEADER, *(_STAFF_HEADER if actor.is_staff else ()))]
    title = f"{version.profile.role.title} {version.number}"
    return table_response(
        kind,
        f"profile-{version.profile.role.folded}-{version.number}".replace(" ", "-"),
        title,
        header,
        (list(_cells(row, staff=actor.is_staff)) for row in rows),
    )


def _cells(row: words.Row, *, staff: bool) -> Iterator[Any]:
    line = row.line
    yield line.name
    yield str(words.SUBJECTS[row.subject])
    yield line.get_necessity_display()
    yield line.instead_of.name if line.instead_of else ""
    yield line.importance
    yield line.level_at_hire
    yield line.level_later
    yield line.scale.minimum if line.scale else None
    yield line.scale.maximum if line.scale else None
    yield line.get_learned_display()
    yield line.get_origin_display()
    yield line.source
    voice, told = row.voice, row.consensus
    if voice is not None:
        yield voice.answered
        yield voice.agreeing
        for spread in (voice.importance, voice.level_at_hire, voice.level_later):
            yield spread.median if spread else None
    elif told is not None:
        yield told.answered
        yield told.agreeing if told.agreeing is not None else words.published(told)
        yield from (told.importance, told.level_at_hire, told.level_later)
    else:
        yield from (None,) * 5
    if staff and voice is not None:
        yield voice.asked
        yield "; ".join(employer.name for employer in voice.silent)
        yield " ".join(row.flags)


# --- steps ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def open_version(request: ActingRequest, profile: UUID, number: int) -> HttpResponse:
    """Ask the employers: until when, and who they are."""
    actor = request.actor
    found = written(request, profile, number)
    form = OpenForm(posted(request))
    if request.method == "POST" and tried(
        form,
        lambda data: actions.open_version(found, actor=actor, comment_by=data["comment_by"]),
    ):
        messages.success(
            request,
            _("Open for comment. Each employer of the collaborative now sees it on its home page."),
        )
        return redirect(to_version(found))
    asked = access.asked(found.profile.role)
    return render(
        request,
        "profiles/open.html",
        {"version": found, "role": found.profile.role, "form": form, "asked": asked},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: ActingRequest, profile: UUID, number: int) -> HttpResponse:
    """What would change, what employers think, what is in the way; then approve by name."""
    actor = request.actor
    found = written(request, profile, number)
    form = ApproveForm(posted(request), initial={"note": found.note})
    if request.method == "POST" and tried(
        form, lambda data: actions.approve_version(found, actor=actor, note=data["note"])
    ):
        messages.success(
            request,
            _("Version %(number)s is approved. Programs are held against it from now on.")
            % {"number": found.number},
        )
        return redirect(to_version(found))
    rows, figures = _read(actor, found)
    before = access.versions(actor).current().filter(profile=found.profile).first()
    lines = [row.line for row in rows]
    return render(
        request,
        "profiles/approve.html",
        {
            "version": found,
            "role": found.profile.role,
            "form": form,
            "before": before,
            "changes": _difference(before, found, lines) if before else [],
            "split": [row for row in rows if row.voice and row.voice.dissenting],
            "loose": [row for row in rows if row.loose],
            "flagged": [row for row in rows if row.flags],
            "withdrawn": [row for row in rows if row.withdrawn],
            "count": len(rows),
            "person": request.user,
            **figures,
        },
    )


def _step(
    action: Callable[..., ProfileVersion], done: Any, then: Callable[[ProfileVersion], str]
) -> Callable[..., HttpResponse]:
    @require_POST
    def view(request: ActingRequest, profile: UUID, number: int) -> HttpResponse:
        found = written(request, profile, number)
        try:
            action(found, actor=request.actor)
        except ValidationError as refused:
            messages.error(request, words_of(refused))
            return redirect(to_version(found))
        messages.success(request, done)
        return redirect(then(found))

    return view


take_back = _step(
    actions.take_back,
    gettext_lazy("Closed to comments. What employers said so far stays with each line."),
    to_version,
)
drop = _step(
    actions.drop_version,
    gettext_lazy("Given up. The approved version, if there is one, still counts."),
    lambda version: address(version.profile),
)


# --- two versions ---------------------------------------------------------------------------------


@require_safe
def compare(request: ActingRequest, profile: UUID) -> HttpResponse:
    """Any two versions side by side, and their difference in words."""
    actor = request.actor
    found = access.profile(actor, profile)
    rows = list(access.versions(actor).filter(profile=found).order_by("number"))
    by_number = {row.number: row for row in rows}
    after = by_number.get(_whole(request.GET.get("to"))) or (rows[-1] if rows else None)
    earlier = [row for row in rows if after is not None and row.number < after.number]
    before = by_number.get(_whole(request.GET.get("from"))) or (earlier[-1] if earlier else None)
    told: list[str] = []
    sides: list[dict[str, Any]] = []
    if before is not None and after is not None:
        before.profile = after.profile = found
        was, now = access.value_of(before), access.value_of(after)
        changed = differences(was, now)
        told = words.changes(changed)
        differing = {change.line.key for change in changed}
        old = {line.key: line for line in was.lines}
        new = {line.key: line for line in now.lines}
        sides = [
            {"was": old.get(key), "now": new.get(key), "differs": key in differing}
            for key in [*new, *(key for key in old if key not in new)]
        ]
    return render(
        request,
        "profiles/compare.html",
        {
            "profile": found,
            "role": found.role,
            "versions": rows,
            "before": before,
            "after": after,
            "changes": told,
            "sides": sides,
        },
    )


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else 0
