"""What pages of occupations call things."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backcast.core.actor import Actor
from backcast.frameworks.models import Release, ReleaseChange, Wage

#: Major groups of SOC 2018, by the first two digits of a code.
GROUPS = [
    ("29", gettext_lazy("Healthcare practitioners and technicians")),
    ("31", gettext_lazy("Healthcare support")),
    ("11", gettext_lazy("Management")),
    ("13", gettext_lazy("Business and finance")),
    ("15", gettext_lazy("Computers and mathematics")),
    ("17", gettext_lazy("Architecture and engineering")),
    ("19", gettext_lazy("Science")),
    ("21", gettext_lazy("Community and social service")),
    ("23", gettext_lazy("Law")),
    ("25", gettext_lazy("Education")),
    ("27", gettext_lazy("Arts, sports and media")),
    ("33", gettext_lazy("Protective service")),
    ("35", gettext_lazy("Food")),
    ("37", gettext_lazy("Cleaning and grounds")),
    ("39", gettext_lazy("Personal care")),
    ("41", gettext_lazy("Sales")),
    ("43", gettext_lazy("Office and administration")),
    ("45", gettext_lazy("Farming, fishing and forestry")),
    ("47", gettext_lazy("Construction")),
    ("49", gettext_lazy("Installation and repair")),
    ("51", gettext_lazy("Production")),
    ("53", gettext_lazy("Transportation")),
    ("55", gettext_lazy("Military")),
]

#: What a job zone asks for, in a few words of ours.
ZONES = {
    1: gettext_lazy("little or no preparation"),
    2: gettext_lazy("some preparation"),
    3: gettext_lazy("medium preparation"),
    4: gettext_lazy("considerable preparation"),
    5: gettext_lazy("extensive preparation"),
}

CHANGES = {
    ReleaseChange.Kind.ADDED: gettext_lazy("Added"),
    ReleaseChange.Kind.WITHDRAWN: gettext_lazy("Withdrawn"),
    ReleaseChange.Kind.RETURNED: gettext_lazy("Brought back"),
    ReleaseChange.Kind.RETITLED: gettext_lazy("Renamed"),
    ReleaseChange.Kind.REDEFINED: gettext_lazy("Described differently"),
}


def tabs(actor: Actor, here: str) -> list[tuple[str, str, bool]]:
    """The lists of this part: label, address, and whether it is the one shown."""
    places = [
        ("occupations", _("Occupations")),
        ("competencies", _("Competencies")),
        ("credentials", _("Credentials")),
    ]
    if actor.is_staff:
        places.append(("releases", _("Loaded data")))
    return [(label, reverse(f"frameworks:{name}"), name == here) for name, label in places]


def pay(wage: Wage, name: str) -> str:
    """A wage in dollars; “or more” where only the highest published figure is known."""
    if name in wage.top_coded:
        return _("above the highest published")
    value = getattr(wage, name)
    if value is None:
        return _("not released")
    return f"${value:,.2f}" if name.startswith("hourly") else f"${value:,.0f}"


def credits(*releases: Release | None) -> list[Release]:
    """Each release once, for the note that says where data come from."""
    seen: dict[Any, Release] = {}
    for release in releases:
        if release is not None:
            seen.setdefault(release.pk, release)
    return list(seen.values())
