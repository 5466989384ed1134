"""The workbook that ``backcast plan template`` hands out: instructions, and an example to replace.

The example is made up, says so, and can be solved as it stands.
"""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook

from backcast.core.months import Month
from backcast.core.quarters import Quarter
from backcast.planning import layout
from backcast.planning.report import fill

MADE_UP = "made-up example: replace it"

INSTRUCTIONS = (
    "How to use this workbook",
    "1. Replace the made-up example on each sheet with your own region. Keep the headings.",
    "2. Every row says what kind of knowledge its numbers are: stated (someone told you), "
    "published, observed (your own records) or assumed; and the source.",
    "3. Areas: places from which people reach the same jobs. A program serves its own area and "
    "those adjoining it.",
    "4. Programs: one row each. A cost must be filled in, with where it comes from. Roles may "
    "carry shares (CNA:0.7, HHA:0.3); shares that sum to 1 divide the graduates. Cohorts start on the "
    "first of a month: list months under “starts”, or quarters for any month of them.",
    "5. Stages: of those who entered a stage, how many came through, in the program's own order. "
    "Where two programs rest on the same records, write the same word under “shared”.",
    "6. Needs: people to hire, by role, area and quarter: low, likely and high.",
    "7. Supply: people who complete today without any plan, per year.",
    "8. Places: externship places by quarter, beside those on the sheet Hosts. A role without any row is not limited; a role with rows has "
    "only the places written there.",
    "9. Budgets: money by the quarter in which cohorts start. The budget in all stands on Plan.",
    "10. Resources and Uses: instructors, labs and rooms that programs share, and how many each running "
    "cohort takes. A further row with months changes the amount in them.",
    "11. Hosts: employers who take learners for their externship, by month: supervisors times the "
    "learners that each may have at once. A learner stays with one host for the whole externship.",
    "12. Holidays: weeks without classes. A cohort that runs through them takes so much longer.",
    "13. Running: cohorts that have started already, and the stage that they must come through next. Do "
    "not count their people under Supply, too.",
    "14. Pins: cohorts that you have fixed (pin), and months in which none may start (forbid). A pin that "
    "cannot hold is explained in the plan. Announced: cohorts that people were told of; the plan changes "
    "them only where that pays.",
    "15. Recruits: people who can be recruited to start in a month or a quarter. Upskills from, on "
    "Programs: learners who work already; each who is hired leaves an opening in that role.",
    "16. Funds and Rules: who pays. Where you list any fund, funds pay for everything that is started. "
    "Rules say what a fund pays for a learner at most (per learner), of a cohort's cost (share of cost), "
    "or for some programs together of the whole fund (share of fund), from a month on.",
    "17. Supports: child care, transport, coaching, bought for whole cohorts. Low, likely and high: of "
    "those who would not come through the stage, the share whom it brings through.",
    "18. No formulas and no merged cells. Quarters are written like 2027-Q1, months like 2027-09.",
    "Then run: backcast plan solve needs.xlsx --out plan.xlsx",
)


def write_template(path: Path, first: Quarter) -> None:
    """Write the template with an example that begins in ``first``."""
    book = Workbook()
    page = book.active
    if page is None:  # a new workbook has one sheet
        raise RuntimeError("The workbook has no sheet.")
    page.title = "Read me"
    fill(page, [[line] for line in INSTRUCTIONS], (110,))
    example = _example(first)
    for sheet in layout.SHEETS:
        page = book.create_sheet(sheet.name)
        names = [column.name for column in sheet.columns]
        fill(page, [names, *example[sheet.name]], [max(14, len(name) + 4) for name in names])
    guide = book.create_sheet("Columns")
    rows: list[list[object]] = [["Sheet", "Column", "Must be filled in", "What it holds"]]
    rows += [
        [sheet.name, column.name, "yes" if column.required else "no", column.help]
        for sheet in layout.SHEETS
        for column in sheet.columns
    ]
    fill(guide, rows, (14, 22, 16, 70))
    book.save(path)


def _terms(first: Quarter) -> str:
    """January, May and September of the example's years, as a college starts its terms."""
    return ", ".join(f"{first.year + n}-{month:02d}" for n in range(3) for month in (1, 5, 9))


def _example(first: Quarter) -> dict[str, list[list[object]]]:
    start = Month.first_of(first)
    before, leave = start + -2, f"{start + 5}, {start + 6}"
    later = str(start + 18)
    every = ", ".join(str(first + t) for t in range(8))
    end = ["assumed", MADE_UP]
    counted = ["observed", MADE_UP]
    return {
        "Plan": [
            ["title", "Demo region: made-up example", None, None],
            ["first quarter", str(first), None, None],
            ["quarters", 8, None, None],
            ["confidence", 0.8, None, None],
            ["budget", 900_000, *end],
        ],
        "Areas": [
            ["NORTH", "Demo North", "MIDDLE"],
            ["MIDDLE", "Demo Middle", "NORTH"],
            ["SOUTH", "Demo South", None],
        ],
        "Roles": [
            ["CNA", "Nursing assistant", None],
            ["MA", "Medical assistant", 0.75],
        ],
        "Programs": [
            [
                *("P1", "Demo Nursing Assistant", "Demo College", "NORTH", "CNA"),
                *(8, 10, 4, 8, 20, 2, 1400, 6000, *counted, None, 1, "completed", None, *end),
            ],
            [
                *("P2", "Demo Medical Assistant", "Demo College", "MIDDLE", "MA"),
                *(26, 12, 4, 10, 24, 2, 5200, 9000, *counted, _terms(first)),
                *(1, "completed", None, *end),
            ],
            [
                *("P3", "Demo Care Aide", "Demo Institute", "SOUTH", "CNA:0.7, MA:0.3"),
                *(12, 8, 4, 6, 16, 2, 2300, None, *counted, None, None, None, None, *end),
            ],
        ],
        "Stages": [
            ["P1", "completed", 86, 100, None, *counted],
            ["P1", "credentialed", 70, 86, None, *counted],
            ["P1", "hired", 58, 70, "demo-college-hired", *counted],
            ["P2", "completed", 40, 52, None, *counted],
            ["P2", "externship done", 36, 40, None, *counted],
            ["P2", "hired", 58, 70, "demo-college-hired", *counted],
            ["P3", "completed", 30, 36, None, *counted],
            ["P3", "hired", 21, 30, None, *counted],
        ],
        "Needs": [
            [
                *(f"Demo Hospital {area.title()}", role, area, str(first + t)),
                *(low, likely, high, 1, "stated", MADE_UP),
            ]
            for area, role, low, likely, high in (
                ("NORTH", "CNA", 8, 10, 14),
                ("MIDDLE", "CNA", 4, 6, 8),
                ("SOUTH", "CNA", 3, 4, 6),
                ("MIDDLE", "MA", 3, 4, 6),
            )
            for t in range(8)
        ],
        "Supply": [
            ["CNA", "NORTH", 16, 58, 70, "demo-college-hired", *counted],
            ["MA", "MIDDLE", 6, 58, 70, "demo-college-hired", *counted],
        ],
        "Places": [
            [role, area, str(first + t), places, *end]
            for role, area, places in (
                ("CNA", "NORTH", 24),
                ("CNA", "MIDDLE", 12),
            )
            for t in range(8)
        ],
        "Budgets": [],
        "Resources": [
            ["NURSE", "Demo instructors of nursing", "instructor", "NORTH", None, 3, *end],
            ["NURSE", "Demo instructors of nursing", "instructor", "NORTH", leave, 2, *end],
            ["LAB", "Demo skills lab", "lab", "MIDDLE", None, 2, *end],
        ],
        "Uses": [["P1", "NURSE", 1, *end], ["P3", "NURSE", 1, *end], ["P2", "LAB", 1, *end]],
        "Hosts": [
            ["CLINIC", "Demo Clinic", "MA", "MIDDLE", every, 3, 2, *end],
            ["OFFICE", "Demo Medical Office", "MA", "MIDDLE", every, 1, 3, *end],
        ],
        "Holidays": [["Winter break", f"{first.year}-12, {first.year + 1}-12", 2, None, *end]],
        "Running": [["R1", "P1", str(before), 12, "credentialed", *counted]],
        "Pins": [
            ["P1", str(start + 8), "pin", 1, 16, "Demo board", "Promised to Demo Hospital North"],
            ["P3", str(start + 11), "forbid", None, None, "Demo Institute", "Building closed"],
        ],
        "Announced": [["P1", str(start + 2), 1, 18]],
        "Recruits": [["NORTH", None, str(first + 1), 45, *end], ["NORTH", None, later, 30, *end]],
        "Funds": [
            ["STATE", "Demo state grant", 500_000, None, None, None, None, None, *end],
            ["TRAIN", "Demo training vouchers", 300_000, None, None, None, None, later, *end],
            ["EMPLOY", "Demo employers' share", 250_000, None, "CNA", None, None, None, *end],
        ],
        "Rules": [
            ["TRAIN", "per learner", 4_000, None, None, *end],
            ["TRAIN", "per learner", 4_500, str(start + 12), None, *end],
            ["EMPLOY", "share of cost", 0.5, None, None, *end],
            ["STATE", "share of fund", 0.6, None, "P1, P3", *end],
        ],
        "Supports": [
            ["CARE", "Demo child care", 900, "completed", 0.1, 0.3, 0.5, 24, None, *end],
        ],
    }
