"""What employers say to the lines of a requirement profile, one by one or to all that is left.

Refusals are as in ``actions``.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, Kind, acting
from backcast.demand.models import LineOpinion, ProfileLine, ProfileVersion
from backcast.demand.profiles import access
from backcast.demand.profiles.holding import locked, locked_line, require_levels
from backcast.demand.profiles.values import Stance
from backcast.partners.models import Organisation

#: What of a line an opinion may propose.
PROPOSABLE = ("necessity", "importance", "level_at_hire", "level_later")


def give_opinion(
    line: ProfileLine,
    *,
    actor: Actor,
    stance: Stance | str,
    employer: Organisation | None = None,
    necessity: str = "",
    importance: int | None = None,
    level_at_hire: float | None = None,
    level_later: float | None = None,
    reason: str = "",
    said_by: str = "",
) -> LineOpinion:
    """Say for an employer whether a line is right; saying it again replaces what was said.

    Employers speak for themselves, signed in or by a link (``said_by`` then names the person);
    staff name the employer that told them. Who agrees need give no values; who dissents gives those
    that it would change, a reason, or both.
    """
    with acting(actor, "demand.give_opinion"):
        fresh = locked_line(actor, line, "give_opinion")
        speaker = _speaker(actor, fresh, employer)
        opinion = LineOpinion.objects.filter(line=fresh, employer=speaker).first() or LineOpinion(
            line=fresh, employer=speaker, region_id=fresh.version.profile.region_id
        )
        opinion.stance = str(stance)
        if opinion.stance == LineOpinion.Stance.AGREE:
            said: dict[str, Any] = {name: getattr(fresh, name) for name in PROPOSABLE}
        else:
            said = {
                "necessity": necessity,
                "importance": importance,
                "level_at_hire": level_at_hire,
                "level_later": level_later,
            }
            require_levels(access.scale_value(fresh.scale), level_at_hire, level_later)
            if necessity == ProfileLine.Necessity.INSTEAD != fresh.necessity:
                raise ValidationError({"necessity": _("Choose required, preferred or not needed.")})
        for name, value in said.items():
            setattr(opinion, name, value)
        opinion.reason = reason.strip()
        opinion.person_id = actor.person_id
        opinion.said_by = said_by.strip()
        opinion.by_staff = actor.kind is not Kind.EMPLOYER
        opinion.given_at = timezone.now()
        opinion.clean_fields(exclude=["line", "employer", "region", "person"])
        opinion.validate_constraints()
        opinion.save()
        return opinion


def agree_to_rest(
    version: ProfileVersion,
    *,
    actor: Actor,
    employer: Organisation | None = None,
    said_by: str = "",
) -> int:
    """Agree to every line on which the employer has not spoken; returns to how many."""
    with acting(actor, "demand.agree_to_rest"):
        fresh = locked(actor, version, "give_opinion")
        lines = list(access.lines(fresh))
        if not lines:
            return 0
        lines[0].version = fresh
        speaker = _speaker(actor, lines[0], employer)
        spoken = set(
            LineOpinion.objects.filter(line__version=fresh, employer=speaker).values_list(
                "line_id", flat=True
            )
        )
        now = timezone.now()
        agreed = LineOpinion.objects.bulk_create(
            LineOpinion(
                region_id=fresh.profile.region_id,
                line=line,
                employer=speaker,
                stance=LineOpinion.Stance.AGREE,
                person_id=actor.person_id,
                said_by=said_by.strip(),
                by_staff=actor.kind is not Kind.EMPLOYER,
                given_at=now,
                **{name: getattr(line, name) for name in PROPOSABLE},
            )
            for line in lines
            if line.pk not in spoken
        )
        return len(agreed)


def withdraw_opinion(
    line: ProfileLine, *, actor: Actor, employer: Organisation | None = None
) -> None:
    """Say nothing of a line after all."""
    with acting(actor, "demand.withdraw_opinion"):
        fresh = locked_line(actor, line, "give_opinion")
        speaker = _speaker(actor, fresh, employer)
        for opinion in LineOpinion.objects.filter(line=fresh, employer=speaker):
            opinion.delete()


def _speaker(actor: Actor, line: ProfileLine, employer: Organisation | None) -> Organisation:
    if actor.kind is not Kind.EMPLOYER and employer is None:
        raise ValidationError({"employer": _("Say which employer told you.")})
    named = employer.public_id if employer is not None else None
    if (
        actor.kind is Kind.EMPLOYER
        and employer is not None
        and (employer.pk != actor.organisation_id)
    ):
        raise Http404
    return access.employer(actor, line.version.profile.role, named)
