"""Jobs of this room; the queue's worker finds them here."""

from __future__ import annotations

from backcast.core.actor import acting, system
from backcast.core.jobs import RETRY, app


@app.task(name="frameworks.index_competencies", retry=RETRY)
def index_competencies(region: int) -> None:
    """Index the competencies that a region may name, so that texts can be linked to them."""
    from backcast.frameworks import suggesting

    actor = system("frameworks", region_id=region)
    with acting(actor):
        suggesting.prepare(actor)
