"""A simulated region as files: workbooks to state needs and to plan, CSV files of what has been.

Nothing here reads or writes a file or a database: every function gives bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

from backcast.demand.directory import Directory, Employer
from backcast.demand.figures import Named
from backcast.demand.workbook import write_needs
from backcast.demonstration.planbook import plan_workbook
from backcast.demonstration.simulator.records import cohort_records
from backcast.demonstration.simulator.region import Region
from backcast.demonstration.statements import numbered_names, statement_of
from backcast.training.columns import PROGRAM_FIELDS

#: No state of the Union has this code: what bears it is made up.
STATE = "ZZ"
MODES = {"in person": "In person", "hybrid": "Hybrid", "online": "Online"}

COHORT_COLUMNS = (
    *("Program number", "Program", "Cohort", "First day", "Learners who started", "Counted on"),
    *("Order", "Stage", "Entered", "Came through", "Did not", "Still in it"),
)
LEARNER_COLUMNS = (
    *("Learner", "Program number", "Cohort", "Order", "Stage", "Entered", "Outcome", "Known on"),
    *("Hired as", "Hired in"),
)


def region_files(region: Region) -> dict[str, bytes]:
    """Everything that the region shows, by file name."""
    return {
        "needs.xlsx": needs_workbook(region),
        "programs.csv": programs_csv(region),
        "cohorts.csv": cohorts_csv(region, region.today),
        "learners.csv": learners_csv(region),
        "plan.xlsx": plan_workbook(region),
    }


def needs_workbook(region: Region) -> bytes:
    """The needs in the workbook that employers fill in."""
    names = numbered_names(region)
    directory = Directory(
        employers=tuple(
            Employer(
                names.employers[one.key].id,
                one.name,
                tuple(names.sites[site.key] for site in one.sites),
            )
            for one in region.employers
        ),
        occupations={
            one.onet_soc: Named(names.occupations[one.key].id, one.title)
            for one in region.occupations
            if one.onet_soc
        },
        credentials=tuple(names.credentials.values()),
        competencies=tuple(names.competencies.values()),
    )
    needs = [("", statement_of(need, names)) for need in region.needs]
    return write_needs(needs, directory, region.today)


def programs_csv(region: Region) -> bytes:
    """One row for each program, under the headings that the loader of lists knows."""
    providers = {provider.key: provider for provider in region.providers}
    titles = {field.key: field.title for field in PROGRAM_FIELDS}
    rows = []
    for program in region.programs:
        provider = providers[program.provider]
        rows.append(
            {
                "source_id": program.key,
                "name": program.title,
                "cip": program.cip,
                "provider_id": provider.key,
                "provider_name": provider.name,
                "county": provider.county,
                "state": STATE,
                "tuition": program.costs.tuition,
                "fees": program.costs.fees,
                "books": program.costs.books,
                "tools": program.costs.supplies,
                "other_costs": program.costs.exam,
                "total_cost": program.costs.total,
                "clock_hours": program.clock_hours,
                "weeks": program.weeks,
                "mode": MODES[program.mode],
                "credential": program.credential,
                "min_size": program.min_size,
                "max_size": program.max_size,
            }
        )
    return _csv([titles[key] for key in rows[0]], ([row[key] for key in row] for row in rows))


def cohorts_csv(region: Region, as_of: date) -> bytes:
    """One row for each stage of each cohort, as counted on ``as_of``; see ``settled_counts``."""
    titles = {program.key: program.title for program in region.programs}
    rows: list[Sequence[object]] = []
    for record in cohort_records(region, as_of):
        for order, stage in enumerate(record.stages, start=1):
            rows.append(
                (
                    *(record.program, titles[record.program], record.cohort, record.start),
                    *(record.enrolled, as_of, order, stage.stage, stage.entered),
                    *(stage.settled_passed, stage.settled_failed, stage.unsettled),
                )
            )
    return _csv(COHORT_COLUMNS, rows)


def learners_csv(region: Region) -> bytes:
    """One row for each stage that a simulated learner entered; an empty outcome is still open."""
    rows = (
        (
            *(learner.key, learner.program, learner.cohort, order, step.stage, step.entered),
            *(step.outcome, step.on or "", learner.hired_as, learner.hired_in),
        )
        for learner in region.learners
        for order, step in enumerate(learner.steps, start=1)
    )
    return _csv(LEARNER_COLUMNS, rows)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")
