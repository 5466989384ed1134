"""How the loading of a release begins: which version it is, its place among others, who made it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from backcast.core.actor import Actor
from backcast.frameworks.loading.report import LoadRefused, LoadReport, loading
from backcast.frameworks.models import Release
from backcast.frameworks.models.releases import Source


class Found(Protocol):
    """The files of a release in a folder, the version that they name, and those left alone."""

    @property
    def version(self) -> str | None: ...
    @property
    def ignored(self) -> list[str]: ...


def order_of(version: str) -> int:
    """The place of a version such as ``29.0`` or ``30.1.1`` among the others."""
    parts = version.split(".")
    if not 1 <= len(parts) <= 3 or not all(part.isdigit() and len(part) < 4 for part in parts):
        raise LoadRefused(f"“{version}” is not a version. Versions look like 29.0 or 1.2.0.")
    major, minor, patch = [*map(int, parts), 0, 0][:3]
    return major * 1_000_000 + minor * 1000 + patch


@contextmanager
def opened(
    folder: Path,
    found: Found,
    version: str | None,
    *,
    actor: Actor,
    source: Source,
    attribution: Callable[[str], str],
    licence: str,
    example: str,
) -> Iterator[tuple[Release, LoadReport]]:
    """The release that ``folder`` is, by its own word or as ``version`` says, and its report."""
    version = version or found.version
    if version is None:
        raise LoadRefused(
            f"{folder} does not say which release it is. Name it, for instance --release {example}."
        )
    with loading(
        actor,
        source,
        version,
        order_of(version),
        attribution=attribution(version),
        licence=licence,
    ) as (release, report):
        report.ignored = found.ignored
        yield release, report
