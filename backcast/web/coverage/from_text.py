"""Competencies that are found in a module's outline and added to what it does."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, Role
from backcast.frameworks.models import Competency
from backcast.training.modules import access, actions
from backcast.web.coverage.words import MODES
from backcast.web.suggest.target import Target


def module_target(actor: Actor, public_id: UUID) -> Target:
    """A module that the actor may change; its outline stands in the field already."""
    module = access.module(actor, public_id, role=Role.MEMBER)
    known = module.outcomes.filter(competency__isnull=False).values_list("competency_id", flat=True)

    def add(found: Sequence[Competency], words: Sequence[str], mode: str) -> None:
        new: list[Competency | str] = [*found, *(text[:300] for text in words)]
        actions.add_outcomes(module, new, actor=actor, modes=mode)

    return Target(
        title=f"{module.title} · {module.version.program.name}",
        back=reverse("coverage:module", args=[module.public_id]),
        known=frozenset(pk for pk in known if pk is not None),
        choices=MODES,
        add=add,
        text=module.outline,
        question=_("What does the module do for them?"),
    )
