"""How large a file may be that people send."""

from __future__ import annotations

from django.conf import settings


def limit_bytes() -> int:
    """The most bytes of one file, out of ``UPLOAD_LIMIT_MB``."""
    return int(settings.UPLOAD_LIMIT_MB * 1024 * 1024)
