"""Programs of training, lists of them, and published outcomes."""

from backcast.training.models.lists import (
    ColumnChoice,
    ColumnMapping,
    ListLoad,
    ListRefusal,
    PublishedOutcome,
)
from backcast.training.models.programs import (
    DEFAULT_STAGES,
    Basis,
    Program,
    ProgramBasis,
    ProgramCredential,
    ProgramOccupation,
    ProgramStage,
    ProgramStart,
    Stage,
)

__all__ = [
    "DEFAULT_STAGES",
    "Basis",
    "ColumnChoice",
    "ColumnMapping",
    "ListLoad",
    "ListRefusal",
    "Program",
    "ProgramBasis",
    "ProgramCredential",
    "ProgramOccupation",
    "ProgramStage",
    "ProgramStart",
    "PublishedOutcome",
    "Stage",
]
