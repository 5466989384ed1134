"""The questions of a wave: on a phone or at a desk, saved as one types, sent at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.core.actor import acting
from backcast.core.quarters import Quarter
from backcast.demand.models import Answer, Role, WaveInvitation
from backcast.demand.waves import access, actions, answering
from backcast.demand.waves.answering import Conflict, Typed
from backcast.demand.waves.said import (
    FOR_ALL_PLACES,
    AskedBack,
    Refused,
    Said,
    part_of,
    part_said,
)
from backcast.partners.models import Site
from backcast.web.language import LANGUAGE_COOKIE, LANGUAGES
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import words_of
from backcast.web.waves import opinions
from backcast.web.waves import same as shorter
from backcast.web.waves.doors import Door, closed
from backcast.web.waves.questions import Field, Group, Sheet, conflict_line
from backcast.web.waves.words import PARTS, people_words, sentence, summary_lines, who


@dataclass(frozen=True, slots=True)
class Screen:
    """One page of questions."""

    role: Role
    site: Site
    part: str

    @property
    def key(self) -> tuple[UUID, UUID, str]:
        return self.role.public_id, self.site.public_id, self.part


def sites_of(door: Door, role: Role, latest: dict[tuple[int, int], Answer]) -> list[Site]:
    """Where the employer answers about the role: as begun, as last time, else its main site."""
    here = access.sites(door.visit.place)
    begun = [site for site in here if (role.pk, site.pk) in latest]
    return begun or access.prefilled_sites(door.visit, role) or here[:1]


def screens(door: Door, latest: dict[tuple[int, int], Answer]) -> list[Screen]:
    """All pages in order: the numbers of each place, then what is asked once for all of them.

    A place has pages of its own where it says something else than the first. A job that the
    employer does not have has only its first page.
    """
    found = []
    for role in access.roles(door.visit.wave):
        sites = sites_of(door, role, latest)
        said = {site: _said(latest.get((role.pk, site.pk))) for site in sites}
        if door.visit.wave.short_form:
            found += [Screen(role, site, "short") for site in sites]
            continue
        parts = door.visit.parts
        if "numbers" in parts:
            found += [Screen(role, site, "numbers") for site in sites]
            sites = [site for site in sites if not said[site].not_ours]
        for part in parts:
            if part == "numbers":
                continue
            for at, site in enumerate(sites):
                own = at == 0 or not _as_first(part, said[site], said[sites[0]])
                if own and (part != "skills" or _has_skills(door, role, site)):
                    found.append(Screen(role, site, part))
    return found


def _said(answer: Answer | None) -> Said:
    return access.said_of(answer) if answer is not None else Said()


def _as_first(part: str, said: Said, first: Said) -> bool:
    """Is there nothing to ask of a further place? Offers are counted at the first one only."""
    mine = part_said(said, part)
    return mine.is_empty or (part in FOR_ALL_PLACES and mine == part_said(first, part))


def _has_skills(door: Door, role: Role, site: Site) -> bool:
    return opinions.open_version(role) is not None or bool(
        access.skills_asked(door.visit, role, site)
    )


def _context(door: Door, **more: Any) -> dict[str, Any]:
    visit = door.visit
    return {
        "door": door,
        "visit": visit,
        "wave": visit.wave,
        "place": visit.place,
        "languages": [("en", "English"), ("es", "Español")],
        "language": door.language,
        "language_url": door.url("language"),
        "start_url": door.url("start"),
        "send_url": door.url("send"),
        "is_open": visit.wave.status == "open",
        "names_language": door.kind != "staff",
        **more,
    }


# --- the start ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A job on the first page: how far it is, and where to go on."""

    role: Role
    state: str
    people: str
    url: str


def _role_lines(door: Door, latest: dict[tuple[int, int], Answer]) -> list[RoleLine]:
    lines = []
    pages = screens(door, latest)
    for role in access.roles(door.visit.wave):
        mine = [answer for (of, _site), answer in latest.items() if of == role.pk]
        first = next((page for page in pages if page.role == role), None)
        if first is None:
            continue
        said = [access.said_of(answer) for answer in mine]
        if not mine:
            before = access.before(door.visit, role, first.site).said
            said = [] if before.is_empty else [before]
        sent = bool(mine) and all(answer.sent_at for answer in mine)
        if sent:
            changed = any(a.sent_at and a.changed_at > a.sent_at for a in mine)
            state = "changed" if changed else "sent"
        elif mine:
            state = "begun"
            if all(answering.ready(door.visit, *pair) for pair in zip(mine, said, strict=True)):
                state = "ready"
        else:
            state = "carried" if said else "new"
        lines.append(RoleLine(role, state, _people(said), door.url("page", *first.key)))
    return lines


def _people(said: list[Said]) -> str:
    sums = [sum(one.people[at] for one in said if not one.not_ours) for at in range(3)]
    return people_words(*sums) if sums[2] else ""


@require_safe
def start(request: ActingRequest, door: Door) -> HttpResponse:
    latest = access.latest_answers(door.visit.place)
    lines = _role_lines(door, latest)
    pages = screens(door, latest)
    colleagues = WaveInvitation.objects.filter(place=door.visit.place, ended_at=None).order_by("pk")
    if door.visit.invitation:
        colleagues = colleagues.exclude(pk=door.visit.invitation.pk)
    begun = next((line for line in lines if line.state in ("new", "carried", "begun")), None)
    return render(
        request,
        "answering/start.html",
        _context(
            door,
            lines=lines,
            go_on=begun.url if begun else (door.url("page", *pages[0].key) if pages else ""),
            any_begun=any(line.state not in ("new", "carried") for line in lines),
            all_sent=bool(lines) and all(line.state == "sent" for line in lines),
            colleagues=[(one, [PARTS[part] for part in one.parts]) for one in colleagues],
            own_parts=[PARTS[part] for part in door.visit.parts],
            first=door.visit.asked[0],
            last=door.visit.asked[-1],
        ),
    )


# --- one page of questions ------------------------------------------------------------------------


def _target(door: Door, role: UUID, site: UUID) -> tuple[Role, Site]:
    for_role = next((r for r in access.roles(door.visit.wave) if r.public_id == role), None)
    at = next((s for s in access.sites(door.visit.place) if s.public_id == site), None)
    if for_role is None or at is None:
        raise Http404
    return for_role, at


def _may_answer(door: Door, part: str) -> bool:
    if part == "short":
        return door.visit.wave.short_form
    return part in door.visit.parts and not door.visit.wave.short_form


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: ActingRequest, door: Door, role: UUID, site: UUID, part: str) -> HttpResponse:
    for_role, at = _target(door, role, site)
    if not _may_answer(door, part):
        raise Http404
    touched = access.touched(door.visit.place)
    known = shorter.explained(touched, (for_role.pk, at.pk), part)
    sheet = Sheet(door.visit, for_role, at, part, explained=known)
    if request.method == "POST" and sheet.editable:
        typed = {
            one.name: replace(_typed(request, one.name), seen=request.POST.get(f"w.{one.name}"))
            for one in sheet.fields()
        }
        found = shorter.find(sheet, touched) if "same" in request.POST else None
        for name, value in found.values.items() if found else ():
            if not typed[name].text:
                typed[name] = replace(typed[name], text=value)
        if found or set(request.POST) & set(typed):
            outcome = answering.save_fields(door.visit, role=for_role, site=at, typed=typed)
        else:
            outcome = answering.Outcome()
            answering.begin(door.visit, role=for_role, site=at)
        if outcome.kept_all:
            if "stay" in request.POST:
                messages.success(request, _("Saved."))
                return redirect(request.path)
            if other := _another(door, request.POST.get("place", "")):
                return redirect(door.url("page", role, other.public_id, part))
            return redirect(_after(door, for_role, at, part))
        sheet = Sheet(door.visit, for_role, at, part, explained=known)
        sheet.show(typed, outcome)
    return _drawn(request, door, sheet, touched)


def _another(door: Door, place: str) -> Site | None:
    """The other place to which somebody goes on."""
    here = access.sites(door.visit.place)
    return next((site for site in here if str(site.public_id) == place), None)


def _typed(request: ActingRequest, name: str) -> Typed:
    version = request.POST.get(f"v.{name}", "0")
    return Typed(
        request.POST.get(name, "").replace("\0", ""),
        int(version) if version.isdecimal() and len(version) < 19 else 0,
        request.POST.get(f"c.{name}") == "1",
    )


def _after(door: Door, role: Role, site: Site, part: str) -> str:
    """The next page; after the last one, all that is to be sent."""
    pages = screens(door, access.latest_answers(door.visit.place))
    keys = [one.key for one in pages]
    here = (role.public_id, site.public_id, part)
    if here in keys:
        following = keys[keys.index(here) + 1 :]
    else:
        following = [key for key in keys if key[0] == role.public_id and key[1] == site.public_id]
    return door.url("page", *following[0]) if following else door.url("send")


def _drawn(
    request: ActingRequest, door: Door, sheet: Sheet, touched: shorter.Touched
) -> HttpResponse:
    latest = access.latest_answers(door.visit.place)
    pages = screens(door, latest)
    here = (sheet.role.public_id, sheet.site.public_id, sheet.part)
    keys = [one.key for one in pages]
    at = keys.index(here) if here in keys else None
    same = shorter.find(sheet, touched)
    groups = sheet.groups()
    fields = sheet.fields()
    sites = access.sites(door.visit.place)
    begun = [site for site in sites if (sheet.role.pk, site.pk) in latest]
    return render(
        request,
        "answering/page.html",
        _context(
            door,
            sheet=sheet,
            role=sheet.role,
            site=sheet.site,
            part_name=PARTS[sheet.part],
            groups=[group for group in groups if not (same and _stands_in(same.folded, group))],
            same=same,
            all_places=[site.name for site in begun]
            if sheet.part in ("work", "skills") and len(begun) > 1 and at is not None
            else [],
            more_places=[site for site in sites if site not in begun and site != sheet.site][:4]
            if sheet.part in ("numbers", "short") and sheet.editable
            else [],
            problems=[one for one in fields if one.error or one.ask],
            save_url=door.url("save", sheet.role.public_id, sheet.site.public_id),
            field_url=door.url("field", *here),
            number=(at + 1) if at is not None else None,
            of=len(keys),
            back_url=door.url("page", *keys[at - 1]) if at else door.url("start"),
            total=_total(sheet.said),
            sites=[
                (
                    one,
                    door.url("page", sheet.role.public_id, one.public_id, sheet.part),
                    one == sheet.site,
                )
                for one in sites
            ]
            if len(sites) > 1
            else [],
            prefilled=same is None and any(one.carried for one in fields),
            agree_url=door.url("opinions", sheet.role.public_id, sheet.site.public_id),
            **opinions.context(
                opinions.cards(door, sheet.role, sheet.site.public_id)
                if sheet.part == "skills" and sheet.editable
                else [],
                {skill.line_key for skill in sheet.skills if skill.line_key},
            ),
        ),
    )


def _stands_in(folded: Sequence[Group], group: Group) -> bool:
    """Is it asked below, folded away? Fields may hold other values there."""
    names = [one.name for one in group.all_fields]
    return any(names == [one.name for one in other.all_fields] for other in folded)


def _total(said: Said) -> str:
    return people_words(*said.people) if said.cells else ""


@require_POST
def save(request: ActingRequest, door: Door, role: UUID, site: UUID) -> HttpResponse:
    """Keep one field as it is typed, and say so beside it."""
    for_role, at = _target(door, role, site)
    name = request.POST.get("field", "")
    if not door.visit.wave.short_form and part_of(name) not in door.visit.parts:
        raise Http404
    typed = _typed(request, name)
    context: dict[str, Any] = {
        "name": name,
        "id": name.replace(".", "-"),
        "save_url": door.url("save", role, site),
        "field_url": door.url("field", role, site, _part(door, name)),
        "version": typed.version,
    }
    try:
        answering.save_field(door.visit, role=for_role, site=at, name=name, typed=typed)
    except (KeyError, AttributeError) as unknown:
        raise Http404 from unknown
    except AskedBack as asked:
        context |= {"ask": sentence(asked.text), "number": asked.number}
    except Refused as refused:
        context["error"] = sentence(refused.text)
    except Conflict as conflict:
        context |= {
            "conflict": conflict_line(conflict.change),
            "who": who(conflict.change),
            "theirs": conflict.change.pk,
        }
    except ValidationError as error:
        context["error"] = words_of(error)
    sheet = Sheet(door.visit, for_role, at, _part(door, name))
    if not (context.keys() & {"error", "ask", "conflict"}):
        change = sheet.last.get(name)
        context |= {"saved": True, "version": change.pk if change else 0}
    context |= _around(sheet, name)
    return render(request, "answering/saved.html", context)


def _part(door: Door, name: str) -> str:
    return "short" if door.visit.wave.short_form else part_of(name)


def _around(sheet: Sheet, name: str) -> dict[str, Any]:
    """What else on the page follows from the field: sums, and the range that is assumed."""
    parts = name.split(".")
    around: dict[str, Any] = {
        "total": _total(sheet.said),
        "total_shown": parts[0] in ("total", "stance") or name == "sure",
    }
    if parts[0] in ("q", "sure") and len(parts) > 1:
        quarter = Quarter.parse(parts[1])
        here = {c: cell for (q, c), cell in sheet.said.cells.items() if q == quarter}
        sums = [
            sum(getattr(c, bound) for c in here.values()) for bound in ("low", "likely", "high")
        ]
        around |= {
            "quarter": str(quarter),
            "quarter_note": people_words(*sums) if sums[2] else "",
        }
    return around


@require_safe
def field(request: ActingRequest, door: Door, role: UUID, site: UUID, part: str) -> HttpResponse:
    """One field as it now stands, to be drawn again after somebody else changed it."""
    for_role, at = _target(door, role, site)
    if not _may_answer(door, part):
        raise Http404
    sheet = Sheet(door.visit, for_role, at, part)
    wanted = request.GET.get("field", "")
    found: Field | None = next((one for one in sheet.fields() if one.name == wanted), None)
    if found is None:
        raise Http404
    return render(
        request,
        "answering/field.html",
        {"field": found, "save_url": door.url("save", role, site), "alone": True},
    )


# --- sending --------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def send(request: ActingRequest, door: Door) -> HttpResponse:
    """Everything once more; one button sends it."""
    problem = ""
    if request.method == "POST":
        try:
            answering.send_answers(door.visit)
        except ValidationError as error:
            problem = words_of(error)
        else:
            return redirect(door.url("sent"))
    latest = access.latest_answers(door.visit.place)
    cards: list[dict[str, Any]] = []
    for role in access.roles(door.visit.wave):
        for site in sites_of(door, role, latest):
            answer = latest.get((role.pk, site.pk))
            said = access.said_of(answer) if answer else access.before(door.visit, role, site).said
            part = "short" if door.visit.wave.short_form else door.visit.parts[0]
            cards.append(
                {
                    "role": role,
                    "site": site,
                    "people": people_words(*said.people) if said.people[2] else "",
                    "lines": summary_lines(said, door.visit.asked),
                    "ready": answering.ready(door.visit, answer, said),
                    "carried": answer is None and not said.is_empty,
                    "url": door.url("page", role.public_id, site.public_id, part),
                    "sent": answer is not None and answer.sent_at,
                }
            )
    return render(
        request,
        "answering/send.html",
        _context(
            door,
            cards=cards,
            many_sites=len({card["site"].pk for card in cards}) > 1,
            ready=any(card["ready"] for card in cards),
            waiting=[card for card in cards if not card["ready"]],
            problem=problem,
            asks_numbers="numbers" in door.visit.parts,
        ),
    )


@require_safe
def sent(request: ActingRequest, door: Door) -> HttpResponse:
    latest = access.latest_answers(door.visit.place)
    roles = access.roles(door.visit.wave)
    done = {role for (role, _site), answer in latest.items() if answer.sent_at}
    return render(
        request,
        "answering/sent.html",
        _context(
            door,
            missing=[role for role in roles if role.pk not in done],
            needs_url="/needs/" if door.kind == "own" else "",
        ),
    )


# --- the rest -------------------------------------------------------------------------------------


@require_POST
def language(request: ActingRequest, door: Door) -> HttpResponse:
    """Read on in another language; remembered on the invitation, or in this browser."""
    chosen = request.POST.get("language", "")
    back = request.POST.get("back", "")
    start = door.url("start")
    response = redirect(back if back.startswith(start) else start)
    if chosen in LANGUAGES:
        if door.visit.invitation is not None:
            actions.choose_language(door.visit.invitation, actor=door.visit.actor, language=chosen)
        else:
            response.set_cookie(
                LANGUAGE_COOKIE, chosen, max_age=365 * 86_400, samesite="Lax", httponly=True
            )
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: ActingRequest, door: Door) -> HttpResponse:
    """No more reminders, for whoever holds the link. Looking changes nothing."""
    invitation = door.visit.invitation
    if invitation is None:
        raise Http404
    if request.method == "POST":
        actions.stop_reminders(invitation, actor=door.visit.actor)
        messages.success(request, _("We will send you no more reminders."))
        return redirect(door.url("start"))
    return render(request, "answering/stop.html", _context(door))


@login_not_required
@never_cache
@require_POST
def again(request: ActingRequest, invitation: UUID, token: str) -> HttpResponse:
    """Whoever holds an old link has a new one sent, to the address on file only."""
    opened = access.open_link(invitation, token)
    with acting(opened.actor), override(opened.invitation.language):
        full = WaveInvitation.objects.select_related(
            "wave__collaborative", "wave__region", "employer"
        ).get(pk=opened.invitation.pk)
        try:
            actions.renew_link(full, actor=opened.actor)
            messages.success(
                request, _("A new link is on its way to the address that we have of you.")
            )
        except ValidationError as error:
            messages.error(request, words_of(error))
        return closed(request, opened, token)
