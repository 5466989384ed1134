"""Which connection may migrate."""

from __future__ import annotations

from typing import Any


class OwnerMigrates:
    """Only the ``owner`` connection changes the schema; ``app`` and ``worker`` have no such right."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        return True
