"""What every command shares: where it prints, how it fails, and a database that answers.

Nothing here imports Django until it is asked to, so that commands on files start at once.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
import traceback
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.console import Console
from typer.core import TyperCommand, TyperGroup

#: Results go here, so that they can be piped on.
out = Console(highlight=False)
#: Everything said to the person at the terminal: progress, warnings, refusals.
err = Console(stderr=True, highlight=False)


class Stop(Exception):
    """End the command with a message for the person at the terminal and an exit code.

    1: refused or failed, and the message says why and what helps; 3: done, with a result that
    a script should notice (a plan that falls short, say). Wrong usage exits with 2 by itself.
    """

    def __init__(self, message: str, *, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def fail(message: str, *, code: int = 1) -> NoReturn:
    """Print nothing yet, but end with ``message`` on the error stream and this exit code."""
    raise Stop(message, code=code)


class LazyGroup(TyperGroup):
    """A group whose commands are imported only when one of them is called.

    ``loads`` maps a command's name to the module that holds it (as ``app``, a Typer) and the line
    that the list of commands shows.
    """

    loads: dict[str, tuple[str, str]] = {}

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, (module, line) in self.loads.items():
            if find_spec(module) is not None:
                self.commands[name] = TyperCommand(name, help=line)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        if name in self.loads and command is not None:
            app = import_module(self.loads[name][0]).app
            app._add_completion = False
            command = typer.main.get_command(app)
            command.name = name
        return name, command, rest


@contextlib.contextmanager
def database(process: str = "app") -> Iterator[None]:
    """Django set up and a database that answers and is migrated, for the length of the block.

    That is the outside server which the environment names, the one of a running Backcast, or an
    embedded one of our own, started here and stopped afterwards. ``process`` says whose rights
    apply: ``app`` or ``worker``.
    """
    from backcast.core.home import serving

    os.environ["BACKCAST_PROCESS"] = process
    with serving() as started:
        django()
        if started:
            from django.conf import settings

            from backcast.core.embedded import OWNER
            from backcast.core.upgrade import migrate

            migrate(settings.CLUSTER.url(OWNER))
        try:
            yield
        finally:
            from django.db import connections

            connections.close_all()


def django() -> None:
    """Set Django up, once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backcast.settings")
    import django as framework
    from django.apps import apps

    if not apps.ready:
        framework.setup()


def debugging() -> bool:
    return os.environ.get("BACKCAST_DEBUG", "") not in ("", "0")


def explain(error: BaseException) -> int:
    """Say in a line or two what went wrong, keep the details in a file, return the exit code."""
    if debugging() and not isinstance(error, Stop):
        traceback.print_exception(error)
        return getattr(error, "code", 1)
    known = _known(error)
    if known == "":  # said already
        return getattr(error, "code", 1)
    if known is not None:
        colour = "red" if sys.stderr.isatty() else None
        err.print(known, markup=False, style=colour, soft_wrap=True)
        return getattr(error, "code", 1) if isinstance(error, Stop) else 1
    where = _keep(error)
    summary = str(error).strip().splitlines()[0] if str(error).strip() else ""
    err.print(
        f"Something went wrong that Backcast did not expect: {type(error).__name__}"
        + (f": {summary}" if summary else "")
        + (f"\nThe details are in {where}." if where else "")
        + "\nRun the command again as `backcast --debug …` to see them here.",
        markup=False,
        soft_wrap=True,
    )
    return 1


def _known(error: BaseException) -> str | None:
    """The message of an error that explains itself; None for one that nobody expected."""
    from backcast.core.embedded import EmbeddedError
    from backcast.core.home import Taken

    if isinstance(error, (Stop, EmbeddedError, Taken)):
        return str(error)
    if type(error).__name__ == "Unsafe" and type(error).__module__ == "backcast.core.upgrade":
        return str(error)
    if isinstance(error, FileNotFoundError) and error.filename:
        return f"There is no file {error.filename}."
    if isinstance(error, PermissionError) and error.filename:
        return f"{error.filename} may not be read or written by this user."
    if "psycopg" in sys.modules:
        import psycopg

        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, psycopg.OperationalError):
                return (
                    f"The database does not answer: {str(cause).strip().splitlines()[0]}\n"
                    "Start it with `backcast run`, or correct DATABASE_URL."
                )
            if isinstance(cause, (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)):
                return (
                    "The database does not have the tables of this version yet.\n"
                    "Run `backcast manage migrate` with DATABASE_OWNER_URL set."
                )
            cause = cause.__cause__
    return None


def _keep(error: BaseException) -> Path | None:
    """Write the traceback to a file in the home folder; None where that cannot be done."""
    from backcast.core.home import home

    folder = home() / "log"
    moment = dt.datetime.now(dt.UTC)
    path = folder / f"error-{moment:%Y%m%d-%H%M%S}-{os.getpid()}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"{moment.isoformat()}\n{sys.argv[1:]}\n\n"
            + "".join(traceback.format_exception(error)),
            encoding="utf-8",
        )
    except OSError:
        return None
    return path
