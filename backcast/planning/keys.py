"""What the rows of a region are called in its planning problem."""

from __future__ import annotations

from backcast.core.quarters import Quarter
from backcast.frameworks.models import Occupation
from backcast.partners.models import LabourArea


def role_key(occupation: Occupation) -> str:
    """The role that an occupation belongs to in plans."""
    return occupation.published_soc or f"own-{occupation.pk}"


def area_key(area: LabourArea | int) -> str:
    """The id of an area in plans."""
    return f"A{area if isinstance(area, int) else area.pk}"


def program_key(program: int) -> str:
    """The id of a program in plans, from its primary key."""
    return f"P{program}"


def need_key(need: int, quarter: Quarter) -> str:
    """The id of what a need states for a quarter, from the need's primary key."""
    return f"N{need}-{quarter}"
