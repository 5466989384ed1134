"""A seeded simulator of a made-up region with a known truth beneath it.

``simulate(seed, scale, today=…)`` gives a ``Region`` (what anyone may see) and a ``Truth`` (what
really governs it). No Django, no files, no network. Names all begin with “Demo”.
"""

from backcast.demonstration.simulator.build import REGION_NAME, simulate
from backcast.demonstration.simulator.futures import Futures
from backcast.demonstration.simulator.knobs import Knobs
from backcast.demonstration.simulator.records import CohortRecord, StageCount, cohort_records
from backcast.demonstration.simulator.region import Region
from backcast.demonstration.simulator.truth import PlannedCohort, Truth

__all__ = [
    "REGION_NAME",
    "CohortRecord",
    "Futures",
    "Knobs",
    "PlannedCohort",
    "Region",
    "StageCount",
    "Truth",
    "cohort_records",
    "simulate",
]
