"""Roles: the jobs that a collaborative plans for, under a name that its employers share."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.core.text import fold
from backcast.frameworks.models import Occupation
from backcast.partners.models import Collaborative, Region


class Role(Record):
    """A job that several employers need people for. Each may call it otherwise."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="roles")
    collaborative = models.ForeignKey(Collaborative, models.PROTECT, related_name="roles")
    title = models.CharField(_("role"), max_length=160)
    folded = models.CharField(max_length=160, editable=False)
    occupation = models.ForeignKey(
        Occupation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="roles",
        verbose_name=_("occupation"),
    )
    why = models.TextField(_("why it matters"), blank=True)

    class Meta:
        ordering: ClassVar = ["title", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                F("collaborative"),
                Lower("title"),
                condition=Q(archived_at__isnull=True),
                name="role_title_is_unique",
                violation_error_message=_("This collaborative already has a role of this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded = fold(self.title)
        super().save(*args, **kwargs)
