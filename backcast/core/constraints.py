"""The database's own constraints, told in their own words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction


@contextmanager
def constraints_of(*tables: type[models.Model]) -> Iterator[None]:
    """A block that writes many rows; a constraint that one of them breaks raises ``ValidationError``.

    The database checks each row once, as it writes it. ``validate_constraints`` would ask it in a
    statement and two savepoints for each constraint of each row.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        for table in tables:
            for constraint in table._meta.constraints:
                if constraint.name == name:
                    message = constraint.get_violation_error_message()
                    raise ValidationError({NON_FIELD_ERRORS: [message]}) from error
        raise
