"""What staff do with waves: make one, invite people, open it, remind, freeze.

Each function is one transaction; what a step needs stands in ``lifecycle``. What is refused raises
``ValidationError`` with a message for people; ``Http404`` for outsiders, ``NotAllowed`` for those
with too little right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backcast.core.actor import Actor, Kind, NotAllowed, Role, acting
from backcast.demand.models import Role as DemandRole
from backcast.demand.models import (
    Wave,
    WaveEmployer,
    WaveInvitation,
    WaveLink,
    WaveRole,
)
from backcast.demand.waves import access, mails
from backcast.demand.waves.lifecycle import STEPS, Facts, State, Who, state_of
from backcast.partners import texts
from backcast.partners.access import members, require_staff
from backcast.partners.models import (
    Collaborative,
    CollaborativeMember,
    Membership,
    Organisation,
    Site,
)

#: How long a link can be used.
LASTS = timedelta(days=21)
#: How long someone must wait before a new link is sent at their own wish.
PAUSE = timedelta(minutes=2)


def who_is(actor: Actor) -> Who:
    """As whom the actor takes a step; 404 for those who take none."""
    if actor.kind is Kind.INTERMEDIARY:
        return Who.STAFF
    if actor.kind is Kind.EMPLOYER:
        return Who.EMPLOYER
    if actor.kind is Kind.SYSTEM:
        return Who.SYSTEM
    raise Http404


def require_step(wave: Wave, step: str, actor: Actor) -> State:
    """The wave's state, where the actor may take this step now; refused otherwise."""
    who = who_is(actor)
    if who not in STEPS[step].who:
        raise NotAllowed
    if not actor.may(Role.MEMBER):
        raise NotAllowed
    state = state_of(wave.status, wave.is_archived)
    if not STEPS[step].allowed(state, who):
        raise ValidationError(_NOT_FROM[state])
    return state


_NOT_FROM = {
    State.DRAFT: gettext_lazy("This wave has not been opened yet."),
    State.OPEN: gettext_lazy("This wave is open already."),
    State.FROZEN: gettext_lazy(
        "This wave is frozen. Its answers stay as they are; staff can correct them."
    ),
    State.ARCHIVED: gettext_lazy("This wave is archived. Bring it back first."),
}


def save_wave(
    wave: Wave | None,
    *,
    actor: Actor,
    collaborative: Collaborative,
    roles: Sequence[DemandRole],
    **said: Any,
) -> Wave:
    """Make a wave (``wave`` is None) or change a draft: ``said`` are its fields by name.

    It asks the employers of the collaborative. Prefilled from the last frozen wave, if there is one.
    """
    require_staff(actor, Role.MEMBER)
    with acting(actor, "demand.edit_wave" if wave else "demand.add_wave"):
        if wave is None:
            row = Wave(region_id=collaborative.region_id, collaborative=collaborative)
            row.previous = (
                Wave.objects.filter(
                    collaborative=collaborative, status=Wave.Status.FROZEN, archived_at=None
                )
                .order_by("-frozen_at")
                .first()
            )
        else:
            row = locked(wave, "edit_wave", actor)
        for name, value in said.items():
            setattr(row, name, value)
        row.name = " ".join(row.name.split())
        _require_facts(row, "move_closing_day", roles=len(roles))
        row.full_clean(exclude=["previous"])
        row.save()
        _ask_about(row, roles)
        _fill_roster(row)
        return row


def _ask_about(wave: Wave, roles: Sequence[DemandRole]) -> None:
    known = {
        role.pk
        for role in DemandRole.objects.filter(collaborative=wave.collaborative, archived_at=None)
    }
    if any(role.pk not in known for role in roles):
        raise ValidationError({"roles": _("Choose roles of this collaborative.")})
    WaveRole.objects.filter(wave=wave).exclude(role__in=roles).delete()
    for order, role in enumerate(roles):
        WaveRole.objects.update_or_create(wave=wave, role=role, defaults={"order": order})


def _fill_roster(wave: Wave) -> None:
    """Every employer of the collaborative, with its size and headcount as they are now."""
    for member in members(wave.collaborative):
        ask_employer(wave, member)


def ask_employer(wave: Wave, member: CollaborativeMember) -> WaveEmployer:
    """The member's place on the roster, as large as it is now."""
    place, _new = WaveEmployer.objects.update_or_create(
        wave=wave,
        employer=member.employer,
        defaults={
            "region": wave.region,
            "size": member.size,
            "headcount": member.headcount,
            "industry": member.industry,
        },
    )
    return place


def move_closing_day(wave: Wave, *, actor: Actor, closes_on: date) -> Wave:
    """Give employers more time, or less."""
    with acting(actor, "demand.move_closing_day"):
        row = locked(wave, "move_closing_day", actor)
        row.closes_on = closes_on
        _require_facts(row, "move_closing_day")
        row.save(update_fields=["closes_on", "updated_at"])
        wave.refresh_from_db()
        return wave


@dataclass(frozen=True, slots=True)
class Asked:
    """Someone to be asked. ``parts`` are the groups of questions that are theirs.

    To ``phone`` a text says that a reminder is in the inbox, if they ``agreed`` to it.
    """

    email: str
    name: str = ""
    phone: str = ""
    agreed: bool = False
    language: str = "en"
    parts: tuple[str, ...] = access.PARTS


def invite_person(
    wave: Wave, *, actor: Actor, employer: Organisation, asked: Asked
) -> WaveInvitation:
    """Ask a person of an employer. In an open wave the link leaves at once, else when it opens."""
    with acting(actor, "demand.invite_to_wave"):
        row = locked(wave, "invite_person", actor)
        place = WaveEmployer.objects.filter(wave=row, employer=employer).first()
        if place is None:
            raise ValidationError(
                {"employer": _("Choose an employer that belongs to the collaborative.")}
            )
        return invite(row, place, asked)


def invite_known(wave: Wave, *, actor: Actor) -> int:
    """Invite everybody who is known: whom the last wave asked, and people with an account.

    Those already invited are left alone; returns how many are new.
    """
    with acting(actor, "demand.invite_known_to_wave"):
        row = locked(wave, "invite_person", actor)
        places = {place.employer_id: place for place in WaveEmployer.objects.filter(wave=row)}
        there = {
            (one.place_id, one.email.lower()) for one in WaveInvitation.objects.filter(wave=row)
        }
        new = 0
        for employer, asked in _known(row, list(places)):
            place = places[employer]
            if (place.pk, asked.email.lower()) not in there:
                there.add((place.pk, asked.email.lower()))
                invite(row, place, asked)
                new += 1
        return new


def _known(wave: Wave, employers: list[int]) -> Iterable[tuple[int, Asked]]:
    """Whom to ask, by employer: those of the last wave with their parts, else members."""
    had = set()
    last = WaveInvitation.objects.filter(
        wave=wave.previous_id or 0, employer__in=employers, ended_at=None
    )
    for one in last.order_by("pk"):
        had.add(one.employer_id)
        yield (
            one.employer_id,
            Asked(
                one.email,
                one.name,
                one.phone,
                agreed=one.phone_agreed_at is not None,
                language=one.language,
                parts=tuple(one.parts),
            ),
        )
    people = (
        Membership.objects.filter(organisation__in=employers, left_at=None, person__is_active=True)
        .exclude(role=Membership.Role.VIEWER)
        .select_related("person")
        .order_by("pk")
    )
    for member in people:
        if member.organisation_id not in had:
            person = member.person
            language = person.language if person.language in ("en", "es") else "en"
            yield member.organisation_id, Asked(person.email, person.name, language=language)


def invite(wave: Wave, place: WaveEmployer, asked: Asked) -> WaveInvitation:
    """Ask a person; the caller holds the wave and has been let in."""
    invitation = WaveInvitation(
        region_id=wave.region_id,
        wave=wave,
        place=place,
        employer_id=place.employer_id,
        email=asked.email.strip().lower(),
        name=" ".join(asked.name.split()),
        language=asked.language,
        parts=list(asked.parts),
    )
    _agree(invitation, asked.phone, asked.agreed)
    invitation.full_clean(exclude=["region", "wave", "place", "employer"])
    invitation.save()
    if wave.status == Wave.Status.OPEN:
        send_link(invitation)
    return invitation


def _agree(invitation: WaveInvitation, phone: str, agreed: bool) -> None:
    """Keep a number to text to, and when they agreed; refused where they did not."""
    if not phone.strip():
        invitation.phone, invitation.phone_agreed_at = "", None
        return
    try:
        number = texts.number(phone)
    except ValidationError as error:
        raise ValidationError({"phone": error.messages}) from None
    if not agreed:
        raise ValidationError(
            {"agreed": _("Ask them first, and tick the box. Or leave the phone number out.")}
        )
    if number != invitation.phone:
        invitation.phone, invitation.phone_agreed_at = number, timezone.now()


def send_link(invitation: WaveInvitation, *, reminder: bool = False) -> str:
    """Make a link of its own for a mail and queue that; the links of earlier mails still work."""
    token, kept = access.new_secret()
    now = timezone.now()
    until = _until(invitation.wave, now)
    WaveLink.objects.create(
        region_id=invitation.region_id,
        wave_id=invitation.wave_id,
        employer_id=invitation.employer_id,
        invitation=invitation,
        digest=kept,
        sent_at=now,
        expires_at=until,
    )
    if reminder:
        invitation.reminders += 1
        invitation.reminded_at = now
    invitation.sent_at = invitation.sent_at if reminder and invitation.sent_at else now
    invitation.expires_at = until
    invitation.save(
        update_fields=["sent_at", "expires_at", "reminders", "reminded_at", "updated_at"]
    )
    mails.send_questions(invitation, token, until, reminder=reminder)
    if reminder and invitation.phone and texts.available():
        mails.text_reminder(invitation)
    return token


def _until(wave: Wave, now: datetime) -> datetime:
    """A link outlives the wave by a little, so that people can read what they said."""
    return now + max(LASTS, timedelta(days=7 + (wave.closes_on - timezone.localdate(now)).days))


def change_invitation(invitation: WaveInvitation, *, actor: Actor, asked: Asked) -> WaveInvitation:
    """Change what somebody is asked, and in which language. Another address is another invitation."""
    with acting(actor, "demand.change_invitation"):
        locked(invitation.wave, "invite_person", actor)
        invitation.name = " ".join(asked.name.split())
        invitation.language, invitation.parts = asked.language, list(asked.parts)
        _agree(invitation, asked.phone, asked.agreed)
        invitation.full_clean(exclude=["region", "wave", "place", "employer"])
        invitation.save()
        return invitation


def renew_link(invitation: WaveInvitation, *, actor: Actor) -> None:
    """Send a new link, to the address on file only; staff, or whoever holds an old link."""
    with acting(actor, "demand.renew_link"):
        locked(invitation.wave, "renew_link", actor)
        row = WaveInvitation.objects.select_for_update().get(pk=invitation.pk)
        if row.ended_at is not None:
            raise ValidationError(_("This invitation has been withdrawn."))
        newest = WaveLink.objects.filter(invitation=row).aggregate(at=Max("sent_at"))["at"]
        if not actor.is_staff and newest and newest > timezone.now() - PAUSE:
            raise ValidationError(
                _("A new link left a moment ago. Look in your inbox and in the folder for spam.")
            )
        send_link(row)


def withdraw_invitation(invitation: WaveInvitation, *, actor: Actor) -> None:
    """Ask this person no longer; all of their links stop working. What they said stays."""
    with acting(actor, "demand.withdraw_wave_invitation"):
        locked(invitation.wave, "invite_person", actor)
        invitation.ended_at = timezone.now()
        invitation.save(update_fields=["ended_at", "updated_at"])


def stop_reminders(invitation: WaveInvitation, *, actor: Actor) -> None:
    """The person wants no more reminders; they can still answer."""
    with acting(actor, "demand.stop_reminders"):
        if invitation.stopped_at is None:
            invitation.stopped_at = timezone.now()
            invitation.save(update_fields=["stopped_at", "updated_at"])


def choose_language(invitation: WaveInvitation, *, actor: Actor, language: str) -> None:
    """The person reads on in this language, here and in their mails."""
    with acting(actor, "demand.choose_language"):
        if language in ("en", "es") and language != invitation.language:
            invitation.language = language
            invitation.save(update_fields=["language", "updated_at"])


def open_wave(wave: Wave, *, actor: Actor) -> Wave:
    """Begin to ask: the links leave now, and the roster keeps how large each employer is."""
    with acting(actor, "demand.open_wave"):
        row = locked(wave, "open_wave", actor)
        _fill_roster(row)
        _require_facts(row, "open_wave")
        give_sites(row)
        row.status, row.opened_at = Wave.Status.OPEN, timezone.now()
        row.save()
        for invitation in _unsent(row):
            send_link(invitation)
        wave.refresh_from_db()
        return wave


def _unsent(wave: Wave) -> list[WaveInvitation]:
    rows = WaveInvitation.objects.filter(wave=wave, sent_at=None, ended_at=None)
    return list(rows.select_related("employer", "wave__collaborative"))


def give_sites(wave: Wave) -> None:
    """An employer without a site gets one: needs belong to a place. Staff find its labor area."""
    asked = WaveEmployer.objects.filter(wave=wave).exclude(
        employer__in=Site.objects.filter(archived_at=None).values("organisation")
    )
    for place in asked:
        Site.objects.create(organisation_id=place.employer_id, name=_("Main site"))


def remind(wave: Wave, *, actor: Actor) -> int:
    """Remind those who may be reminded now; returns how many."""
    with acting(actor, "demand.remind"):
        row = locked(wave, "remind", actor)
        sent = 0
        for invitation in access.to_remind(row).select_related("wave__collaborative", "employer"):
            send_link(invitation, reminder=True)
            sent += 1
        return sent


def freeze_wave(wave: Wave, *, actor: Actor) -> Wave:
    """End the asking. What was answered stays as it is from now on, for good."""
    step = "freeze_due_wave" if who_is(actor) is Who.SYSTEM else "freeze_wave"
    with acting(actor, "demand.freeze_wave"):
        row = locked(wave, step, actor)
        _require_facts(row, step)
        row.status, row.frozen_at = Wave.Status.FROZEN, timezone.now()
        row.frozen_by_id = actor.person_id
        row.save()
        wave.refresh_from_db()
        return wave


def archive_wave(wave: Wave, *, actor: Actor) -> None:
    """Take a draft or a frozen wave out of sight."""
    with acting(actor, "demand.archive_wave"):
        row = locked(wave, "archive_wave", actor)
        row.archived_at = timezone.now()
        row.save()
        wave.refresh_from_db()


def restore_wave(wave: Wave, *, actor: Actor) -> None:
    """Bring an archived wave back."""
    with acting(actor, "demand.restore_wave"):
        row = locked(wave, "restore_wave", actor)
        row.archived_at = None
        row.validate_constraints()
        row.save()
        wave.refresh_from_db()


# --- what the actions rest on ---------------------------------------------------------------------


def locked(wave: Wave, step: str, actor: Actor) -> Wave:
    """The wave as it is now, locked where staff change it, for someone who may take the step."""
    rows = access.waves(actor).filter(pk=wave.pk).select_related("collaborative", "region")
    if actor.is_staff:
        rows = rows.select_for_update(of=("self",))
    row = rows.first()
    if row is None:
        raise Http404
    require_step(row, step, actor)
    return row


def _require_facts(wave: Wave, step: str, *, roles: int | None = None) -> None:
    saved = wave.pk is not None
    facts = Facts(
        today=timezone.localdate(),
        closes_on=wave.closes_on,
        roles=roles
        if roles is not None
        else (WaveRole.objects.filter(wave=wave).count() if saved else 0),
        employers=WaveInvitation.objects.filter(wave=wave, ended_at=None)
        .values("place")
        .distinct()
        .count()
        if saved
        else 0,
    )
    errors: dict[str, list[str]] = {}
    for name, sentence in STEPS[step].unmet(facts):
        errors.setdefault(name or "__all__", []).append(_(sentence.template))
    if errors:
        raise ValidationError(errors)
