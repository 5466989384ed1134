"""People invited from a file: what it would do, and doing it.

``prepare`` reads, compares with whom the wave asks already and changes nothing; ``invite_people``
does the same again and invites in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import formats, timezone

from backcast.core.actor import Actor, acting
from backcast.demand.access import employers as region_employers
from backcast.demand.figures import Named
from backcast.demand.loading import check_size
from backcast.demand.models import Wave, WaveEmployer, WaveInvitation
from backcast.demand.refusals import N_, Refusal, say
from backcast.demand.waves import actions
from backcast.demand.waves.actions import Asked
from backcast.demand.waves.people import TITLE, PeopleRead, Places, ReadPerson, read_people
from backcast.partners.access import members, require_staff
from backcast.partners.models import CollaborativeMember


class Effect(StrEnum):
    """What a row does to whom the wave asks."""

    NEW = "new"
    #: Invited already, and the file says another name, language or other questions.
    CHANGES = "changes"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Entry:
    """One person of the file, and what becomes of them."""

    effect: Effect
    read: ReadPerson
    existing: WaveInvitation | None = None

    @property
    def asked(self) -> Asked:
        """As they would be asked; what the file leaves out of somebody known stays."""
        there = self.existing
        return Asked(
            self.read.email,
            self.read.name or (there.name if there else ""),
            phone=there.phone if there else "",
            agreed=bool(there and there.phone_agreed_at),
            language=self.read.language,
            parts=self.read.parts,
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """What the file would do. Every row is in ``entries`` or among the refusals."""

    reading: PeopleRead
    entries: tuple[Entry, ...]

    def count(self, effect: Effect) -> int:
        return sum(entry.effect is effect for entry in self.entries)

    @property
    def does_something(self) -> bool:
        return any(entry.effect is not Effect.SAME for entry in self.entries)


def places(wave: Wave, actor: Actor) -> Places:
    """Whom the wave can ask: its roster and whoever has joined since."""
    asked = {
        place.employer_id: Named(place.employer_id, place.employer.name)
        for place in WaveEmployer.objects.filter(wave=wave).select_related("employer")
    }
    for member in members(wave.collaborative):
        asked.setdefault(member.employer_id, Named(member.employer_id, member.employer.name))
    elsewhere = [Named(one.pk, one.name) for one in region_employers(actor) if one.pk not in asked]
    return Places(tuple(sorted(asked.values(), key=lambda one: one.name)), tuple(elsewhere))


def prepare(
    wave: Wave, *, actor: Actor, content: bytes, told: Mapping[str, int] | None = None
) -> Preview:
    """What inviting the people of ``content`` would do. Raises ``FileRefused``; changes nothing.

    ``told``: by the key of an unknown employer's name, the id of the one that is meant.
    """
    require_staff(actor)
    check_size(len(content))
    reading = read_people(content, places(wave, actor), is_address=_is_address, told=told)
    there: dict[tuple[int, str], WaveInvitation] = {}
    for one in WaveInvitation.objects.filter(wave=wave).order_by("pk"):
        key = (one.employer_id, one.email.lower())
        if key not in there or there[key].ended_at is not None:
            there[key] = one
    entries: list[Entry] = []
    refused: dict[int, Refusal] = {}
    for person in reading.people:
        existing = there.get((person.employer.id, person.email))
        if existing is not None and existing.ended_at is not None:
            refused[person.row] = _withdrawn(person, existing)
        else:
            entries.append(_entry(person, existing))
    return Preview(reading.without(refused), tuple(entries))


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _withdrawn(person: ReadPerson, existing: WaveInvitation) -> Refusal:
    day = formats.date_format(timezone.localtime(existing.ended_at), "DATE_FORMAT")
    return Refusal(
        person.row,
        TITLE["email"],
        say(
            N_("The invitation of %(email)s was withdrawn on %(day)s."), email=person.email, day=day
        ),
        say(N_("If they want to be asked after all, invite them on the employer's page.")),
    )


def _entry(person: ReadPerson, existing: WaveInvitation | None) -> Entry:
    if existing is None:
        return Entry(Effect.NEW, person)
    same = (
        person.name in ("", existing.name)
        and person.language == existing.language
        and set(person.parts) == set(existing.parts)
    )
    return Entry(Effect.SAME if same else Effect.CHANGES, person, existing)


def invite_people(
    wave: Wave, *, actor: Actor, content: bytes, told: Mapping[str, int] | None = None
) -> Preview:
    """Invite everybody in the file whose row can be used, in one transaction.

    In an open wave the links leave at once. Raises ``FileRefused``; then nobody is invited.
    """
    with acting(actor, "demand.invite_people_to_wave"):
        row = actions.locked(wave, "invite_person", actor)
        preview = prepare(row, actor=actor, content=content, told=told)
        asked = {place.employer_id: place for place in WaveEmployer.objects.filter(wave=row)}
        joined = {
            member.employer_id: member
            for member in members(row.collaborative)
            if member.employer_id not in asked
        }
        for entry in preview.entries:
            employer = entry.read.employer.id
            if entry.effect is Effect.CHANGES and entry.existing is not None:
                actions.change_invitation(entry.existing, actor=actor, asked=entry.asked)
            elif entry.effect is Effect.NEW:
                if employer not in asked:
                    asked[employer] = _joined(row, joined[employer])
                actions.invite(row, asked[employer], entry.asked)
        return preview


def _joined(wave: Wave, member: CollaborativeMember) -> WaveEmployer:
    """Who joined after the wave was planned is asked too, as large as it is now."""
    place = actions.ask_employer(wave, member)
    if wave.status == Wave.Status.OPEN:
        actions.give_sites(wave)
    return place


def workbook(wave: Wave, *, actor: Actor) -> bytes:
    """The workbook to fill in, with whom the wave asks, and every other employer."""
    from backcast.demand.waves.people_workbook import write_people  # slow to import, seldom asked

    require_staff(actor)
    rows = WaveInvitation.objects.filter(wave=wave, ended_at=None).select_related("employer")
    people = [
        ReadPerson(
            0,
            Named(one.employer_id, one.employer.name),
            one.email,
            one.name,
            one.language,
            tuple(one.parts),
        )
        for one in rows.order_by("employer__name", "pk")
    ]
    return write_people(people, [one.name for one in places(wave, actor).asked])
