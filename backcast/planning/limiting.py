"""What people do with the limits of plans: state one, change it, put it away; and who may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, Role, acting
from backcast.partners.access import require_staff
from backcast.planning.models import Limit

L = TypeVar("L", bound=Limit)


def limits(actor: Actor, kind: type[L], *, role: Role = Role.VIEWER) -> QuerySet[L]:
    """The limits of one kind in the actor's region: staff only (404), 403 below ``role``."""
    require_staff(actor, role)
    return kind._default_manager.filter(region=actor.region_id, archived_at=None)


def limit(actor: Actor, kind: type[L], public_id: UUID, *, role: Role) -> L:
    """One of them; 404 where there is none."""
    found = limits(actor, kind, role=role).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def keep_limit(
    row: Limit,
    *,
    actor: Actor,
    named: Mapping[str, Sequence[models.Model]] | None = None,
    parts: Mapping[str, Sequence[models.Model]] | None = None,
) -> Limit:
    """State a limit, new or changed. ``named``: by field, what it is limited to; ``parts``: by field,
    the rows that belong to it and take the place of those before.

    Raises ``ValidationError`` by field, also for what is of another region.
    """
    require_staff(actor, Role.MEMBER)
    if row.pk is not None and row.region_id != actor.region_id:
        raise Http404
    assert actor.region_id is not None
    row.region_id = actor.region_id
    row.source = " ".join(row.source.split())
    with acting(actor, "planning.keep_limit"):
        row.full_clean()
        _of_region(row)
        row.save()
        for field, rows in (named or {}).items():
            for one in rows:
                _same_region(row, field, one)
            getattr(row, field).set(rows)
        for field, rows in (parts or {}).items():
            _replace(row, field, rows)
    return row


def put_limit_away(row: Limit, *, actor: Actor) -> Limit:
    """Plans from now on are made without it; what was made keeps it."""
    require_staff(actor, Role.MEMBER)
    if row.region_id != actor.region_id:
        raise Http404
    with acting(actor, "planning.put_limit_away"):
        row.archived_at = timezone.now()
        row.save(update_fields=["archived_at", "updated_at"])
    return row


def _replace(row: Limit, field: str, parts: Sequence[models.Model]) -> None:
    manager = getattr(row, field)
    manager.all().delete()
    for part in parts:
        part.pk = None
        part._state.adding = True
        setattr(part, manager.field.name, row)
        part.full_clean()
        _of_region(part, row)
        part.save()


def _of_region(row: models.Model, limit: Limit | None = None) -> None:
    """Whatever it names belongs to its own region, or to none."""
    for field in row._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.name != "region":
            named: Any = getattr(row, field.name)
            _same_region(limit or row, field.name, named)


def _same_region(row: Any, field: str, named: Any) -> None:
    if getattr(named, "region_id", None) not in (None, row.region_id):
        raise ValidationError({field: _("Choose something of this region.")})
