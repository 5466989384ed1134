"""Makes the queue find the jobs of ``core.jobs``."""

from backcast.core.jobs import retry_orphans

__all__ = ["retry_orphans"]
