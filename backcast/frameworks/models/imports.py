"""Frameworks that a region took in from other systems, as they were, and what became of their items."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.frameworks.models.competencies import Competency
from backcast.partners.models import Organisation, Person, Region


class ImportedFramework(Record):
    """A CASE package or CTDL-ASN graph; ``document`` is the whole of it, to be handed on unchanged.

    The document is never queried: people work with the competencies that its items became.
    """

    class Format(models.TextChoices):
        CASE = "case", _("CASE package")
        CTDL = "ctdl", _("CTDL-ASN framework")

    region = models.ForeignKey(Region, models.PROTECT, related_name="imported_frameworks")
    format = models.CharField(_("format"), max_length=8, choices=Format)
    identifier = models.CharField(_("id"), max_length=200)
    uri = models.CharField(_("address"), max_length=500, blank=True)
    title = models.CharField(_("title"), max_length=300)
    creator = models.CharField(_("made by"), max_length=300, blank=True)
    document = models.JSONField(editable=False)
    items_read = models.PositiveIntegerField(_("statements read"), default=0)
    items_used = models.PositiveIntegerField(_("statements used"), default=0)

    class Meta:
        ordering: ClassVar = ["title", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "format", "identifier"],
                name="framework_is_taken_in_once",
                violation_error_message=_("This framework was taken in already."),
            ),
            models.CheckConstraint(
                condition=models.Q(items_used__lte=models.F("items_read")),
                name="used_statements_were_read",
                violation_error_message=_("More statements were used than read."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ImportedItem(models.Model):
    """The competency that an item of a framework became. ``text`` is the item's own words."""

    imported = models.ForeignKey(ImportedFramework, models.CASCADE, related_name="items")
    competency = models.ForeignKey(Competency, models.PROTECT, related_name="imported_items")
    identifier = models.CharField(_("id"), max_length=200)
    uri = models.CharField(_("address"), max_length=500, blank=True)
    text = models.TextField(_("statement"))
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["order", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["imported", "identifier"],
                name="item_is_in_a_framework_once",
                violation_error_message=_("This item is already in the framework."),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class Upload(Record):
    """A file between its preview and its confirmation; only the person who sent it reaches it.

    The content goes when it is confirmed, given up, or a day old. ``purpose`` keeps the files of
    one page apart from those of another.
    """

    region = models.ForeignKey(Region, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=60)
    filename = models.CharField(max_length=200)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.filename
