"""What people do with versions and modules: draft, add, order, tick off, make current."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Max, Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backcast.core.actor import Actor, NotAllowed, Role, acting
from backcast.frameworks.models import Competency, Scale
from backcast.frameworks.parsing.scales import KNOWN, OWN
from backcast.frameworks.text import folded as fold
from backcast.training.models import Module, ModuleOutcome, Program, ProgramVersion
from backcast.training.modules.lifecycle import STEPS, State, state_of
from backcast.training.modules.outline import Outlined

#: A version holds at most so many modules, a module so many outcomes.
MOST_MODULES = 200
MOST_OUTCOMES = 1_000
#: The letters of a cell of the matrix.
INTRODUCES, PRACTISES, ASSESSES = "I", "P", "A"


def draft_version(program: Program, *, actor: Actor, note: str = "") -> ProgramVersion:
    """The program's draft: the one there is, or a copy of what is taught now, or an empty first one."""
    _allow(actor, program)
    with acting(actor, "training.draft_version"):
        Program.objects.select_for_update().get(pk=program.pk)
        rows = ProgramVersion.objects.filter(program=program)
        draft = rows.filter(status=ProgramVersion.Status.DRAFT, archived_at__isnull=True).first()
        if draft is not None:
            return draft
        taught = rows.filter(status=ProgramVersion.Status.CURRENT).first()
        highest = rows.aggregate(n=Max("number"))["n"] or 0
        draft = ProgramVersion(
            program=program, number=highest + 1, note=note.strip(), based_on=taught
        )
        draft.full_clean()
        draft.save()
        if taught is not None:
            _copy(taught, draft)
    return draft


def _copy(source: ProgramVersion, target: ProgramVersion) -> None:
    made: dict[int, Module] = {}
    for module in source.modules.all():
        made[module.pk] = Module(
            version=target,
            key=module.key,
            order=module.order,
            title=module.title,
            hours=module.hours,
            outline=module.outline,
        )
    Module.objects.bulk_create(made.values())
    ModuleOutcome.objects.bulk_create(
        ModuleOutcome(
            module=made[outcome.module_id],
            competency_id=outcome.competency_id,
            words=outcome.words,
            folded=outcome.folded,
            introduces=outcome.introduces,
            practises=outcome.practises,
            assesses=outcome.assesses,
            level=outcome.level,
            scale_id=outcome.scale_id,
            hours=outcome.hours,
        )
        for outcome in ModuleOutcome.objects.filter(module__version=source).order_by("pk")
    )


def make_current(version: ProgramVersion, *, actor: Actor) -> ProgramVersion:
    """Teach by this version from now on; the one taught until now is superseded."""
    _allow(actor, version.program)
    with acting(actor, "training.make_current"):
        version = _step(version, "make_current")
        rows = ProgramVersion.objects.filter(
            program=version.program_id, status=ProgramVersion.Status.CURRENT
        )
        for before in rows.select_for_update():
            before.status = ProgramVersion.Status.SUPERSEDED
            before.save(update_fields=["status", "updated_at"])
        version.status = ProgramVersion.Status.CURRENT
        version.current_from = timezone.now()
        version.save(update_fields=["status", "current_from", "updated_at"])
    return version


def discard_draft(version: ProgramVersion, *, actor: Actor) -> None:
    """Put a draft away; what is taught stays as it is."""
    _allow(actor, version.program)
    with acting(actor, "training.discard_draft"):
        version = _step(version, "discard")
        version.archived_at = timezone.now()
        version.save(update_fields=["archived_at", "updated_at"])


def describe_version(version: ProgramVersion, note: str, *, actor: Actor) -> None:
    """Say what is new in a draft."""
    with _changing(version, actor, "training.describe_version") as locked:
        locked.note = " ".join(note.split())
        locked.full_clean()
        locked.save(update_fields=["note", "updated_at"])


def add_modules(
    version: ProgramVersion, modules: Sequence[Outlined], *, actor: Actor
) -> list[Module]:
    """Add modules at the end of a draft, all or none.

    Words that are exactly the statement of a competency become that competency.
    Raises ``ValidationError`` naming the module.
    """
    with _changing(version, actor, "training.add_modules") as locked:
        last = locked.modules.aggregate(n=Max("order"))["n"] or 0
        if locked.modules.count() + len(modules) > MOST_MODULES:
            raise ValidationError(
                _("A program has at most %(n)s modules. Put some of them together.")
                % {"n": MOST_MODULES}
            )
        region = locked.program.region_id
        known = _by_statement({one.text for new in modules for one in new.outcomes}, region)
        made = []
        for place, new in enumerate(modules, start=last + 1):
            module = Module(
                version=locked,
                order=place,
                title=" ".join(new.title.split()),
                hours=new.hours,
            )
            try:
                module.full_clean(exclude=["version"])
            except ValidationError as error:
                raise ValidationError(
                    [
                        _("Module %(n)s, “%(title)s”: %(problem)s")
                        % {"n": place - last, "title": new.title[:60], "problem": text}
                        for text in error.messages
                    ]
                ) from error
            module.save()
            made.append(module)
            for one in new.outcomes:
                each = known.get(fold(one.text)) or one.text
                there = _existing(module, each)
                letters = set(one.modes) | set(there.modes if there else "")
                _set(module, there, each, letters, one.level)
    return made


def _by_statement(texts: set[str], region: int) -> dict[str, Competency]:
    folded = {fold(" ".join(text.split())) for text in texts}
    rows = Competency.objects.filter(
        Q(region=None) | Q(region=region),
        folded__in=folded,
        archived_at__isnull=True,
        withdrawn_in=None,
    ).order_by(F("region").desc(nulls_last=True), "-pk")
    found: dict[str, Competency] = {}
    for row in rows:
        found.setdefault(row.folded, row)
    return found


def change_module(module: Module, values: Mapping[str, Any], *, actor: Actor) -> Module:
    """Change title, hours and outline of a module of a draft."""
    with _changing(module.version, actor, "training.change_module"):
        for name in ("title", "hours", "outline"):
            if name in values:
                setattr(module, name, values[name])
        module.title = " ".join(module.title.split())
        module.full_clean(exclude=["version"])
        _check_hours(module)
        module.save()
    return module


def move_module(module: Module, to: int, *, actor: Actor) -> None:
    """Put a module at place ``to`` (1 is the first); the others close up."""
    with _changing(module.version, actor, "training.move_module") as version:
        rows = list(version.modules.order_by("order", "pk"))
        moved = next(row for row in rows if row.pk == module.pk)
        rows.remove(moved)
        rows.insert(max(0, min(to - 1, len(rows))), moved)
        _number(rows)


def remove_module(module: Module, *, actor: Actor) -> None:
    """Take a module with its outcomes out of a draft."""
    with _changing(module.version, actor, "training.remove_module") as version:
        module.delete()
        _number(list(version.modules.order_by("order", "pk")))


def _number(rows: Sequence[Module]) -> None:
    for place, row in enumerate(rows, start=1):
        if row.order != place:
            row.order = place
            row.save(update_fields=["order", "updated_at"])


def add_outcomes(
    module: Module,
    competencies: Sequence[Competency | str],
    *,
    actor: Actor,
    modes: str = INTRODUCES,
    level: float | None = None,
) -> list[ModuleOutcome]:
    """Have the module do ``modes`` for each competency (or own words); what it did before stays.

    A level is raised, never lowered. Raises ``ValidationError``.
    """
    with _changing(module.version, actor, "training.add_outcomes"):
        done = []
        for each in competencies:
            found = _existing(module, each)
            letters = set(modes) | set(found.modes if found else "")
            before = found.level if found else None
            high = max((one for one in (before, level) if one is not None), default=None)
            done.append(_set(module, found, each, letters, high))
    return done


def set_cell(
    module: Module,
    competency: Competency | str,
    modes: str,
    level: float | None,
    *,
    actor: Actor,
) -> ModuleOutcome | None:
    """Say all that the module does for a competency; with no letters left the outcome goes."""
    with _changing(module.version, actor, "training.set_cell"):
        found = _existing(module, competency)
        if not modes:
            if found is not None:
                found.delete()
            return None
        return _set(module, found, competency, set(modes), level)


def change_hours(outcome: ModuleOutcome, hours: Decimal | None, *, actor: Actor) -> None:
    """Say how many of the module's hours go to one competency."""
    with _changing(outcome.module.version, actor, "training.change_hours"):
        outcome.hours = hours
        outcome.full_clean(exclude=["module", "competency"], validate_unique=False)
        outcome.save()
        _check_hours(outcome.module)


def _check_hours(module: Module) -> None:
    said = sum((one.hours or Decimal(0) for one in module.outcomes.all()), Decimal(0))
    if module.hours is not None and said > module.hours:
        raise ValidationError(
            {
                "hours": _(
                    "The competencies of this module take %(said)s hours together, the module "
                    "has %(has)s. Lower those or raise this."
                )
                % {"said": f"{said:f}", "has": f"{module.hours:f}"}
            }
        )


def _existing(module: Module, competency: Competency | str) -> ModuleOutcome | None:
    if isinstance(competency, Competency):
        return module.outcomes.filter(competency=competency).first()
    return module.outcomes.filter(competency=None, folded=fold(_clean(competency))[:300]).first()


def _clean(words: str) -> str:
    return " ".join(words.replace("\0", "").split())[:300]


def _set(
    module: Module,
    found: ModuleOutcome | None,
    competency: Competency | str,
    letters: set[str],
    level: float | None,
) -> ModuleOutcome:
    if not letters or not letters <= {INTRODUCES, PRACTISES, ASSESSES}:
        raise ValidationError(_("A module introduces (I), practices (P) or assesses (A)."))
    does = {
        "introduces": INTRODUCES in letters,
        "practises": PRACTISES in letters,
        "assesses": ASSESSES in letters,
    }
    if found is None:
        return _outcome(module, competency, level=level, **does)
    for name, value in does.items():
        setattr(found, name, value)
    found.level = level
    _check_level(found)
    found.save()
    return found


def _outcome(
    module: Module, competency: Competency | str, *, level: float | None = None, **does: bool
) -> ModuleOutcome:
    if module.outcomes.count() >= MOST_OUTCOMES:
        raise ValidationError(
            _("A module has at most %(n)s competencies. Split it.") % {"n": MOST_OUTCOMES}
        )
    if isinstance(competency, Competency):
        if competency.region_id not in (None, module.version.program.region_id):
            raise Http404
        made = ModuleOutcome(module=module, competency=competency, level=level, **does)
    else:
        words = _clean(competency)
        if not words:
            raise ValidationError(_("Write what learners can do afterwards."))
        made = ModuleOutcome(module=module, words=words, level=level, **does)
    _check_level(made)
    made.save()
    return made


def level_range(competency: Competency | None) -> tuple[float, float]:
    """The lowest and highest level of a competency; 1 to 5 where it has no scale of its own."""
    if competency is not None and competency.scale is not None:
        return competency.scale.minimum, competency.scale.maximum
    return KNOWN[OWN].minimum, KNOWN[OWN].maximum


def _check_level(outcome: ModuleOutcome) -> None:
    """A level lies on the competency's scale of today, and keeps that scale."""
    if outcome.level is None:
        outcome.scale = None
        return
    own = outcome.competency.scale if outcome.competency is not None else None
    outcome.scale = own or Scale.objects.get(pk=OWN)
    low, high = level_range(outcome.competency)
    if not low <= outcome.level <= high:
        raise ValidationError(
            {
                "level": _("The level of “%(name)s” lies between %(low)s and %(high)s.")
                % {"name": str(outcome)[:80], "low": f"{low:g}", "high": f"{high:g}"}
            }
        )


def _allow(actor: Actor, program: Program) -> None:
    theirs = actor.is_staff and actor.region_id in (None, program.region_id)
    if not theirs and actor.organisation_id != program.provider_id:
        raise Http404
    if not actor.may(Role.MEMBER):
        raise NotAllowed
    if program.is_archived:
        raise ValidationError(_("This program is archived. Bring it back to change it."))


@contextmanager
def _changing(version: ProgramVersion, actor: Actor, action: str) -> Iterator[ProgramVersion]:
    """A transaction in which a draft is changed, locked against others who change it."""
    _allow(actor, version.program)
    with acting(actor, action):
        yield _step(version, "change_version")


def _step(version: ProgramVersion, name: str) -> ProgramVersion:
    """The locked version, if the step can be taken from where it stands."""
    locked = (
        ProgramVersion.objects.select_for_update(of=["self"])
        .select_related("program")
        .get(pk=version.pk)
    )
    step = STEPS[name]
    state = state_of(locked.status, locked.is_archived)
    if not step.allowed(state):
        raise ValidationError(_REFUSED[state])
    if step.needs_modules and not locked.modules.exists():
        raise ValidationError(_("Add at least one module first."))
    return locked


_REFUSED = {
    State.DRAFT: gettext_lazy("This version is a draft already."),
    State.CURRENT: gettext_lazy(
        "This version is being taught. Copy it to a draft, then change that."
    ),
    State.SUPERSEDED: gettext_lazy("This version was taught before. Change the draft instead."),
    State.DISCARDED: gettext_lazy("This draft was discarded."),
}
