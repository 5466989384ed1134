"""What profiles say on the home page."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backcast.core.actor import Actor, Kind, Role
from backcast.demand.models import LineOpinion, ProfileVersion, RequirementProfile
from backcast.demand.profiles import access
from backcast.web.home.items import Item, StateLine
from backcast.web.profiles.views import to_version

_MOST = 2


def needs_you(actor: Actor) -> list[Item]:
    """Employers: open versions to comment on. Staff: where employers differ, and what to approve."""
    if not access.sees_profiles(actor) or not actor.may(Role.MEMBER):
        return []
    if actor.kind is Kind.EMPLOYER:
        return [
            Item(
                _("Say"),
                _("whether the requirements of “%(role)s” are right for you")
                % {"role": version.profile.role},
                to_version(version, "comment"),
            )
            for version in access.waiting(actor)[:_MOST]
        ]
    return _for_staff(actor) if actor.kind is Kind.INTERMEDIARY else []


def _for_staff(actor: Actor) -> list[Item]:
    """Open versions that somebody has spoken of, those where most differ first."""
    differing = dict(
        access.opinions(actor)
        .filter(line__version__status=ProfileVersion.Status.OPEN)
        .values_list("line__version")
        .annotate(n=Count("employer", filter=Q(stance=LineOpinion.Stance.DISSENT), distinct=True))
        .order_by()
    )
    rows = access.versions(actor).filter(pk__in=differing).select_related("profile__role")
    items = []
    for version in sorted(rows, key=lambda each: (-differing[each.pk], each.pk))[:_MOST]:
        role, count = version.profile.role, differing[version.pk]
        if count:
            text = ngettext(
                "%(n)s employer differs on the requirements of “%(role)s”",
                "%(n)s employers differ on the requirements of “%(role)s”",
                count,
            ) % {"role": role, "n": count}
            items.append(Item(_("Settle"), text, to_version(version)))
        else:
            text = _("version %(number)s of “%(role)s”: every employer who answered agrees") % {
                "number": version.number,
                "role": role,
            }
            items.append(Item(_("Approve"), text, to_version(version, "approve")))
    return items


def state(actor: Actor) -> list[StateLine]:
    if not access.sees_profiles(actor):
        return []
    approved = RequirementProfile.objects.filter(
        Exists(
            access.versions(actor)
            .filter(status=ProfileVersion.Status.APPROVED)
            .filter(profile=OuterRef("pk"))
        )
    ).count()
    return [StateLine(_("Roles with agreed requirements"), approved, reverse("profiles:list"))]
