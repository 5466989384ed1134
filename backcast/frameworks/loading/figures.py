"""Load crosswalks, industries, wages and projections."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import models

from backcast.core.actor import Actor
from backcast.frameworks.loading.merge import Target, merge
from backcast.frameworks.loading.report import (
    FileReport,
    LoadRefused,
    LoadReport,
    Progress,
    Step,
    loading,
    silent,
    watched,
)
from backcast.frameworks.models import (
    Cip,
    CipSoc,
    Industry,
    Projection,
    Release,
    SocChange,
    Wage,
    WageArea,
)
from backcast.frameworks.models.releases import Source
from backcast.frameworks.parsing import crosswalks, projections, wages
from backcast.frameworks.parsing.codes import is_teaching
from backcast.frameworks.parsing.problems import Tally
from backcast.frameworks.text import folded

PUBLIC_DOMAIN = "Public domain (work of the U.S. government)"
_BATCH = 500


def load_cip_soc(path: Path, *, actor: Actor, progress: Progress = silent) -> LoadReport:
    """Load the CIP 2020–SOC 2018 crosswalk (NCES and BLS), many-to-many."""
    with loading(
        actor,
        Source.CIP_SOC,
        "2020–2018",
        2020,
        attribution="CIP 2020–SOC 2018 crosswalk, National Center for Education Statistics and "
        "U.S. Bureau of Labor Statistics.",
        licence=PUBLIC_DOMAIN,
    ) as (release, report):
        file = report.add("CIP–SOC links", Tally(path.name))
        titles: dict[str, str] = {}

        def links() -> Iterator[tuple[Any, ...]]:
            rows = crosswalks.read_cip_soc(path, file.tally, titles)
            for row in watched(rows, Step(file.table, 1, 1, 0), progress, file.tally):
                yield row.cip, row.soc, row.soc_title, is_teaching(row.soc)

        _merge(Target(CipSoc, ("cip_id", "soc"), ("soc_title", "teaches")), links(), release, file)
        Cip.objects.bulk_create(
            (Cip(code=code, title=title, folded=folded(title)) for code, title in titles.items()),
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["title", "folded"],
        )
    return report


def load_soc_changes(path: Path, *, actor: Actor, progress: Progress = silent) -> LoadReport:
    """Load what became of SOC 2010's occupations in SOC 2018."""
    with loading(
        actor,
        Source.SOC_CHANGES,
        "2010–2018",
        2018,
        attribution="SOC 2010 to 2018 crosswalk, U.S. Bureau of Labor Statistics.",
        licence=PUBLIC_DOMAIN,
    ) as (release, report):
        file = report.add("SOC changes", Tally(path.name))
        rows = crosswalks.read_soc_changes(path, file.tally)
        watching = watched(rows, Step(file.table, 1, 1, 0), progress, file.tally)
        target = Target(SocChange, ("old", "new"), ("old_title", "new_title"))
        _merge(target, ((r.old, r.new, r.old_title, r.new_title) for r in watching), release, file)
    return report


def _merge(
    target: Target, rows: Iterator[tuple[Any, ...]], release: Release, file: FileReport
) -> None:
    merged = merge(target, rows, release, file.tally)
    file.added, file.changed, file.withdrawn = merged.added, merged.changed, merged.withdrawn


def load_industries(
    path: Path, *, actor: Actor, version: str = "2022", progress: Progress = silent
) -> LoadReport:
    """Load NAICS codes and titles from a JSON object ``{code: title}``."""
    with loading(
        actor,
        Source.NAICS,
        version,
        _year(version),
        attribution=f"North American Industry Classification System {version}, U.S. Census Bureau.",
        licence=PUBLIC_DOMAIN,
    ) as (_release, report):
        file = report.add("Industries", Tally(path.name), in_place=True)
        rows = crosswalks.read_industries(path, file.tally)
        old = dict(Industry.objects.values_list("code", "title"))
        new = dict(watched(rows, Step(file.table, 1, 1, 0), progress, file.tally))
        file.tally.check()
        _upsert(Industry, ["code"], (Industry(code=c, title=t) for c, t in new.items()))
        _compare(file, old, new)
    return report


def load_wages(
    path: Path, *, actor: Actor, year: int | None = None, progress: Progress = silent
) -> LoadReport:
    """Load OEWS wages of one May; ``year`` is read from the file's name where not given.

    Areas that the file does not have keep the wages they had, so states can be loaded one by one.
    """
    if year is None:
        named = re.search(r"(?<!\d)(20\d\d)(?!\d)|oesm(\d\d)", path.stem)
        if named is None:
            raise LoadRefused(
                f"{path.name} does not say which year it is of. Name it, for instance --year 2025."
            )
        year = int(named[1] or f"20{named[2]}")
    _sensible(year)
    with loading(
        actor,
        Source.OEWS,
        f"May {year}",
        year,
        attribution=f"Occupational Employment and Wage Statistics, May {year}, "
        "U.S. Bureau of Labor Statistics.",
        licence=PUBLIC_DOMAIN,
    ) as (release, report):
        file = report.add("Wages", Tally(path.name), in_place=True)
        known = set(Wage.objects.filter(year=year).values_list("soc", "area_id"))
        seen: set[tuple[str, str]] = set()
        batch: list[Wage] = []
        areas: set[str] = set()
        rows = wages.read_wages(path, file.tally)
        for row in watched(rows, Step(file.table, 1, 1, 0), progress, file.tally):
            if (row.soc, row.area) in seen:
                file.tally.refuse(file.tally.row, "", "duplicate", "")
                continue
            seen.add((row.soc, row.area))
            if row.area not in areas:
                areas.add(row.area)
                _keep_area(row)
            batch.append(_wage(row, year, release))
            if len(batch) == _BATCH:
                _upsert(Wage, ["soc", "area", "year"], batch)
                batch = []
        _upsert(Wage, ["soc", "area", "year"], batch)
        file.tally.check()
        file.added = len(seen - known)
    return report


def _keep_area(row: wages.Wage) -> None:
    WageArea.objects.update_or_create(
        code=row.area,
        defaults={
            "title": "United States" if row.area == WageArea.NATION else row.area_title,
            "kind": row.area_kind,
            "states": [] if row.area_kind == "N" else list(wages.states_of(row.area_title)),
        },
    )


def _wage(row: wages.Wage, year: int, release: Release) -> Wage:
    figures = {name: getattr(row, name) for name in Wage.FIGURES}
    top = [name for name, value in figures.items() if value == wages.TOP]
    return Wage(
        soc=row.soc,
        area_id=row.area,
        year=year,
        release=release,
        title=row.title,
        employment=None if row.employment is None else round(row.employment),
        employment_rse=row.employment_rse,
        top_coded=top,
        location_quotient=row.location_quotient,
        **{name: None if name in top else value for name, value in figures.items()},
    )


def load_projections(path: Path, *, actor: Actor, progress: Progress = silent) -> LoadReport:
    """Load BLS's national projections: Table 1.10, and typical entry from Table 1.7."""
    years = projections.years(path)
    with loading(
        actor,
        Source.PROJECTIONS,
        f"{years.base}–{years.target % 100:02}",
        years.base,
        attribution=f"Employment Projections {years.base}–{years.target % 100:02}, "
        "U.S. Bureau of Labor Statistics. National figures.",
        licence=PUBLIC_DOMAIN,
    ) as (release, report):
        file = report.add("Projections", Tally(path.name), in_place=True)
        known = set(Projection.objects.filter(base_year=years.base).values_list("soc", flat=True))
        entry = projections.read_entry(path)
        new: dict[str, Projection] = {}
        rows = projections.read_projections(path, file.tally)
        for row in watched(rows, Step(file.table, 1, 1, 0), progress, file.tally):
            if row.soc in new:
                file.tally.refuse(file.tally.row, "", "duplicate", "")
                continue
            typical = entry.get(row.soc)
            new[row.soc] = Projection(
                base_year=years.base,
                target_year=years.target,
                release=release,
                education=(typical.education or "") if typical else "",
                experience=(typical.experience or "") if typical else "",
                training=(typical.training or "") if typical else "",
                **row._asdict(),
            )
        file.tally.check()
        _upsert(Projection, ["soc", "base_year"], new.values())
        file.added = len(new.keys() - known)
    return report


def _upsert(model: type[models.Model], unique: list[str], rows: Any) -> None:
    names = {"pk", *unique}
    model._default_manager.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=unique,
        update_fields=[f.name for f in model._meta.concrete_fields if f.name not in names],
        batch_size=_BATCH,
    )


def _compare(file: FileReport, old: dict[str, str], new: dict[str, str]) -> None:
    file.added = len(new.keys() - old.keys())
    file.changed = sum(old[code] != new[code] for code in new.keys() & old.keys())


def _year(text: str) -> int:
    if not text.isdigit():
        raise LoadRefused(f"“{text}” is not a year. Give a year such as 2022.")
    return _sensible(int(text))


def _sensible(year: int) -> int:
    if not 1990 <= year <= dt.datetime.now(dt.UTC).year:
        raise LoadRefused(f"{year} cannot be the year of published figures.")
    return year
