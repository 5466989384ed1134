"""What people do with requirement profiles. Each function is one transaction; ``actor`` says who acts.

What is refused raises ``ValidationError`` with a message for people (by field where one is to
blame); ``Http404`` for outsiders, ``NotAllowed`` for those with too little right.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Max, Q
from django.http import Http404
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backcast.core.actor import Actor, Kind, acting
from backcast.demand.models import (
    LineConsensus,
    ProfileLine,
    ProfileVersion,
    RequirementProfile,
    Role,
)
from backcast.demand.profiles import access, sources
from backcast.demand.profiles.consensus import Told, concordance, told, voices
from backcast.demand.profiles.holding import (
    locked,
    locked_line,
    require_levels,
    require_writer,
    step_to,
)
from backcast.demand.profiles.lifecycle import STEPS, State
from backcast.demand.profiles.opinions import PROPOSABLE
from backcast.demand.profiles.values import NewLine, Origin, Subject
from backcast.frameworks.models import Competency, Credential

#: What of a line may be changed.
CHANGEABLE = (*PROPOSABLE, "learned", "instead_of", "words")


@dataclass(frozen=True, slots=True)
class Added:
    """Lines that were added, and what was left out because it has a line already."""

    lines: tuple[ProfileLine, ...]
    known: tuple[NewLine, ...] = ()


# --- versions -------------------------------------------------------------------------------------


def begin_profile(role: Role, *, actor: Actor) -> ProfileVersion:
    """Begin the profile of a role with an empty draft, or its next version from the approved one.

    Lines are copied with their keys, so that the difference can be told; opinions are not: each
    version is asked about anew.
    """
    require_writer(actor)
    with acting(actor, "demand.begin_profile"):
        if role.region_id != actor.region_id and actor.kind is not Kind.SYSTEM:
            raise Http404
        RequirementProfile.objects.get_or_create(role=role, defaults={"region_id": role.region_id})
        profile = RequirementProfile.objects.select_for_update().get(role=role)
        last = profile.versions.aggregate(n=Max("number"))["n"] or 0
        version = ProfileVersion(profile=profile, number=last + 1)
        version.validate_constraints()
        version.save()
        current = profile.versions.current().first()
        if current is not None:
            _copy_lines(current, version)
        return version


def _copy_lines(source: ProfileVersion, target: ProfileVersion) -> None:
    made: dict[int, ProfileLine] = {}
    rows = list(source.lines.order_by("order", "id"))
    for row in sorted(rows, key=lambda row: row.instead_of_id is not None):
        stands_for = made.get(row.instead_of_id) if row.instead_of_id else None
        old = row.pk
        copied = {
            field.attname: getattr(row, field.attname)
            for field in ProfileLine._meta.concrete_fields
            if field.name not in ("id", "public_id", "created_at", "updated_at", "version")
        }
        made[old] = ProfileLine.objects.create(
            **copied | {"version_id": target.pk, "instead_of_id": getattr(stands_for, "pk", None)}
        )


def open_version(
    version: ProfileVersion, *, actor: Actor, comment_by: date | None = None
) -> ProfileVersion:
    """Ask the employers of the collaborative what they think of each line."""
    with acting(actor, "demand.open_version"):
        fresh = locked(actor, version, "open_version")
        if not fresh.lines.exists():
            raise ValidationError(_("Add at least one line before you ask employers."))
        if comment_by is not None and comment_by < timezone.localdate():
            raise ValidationError(
                {
                    "comment_by": _("%(day)s is in the past. Give a day from today on.")
                    % {"day": comment_by}
                }
            )
        fresh.opened_at = timezone.now()
        fresh.comment_by = comment_by
        return step_to(version, fresh, "open_version")


def take_back(version: ProfileVersion, *, actor: Actor) -> ProfileVersion:
    """Close an open version to comments; what was said so far stays with its lines."""
    with acting(actor, "demand.take_back"):
        return step_to(version, locked(actor, version, "take_back"), "take_back")


def approve_version(version: ProfileVersion, *, actor: Actor, note: str = "") -> ProfileVersion:
    """From now on this is what the role asks for; the version before is superseded.

    What employers said together is published with it, line by line, where enough of them answered.
    """
    with acting(actor, "demand.approve_version"):
        fresh = locked(actor, version, "approve_version")
        lines = list(access.lines(fresh))
        profile = access.value_of(fresh, lines)
        asked = access.asked(fresh.profile.role)
        opinions = access.opinion_values(access.opinions_on(actor, fresh))
        heard = voices(profile, opinions, asked)
        _require_approvable(lines, {voice.line.key for voice in heard if voice.agreeing})
        for last in fresh.profile.versions.current().select_for_update():
            last.status = STEPS["supersede_version"].targets[State.APPROVED]
            last.superseded_at = timezone.now()
            last.save()
        order = concordance(opinions)
        fresh.note = note.strip() or fresh.note
        fresh.approved_at = timezone.now()
        fresh.approved_by_id = actor.person_id
        fresh.asked = len(asked)
        if order is not None and order.raters >= access.enough_to_show():
            fresh.concordance, fresh.raters = order.w, order.raters
        by_key = {line.line_key: line for line in lines}
        for voice in heard:
            if voice.answered >= access.enough_to_show():
                how = told(voice.agreeing, voice.answered, access.enough_on_each_side())
                LineConsensus.objects.create(
                    line=by_key[voice.line.key],
                    answered=voice.answered,
                    agreement=how,
                    agreeing=voice.agreeing if how is Told.COUNTED else None,
                    importance=_median(voice.importance),
                    level_at_hire=_median(voice.level_at_hire),
                    level_later=_median(voice.level_later),
                )
        for line in lines:
            if not line.confirmed:
                line.confirmed = True
                line.save(update_fields=["confirmed", "updated_at"])
        return step_to(version, fresh, "approve_version")


def _median(spread: Any) -> float | None:
    enough = spread is not None and spread.n >= access.enough_to_show()
    return spread.median if enough else None


def _require_approvable(lines: list[ProfileLine], agreed: set[UUID]) -> None:
    if not lines:
        raise ValidationError(_("Add at least one line before you approve this version."))
    seeds = [line for line in lines if not line.confirmed and line.line_key not in agreed]
    if seeds:
        raise ValidationError(
            ngettext(
                "No employer has confirmed this line yet: %(lines)s. It came from a description of"
                " the typical worker. Wait for an employer to agree, or remove it.",
                "No employer has confirmed these lines yet: %(lines)s. They came from a description"
                " of the typical worker. Wait for an employer to agree, or remove them.",
                len(seeds),
            )
            % {"lines": "; ".join(line.name for line in seeds)}
        )
    gone = [line for line in lines if line.competency and not line.competency.is_current]
    if gone:
        raise ValidationError(
            _("No longer in use: %(lines)s. Replace or remove each before you approve.")
            % {"lines": "; ".join(f"“{line.name}”" for line in gone)}
        )


def drop_version(version: ProfileVersion, *, actor: Actor) -> ProfileVersion:
    """Give up a version that nobody approved; its number is not used again."""
    with acting(actor, "demand.drop_version"):
        return step_to(version, locked(actor, version, "drop_version"), "drop_version")


def note_version(version: ProfileVersion, *, actor: Actor, note: str) -> ProfileVersion:
    """Say what a version is about."""
    with acting(actor, "demand.note_version"):
        fresh = locked(actor, version, "change_lines")
        fresh.note = note.strip()
        fresh.save()
        version.refresh_from_db()
        return version


# --- lines ----------------------------------------------------------------------------------------


def add_lines(
    version: ProfileVersion,
    new: Iterable[NewLine],
    *,
    actor: Actor,
    origin: Origin = Origin.HAND,
) -> Added:
    """Add lines at the end; what has a line already is left alone and told.

    All or none: the first that cannot be used is refused by name. Competencies and credentials
    must be the region's to use and in use.
    """
    with acting(actor, "demand.add_lines"):
        fresh = locked(actor, version, "change_lines")
        return _add(fresh, list(new), origin)


def _add(version: ProfileVersion, new: list[NewLine], origin: Origin) -> Added:
    competency_ids, credential_ids = sources.known(new)
    region = version.profile.region_id
    competencies = {
        found.pk: found
        for found in Competency.objects.filter(
            Q(region=None) | Q(region=region),
            pk__in=competency_ids,
            withdrawn_in=None,
            archived_at=None,
        )
    }
    credentials = set(
        Credential.objects.filter(
            pk__in=credential_ids, region=region, archived_at=None
        ).values_list("pk", flat=True)
    )
    there = list(version.lines.all())
    taken = {_identity(row.competency_id, row.credential_id, row.words) for row in there}
    keys = {row.line_key: row for row in there}
    order = max((row.order for row in there), default=0)
    added, known = [], []
    for line in sorted(new, key=lambda line: line.instead_of is not None):
        words = " ".join(line.item.name.split()) if line.subject is Subject.WORDS else ""
        competency = line.item.id if line.subject is Subject.COMPETENCY else None
        credential = line.item.id if line.subject is Subject.CREDENTIAL else None
        identity = _identity(competency, credential, words)
        if identity in taken:
            known.append(line)
            continue
        if (competency and competency not in competencies) or (
            credential and credential not in credentials
        ):
            raise ValidationError(
                _("“%(name)s” is not in use here. Choose it from the list.")
                % {"name": line.item.name}
            )
        order += 1
        stands_for = keys.get(line.instead_of) if line.instead_of else None
        row = ProfileLine(
            version=version,
            line_key=line.key,
            competency=competencies.get(competency or 0),
            credential_id=credential,
            words=words,
            necessity=line.necessity,
            instead_of=stands_for,
            importance=line.importance,
            level_at_hire=line.level_at_hire,
            level_later=line.level_later,
            scale_id=competencies[competency].scale_id if competency else None,
            learned=line.learned,
            origin=origin,
            source=line.source[:300],
            confirmed=origin is not Origin.SEED,
            order=order,
        )
        _save_line(row)
        taken.add(identity)
        keys[row.line_key] = row
        added.append(row)
    return Added(tuple(added), tuple(known))


def _identity(competency: int | None, credential: int | None, words: str) -> tuple[int, int, str]:
    return competency or 0, credential or 0, words.casefold()


def seed_from_needs(version: ProfileVersion, *, actor: Actor) -> Added:
    """Add what employers' needs for the role already ask for."""
    require_writer(actor)
    found = sources.from_needs(version.profile.role)
    return add_lines(version, found, actor=actor, origin=Origin.NEEDS)


def seed_from_onet(version: ProfileVersion, *, actor: Actor) -> Added:
    """Add what matters in the occupation as a seed; employers must confirm it."""
    require_writer(actor)
    found = sources.from_onet(version.profile.role)
    return add_lines(version, found, actor=actor, origin=Origin.SEED)


def seed_from_esco(version: ProfileVersion, *, actor: Actor) -> Added:
    """Add what ESCO calls essential for the occupation as a seed; employers must confirm it."""
    require_writer(actor)
    found = sources.from_esco(version.profile.role)
    return add_lines(version, found, actor=actor, origin=Origin.SEED)


def change_line(line: ProfileLine, *, actor: Actor, **changes: Any) -> ProfileLine:
    """Change what a line asks for: fields named in ``CHANGEABLE``."""
    unknown = changes.keys() - set(CHANGEABLE)
    if unknown:
        raise TypeError(f"a line has no {', '.join(sorted(unknown))} to change")
    with acting(actor, "demand.change_line"):
        fresh = locked_line(actor, line, "change_lines")
        if "words" in changes and not fresh.words:
            del changes["words"]
        for name, value in changes.items():
            setattr(fresh, name, value)
        if fresh.necessity != ProfileLine.Necessity.INSTEAD:
            fresh.instead_of = None
        _save_line(fresh)
        line.refresh_from_db()
        return line


def replace_competency(line: ProfileLine, competency: Competency, *, actor: Actor) -> ProfileLine:
    """Put another competency in a line's place, as where a framework has withdrawn the old one.

    Levels stay only where both are stated on the same scale; what was said of the old one goes.
    """
    with acting(actor, "demand.replace_competency"):
        fresh = locked_line(actor, line, "change_lines")
        usable = competency.is_current and competency.region_id in (
            None,
            fresh.version.profile.region_id,
        )
        if fresh.competency_id is None or not usable:
            raise ValidationError(_("Choose a skill that is in use."))
        fresh.opinions.all().delete()
        if fresh.scale_id != competency.scale_id:
            fresh.level_at_hire = fresh.level_later = None
        fresh.competency = competency
        fresh.scale_id = competency.scale_id
        _save_line(fresh)
        line.refresh_from_db()
        return line


def remove_line(line: ProfileLine, *, actor: Actor) -> None:
    """Take a line out of a version that nobody has approved."""
    with acting(actor, "demand.remove_line"):
        fresh = locked_line(actor, line, "change_lines")
        other = fresh.substitutes.select_related("credential", "competency").first()
        if other is not None:
            raise ValidationError(
                _("“%(other)s” is accepted instead of it. Change or remove that one first.")
                % {"other": other.name}
            )
        fresh.delete()


def _save_line(row: ProfileLine, *, known_new: bool = False) -> None:
    """Write a line that holds together; ``known_new`` saves asking whether it is there already."""
    scale = access.scale_value(row.scale)
    other = row.instead_of
    if other is not None and (other.version_id != row.version_id or other.credential_id is None):
        raise ValidationError(
            {"instead_of": _("Choose a credential of this version that it stands in for.")}
        )
    require_levels(scale, row.level_at_hire, row.level_later)
    try:
        row.clean_fields(exclude=["version", "competency", "credential", "scale", "instead_of"])
        row.validate_constraints(exclude=["version"] if known_new else None)
    except ValidationError as refused:
        _by_name(row.name, refused)
    row.save()


def _by_name(name: str, refused: ValidationError) -> None:
    """Say of what general messages speak; those that belong to a field stand beside it."""
    found = refused.message_dict
    general = found.pop("__all__", [])
    if general:
        found["__all__"] = [f"{capfirst(name)}: {message}" for message in general]
    raise ValidationError(found) from None
