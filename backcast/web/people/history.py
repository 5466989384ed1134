"""Audit entries in words: who did what, when, and what was before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backcast.core.models import AuditEntry
from backcast.partners.models import Membership, Organisation, Person

DONE: dict[str, Promise | str] = {
    "partners.add_organisation": gettext_lazy("Added the organization"),
    "partners.edit_organisation": gettext_lazy("Changed the organization"),
    "partners.archive_organisation": gettext_lazy("Archived the organization"),
    "partners.restore_organisation": gettext_lazy("Brought the organization back"),
    "partners.add_site": gettext_lazy("Added a site"),
    "partners.edit_site": gettext_lazy("Changed a site"),
    "partners.archive_site": gettext_lazy("Archived a site"),
    "partners.restore_site": gettext_lazy("Brought a site back"),
    "partners.invite": gettext_lazy("Invited someone"),
    "partners.renew_invitation": gettext_lazy("Sent an invitation again"),
    "partners.ask_again": gettext_lazy("Asked for the invitation again"),
    "partners.withdraw_invitation": gettext_lazy("Withdrew an invitation"),
    "partners.accept_invitation": gettext_lazy("Accepted an invitation"),
    "partners.change_role": gettext_lazy("Changed a role"),
    "partners.end_membership": gettext_lazy("Ended a membership"),
    "partners.add_area": gettext_lazy("Set labor areas"),
    "partners.edit_area": gettext_lazy("Set labor areas"),
    "partners.restore_area": gettext_lazy("Set labor areas"),
    "partners.open_region": gettext_lazy("Opened the region"),
}
#: What a row's coming or changing means where no action of ours says it (loading, say).
_ROW: dict[tuple[str, str], Promise | str] = {
    ("partners_organisation", "insert"): gettext_lazy("Added the organization"),
    ("partners_organisation", "update"): gettext_lazy("Changed the organization"),
    ("partners_site", "insert"): gettext_lazy("Added a site"),
    ("partners_site", "update"): gettext_lazy("Changed a site"),
    ("partners_membership", "insert"): gettext_lazy("Added someone"),
    ("partners_membership", "update"): gettext_lazy("Changed a role"),
    ("partners_invitation", "insert"): gettext_lazy("Invited someone"),
    ("partners_invitation", "update"): gettext_lazy("Changed an invitation"),
}
#: Columns that people know, with their words; all others are left out.
FIELDS: dict[str, Promise | str] = {
    "name": gettext_lazy("Name"),
    "website": gettext_lazy("Website"),
    "kind": gettext_lazy("Kind"),
    "street": gettext_lazy("Street"),
    "city": gettext_lazy("City"),
    "county": gettext_lazy("County"),
    "state": gettext_lazy("State"),
    "zip": gettext_lazy("ZIP code"),
    "email": gettext_lazy("E-mail address"),
    "phone": gettext_lazy("Mobile phone"),
    "role": gettext_lazy("Role"),
}
_CHOICES: dict[str, dict[str, str]] = {
    "kind": {value: str(label) for value, label in Organisation.Kind.choices},
    "role": {value: str(label) for value, label in Membership.Role.choices},
}


@dataclass(frozen=True, slots=True)
class Change:
    """One column: ``before`` is empty where the row is new."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    at: datetime
    who: str
    what: str
    changes: list[Change]


def told(entries: Iterable[AuditEntry]) -> list[Told]:
    """The entries in words, with one query for the names of all who acted."""
    rows = list(entries)
    labels = {row.actor.removeprefix("person:") for row in rows if row.actor.startswith("person:")}
    names = {
        f"person:{person.public_id}": str(person)
        for person in Person.objects.filter(public_id__in=labels)
    }
    return [
        Told(row.at, names.get(row.actor) or _who(row.actor), _what(row), _changes(row))
        for row in rows
    ]


def _who(label: str) -> str:
    kind = label.partition(":")[0]
    if kind == "invitation":
        return _("The invited person")
    return _("Backcast itself") if kind == "system" else _("Someone")


def _what(row: AuditEntry) -> str:
    known = DONE.get(row.action) or _ROW.get((row.table, row.operation))
    return str(known or _("Changed something"))


def _changes(row: AuditEntry) -> list[Change]:
    before, after = row.before or {}, row.after or {}
    changes = []
    for key, label in FIELDS.items():
        old, new = before.get(key), after.get(key)
        if old != new and (old or new):
            changes.append(Change(str(label), _word(key, old), _word(key, new)))
    return changes


def _word(key: str, value: object) -> str:
    if value is None or value == "":
        return ""
    return _CHOICES.get(key, {}).get(str(value), str(value))
