"""Tables that every room shares: the audit, and what all records have in common."""

from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class RecordQuerySet(models.QuerySet["Record"]):
    """Rows that people keep: current ones and archived ones."""

    def current(self) -> Self:
        return self.filter(archived_at__isnull=True)

    def archived(self) -> Self:
        return self.filter(archived_at__isnull=False)


class Record(models.Model):
    """What people enter: reached by public id, archived rather than deleted."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None


class AuditEntry(models.Model):
    """One change to one row, written by a trigger in the transaction of the change.

    ``before`` and ``after`` hold only the columns that changed. Nobody may edit entries; under
    row-level security people see the entries that their own organisation made.
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    person_id = models.BigIntegerField(null=True)
    organisation_id = models.BigIntegerField(null=True)
    region_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=80)
    table = models.CharField(max_length=80, db_column="table_name")
    row_id = models.BigIntegerField()
    operation = models.CharField(max_length=6)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["table", "row_id", "at"], name="audit_by_row"),
            models.Index(fields=["organisation_id", "at"], name="audit_by_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action or self.operation} {self.table}"
