"""The few places that the header leads to, by kind of organisation.

Home says what needs someone; this list is only for getting around. A feature adds one line.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backcast.core.actor import Actor, Kind

STAFF = frozenset({Kind.INTERMEDIARY})
EMPLOYERS = frozenset({Kind.EMPLOYER})
PROVIDERS = frozenset({Kind.PROVIDER})
FUNDERS = frozenset({Kind.FUNDER})
EVERYONE = frozenset(Kind) - {Kind.SYSTEM}


@dataclass(frozen=True, slots=True)
class Entry:
    """A place: its label, the name of its address, and the kinds of organisation that see it."""

    label: str | Promise
    name: str
    kinds: frozenset[Kind]


ENTRIES: list[Entry] = [
    Entry(_("Home"), "home", EVERYONE),
    Entry(_("Needs"), "needs:list", STAFF | EMPLOYERS),
    Entry(_("Collaboratives"), "collaboratives:list", STAFF),
    Entry(_("Plans"), "plans:list", STAFF),
    Entry(_("Programs"), "programs:list", STAFF | PROVIDERS),
    Entry(_("What is planned"), "overview:promise", FUNDERS),
    Entry(_("Programs"), "overview:programs", FUNDERS),
    Entry(_("Occupations"), "frameworks:occupations", EVERYONE - {Kind.NOBODY}),
    Entry(_("Organizations"), "people:organisations", STAFF),
    Entry(_("Our organization"), "people:own", EVERYONE - STAFF - {Kind.NOBODY}),
]


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as shown: ``here`` where the page belongs to it."""

    label: str
    url: str
    here: bool


def links(actor: Actor, path: str) -> list[Link]:
    """The entries for ``actor``; the one with the longest address that ``path`` starts with is here."""
    shown = [(str(e.label), reverse(e.name)) for e in ENTRIES if actor.kind in e.kinds]
    matching = [
        url for _label, url in shown if path == url or (url != "/" and path.startswith(url))
    ]
    best = max(matching, key=len, default="")
    return [Link(label, url, bool(best) and url == best) for label, url in shown]
