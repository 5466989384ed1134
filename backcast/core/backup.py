"""Backups: one file that holds every row of the database and every uploaded file.

A backup is a tar archive of ``backup.json`` (what it is), ``database.dump`` (PostgreSQL's custom
format, taken in one snapshot) and ``media/``. It holds personal data: keep it as safe as the
database. Imported without Django.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from backcast.core.embedded import EmbeddedError, binaries

FORMAT = 1
_DUMP, _MANIFEST, _MEDIA = "database.dump", "backup.json", "media"


class BackupError(RuntimeError):
    """A backup could not be made or restored; the message says why and what helps."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is: when and by which version it was made, and how far it was migrated."""

    made_at: str
    version: str
    server_version: int
    migrations: list[str]
    media_files: int
    format: int = FORMAT


def back_up(owner_url: str, target: Path, *, media: Path, version: str) -> Manifest:
    """Write a backup to ``target`` (readable by its owner only), whole or not at all."""
    if not target.parent.is_dir():
        raise BackupError(f"There is no folder {target.parent}.")
    files = sorted(path for path in media.rglob("*") if path.is_file()) if media.is_dir() else []
    part = target.with_name(f".{target.name}.part")
    try:
        with tempfile.TemporaryDirectory(prefix="backcast-backup-", dir=target.parent) as folder:
            dump = Path(folder) / _DUMP
            _run("pg_dump", owner_url, "--format=custom", f"--file={dump}")
            with psycopg.connect(owner_url) as connection:
                manifest = Manifest(
                    made_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
                    version=version,
                    server_version=connection.info.server_version,
                    migrations=sorted(_migrations(connection)),
                    media_files=len(files),
                )
            described = Path(folder) / _MANIFEST
            described.write_text(json.dumps(asdict(manifest), indent=2))
            part.touch(mode=0o600)
            with tarfile.open(part, "w") as archive:
                archive.add(described, _MANIFEST)
                archive.add(dump, _DUMP)
                for path in files:
                    archive.add(path, f"{_MEDIA}/{path.relative_to(media)}")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def read_manifest(source: Path) -> Manifest:
    """Say what a backup is; raises ``BackupError`` for a file that is none."""
    try:
        with tarfile.open(source) as archive:
            member = archive.extractfile(_MANIFEST)
            assert member is not None
            content = json.load(member)
            manifest = Manifest(**content)
    except (tarfile.TarError, KeyError, AssertionError, ValueError, TypeError) as error:
        raise BackupError(f"{source} is not a backup of Backcast.") from error
    if manifest.format != FORMAT:
        raise BackupError(
            f"{source} has format {manifest.format}; this version of Backcast reads format {FORMAT}."
        )
    return manifest


def restore(
    owner_url: str,
    source: Path,
    *,
    media: Path,
    known_migrations: Iterable[str],
    replace: bool = False,
) -> Manifest:
    """Bring the database and the uploaded files to what they were when ``source`` was made.

    The database must be empty unless ``replace`` is given, which deletes what is there. It all
    happens in one transaction: if anything fails, what was there stays.
    """
    manifest = read_manifest(source)
    ahead = sorted(set(manifest.migrations) - set(known_migrations))
    if ahead:
        raise BackupError(
            f"{source} was made by a newer version of Backcast ({manifest.version}; it knows"
            f" {ahead[0]}). Install that version, then restore."
        )
    with psycopg.connect(owner_url) as connection:
        tables = _tables(connection)
    if tables and not replace:
        raise BackupError(
            f"The database is not empty: it has {len(tables)} tables. Restore into an empty one, or"
            " add --replace, which deletes what is there now."
        )
    with tempfile.TemporaryDirectory(prefix="backcast-restore-") as name:
        folder = Path(name)
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        script = folder / "restore.sql"
        _run(
            "pg_restore", None, "--no-owner", "--no-comments", f"--file={script}",
            str(folder / _DUMP),
        )  # fmt: skip
        _run(
            "psql", owner_url, "--no-psqlrc", "--quiet", "--single-transaction",
            "--output", os.devnull, "--set", "ON_ERROR_STOP=1",
            "--command", "SET lock_timeout = '15s'",
            "--command", "DROP OWNED BY CURRENT_USER" if tables else "SELECT 1",
            "--file", str(script),
        )  # fmt: skip
        _put_media(folder / _MEDIA, media)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("ANALYZE")
    return manifest


def _put_media(fresh: Path, media: Path) -> None:
    """Replace the uploaded files by those of the backup."""
    old = media.with_name(f"{media.name}.before-restore")
    shutil.rmtree(old, ignore_errors=True)
    if media.exists():
        media.rename(old)
    if fresh.is_dir():
        media.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(fresh, media)
    shutil.rmtree(old, ignore_errors=True)


def _migrations(connection: psycopg.Connection) -> list[str]:
    return [
        f"{app}.{name}"
        for app, name in connection.execute("SELECT app, name FROM django_migrations").fetchall()
    ]


def _tables(connection: psycopg.Connection) -> list[str]:
    return [
        name
        for (name,) in connection.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1"
        ).fetchall()
    ]


def _tool(name: str) -> str:
    """PostgreSQL's program, from our own wheel or from the machine."""
    try:
        own = binaries() / name
    except EmbeddedError:
        own = None
    if own is not None and own.exists():
        return str(own)
    found = shutil.which(name)
    if found is None:
        raise BackupError(
            f"{name} is not installed. Install PostgreSQL's client programs"
            " (on Debian or Ubuntu: apt-get install postgresql-client)."
        )
    return found


def _run(program: str, url: str | None, *arguments: str) -> None:
    """Run one of PostgreSQL's programs. The connection goes by environment: others can see arguments."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    if url is not None:
        names = {
            "host": "PGHOST",
            "port": "PGPORT",
            "dbname": "PGDATABASE",
            "user": "PGUSER",
            "password": "PGPASSWORD",
            "sslmode": "PGSSLMODE",
            "sslrootcert": "PGSSLROOTCERT",
        }
        for key, value in conninfo_to_dict(url).items():
            if key in names and value is not None:
                environment[names[key]] = str(value)
    done = subprocess.run(
        [_tool(program), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        said = done.stderr.strip() or done.stdout.strip()
        hint = ""
        if "lock timeout" in said:
            hint = "\nSomebody is using the database: stop Backcast first, then restore again."
        raise BackupError(f"{program} failed:\n{said[-2000:]}{hint}")
