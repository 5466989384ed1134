"""``backcast manage``: upkeep. Besides its own commands it passes Django's through."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from backcast.cli.frame import Stop, django, err, out

#: Django commands that need no database, so that none is started for them.
_NEEDS_NONE = {
    "check", "collectstatic", "diffsettings", "findstatic", "help", "makemigrations", "version",
}  # fmt: skip


class _Passed(TyperCommand):
    """A command of Django's: its arguments are its own."""

    def __init__(self, name: str) -> None:
        super().__init__(name, add_help_option=False)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ctx.args = list(args)
        return []

    def invoke(self, ctx: Any) -> None:
        _pass([str(self.name), *ctx.args])


class _Manage(TyperGroup):
    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return args[0], _Passed(args[0]), args[1:]


app = typer.Typer(
    cls=_Manage,
    no_args_is_help=True,
    help="Back up, restore, migrate and other upkeep. Any other command is passed on to Django:"
    " [bold]backcast manage help[/bold] lists those.",
    epilog="Example: [bold]backcast manage backup /safe/place/backcast-monday.tar[/bold]",
)


def _pass(arguments: list[str]) -> None:
    from backcast.cli import stamp
    from backcast.core.home import cluster, serving

    if arguments[0] in _NEEDS_NONE or {"-h", "--help"} & set(arguments):
        _execute(arguments)
        return
    if arguments[0] != "procrastinate":
        stamp.forget(cluster())
    with serving() as started:
        # Our own commands work on tables, which a home that never ran does not have yet.
        if started and _is_ours(arguments[0]):
            django()
            from backcast.core.upgrade import migrate as bring_up

            bring_up(_owner_url())
        _execute(arguments)


def _is_ours(name: str) -> bool:
    """Is it a command of Backcast's own, and not one of Django's or of a package?"""
    django()
    from django.core.management import get_commands

    return str(get_commands().get(name, "")).startswith("backcast.")


def _execute(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backcast.settings")
    from django.core.management import ManagementUtility

    try:
        ManagementUtility(["backcast manage", *arguments]).execute()
    except KeyboardInterrupt:
        sys.exit(130)


def _owner_url() -> str:
    from django.conf import settings

    from backcast.cli.prepare import url_of

    if "owner" not in settings.DATABASES:
        raise Stop("DATABASE_OWNER_URL is missing: only the owner of the tables may do this.")
    return url_of("owner")


def _known_migrations() -> list[str]:
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    return [f"{app_label}.{name}" for app_label, name in loader.disk_migrations or {}]


def _version() -> str:
    from importlib.metadata import version

    return version("backcast")


@app.command(epilog="Example: [bold]backcast manage migrate[/bold]")
def migrate() -> None:
    """Bring the database to the schema of this version, as its owner."""
    from backcast.core.home import serving

    with serving():
        django()
        from backcast.core.upgrade import migrate as bring_up

        bring_up(_owner_url(), verbosity=1)


@app.command(epilog="Example: [bold]backcast manage backup /safe/place/backcast-monday.tar[/bold]")
def backup(
    file: Annotated[Path, typer.Argument(help="Where to write the backup.")],
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite the file if it exists.")
    ] = False,
) -> None:
    """Write every row and every uploaded file to one file, while Backcast runs or not.

    The file holds personal data: keep it as safe as the database itself.
    """
    from backcast.core.backup import BackupError, back_up
    from backcast.core.home import serving

    if file.exists() and not force:
        raise Stop(f"{file} exists. Choose another name, or add --force to overwrite it.")
    with serving():
        django()
        from django.conf import settings

        try:
            manifest = back_up(
                _owner_url(), file.absolute(), media=Path(settings.MEDIA_ROOT), version=_version()
            )
        except BackupError as error:
            raise Stop(str(error)) from error
    size = file.stat().st_size / 1024 / 1024
    out.print(
        f"Backed up to {file} ({size:.1f} MB, {manifest.media_files} uploaded files).",
        soft_wrap=True,
    )


@app.command(
    epilog="Example: [bold]backcast manage restore /safe/place/backcast-monday.tar --replace[/bold]"
)
def restore(
    file: Annotated[Path, typer.Argument(help="The backup to bring back.", exists=True)],
    replace: Annotated[
        bool, typer.Option("--replace", help="Delete what the database holds now.")
    ] = False,
) -> None:
    """Bring back everything as it was when the backup was made. Stop Backcast first.

    Works on an empty database; --replace deletes what another one holds. An older backup is
    migrated to this version afterwards. If anything fails, what was there stays.
    """
    from backcast.cli import stamp
    from backcast.core.backup import BackupError
    from backcast.core.backup import restore as bring_back
    from backcast.core.home import cluster, embedded, serving

    with serving() as started:
        if embedded() and not started:
            raise Stop("Backcast is running on this database. Stop it first, then restore.")
        stamp.forget(cluster())
        django()
        from django.conf import settings

        from backcast.core.upgrade import migrate as bring_up

        try:
            manifest = bring_back(
                _owner_url(),
                file,
                media=Path(settings.MEDIA_ROOT),
                known_migrations=_known_migrations(),
                replace=replace,
            )
        except BackupError as error:
            raise Stop(str(error)) from error
        err.print("Bringing it to this version …")
        bring_up(_owner_url())
    out.print(f"Restored the backup of {manifest.made_at} from {file}.", soft_wrap=True)
