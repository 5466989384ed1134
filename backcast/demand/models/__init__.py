"""What employers say they need."""

from backcast.demand.models.answers import (
    Answer,
    AnswerChange,
    AnswerOffer,
    AnswerPoint,
    AnswerQuarter,
    AnswerQuerySet,
    AnswerSkill,
    AnswerStep,
)
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
from backcast.demand.models.publications import (
    Hired,
    Publication,
    PublicationCorrection,
    PublicationRole,
    PublishedFigure,
    PublishedShare,
    Publishing,
)
from backcast.demand.models.roles import Role
from backcast.demand.models.waves import (
    Wave,
    WaveEmployer,
    WaveInvitation,
    WaveLink,
    WaveRole,
)

__all__ = [
    "Answer",
    "AnswerChange",
    "AnswerOffer",
    "AnswerPoint",
    "AnswerQuarter",
    "AnswerQuerySet",
    "AnswerSkill",
    "AnswerStep",
    "Hired",
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
    "Publication",
    "PublicationCorrection",
    "PublicationRole",
    "PublishedFigure",
    "PublishedShare",
    "Publishing",
    "RequirementProfile",
    "Role",
    "Wave",
    "WaveEmployer",
    "WaveInvitation",
    "WaveLink",
    "WaveRole",
]
