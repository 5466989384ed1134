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

__all__ = [
    "Need",
    "NeedChange",
    "NeedOffer",
    "NeedQuarter",
    "NeedQuerySet",
    "NeedRequirement",
    "NeedUpload",
]
