"""Occupations, competencies, credentials, and the public figures that go with them."""

from backcast.frameworks.models.competencies import (
    Competency,
    CompetencyAnchor,
    Credential,
    Scale,
)
from backcast.frameworks.models.figures import (
    Cip,
    CipSoc,
    Industry,
    Projection,
    SocChange,
    Wage,
    WageArea,
)
from backcast.frameworks.models.occupations import (
    Occupation,
    OccupationTitle,
    Rating,
    RelatedOccupation,
    Task,
    TaskActivity,
    TechnologySkill,
)
from backcast.frameworks.models.releases import (
    Release,
    ReleaseChange,
    ReleaseFile,
    ReleaseRefusal,
    Versioned,
)

__all__ = [
    "Cip",
    "CipSoc",
    "Competency",
    "CompetencyAnchor",
    "Credential",
    "Industry",
    "Occupation",
    "OccupationTitle",
    "Projection",
    "Rating",
    "RelatedOccupation",
    "Release",
    "ReleaseChange",
    "ReleaseFile",
    "ReleaseRefusal",
    "Scale",
    "SocChange",
    "Task",
    "TaskActivity",
    "TechnologySkill",
    "Versioned",
    "Wage",
    "WageArea",
]
