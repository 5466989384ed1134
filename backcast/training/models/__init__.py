"""Programs of training, what they teach, lists of them, published outcomes, sources of hires."""

from backcast.training.models.lists import (
    ColumnChoice,
    ColumnMapping,
    ListLoad,
    ListRefusal,
    PublishedOutcome,
)
from backcast.training.models.modules import (
    Module,
    ModuleOutcome,
    ProgramVersion,
    outcome_key,
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
from backcast.training.models.sources import FlowPublication, HireSource, PublishedSource

__all__ = [
    "DEFAULT_STAGES",
    "Basis",
    "ColumnChoice",
    "ColumnMapping",
    "FlowPublication",
    "HireSource",
    "ListLoad",
    "ListRefusal",
    "Module",
    "ModuleOutcome",
    "Program",
    "ProgramBasis",
    "ProgramCredential",
    "ProgramOccupation",
    "ProgramStage",
    "ProgramStart",
    "ProgramVersion",
    "PublishedOutcome",
    "PublishedSource",
    "Stage",
    "outcome_key",
]
