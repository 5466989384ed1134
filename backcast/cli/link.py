"""``backcast link``: lines of text to ranked skills or occupations, without a database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated

import typer

from backcast.cli.frame import Stop

app = typer.Typer()
#: A line longer than this is not a line of text.
LONGEST_LINE = 20_000_000


class Modes(StrEnum):
    """How much time a text may take."""

    FAST = "fast"
    BEST = "best"


@app.command(epilog="Example: [bold]backcast link --index esco.idx --in lines.txt --json[/bold]")
def link(
    index: Annotated[Path, typer.Option(help="An index that `backcast index` wrote.")],
    source: Annotated[
        str, typer.Option("--in", help="A file with one text a line; - for standard input.")
    ] = "-",
    top: Annotated[int, typer.Option(help="Suggestions for each text.", min=1, max=1000)] = 10,
    mode: Annotated[Modes, typer.Option(help="Best ranks better, fast is faster.")] = Modes.BEST,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each text.")] = False,
) -> None:
    """Say which skills or occupations each line of a file most likely means."""
    from backcast.frameworks.linking import Index, LinkingError, stream

    with ExitStack() as stack:
        if source == "-":
            lines: IO[bytes] = sys.stdin.buffer
        else:
            path = Path(source)
            if not path.is_file():
                raise Stop(f"There is no file {source}.")
            lines = stack.enter_context(path.open("rb"))
        try:
            ready = Index.load(index)
            for text, matches in stream(ready, _texts(lines, source), top, mode.value):
                if as_json:
                    told = {"text": text, "matches": [asdict(match) for match in matches]}
                    typer.echo(json.dumps(told, ensure_ascii=False))
                    continue
                typer.echo(text)
                for match in matches:
                    why = ", ".join(match.because)
                    typer.echo(f"  {match.probability:4.0%}  {match.label}  [{why}]  {match.id}")
        except LinkingError as error:
            raise Stop(str(error)) from error
        except BrokenPipeError:
            sys.stderr.close()  # whoever read the output has had enough
            raise typer.Exit(0) from None


def _texts(lines: IO[bytes], source: str) -> Iterator[str]:
    """Lines of UTF-8; an empty line stays, so that the n-th answer belongs to the n-th line."""
    name = "Standard input" if source == "-" else source
    number = 0
    while raw := lines.readline(LONGEST_LINE):
        number += 1
        if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
            raise Stop(f"{name}, line {number}: longer than {LONGEST_LINE:,} bytes. Is it text?")
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if b"\0" in raw:
            raise Stop(f"{name}, line {number}: this is not text (it holds a zero byte).")
        try:
            yield raw.decode().rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise Stop(
                f"{name}, line {number}: byte {error.start + 1} is not UTF-8. "
                "Save the file with the encoding UTF-8."
            ) from None
