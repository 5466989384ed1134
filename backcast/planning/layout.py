"""The sheets and columns of the planning workbook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backcast.planning.cells import (
    Value,
    basis,
    month,
    months,
    number,
    one_of,
    period,
    quarter,
    rule_kind,
    setting,
    text,
    whole,
)
from backcast.planning.problem import PIN_KINDS, RESOURCE_KINDS


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, how its cells are read, and a line of help for the template."""

    name: str
    read: Callable[[object], Value]
    help: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    columns: tuple[Column, ...]
    required: bool = True


_B = Column("basis", basis, "stated, published, observed or assumed")
_S = Column("source", text, "where the numbers of this row come from")

PLAN = Sheet(
    "Plan",
    (
        Column("setting", text, "title, first quarter, quarters, confidence or budget"),
        Column("value", setting, "its value"),
        Column("basis", basis, "for the budget: stated or assumed", required=False),
        Column("source", text, "for the budget: who says so", required=False),
    ),
)
AREAS = Sheet(
    "Areas",
    (
        Column("code", text, "a short code of your own"),
        Column("title", text, "what people call it"),
        Column("adjoining", text, "codes of areas next to it, with commas", required=False),
    ),
)
ROLES = Sheet(
    "Roles",
    (
        Column("code", text, "a short code of your own"),
        Column("title", text, "what employers call it"),
        Column("confidence", number, "odds to reach for this role, 0 to 1", required=False),
    ),
)
PROGRAMS = Sheet(
    "Programs",
    (
        Column("code", text, "a short code of your own"),
        Column("title", text, "name of the program"),
        Column("provider", text, "who runs it"),
        Column("area", text, "code of its area"),
        Column("roles", text, "role codes it leads to; with shares: CNA:0.7, HHA:0.3"),
        Column("weeks", number, "from the first day to the last, externship included"),
        Column("lead weeks", number, "to recruit and screen before a start", required=False),
        Column("hire weeks", number, "from the last day to the first day at work", required=False),
        Column("smallest cohort", number, "learners"),
        Column("largest cohort", number, "learners"),
        Column("at once", number, "cohorts that may run at the same time"),
        Column("cost per learner", number, "dollars; 0 only if it truly costs nothing"),
        Column("cost per cohort", number, "dollars beside the learners' cost", required=False),
        Column("cost basis", basis, "where the cost comes from: stated, published, assumed …"),
        Column("cost source", text, "who says so"),
        Column(
            "starts", months, "months (2027-09) or quarters (any month) to start; empty: any", False
        ),
        Column("places per learner", number, "externship places a learner takes up", False),
        Column("places after stage", text, "the stage that comes before the externship", False),
        Column("also serves", text, "codes of further areas (an online program)", False),
        _B,
        _S,
        Column("recruit weeks", number, "to recruit people, before a start", False),
        Column("screen weeks", number, "to screen them", False),
        Column("clearance weeks", number, "to get their clearances", False),
        Column("exam weeks", number, "from the last day to the exam's result", False),
        Column("externship weeks", number, "at the end of the program; empty: a month", False),
        Column("schedule", text, "when it meets: day, evening … as on the sheet Recruits", False),
        Column("upskills from", text, "role code in which its learners already work", False),
    ),
)
STAGES = Sheet(
    "Stages",
    (
        Column("program", text, "program code; its stages stand in their order"),
        Column("stage", text, "completed, credentialed, hired, retained …"),
        Column("came through", number, "of those who entered"),
        Column("entered", number, "how many entered"),
        Column("shared", text, "the same word wherever the same data stands", required=False),
        _B,
        _S,
    ),
)
NEEDS = Sheet(
    "Needs",
    (
        Column("employer", text, "who needs them", required=False),
        Column("role", text, "role code"),
        Column("area", text, "area code"),
        Column("quarter", quarter, "like 2027-Q1"),
        Column("low", number, "people, at least"),
        Column("likely", number, "people, most likely"),
        Column("high", number, "people, at most"),
        Column("weight", number, "how much it matters; empty: 1", required=False),
        _B,
        _S,
    ),
)
SUPPLY = Sheet(
    "Supply",
    (
        Column("role", text, "role code"),
        Column("area", text, "area code"),
        Column("completers per year", number, "people who complete today, without the plan"),
        Column("came through", number, "of completers counted: how many were hired"),
        Column("entered", number, "completers counted"),
        Column("shared", text, "the same word wherever the same data stands", required=False),
        _B,
        _S,
    ),
    required=False,
)
PLACES = Sheet(
    "Places",
    (
        Column("role", text, "role code"),
        Column("area", text, "area code"),
        Column("quarter", quarter, "like 2027-Q1"),
        Column("places", number, "externship places beside those on the sheet Hosts"),
        _B,
        _S,
    ),
    required=False,
)
BUDGETS = Sheet(
    "Budgets",
    (
        Column("quarter", quarter, "of the cohorts' start"),
        Column("amount", number, "dollars"),
        _B,
        _S,
    ),
    required=False,
)
RESOURCES = Sheet(
    "Resources",
    (
        Column("code", text, "a short code of your own"),
        Column("title", text, "who or what it is"),
        Column("kind", one_of("kind", RESOURCE_KINDS), "instructor, lab or room"),
        Column("area", text, "code of its area"),
        Column("months", months, "months with another amount; empty: every other month", False),
        Column("amount", number, "how many there are"),
        _B,
        _S,
    ),
    required=False,
)
USES = Sheet(
    "Uses",
    (
        Column("program", text, "program code"),
        Column("resource", text, "resource code"),
        Column("amount", number, "how many each running cohort takes"),
        _B,
        _S,
    ),
    required=False,
)
HOSTS = Sheet(
    "Hosts",
    (
        Column("host", text, "a short code of your own"),
        Column("title", text, "what people call it"),
        Column("role", text, "role code"),
        Column("area", text, "area code"),
        Column("months", months, "months (2027-09) or quarters, with commas"),
        Column("supervisors", number, "supervisors who take learners then"),
        Column("learners each", number, "learners at once for each supervisor"),
        _B,
        _S,
    ),
    required=False,
)
HOLIDAYS = Sheet(
    "Holidays",
    (
        Column("title", text, "what people call it"),
        Column("months", months, "months (2027-12), with commas"),
        Column("weeks", number, "weeks without classes in each"),
        Column("area", text, "area code; empty: everywhere", required=False),
        _B,
        _S,
    ),
    required=False,
)
RUNNING = Sheet(
    "Running",
    (
        Column("code", text, "a short code of your own"),
        Column("program", text, "program code"),
        Column("start", month, "the month in which it started"),
        Column("people", number, "people who are in it now"),
        Column("next stage", text, "the stage that they must come through next"),
        _B,
        _S,
    ),
    required=False,
)
PINS = Sheet(
    "Pins",
    (
        Column("program", text, "program code"),
        Column("month", month, "like 2027-09"),
        Column("kind", one_of("kind", PIN_KINDS), "pin or forbid"),
        Column("cohorts", whole, "for a pin: how many start; empty: 1", required=False),
        Column("size", whole, "for a pin: learners in each; empty: as the plan likes", False),
        Column("by", text, "who fixed it", required=False),
        Column("why", text, "for what reason", required=False),
    ),
    required=False,
)
ANNOUNCED = Sheet(
    "Announced",
    (
        Column("program", text, "program code"),
        Column("month", month, "of the start that people were told"),
        Column("cohorts", whole, "how many were announced"),
        Column("learners", whole, "in all of them"),
    ),
    required=False,
)
RECRUITS = Sheet(
    "Recruits",
    (
        Column("area", text, "code of the programs' area"),
        Column("schedule", text, "as on the sheet Programs; empty: at any", required=False),
        Column("period", period, "a month (2027-09) or a quarter (2027-Q3) of the starts"),
        Column("people", number, "people who can be recruited"),
        _B,
        _S,
    ),
    required=False,
)
FUNDS = Sheet(
    "Funds",
    (
        Column("code", text, "a short code of your own"),
        Column("title", text, "what people call it"),
        Column("amount", number, "dollars"),
        Column("programs", text, "codes it may pay for, with commas; empty: all", required=False),
        Column("roles", text, "role codes it may pay for; empty: all", required=False),
        Column("areas", text, "area codes it may pay for; empty: all", required=False),
        Column("first", month, "first month of starts it may pay for; empty: any", False),
        Column("last", month, "last month of starts it may pay for; empty: any", False),
        _B,
        _S,
    ),
    required=False,
)
RULES = Sheet(
    "Rules",
    (
        Column("fund", text, "fund code"),
        Column("kind", rule_kind, "per learner, share of cost, or share of fund"),
        Column("value", number, "dollars for a learner at most, or a share from 0 to 1 at most"),
        Column("since", month, "for starts from this month on; empty: always", required=False),
        Column("programs", text, "program codes, with commas; empty: all", required=False),
        _B,
        _S,
    ),
    required=False,
)
SUPPORTS = Sheet(
    "Supports",
    (
        Column("code", text, "a short code of your own"),
        Column("title", text, "child care, transport, coaching …"),
        Column("cost per learner", number, "dollars"),
        Column("stage", text, "the stage through which it brings more people"),
        Column("low", number, "of those who would not come through: the share it brings, at least"),
        Column("likely", number, "most likely"),
        Column("high", number, "at most"),
        Column("capacity", number, "learners who can have it at once; empty: any", False),
        Column("programs", text, "program codes, with commas; empty: all", required=False),
        _B,
        _S,
    ),
    required=False,
)
SHEETS = (
    PLAN,
    AREAS,
    ROLES,
    PROGRAMS,
    STAGES,
    NEEDS,
    SUPPLY,
    PLACES,
    BUDGETS,
    RESOURCES,
    USES,
    HOSTS,
    HOLIDAYS,
    RUNNING,
    PINS,
    ANNOUNCED,
    RECRUITS,
    FUNDS,
    RULES,
    SUPPORTS,
)
