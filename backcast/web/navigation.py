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
SUPPORT = frozenset({Kind.SUPPORT})
FUNDERS = frozenset({Kind.FUNDER})
EVERYONE = frozenset(Kind) - {Kind.SYSTEM}


@dataclass(frozen=True, slots=True)
class Entry:
    """A place: its label, the name of its address, and the kinds of organisation that see it.

    ``under``: other addresses below which its pages lie.
    """

    label: str | Promise
    name: str
    kinds: frozenset[Kind]
    under: tuple[str, ...] = ()


_PEOPLE = ("/organisations/", "/people/", "/sites/", "/contact-notes/", "/labour-areas/")
_DEMAND = ("/flows/", "/collaboratives/")
ENTRIES: list[Entry] = [
    Entry(_("Home"), "home", EVERYONE),
    Entry(_("Needs"), "needs:list", STAFF | EMPLOYERS),
    Entry(_("Collaboratives"), "collaboratives:list", STAFF, ("/regional/", "/flows/", "/roles/")),
    Entry(_("Plans"), "plans:list", STAFF, ("/overview/", "/limits/")),
    Entry(_("Programs"), "programs:list", STAFF | PROVIDERS),
    Entry(_("What is planned"), "overview:promise", FUNDERS),
    Entry(_("Programs"), "overview:programs", FUNDERS | SUPPORT),
    Entry(_("Regional demand"), "regional:list", EMPLOYERS | PROVIDERS | FUNDERS, _DEMAND),
    Entry(_("Occupations"), "frameworks:occupations", EVERYONE - {Kind.NOBODY}),
    Entry(_("Organizations"), "people:organisations", STAFF, _PEOPLE),
    Entry(_("Our organization"), "people:own", EVERYONE - STAFF - {Kind.NOBODY}, _PEOPLE),
]


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as shown: ``here`` where the page belongs to it."""

    label: str
    url: str
    here: bool


def links(actor: Actor, path: str) -> list[Link]:
    """The entries for ``actor``; the one with the longest address that ``path`` starts with is here."""
    shown = [(e, reverse(e.name)) for e in ENTRIES if actor.kind in e.kinds]
    matching = [
        (len(under), url)
        for entry, url in shown
        for under in (url, *entry.under)
        if path == under or (under != "/" and path.startswith(under))
    ]
    best = max(matching, default=(0, ""))[1]
    return [Link(str(entry.label), url, bool(best) and url == best) for entry, url in shown]
