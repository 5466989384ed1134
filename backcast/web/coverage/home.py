"""What coverage puts on a provider's home page: gaps to close, and programs that nobody described."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backcast.core.actor import Actor, Kind, Role
from backcast.training import access
from backcast.training.models import Program, ProgramOccupation
from backcast.training.modules import reading
from backcast.web.coverage.words import whole
from backcast.web.home.items import Item, StateLine

MOST = 2


def _current(actor: Actor) -> list[Program]:
    return list(
        access.programs(actor)
        .filter(archived_at__isnull=True, status=Program.Status.ACTIVE)
        .order_by("name_folded", "pk")
    )


def needs_you(actor: Actor) -> list[Item]:
    """For a provider's members: the programs with the most to gain."""
    if actor.kind is not Kind.PROVIDER or not actor.may(Role.MEMBER):
        return []
    programs = _current(actor)
    leads: dict[int, set[int]] = {}
    for pk, occupation in ProgramOccupation.objects.filter(
        program__in=programs, weight__gt=0
    ).values_list("program_id", "occupation_id"):
        leads.setdefault(pk, set()).add(occupation)
    asked = reading.asked_for(actor, set().union(*leads.values()))
    if not asked:
        return []
    rows = reading.rows_of(programs, asked)
    items = []
    open_gaps = [row for row in rows if row.coverage.gaps and row.coverage.share is not None]
    for row in sorted(open_gaps, key=lambda row: row.coverage.share or 0)[:MOST]:
        gaps = len(row.coverage.gaps)
        text = ngettext(
            "%(n)s gap in %(program)s: it covers %(share)s of what employers of %(role)s ask for.",
            "%(n)s gaps in %(program)s: it covers %(share)s of what employers of %(role)s ask for.",
            gaps,
        ) % {
            "n": gaps,
            "program": row.program.name,
            "share": whole(row.coverage.share),
            "role": row.asked.role.title,
        }
        url = reverse("coverage:coverage", kwargs={"program": row.program.public_id})
        items.append(Item(_("Close"), text, f"{url}?profile={row.asked.version.profile.public_id}"))
    described = {row.program.pk for row in rows}
    occupations = {each.role.occupation_id for each in asked}
    for program in programs:
        if program.pk not in described and leads.get(program.pk, set()) & occupations:
            items.append(
                Item(
                    _("Write down"),
                    _("What %(program)s teaches. Employers have said what they ask for.")
                    % {"program": program.name},
                    reverse("coverage:modules", kwargs={"program": program.public_id}),
                )
            )
            break
    return items


def state(actor: Actor) -> list[StateLine]:
    return []
