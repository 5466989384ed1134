"""Competencies that are found in a text and added to what a need asks for."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, Role
from backcast.demand import access, actions
from backcast.demand.figures import Importance, Named, Requirement
from backcast.demand.lifecycle import STEPS, state_of
from backcast.demand.models import NeedRequirement
from backcast.frameworks.models import Competency
from backcast.web.suggest.target import Target


def need_target(actor: Actor, public_id: UUID) -> Target:
    """A need that the actor may change."""
    need = access.need(actor, public_id, role=Role.MEMBER)
    before = access.statement(need).requirements

    def add(found: Sequence[Competency], words: Sequence[str], importance: str) -> None:
        if not STEPS["change_need"].allowed(state_of(need.status, need.is_archived)):
            raise ValidationError(_("This need is archived. Bring it back before you change it."))
        how = Importance(importance)
        more = [Requirement("competency", Named(c.pk, c.statement), how) for c in found]
        more += [Requirement("words", Named(0, text[:300]), how) for text in words]
        keys = {each.key for each in before}
        new = tuple(each for each in more if each.key not in keys)
        actions.change_need(need, actor=actor, requirements=(*before, *new))

    labels = NeedRequirement.Importance
    return Target(
        title=f"{need.role_title} · {need.employer.name}",
        back=reverse("needs:need", args=[need.public_id]),
        known=frozenset(each.item.id for each in before if each.kind == "competency"),
        choices=(
            (labels.PREFERRED.value, labels.PREFERRED.label),
            (labels.REQUIRED.value, labels.REQUIRED.label),
        ),
        add=add,
    )
