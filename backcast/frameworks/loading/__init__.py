"""Loading public files into the database: each load is one transaction and one audited release.

A load that is interrupted leaves nothing behind; running it again is always safe, and loading the
same version again corrects it.
"""

from backcast.frameworks.loading.esco import load_esco, load_occupation_matches
from backcast.frameworks.loading.figures import (
    load_cip_soc,
    load_industries,
    load_projections,
    load_soc_changes,
    load_wages,
)
from backcast.frameworks.loading.onet import load_onet
from backcast.frameworks.loading.report import FileReport, LoadRefused, LoadReport, Step

__all__ = [
    "FileReport",
    "LoadRefused",
    "LoadReport",
    "Step",
    "load_cip_soc",
    "load_esco",
    "load_industries",
    "load_occupation_matches",
    "load_onet",
    "load_projections",
    "load_soc_changes",
    "load_wages",
]
