"""What employers say they need."""

from backcast.demand.models.needs import (
    Need,
    NeedChange,
    NeedOffer,
    NeedQuarter,
    NeedQuerySet,
    NeedRequirement,
    NeedUpload,
)
from backcast.demand.models.roles import Role

__all__ = [
    "Need",
    "NeedChange",
    "NeedOffer",
    "NeedQuarter",
    "NeedQuerySet",
    "NeedRequirement",
    "NeedUpload",
    "Role",
]
