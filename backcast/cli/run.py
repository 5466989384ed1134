"""``backcast run``: everything in one foreground process."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from backcast.cli.frame import Stop

app = typer.Typer()


@app.command(
    epilog="Examples: [bold]backcast run[/bold] · [bold]backcast run --port 9000[/bold] · "
    "[bold]DATABASE_URL=… backcast run --production[/bold]"
)
def run(
    port: Annotated[
        int | None,
        typer.Option(
            help="Serve on this port (0: any free one). Without it: 8000, or the next free one.",
            min=0,
            max=65535,
        ),
    ] = None,
    host: Annotated[
        str, typer.Option(help="Listen on this address; 0.0.0.0 for all of this machine's.")
    ] = "127.0.0.1",
    workers: Annotated[
        int | None,
        typer.Option(help="Web server processes. Without it: 1, in production 2.", min=1, max=64),
    ] = None,
    production: Annotated[
        bool,
        typer.Option(
            "--production", help="Serve real people, on the PostgreSQL that DATABASE_URL names."
        ),
    ] = False,
) -> None:
    """Set up what is missing and run Backcast here, until Ctrl-C.

    Without --production this is a demonstration: an embedded database, a made-up region, and an
    outbox page in place of mail. The first time takes a minute; the data stay for the next time.
    docs/guide/running.md says what production needs.
    """
    os.environ["BACKCAST_MODE"] = "production" if production else "demonstration"
    from backcast.cli.runner import Options, Runner
    from backcast.core.home import embedded, home

    if production:
        from backcast.core.production import problems

        found = problems(os.environ)
        if found:
            raise Stop(
                "Not started: production is not set up safely.\n"
                + "\n".join(f"  - {line}" for line in found)
                + "\ndocs/guide/running.md explains each of them."
            )
    elif host not in ("127.0.0.1", "localhost", "::1"):
        raise Stop(
            "A demonstration lets anybody sign in as anybody, so it listens on this machine only.\n"
            "For other people to reach it, run it with --production."
        )
    Runner(
        Options(
            home=home(),
            host=host,
            port=port,
            workers=workers or (2 if production else 1),
            production=production,
            embedded=embedded(),
        )
    ).run()
