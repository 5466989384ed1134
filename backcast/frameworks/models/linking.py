"""What people said to suggestions: these words mean this competency, or they do not."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.frameworks.models.competencies import Competency
from backcast.partners.models import Organisation, Person, Region


class LinkDecision(Record):
    """One suggestion that a person accepted or rejected; the last word of an organisation counts.

    ``score`` and ``probability`` are what the suggestion said when it was decided. ``text`` may be an
    employer's own words: its organisation reads it, and the region's staff.
    """

    region = models.ForeignKey(Region, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    text = models.CharField(_("words"), max_length=600)
    folded = models.CharField(max_length=600, editable=False)
    competency = models.ForeignKey(Competency, models.CASCADE, related_name="link_decisions")
    accepted = models.BooleanField(_("accepted"))
    probability = models.FloatField(_("probability"))

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["region", "updated_at"], name="link_memory")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "folded", "competency"],
                name="one_decision_on_words_and_competency",
                violation_error_message=_("This was decided already."),
            ),
            models.CheckConstraint(
                condition=Q(probability__range=(0, 1)),
                name="link_probability_is_a_share",
                violation_error_message=_("A probability lies between 0 and 1."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text} {'=' if self.accepted else '≠'} {self.competency}"
