"""``backcast export``: competencies, needs and profiles in the formats of other systems."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backcast.cli.frame import database, fail, out

if TYPE_CHECKING:
    from backcast.core.actor import Actor

app = typer.Typer(
    name="export",
    no_args_is_help=True,
    help="Hand competencies, needs and profiles on to other systems.",
    epilog="Example: [bold]backcast export competencies --help[/bold] shows how.",
)
_Region = Annotated[str, typer.Option("--region", help="The region, by name.")]
_Out = Annotated[Path, typer.Option("--out", help="The file, or for needs the folder, to write.")]


@contextmanager
def _staff(region: str) -> Iterator[Actor]:
    """The product itself at work in a region, whom row security knows as the worker."""
    with database("worker"):
        from backcast.cli.rows import region_named
        from backcast.core.actor import acting, system

        actor = system("command")
        with acting(actor):
            actor = actor.within(region_named(region).pk)
        with acting(actor):
            yield actor


@app.command(
    epilog="Example: [bold]backcast export competencies --region “New Jersey” --out c.json[/bold]"
)
def competencies(
    region: _Region,
    out_file: _Out,
    format_: Annotated[str, typer.Option("--format", help="case or ctdl.")] = "case",
) -> None:
    """Write a region's own competencies as a CASE package or a CTDL-ASN framework."""
    if format_ not in ("case", "ctdl"):
        fail(f"“{format_}” is not a format for competencies. Use case or ctdl.")
    with _staff(region) as actor:
        from backcast.demand.handing import address_of
        from backcast.frameworks import importing

        framework = importing.own_framework(actor, address_of, f"Competencies of {region}")
        content = importing.as_json(framework, importing.Format(format_))
    out_file.write_bytes(content)
    out.print(f"{len(framework.statements):,} competencies are in {out_file}.", markup=False)


@app.command(epilog="Example: [bold]backcast export needs --region “New Jersey” --out jobs/[/bold]")
def needs(
    region: _Region,
    out_file: _Out,
    format_: Annotated[str, typer.Option("--format", help="posting or jobschema.")] = "posting",
) -> None:
    """Write each stated need as a job posting (schema.org, or a JobSchema+ graph) into a folder."""
    from backcast.demand.formats import NEED_KINDS, Kind

    if format_ not in set(NEED_KINDS):
        fail(f"“{format_}” is not a format for needs. Use posting or jobschema.")
    out_file.mkdir(parents=True, exist_ok=True)
    count = 0
    with _staff(region) as actor:
        from backcast.demand import access, handing

        rows = (
            access.needs(actor)
            .stated()
            .select_related("employer", "site", "occupation")
            .prefetch_related(
                "quarters", "offers", "requirements__credential", "requirements__competency"
            )
        )
        for need in rows.order_by("pk").iterator(chunk_size=500):
            path = out_file / f"{need.public_id}.json"
            path.write_bytes(handing.need_bytes(need, Kind(format_)))
            count += 1
    out.print(f"{count:,} needs are in {out_file}.", markup=False)


@app.command(
    epilog="Example: [bold]backcast export profile “Nursing assistant” --region “New Jersey” "
    "--out p.json[/bold]"
)
def profile(
    role: Annotated[str, typer.Argument(help="The role, by its title.", show_default=False)],
    region: _Region,
    out_file: _Out,
    format_: Annotated[
        str, typer.Option("--format", help="case, ctdl, posting, jobschema or workbook.")
    ] = "case",
) -> None:
    """Write the requirement profile of a role that counts, or else its newest version."""
    from backcast.demand.formats import Kind

    if format_ not in set(Kind):
        fail(f"“{format_}” is not a format for profiles. Use {', '.join(Kind)}.")
    with _staff(region) as actor:
        from backcast.demand import handing
        from backcast.demand.profiles import access

        found = list(
            access.versions(actor)
            .filter(profile__role__title__iexact=role.strip())
            .select_related("profile__role__occupation", "profile__region")
            .order_by("-number")
        )
        if not found:
            fail(f"There is no profile of a role “{role}” in this region.")
        version = next((each for each in found if each.status == "approved"), found[0])
        content = handing.version_bytes(version, Kind(format_))
    out_file.write_bytes(content)
    out.print(f"Version {version.number} of {role} is in {out_file}.", markup=False)
