"""Within the questions: what the job asks of people, line by line, to agree with or not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from backcast.demand.models import LineOpinion, ProfileLine, ProfileVersion, Role
from backcast.demand.profiles import access as profiles
from backcast.demand.profiles.opinions import agree_to_rest, give_opinion
from backcast.demand.waves import access
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import words_of
from backcast.web.waves.doors import Door

IMPORTANCE = {
    5: gettext_lazy("vital"),
    4: gettext_lazy("very important"),
    3: gettext_lazy("important"),
    2: gettext_lazy("of some use"),
    1: gettext_lazy("hardly matters"),
}
NECESSITY = [
    (value, label)
    for value, label in ProfileLine.Necessity.choices
    if value != ProfileLine.Necessity.INSTEAD
]


@dataclass(slots=True)
class Card:
    """A line as the page shows it, with what this employer has said of it."""

    line: ProfileLine
    mine: LineOpinion | None
    url: str
    error: str = ""

    @property
    def importance(self) -> str:
        return str(IMPORTANCE.get(self.line.importance or 0, ""))

    @property
    def proposes(self) -> str:
        """What the employer would have instead, in words."""
        if self.mine is None or self.mine.stance != LineOpinion.Stance.DISSENT:
            return ""
        parts = []
        if self.mine.necessity:
            parts.append(str(ProfileLine.Necessity(self.mine.necessity).label))
        if self.mine.importance:
            parts.append(str(IMPORTANCE[self.mine.importance]))
        if self.mine.reason:
            parts.append(self.mine.reason)
        return " · ".join(parts)


def open_version(role: Role) -> ProfileVersion | None:
    """The version that employers may comment on now."""
    version = access.profile_version(role)
    if version is None or version.status != ProfileVersion.Status.OPEN:
        return None
    return version


def cards(door: Door, role: Role, site: UUID) -> list[Card]:
    """The lines of the open version; empty where there is none."""
    version = open_version(role)
    if version is None:
        return []
    said = {
        row.line_id: row
        for row in profiles.opinions(door.visit.actor).filter(
            line__version=version, employer=door.visit.place.employer_id
        )
    }
    return [
        Card(
            line,
            said.get(line.pk),
            door.url("opinion", role.public_id, site, line.line_key),
        )
        for line in profiles.lines(version)
    ]


def context(found: list[Card], rated: Collection[UUID] = ()) -> dict[str, Any]:
    """What the pages show; ``rated`` are the lines that stand on the page already, as skills."""
    return {
        "cards": found,
        "rated": bool(rated),
        "others": [card for card in found if card.line.line_key not in rated],
        "silent": any(card.mine is None for card in found),
        "opened": any(card.mine and card.mine.stance == "dissent" for card in found),
        "necessities": NECESSITY,
        "importances": list(IMPORTANCE.items()),
    }


@require_POST
def opinion(request: ActingRequest, door: Door, role: UUID, site: UUID, line: UUID) -> HttpResponse:
    """Agree with a line, or say what should be different."""
    for_role = next((r for r in access.roles(door.visit.wave) if r.public_id == role), None)
    if for_role is None or "skills" not in door.visit.parts:
        raise Http404
    found = next((card for card in cards(door, for_role, site) if card.line.line_key == line), None)
    if found is None:
        raise Http404
    invitation = door.visit.invitation
    importance = request.POST.get("importance", "")
    stance = (
        LineOpinion.Stance.AGREE
        if request.POST.get("stance") == "agree"
        else LineOpinion.Stance.DISSENT
    )
    try:
        found.mine = give_opinion(
            found.line,
            actor=door.visit.actor,
            stance=stance,
            employer=door.visit.place.employer if door.visit.by_staff else None,
            necessity=_known(request.POST.get("necessity", "")),
            importance=int(importance) if importance in "12345" and importance else None,
            reason=request.POST.get("reason", "").replace("\0", "")[:1000],
            said_by=str(invitation) if invitation else "",
        )
    except ValidationError as error:
        found.error = words_of(error)
    if request.headers.get("HX-Request") == "true":
        return render(
            request, "answering/opinion.html", {"card": found, "fresh": True, **context([])}
        )
    if found.error:
        messages.error(request, found.error)
    return redirect(door.url("page", role, site, "skills") + f"#line-{line}")


@require_POST
def agree_all(request: ActingRequest, door: Door, role: UUID, site: UUID) -> HttpResponse:
    """Agree with every line of which this employer has not said anything."""
    for_role = next((r for r in access.roles(door.visit.wave) if r.public_id == role), None)
    version = open_version(for_role) if for_role else None
    if version is None or "skills" not in door.visit.parts:
        raise Http404
    invitation = door.visit.invitation
    try:
        agree_to_rest(
            version,
            actor=door.visit.actor,
            employer=door.visit.place.employer if door.visit.by_staff else None,
            said_by=str(invitation) if invitation else "",
        )
    except ValidationError as error:
        messages.error(request, words_of(error))
    return redirect(door.url("page", role, site, "skills"))


def _known(text: str) -> str:
    return text if text in dict(NECESSITY) else ""
