"""Logs: one readable line an event on a terminal, JSON where ``BACKCAST_LOG=json``.

Nothing personal is logged: actors appear by public id, and message bodies never.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

import structlog


def configure(_: dict[str, Any] | None = None) -> None:
    """Send the standard library's records and structlog's events through one formatter."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
    ]
    as_json = os.environ.get("BACKCAST_LOG") == "json"
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            pad_event_to=0,
            # Never the values of variables: they may be personal, or secret.
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *([structlog.processors.format_exc_info] if as_json else []),
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(os.environ.get("BACKCAST_LOG_LEVEL", "INFO").upper())
    for noisy in ("procrastinate", "granian", "_granian", "httpx", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # Scanners ask for hosts that are not ours; they get a 400, and nothing is broken.
    logging.getLogger("django.security.DisallowedHost").setLevel(logging.CRITICAL)
