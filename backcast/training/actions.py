"""What people do with programs: add, change, archive, bring back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, NotAllowed, Role, acting
from backcast.core.text import fold
from backcast.frameworks.models import Credential, Occupation
from backcast.partners.models import Organisation
from backcast.training import access, crosswalk
from backcast.training.models import (
    DEFAULT_STAGES,
    Basis,
    Program,
    ProgramBasis,
    ProgramCredential,
    ProgramOccupation,
    ProgramStage,
    ProgramStart,
    Stage,
)

#: What people may fill in; of these, ``FIGURES`` say where they come from.
TEXTS = (
    "name", "cip_code", "area", "site", "status", "mode", "schedule", "meets", "description", "website",
    "credential_text", "upskills_from",
)  # fmt: skip
FIGURES = (
    "clock_hours", "weeks", "lead_weeks", "recruit_weeks", "screen_weeks", "clearance_weeks",
    "exam_weeks", "externship_weeks", "hire_weeks", "tuition", "fees", "books", "tools",
    "other_costs", "total_cost", "cost_per_cohort", "min_size", "max_size", "at_once",
    "externship_places_per_learner",
)  # fmt: skip
COST_PARTS = ("tuition", "fees", "books", "tools", "other_costs")


@dataclass(frozen=True, slots=True)
class Leads:
    """An occupation that a program leads to, and the share of graduates counted for it (0 to 1)."""

    occupation: Occupation
    weight: Decimal


def add_program(
    provider: Organisation,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    leads: Sequence[Leads] = (),
    credentials: Sequence[Credential] = (),
    stages: Sequence[str] = DEFAULT_STAGES,
    months: Sequence[int] = (),
    basis: str = Basis.STATED,
    source: str = "",
) -> Program:
    """Add a program of ``provider``. ``values`` are fields of ``TEXTS`` and ``FIGURES``.

    Raises ``ValidationError`` by field, ``NotAllowed`` and 404 as ``access`` does.
    """
    access.require_writer(actor)
    _allow(actor, provider)
    with acting(actor, "training.add_program"):
        program = Program(region_id=provider.region_id, provider=provider)
        _fill(program, values)
        program.save()
        _state(program, FIGURES, basis, source or _by(actor, provider))
        _relate(program, leads, credentials, stages, months, basis, source or _by(actor, provider))
        _moves_up(program)
    return program


def change_program(
    program: Program,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    leads: Sequence[Leads] | None = None,
    credentials: Sequence[Credential] | None = None,
    stages: Sequence[str] | None = None,
    months: Sequence[int] | None = None,
) -> Program:
    """Change what ``values`` names; figures that changed become *stated*. None leaves a part alone."""
    _allow(actor, program.provider)
    with acting(actor, "training.change_program"):
        # A list that is loaded again leaves alone what was stated here, texts included.
        told = FIGURES + TEXTS if program.source else FIGURES
        before = {name: getattr(program, name) for name in told}
        _fill(program, values)
        program.save()
        changed = [name for name in told if getattr(program, name) != before[name]]
        source = _by(actor, program.provider)
        _state(program, changed, Basis.STATED, source)
        _relate(program, leads, credentials, stages, months, Basis.STATED, source)
        _moves_up(program)
    return program


def suggest_leads(program: Program, *, actor: Actor) -> int:
    """Replace what the program leads to by what the crosswalk says of its CIP code; returns how many.

    Where the crosswalk says nothing, nothing changes.
    """
    _allow(actor, program.provider)
    below = program.upskills_from
    links = [
        link
        for link in crosswalk.suggested(program.cip_code, program.region)
        if below is None or not below.same_work(link[0])
    ]
    if links:
        with acting(actor, "training.suggest_leads"):
            ProgramOccupation.objects.filter(program=program).delete()
            ProgramOccupation.objects.bulk_create(
                ProgramOccupation(
                    program=program,
                    occupation=occupation,
                    weight=weight,
                    basis=Basis.PUBLISHED,
                    source=source[:300],
                )
                for occupation, weight, source in links
            )
            program.save(update_fields=["updated_at"])
    return len(links)


def archive_program(program: Program, *, actor: Actor) -> Program:
    """Put the program away; plans stop using it, what refers to it stays."""
    _allow(actor, program.provider)
    with acting(actor, "training.archive_program"):
        program.archived_at = timezone.now()
        program.save(update_fields=["archived_at", "updated_at"])
    return program


def bring_back_program(program: Program, *, actor: Actor) -> Program:
    """Take an archived program out again. Raises ``ValidationError`` where its name is taken now."""
    _allow(actor, program.provider)
    with acting(actor, "training.bring_back_program"):
        program.archived_at = None
        program.validate_constraints()
        program.save(update_fields=["archived_at", "updated_at"])
    return program


def _allow(actor: Actor, provider: Organisation) -> None:
    if actor.region_id is not None and provider.region_id != actor.region_id:
        raise Http404
    if not actor.is_staff and provider.pk != actor.organisation_id:
        raise Http404
    if not actor.may(Role.MEMBER):
        raise NotAllowed


def _by(actor: Actor, provider: Organisation) -> str:
    """Who stated a figure, for showing: the provider, or staff on its behalf."""
    if actor.organisation_id == provider.pk:
        return _("Stated by %(provider)s") % {"provider": provider.name}
    return _("Stated by regional staff for %(provider)s") % {"provider": provider.name}


def _fill(program: Program, values: Mapping[str, Any]) -> None:
    unknown = values.keys() - {*TEXTS, *FIGURES}
    if unknown:
        raise TypeError(f"not fields of a program: {sorted(unknown)}")
    for name, value in values.items():
        setattr(program, name, value)
    parts = [getattr(program, name) for name in COST_PARTS]
    summed = sum((part for part in parts if part is not None), Decimal(0))
    if program.total_cost is None and any(part is not None for part in parts):
        program.total_cost = summed
    if program.total_cost is not None and summed > program.total_cost:
        raise ValidationError(
            {
                "total_cost": _(
                    "The parts add up to %(sum)s, which is more than the total. Correct a part or "
                    "the total."
                )
                % {"sum": f"{summed:,.2f}"}
            }
        )
    area = program.area
    if area is not None and area.region_id != program.region_id:
        raise ValidationError({"area": _("Choose a labor area of this region.")})
    program.name = " ".join(program.name.split())
    program.name_folded = fold(program.name)[:200]
    program.full_clean()


def _moves_up(program: Program) -> None:
    """Raises ``ValidationError`` where its learners already work in what it leads to."""
    below = program.upskills_from
    if below is None:
        return
    links = ProgramOccupation.objects.filter(program=program, weight__gt=0)
    if any(below.same_work(link.occupation) for link in links.select_related("occupation")):
        raise ValidationError(
            {
                "upskills_from": _(
                    "The program leads to %(title)s itself. Choose the job that its learners leave, "
                    "or take that job from what it leads to."
                )
                % {"title": below.title}
            }
        )


def _state(program: Program, names: Sequence[str], basis: str, source: str) -> None:
    """Say for each of the figures where it comes from now."""
    ProgramBasis.objects.filter(program=program, field__in=names).delete()
    ProgramBasis.objects.bulk_create(
        ProgramBasis(program=program, field=name, basis=basis, source=source)
        for name in names
        if getattr(program, name) is not None
    )


def _relate(
    program: Program,
    leads: Sequence[Leads] | None,
    credentials: Sequence[Credential] | None,
    stages: Sequence[str] | None,
    months: Sequence[int] | None,
    basis: str,
    source: str,
) -> None:
    if leads is not None:
        set_leads(program, leads, basis, source)
    if credentials is not None:
        set_credentials(program, credentials)
    if stages is not None:
        set_stages(program, stages, basis, source)
    if months is not None and list(months) != [start.month for start in program.starts.all()]:
        ProgramStart.objects.filter(program=program).delete()
        ProgramStart.objects.bulk_create(
            ProgramStart(program=program, month=month) for month in sorted(set(months))
        )
        _say(program, "starts", basis, source)


def set_leads(program: Program, leads: Sequence[Leads], basis: str, source: str) -> None:
    """Replace the occupations that the program leads to; links that stay the same keep their basis.

    Raises ``ValidationError``: an occupation twice, a share outside 0 to 1, a sum above 1.
    """
    if len({lead.occupation.pk for lead in leads}) < len(leads):
        raise ValidationError(_("An occupation stands twice. Remove one of the two rows."))
    if any(not 0 <= lead.weight <= 1 for lead in leads):
        raise ValidationError(_("A share lies between 0 and 100 percent."))
    total = sum((lead.weight for lead in leads), Decimal(0))
    if total > 1:
        raise ValidationError(
            _(
                "The shares add up to %(sum)s percent. A graduate fills one job: lower them to 100 "
                "percent together."
            )
            % {"sum": f"{total * 100:.0f}"}
        )
    kept = {link.occupation_id: link for link in program.occupation_links.all()}
    wanted = {lead.occupation.pk for lead in leads}
    ProgramOccupation.objects.filter(program=program).exclude(occupation__in=wanted).delete()
    for lead in leads:
        link = kept.get(lead.occupation.pk)
        if link is None:
            ProgramOccupation.objects.create(
                program=program,
                occupation=lead.occupation,
                weight=lead.weight,
                basis=basis,
                source=source,
            )
        elif link.weight != lead.weight:
            link.weight, link.basis, link.source = lead.weight, basis, source
            link.save()


def set_credentials(program: Program, credentials: Sequence[Credential]) -> None:
    """Replace what graduates can earn; links that stay are left alone.

    Raises ``ValidationError`` for a new one that is archived or of another region.
    """
    wanted = {each.pk: each for each in credentials}
    linked = set(program.credential_links.values_list("credential", flat=True))
    new = [each for key, each in wanted.items() if key not in linked]
    if any(each.is_archived or each.region_id != program.region_id for each in new):
        raise ValidationError(_("Choose a current credential of this region."))
    program.credential_links.exclude(credential__in=list(wanted)).delete()
    ProgramCredential.objects.bulk_create(
        ProgramCredential(program=program, credential=each) for each in new
    )


def set_stages(program: Program, stages: Sequence[str], basis: str, source: str) -> None:
    """Replace the order of stages, keeping what is believed of those that stay.

    Raises ``ValidationError``: none at all, an unknown one, or one twice.
    """
    if not stages:
        raise ValidationError(_("Choose at least one stage."))
    if len(set(stages)) < len(stages) or not set(stages) <= set(Stage.values):
        raise ValidationError(_("Each stage stands in the order once."))
    before = list(program.stages.all())
    if [row.stage for row in before] == list(stages):
        return
    priors = {row.stage: row for row in before}
    ProgramStage.objects.filter(program=program).delete()
    rows = []
    for order, stage in enumerate(stages, start=1):
        row = ProgramStage(program=program, order=order, stage=stage)
        if (known := priors.get(stage)) is not None:
            row.prior_a, row.prior_b = known.prior_a, known.prior_b
            row.prior_source, row.prior_assumption = known.prior_source, known.prior_assumption
        rows.append(row)
    ProgramStage.objects.bulk_create(rows)
    _say(program, "stages", basis, source)


def _say(program: Program, name: str, basis: str, source: str) -> None:
    ProgramBasis.objects.update_or_create(
        program=program,
        field=name,
        defaults={"basis": basis, "source": source, "assumption": ""},
    )
