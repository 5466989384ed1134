"""Competencies that are found in a text and added to a version of a profile as lines."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from backcast.core.actor import Actor, NotAllowed
from backcast.demand.figures import Named
from backcast.demand.models import ProfileLine
from backcast.demand.profiles import access, actions
from backcast.demand.profiles.values import Necessity, NewLine, Origin, Subject
from backcast.frameworks.models import Competency
from backcast.web.suggest.target import Target


def profile_target(actor: Actor, public_id: UUID) -> Target:
    """A version that the actor may write."""
    rows = access.versions(actor).filter(public_id=public_id)
    version = rows.select_related("profile__role").first()
    if version is None or not actor.is_staff:
        raise Http404
    if not access.may_write(actor):
        raise NotAllowed
    known = version.lines.filter(competency__isnull=False).values_list("competency_id", flat=True)

    def add(found: Sequence[Competency], words: Sequence[str], necessity: str) -> None:
        how = Necessity(necessity)
        new = [NewLine(Subject.COMPETENCY, Named(c.pk, c.statement), how) for c in found]
        new += [NewLine(Subject.WORDS, Named(0, text[:300]), how) for text in words]
        actions.add_lines(version, new, actor=actor, origin=Origin.LINKED)

    labels = ProfileLine.Necessity
    return Target(
        title=str(version.profile.role),
        back=reverse("profiles:edit", args=[version.profile.public_id, version.number]),
        known=frozenset(pk for pk in known if pk is not None),
        choices=(
            (labels.PREFERRED.value, labels.PREFERRED.label),
            (labels.REQUIRED.value, labels.REQUIRED.label),
        ),
        add=add,
    )
