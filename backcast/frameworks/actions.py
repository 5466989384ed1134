"""What staff do with the region's own occupations, competencies and credentials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, acting
from backcast.core.models import Record
from backcast.frameworks import access
from backcast.frameworks.models import Competency, CompetencyAnchor, Credential, Occupation
from backcast.frameworks.parsing.scales import OWN
from backcast.frameworks.ranking import BAR
from backcast.frameworks.text import folded
from backcast.partners.access import region_of

Kept = TypeVar("Kept", Occupation, Competency, Credential)

OCCUPATION_FIELDS = ("title", "description", "soc", "job_zone")
COMPETENCY_FIELDS = ("statement", "kind", "description")
CREDENTIAL_FIELDS = ("name", "abbreviation", "kind", "issuer", "renewal_months", "description")


def add_occupation(values: Mapping[str, Any], *, actor: Actor) -> Occupation:
    """Add an occupation that the loaded ones do not name. Raises ``ValidationError`` by field."""
    access.require_writer(actor)
    with acting(actor, "frameworks.add_occupation"):
        return _keep(Occupation(region_id=actor.region_id), values, OCCUPATION_FIELDS)


def change_occupation(
    occupation: Occupation, values: Mapping[str, Any], *, actor: Actor
) -> Occupation:
    """Change an own occupation."""
    _own(occupation, actor)
    with acting(actor, "frameworks.change_occupation"):
        return _keep(occupation, values, OCCUPATION_FIELDS)


def add_competency(
    values: Mapping[str, Any], anchors: Mapping[int, str], *, actor: Actor
) -> Competency:
    """Add a competency; ``anchors`` say what levels 1 to 5 look like (those that are described)."""
    access.require_writer(actor)
    with acting(actor, "frameworks.add_competency"):
        competency = _keep(Competency(region_id=actor.region_id), values, COMPETENCY_FIELDS)
        _describe_levels(competency, anchors)
    return competency


def change_competency(
    competency: Competency,
    values: Mapping[str, Any],
    anchors: Mapping[int, str],
    *,
    actor: Actor,
) -> Competency:
    """Change an own competency and what its levels look like."""
    _own(competency, actor)
    with acting(actor, "frameworks.change_competency"):
        _keep(competency, values, COMPETENCY_FIELDS)
        _describe_levels(competency, anchors)
    return competency


def _describe_levels(competency: Competency, anchors: Mapping[int, str]) -> None:
    """Bring the anchors to ``anchors``, touching only those that differ."""
    wanted = {value: text.strip() for value, text in anchors.items() if text.strip()}
    outside = [value for value in wanted if not 1 <= value <= 5]
    if outside:
        raise ValidationError(_("Levels are 1 to 5."))
    scale = OWN if wanted else None
    if competency.scale_id != scale:
        competency.scale_id = scale
        competency.save(update_fields=["scale", "updated_at"])
    present = {round(anchor.value): anchor for anchor in competency.anchors.all()}
    for value, anchor in present.items():
        if value not in wanted:
            anchor.delete()
    for value, text in wanted.items():
        anchor = present.get(value) or CompetencyAnchor(competency=competency, value=value)
        if anchor.description != text:
            anchor.description = text
            anchor.save()


def add_credential(values: Mapping[str, Any], *, actor: Actor) -> Credential:
    """Add a credential that programs lead to or employers ask for."""
    access.require_writer(actor)
    with acting(actor, "frameworks.add_credential"):
        return _keep(Credential(region=region_of(actor)), values, CREDENTIAL_FIELDS)


def change_credential(
    credential: Credential, values: Mapping[str, Any], *, actor: Actor
) -> Credential:
    """Change a credential."""
    _own(credential, actor)
    with acting(actor, "frameworks.change_credential"):
        return _keep(credential, values, CREDENTIAL_FIELDS)


def archive(item: Kept, *, actor: Actor) -> Kept:
    """Put an own item away: it is offered nowhere any more, and what refers to it stays."""
    _own(item, actor)
    with acting(actor, f"frameworks.archive_{item._meta.model_name}"):
        if not item.is_archived:
            item.archived_at = timezone.now()
            item.save(update_fields=["archived_at", "updated_at"])
    return item


def bring_back(item: Kept, *, actor: Actor) -> Kept:
    """Offer an archived item again; refused where another took its name meanwhile."""
    _own(item, actor)
    with acting(actor, f"frameworks.bring_back_{item._meta.model_name}"):
        if item.is_archived:
            item.archived_at = None
            item.validate_constraints()
            item.save(update_fields=["archived_at", "updated_at"])
    return item


def _own(item: Occupation | Competency | Credential, actor: Actor) -> None:
    """Only the region's own items change, by its staff; loaded ones are answered with 404."""
    access.require_writer(actor)
    if item.region_id is None or item.region_id != actor.region_id:
        raise Http404


def _keep(item: Kept, values: Mapping[str, Any], names: tuple[str, ...]) -> Kept:
    unknown = values.keys() - set(names)
    if unknown:
        raise ValueError(f"Not fields of this kind: {', '.join(sorted(unknown))}")
    for name, value in values.items():
        setattr(item, name, value.strip() if isinstance(value, str) else value)
    item.folded = _folded(item)
    item.full_clean(exclude=["public_id", "first_release"])
    item.save()
    return item


def _folded(item: Record) -> str:
    if isinstance(item, Occupation):
        return folded(item.title)
    if isinstance(item, Competency):
        return folded(item.statement)
    assert isinstance(item, Credential)
    name = folded(item.name)
    return f"{name}{BAR}{folded(item.abbreviation)}" if item.abbreviation else name
