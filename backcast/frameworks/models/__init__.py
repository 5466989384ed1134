"""Occupations, competencies, credentials, and the public figures that go with them."""

from backcast.frameworks.models.competencies import (
    Competency,
    CompetencyAnchor,
    CompetencyLink,
    CompetencyTitle,
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
from backcast.frameworks.models.imports import ImportedFramework, ImportedItem, Upload
from backcast.frameworks.models.linking import LinkDecision
from backcast.frameworks.models.occupations import (
    IscoGroup,
    Occupation,
    OccupationMatch,
    OccupationSkill,
    OccupationTitle,
    Rating,
    RelatedOccupation,
    SchoolingShare,
    Task,
    TaskActivity,
    TechnologySkill,
)
from backcast.frameworks.models.releases import (
    Framework,
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
    "CompetencyLink",
    "CompetencyTitle",
    "Credential",
    "Framework",
    "ImportedFramework",
    "ImportedItem",
    "Industry",
    "IscoGroup",
    "LinkDecision",
    "Occupation",
    "OccupationMatch",
    "OccupationSkill",
    "OccupationTitle",
    "Projection",
    "Rating",
    "RelatedOccupation",
    "Release",
    "ReleaseChange",
    "ReleaseFile",
    "ReleaseRefusal",
    "Scale",
    "SchoolingShare",
    "SocChange",
    "Task",
    "TaskActivity",
    "TechnologySkill",
    "Upload",
    "Versioned",
    "Wage",
    "WageArea",
]
