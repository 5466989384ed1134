"""The workbook's sheets of limits: shared resources, hosts, holidays, running cohorts, pins,
recruits, funds and their rules, supports."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from backcast.core.months import Month
from backcast.core.quarters import Quarter
from backcast.planning.figures import Basis, Figure
from backcast.planning.problem import (
    Announced,
    Fund,
    FundRule,
    FundRuleKind,
    Holiday,
    HostPlaces,
    Pin,
    PinKind,
    Recruits,
    Resource,
    ResourceKind,
    ResourceMonth,
    RunningCohort,
)
from backcast.planning.programs import SupportOption, Uses
from backcast.planning.sheets import Reading, Row, codes, unique

NAMES_A_PROGRAM = (
    *((sheet, "program") for sheet in ("Stages", "Uses", "Running", "Pins", "Announced")),
    *((sheet, "programs") for sheet in ("Funds", "Rules", "Supports")),
)
"""Sheets and columns that must name rows of the sheet Programs."""
ONE = "Keep one of them."


def limits(reading: Reading) -> dict[str, Any]:
    """The fields of the problem that these sheets fill."""
    return {
        "resources": _resources(reading),
        "hosts": _hosts(reading),
        "holidays": tuple(
            Holiday(row.text("title"), month, row.figure("weeks"), row.text("area"))
            for row in reading.rows["Holidays"]
            for month in _named(row, f"Holiday {row.text('title')}", reading)
        ),
        "running": _running(reading),
        "pins": tuple(
            Pin(
                row.text("program"),
                row.month("month"),
                cast(PinKind, row.text("kind")),
                int(row.number_of("cohorts", 1)),
                int(row.number_of("size")) if row.has("size") else None,
                row.text("by"),
                row.text("why"),
            )
            for row in _by_month("Pins", "Pin", reading)
        ),
        "announced": tuple(
            Announced(
                row.text("program"),
                row.month("month"),
                int(row.number_of("cohorts")),
                int(row.number_of("learners")),
            )
            for row in _by_month("Announced", "Announced", reading)
        ),
        "recruits": _recruits(reading),
        "funds": _funds(reading),
        "supports": _supports(reading),
    }


def uses_by_program(reading: Reading) -> dict[str, tuple[Uses, ...]]:
    out: dict[str, list[Uses]] = {}
    for row in unique(reading.rows["Uses"], ("program", "resource"), reading, ONE):
        program, resource = row.text("program"), row.text("resource")
        reading.places[f"Use of {resource} by {program}"] = row.where
        out.setdefault(program, []).append(Uses(resource, row.figure("amount")))
    return {program: tuple(uses) for program, uses in out.items()}


def _named(row: Row, name: str, reading: Reading) -> tuple[Month, ...]:
    months = row.months("months")
    for month in months:
        reading.places[f"{name} {month}"] = row.where
    return months


def _by_month(sheet: str, name: str, reading: Reading) -> list[Row]:
    rows = unique(reading.rows[sheet], ("program", "month"), reading, ONE)
    for row in rows:
        reading.places[f"{name} {row.text('program')} {row.month('month')}"] = row.where
    return rows


def _resources(reading: Reading) -> tuple[Resource, ...]:
    """A row without months is the resource; rows of the same code with months change some of them."""
    out: dict[str, Resource] = {}
    rows = reading.rows["Resources"]
    usual = [row for row in rows if not row.has("months")]
    for row in unique(usual, ("code",), reading, "Name months in one of them."):
        reading.places[f"Resource {row.text('code')}"] = row.where
        out[row.text("code")] = Resource(
            row.text("code"),
            row.text("title"),
            cast(ResourceKind, row.text("kind")),
            row.text("area"),
            row.figure("amount"),
        )
    for row in (row for row in rows if row.has("months")):
        code = row.text("code")
        months = _named(row, f"Resource {code}", reading)
        if code not in out:
            reading.complain(
                row.where,
                "months",
                f"There is no row of {code} for the other months.",
                "Add a row with the same code and no months: its usual amount.",
            )
            continue
        known = {one.month for one in out[code].months}
        if known & set(months):
            reading.complain(row.where, "months", "A month of this resource repeats.", ONE)
            continue
        changed = tuple(ResourceMonth(month, row.figure("amount")) for month in months)
        out[code] = replace(out[code], months=(*out[code].months, *changed))
    return tuple(out.values())


def _hosts(reading: Reading) -> tuple[HostPlaces, ...]:
    """Places are supervisors times the learners that each may have at once."""
    seen: dict[tuple[str, str, Month], Row] = {}
    out = []
    for row in reading.rows["Hosts"]:
        host, role = row.text("host"), row.text("role")
        each = row.figure("learners each")
        places = row.number_of("supervisors") * each.value
        told = f"{row.number_of('supervisors'):g} supervisors × {each.value:g}: {each.source}"
        for month in _named(row, f"Host {host} {role}", reading):
            if (host, role, month) in seen:
                reading.complain(
                    row.where,
                    "host, role, months",
                    f"{month} stands in row {seen[host, role, month].number}, too.",
                    ONE,
                )
                continue
            seen[host, role, month] = row
            figure = Figure(places, each.basis, told)
            out.append(HostPlaces(host, row.text("title"), row.text("area"), role, month, figure))
    return tuple(out)


def _running(reading: Reading) -> tuple[RunningCohort, ...]:
    out = []
    for row in unique(reading.rows["Running"], ("code",), reading, ONE):
        name = f"Running cohort running {row.text('code')}"
        reading.places[name] = row.where
        out.append(
            RunningCohort(
                f"running {row.text('code')}",
                row.text("program"),
                row.month("start"),
                row.figure("people"),
                row.text("next stage"),
            )
        )
    return tuple(out)


def _recruits(reading: Reading) -> tuple[Recruits, ...]:
    out = []
    for row in reading.rows["Recruits"]:
        period = row.values["period"]
        area, schedule = row.text("area"), row.text("schedule")
        name = " ".join(filter(None, ("Recruits", area, schedule, str(period))))
        reading.places[name] = row.where
        month = period if isinstance(period, Month) else None
        quarter = period if isinstance(period, Quarter) else None
        out.append(Recruits(area, schedule, row.figure("people"), month, quarter))
    return tuple(out)


def _funds(reading: Reading) -> tuple[Fund, ...]:
    rules: dict[str, list[FundRule]] = {}
    known = {row.text("code") for row in reading.rows["Funds"]}
    for row in reading.rows["Rules"]:
        fund, kind = row.text("fund"), cast(FundRuleKind, row.text("kind"))
        since = row.maybe_month("since")
        if fund not in known and not reading.refused("Funds"):
            reading.complain(
                row.where,
                "fund",
                f"“{fund}” is not a known fund.",
                "Use a code of the sheet Funds.",
            )
        reading.places[f"Rule of {fund} {kind} {since or ''}".strip()] = row.where
        rule = FundRule(kind, row.figure("value"), since, codes(row.text("programs")))
        rules.setdefault(fund, []).append(rule)
    out = []
    for row in unique(reading.rows["Funds"], ("code",), reading, ONE):
        reading.places[f"Fund {row.text('code')}"] = row.where
        out.append(
            Fund(
                row.text("code"),
                row.text("title"),
                row.figure("amount"),
                tuple(rules.get(row.text("code"), ())),
                codes(row.text("programs")),
                codes(row.text("roles")),
                codes(row.text("areas")),
                row.maybe_month("first"),
                row.maybe_month("last"),
            )
        )
    return tuple(out)


def _supports(reading: Reading) -> tuple[SupportOption, ...]:
    out = []
    for row in unique(reading.rows["Supports"], ("code",), reading, ONE):
        reading.places[f"Support {row.text('code')}"] = row.where
        out.append(
            SupportOption(
                row.text("code"),
                row.text("title"),
                row.figure("cost per learner"),
                row.text("stage"),
                row.number_of("low"),
                row.number_of("likely"),
                row.number_of("high"),
                cast(Basis, row.text("basis")),
                row.text("source"),
                row.maybe_figure("capacity"),
                codes(row.text("programs")),
            )
        )
    return tuple(out)
