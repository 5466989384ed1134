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
from backcast.demand.models.profiles import (
    LineConsensus,
    LineOpinion,
    ProfileLine,
    ProfileVersion,
    ProfileVersionQuerySet,
    RequirementProfile,
)
from backcast.demand.models.roles import Role

__all__ = [
    "LineConsensus",
    "LineOpinion",
    "Need",
    "NeedChange",
    "NeedOffer",
    "NeedQuarter",
    "NeedQuerySet",
    "NeedRequirement",
    "NeedUpload",
    "ProfileLine",
    "ProfileVersion",
    "ProfileVersionQuerySet",
    "RequirementProfile",
    "Role",
]
