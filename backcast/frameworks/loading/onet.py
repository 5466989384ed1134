"""Load an O*NET release: occupations, what they are called, what is done in them, what it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from backcast.core.actor import Actor
from backcast.frameworks.loading import competencies, occupations
from backcast.frameworks.loading.merge import Target, merge
from backcast.frameworks.loading.opening import opened
from backcast.frameworks.loading.report import (
    FileReport,
    LoadRefused,
    LoadReport,
    Progress,
    Step,
    silent,
    watched,
)
from backcast.frameworks.models import (
    Competency,
    Framework,
    Occupation,
    OccupationTitle,
    Rating,
    RelatedOccupation,
    Release,
    Scale,
    SchoolingShare,
    Task,
    TaskActivity,
    TechnologySkill,
)
from backcast.frameworks.models.releases import Source
from backcast.frameworks.parsing import onet, scales
from backcast.frameworks.parsing.problems import Tally
from backcast.frameworks.parsing.tables import read
from backcast.frameworks.text import folded, without_brackets

LICENCE = "CC BY 4.0"
_UNKNOWN_OCCUPATION = (
    "the occupation {code} is not in this release’s Occupation Data.",
    "Load the files of one release together.",
)


def attribution(version: str) -> str:
    """The words that O*NET's licence asks for wherever its data are shown."""
    return (
        f"Includes information from the O*NET {version} Database by the U.S. Department of Labor, "
        "Employment and Training Administration (USDOL/ETA), used under the CC BY 4.0 license. "
        "O*NET® is a trademark of USDOL/ETA. Backcast has modified some of this information; "
        "USDOL/ETA has not approved, endorsed, or tested these modifications."
    )


def load_onet(
    folder: Path,
    *,
    actor: Actor,
    version: str | None = None,
    progress: Progress = silent,
) -> LoadReport:
    """Load every known table in ``folder``, text or workbook, as release ``version``.

    The version is read from the release's Read Me where none is given. Tables that the folder does
    not have are left as they are. Raises ``FileProblem`` (a file cannot be used) or ``LoadRefused``;
    then nothing was loaded.
    """
    found = onet.find_release(folder)
    if version and found.version and found.version != version:
        raise LoadRefused(
            f"{folder} is release {found.version} by its Read Me, not {version}. "
            "Leave --release out, or give the right folder."
        )
    with opened(
        folder,
        found,
        version,
        actor=actor,
        source=Source.ONET,
        attribution=attribution,
        licence=LICENCE,
        example="29.0",
    ) as (release, report):
        _Load(found, release, report, progress).run()
    return report


class _Load:
    """One release on its way in; tables in the order in which they need each other."""

    def __init__(
        self, found: onet.Release, release: Release, report: LoadReport, progress: Progress
    ) -> None:
        self.found, self.release, self.report, self.progress = found, release, report, progress
        self.number = 0
        self.occupations: dict[str, int] = {}
        self.competencies: dict[str, int] = {}

    def run(self) -> None:
        self._occupations()
        self._competencies()
        for title, (target, convert) in _TABLES.items():
            if title in self.found.files:
                self._merge(title, target, convert)
        for title, kind in onet.RATINGS.items():
            if title in self.found.files:
                self._ratings(title, kind)

    def _open(self, title: str) -> tuple[FileReport, Step]:
        self.number += 1
        report = self.report.add(
            title, Tally(self.found.files[title].name), in_place=title in _IN_PLACE
        )
        return report, Step(title, self.number, len(self.found.files), 0)

    def _rows(self, title: str) -> tuple[FileReport, Iterator[Any]]:
        report, step = self._open(title)
        rows = read(onet.LAYOUTS[title], self.found.files[title], report.tally)
        return report, watched(rows, step, self.progress, report.tally)

    # -- occupations and competencies: few rows, each looked at --------------------------

    def _occupations(self) -> None:
        report, rows = self._rows("Occupation Data")
        self.report.occupations = occupations.renew(
            (
                occupations.Row(row.code, row.title, row.description, soc=row.code[:7])
                for row in rows
            ),
            Framework.ONET,
            self.release,
            report,
        )
        report.tally.check()
        self.occupations = dict(
            Occupation.objects.filter(framework="onet").values_list("code", "pk")
        )
        current = Occupation.objects.filter(framework="onet", withdrawn_in=None)
        titles = [
            (pk, "t", title, "", text, None)
            for pk, title, text in current.order_by("pk").values_list("pk", "title", "folded")
        ]
        target = Target(OccupationTitle, *_TITLE_COLUMNS, scope=_titles_of("t"))
        merge(target, titles, self.release, Tally(report.tally.file))
        if "Job Zones" in self.found.files:
            report, rows = self._rows("Job Zones")
            occupations.set_job_zones(self._known(rows, report.tally), report)
            report.tally.check()

    def _competencies(self) -> None:
        files = self.found.files
        if "Scales Reference" in files:
            report, rows = self._rows("Scales Reference")
            competencies.renew_scales(rows, report)
        if "Content Model Reference" in files:
            report, step = self._open("Content Model Reference")
            elements = onet.read_elements(files["Content Model Reference"], report.tally)
            competencies.renew_elements(
                watched(elements, step, self.progress, report.tally), self.release, report
            )
        if "DWA Reference" in files:
            report, rows = self._rows("DWA Reference")
            competencies.renew_activities(rows, self.release, report)
        self._know_competencies()
        if "Level Scale Anchors" in files:
            report, rows = self._rows("Level Scale Anchors")
            competencies.renew_anchors(rows, self.competencies, report)

    def _know_competencies(self) -> None:
        self.competencies = dict(
            Competency.objects.filter(framework="onet").values_list("source_id", "pk")
        )

    # -- the large tables ----------------------------------------------------------------

    def _known(self, rows: Iterator[Any], tally: Tally) -> Iterator[Any]:
        """Rows whose occupation is known."""
        known = self.occupations
        for row in rows:
            if row[0] in known:
                yield row
            else:
                what, remedy = _UNKNOWN_OCCUPATION
                tally.refuse(
                    tally.row,
                    "O*NET-SOC Code",
                    "unknown occupation",
                    what.format(code=row[0]),
                    remedy,
                )

    def _merge(
        self,
        title: str,
        target: Target,
        convert: Callable[[_Load, Iterator[Any], Tally], Iterator[tuple[Any, ...]]],
    ) -> None:
        report, rows = self._rows(title)
        self._finish(target, convert(self, self._known(rows, report.tally), report.tally), report)

    def _finish(self, target: Target, rows: Iterator[tuple[Any, ...]], report: FileReport) -> None:
        merged = merge(target, rows, self.release, report.tally)
        report.added, report.changed = merged.added, merged.changed
        report.withdrawn = merged.withdrawn

    def _ratings(self, title: str, kind: str) -> None:
        """Ratings of one kind of competency; other kinds are other files and stay as they are."""
        report, step = self._open(title)
        known = dict(scales.KNOWN) | {
            each.code: scales.Scale(each.code, each.name, each.minimum, each.maximum)
            for each in Scale.objects.all()
        }
        path = self.found.files[title]
        found = onet.read_ratings(onet.RATING_LAYOUTS[title], path, report.tally, known)
        rows = self._known(watched(found, step, self.progress, report.tally), report.tally)
        target = Target(
            Rating,
            ("occupation_id", "competency_id", "scale"),
            (
                *("value", "n", "standard_error", "lower", "upper", "date", "source"),
                "kind",
            ),
            meaning=("value",),
            scope=(("kind", (kind,)),),
        )
        self._finish(target, self._rated(rows, kind), report)

    def _rated(self, rows: Iterator[onet.Rating], kind: str) -> Iterator[tuple[Any, ...]]:
        for row in rows:
            competency = self.competencies.get(row.element_id)
            if competency is None:
                competency = competencies.add_element(
                    row.element_id, row.element, kind, self.release
                )
                self.competencies[row.element_id] = competency
            yield (
                self.occupations[row.code],
                competency,
                row.scale,
                row.value,
                row.n,
                row.standard_error,
                row.lower,
                row.upper,
                row.date,
                row.source or "",
                kind,
            )


# -- one converter a table: typed rows of the file to columns of the table ---------------------


def _titles(load: _Load, rows: Iterator[onet.Title], tally: Tally) -> Iterator[tuple[Any, ...]]:
    known = load.occupations
    for row in rows:
        short = row.short or ""
        yield known[row.code], "a", row.title, short, _search_text(row.title, short), None


def _reported(
    load: _Load, rows: Iterator[onet.ReportedTitle], tally: Tally
) -> Iterator[tuple[Any, ...]]:
    known = load.occupations
    for row in rows:
        plain, short = without_brackets(row.title)
        yield known[row.code], "r", row.title, "", _search_text(plain, short or ""), row.shown


def _search_text(title: str, short: str) -> str:
    """The folded title without its abbreviation in brackets; that follows after a bar."""
    plain, bracketed = without_brackets(title)
    abbreviation = short or bracketed or ""
    text = folded(plain)
    return f"{text}|{folded(abbreviation)}" if abbreviation else text


def _tasks(load: _Load, rows: Iterator[onet.Task], tally: Tally) -> Iterator[tuple[Any, ...]]:
    known = load.occupations
    for code, task_id, statement, kind, incumbents, date, source in rows:
        yield known[code], task_id, statement, kind or "", incumbents, date, source or ""


def _task_activities(
    load: _Load, rows: Iterator[onet.TaskActivity], tally: Tally
) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        activity = load.competencies.get(row.activity_id)
        if activity is None:
            tally.refuse(
                tally.row,
                "DWA ID",
                "unknown activity",
                f"the detailed work activity {row.activity_id} is not known.",
                "Load DWA Reference of the same release.",
            )
        else:
            yield load.occupations[row.code], row.task_id, activity


def _technology(
    load: _Load, rows: Iterator[onet.Technology], tally: Tally
) -> Iterator[tuple[Any, ...]]:
    known = load.occupations
    for code, example, commodity_code, commodity, hot, in_demand in rows:
        yield known[code], commodity_code, example, commodity, hot, in_demand


def _related(load: _Load, rows: Iterator[onet.Related], tally: Tally) -> Iterator[tuple[Any, ...]]:
    known = load.occupations
    for row in rows:
        related = known.get(row.related)
        if related is None:
            what, remedy = _UNKNOWN_OCCUPATION
            tally.refuse(
                tally.row,
                "Related O*NET-SOC Code",
                "unknown occupation",
                what.format(code=row.related),
                remedy,
            )
        else:
            yield known[row.code], related, row.tier, row.rank


def _schooling(
    load: _Load, rows: Iterator[onet.Schooling], tally: Tally
) -> Iterator[tuple[Any, ...]]:
    known = load.occupations
    for row in onet.usable_shares(rows, tally):
        yield (
            known[row.code],
            row.scale,
            row.category,
            row.value,
            row.n,
            row.date,
            row.source or "",
        )


_IN_PLACE = frozenset(
    (
        "Job Zones",
        "Scales Reference",
        "Content Model Reference",
        "DWA Reference",
        "Level Scale Anchors",
    )
)


def _titles_of(kind: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return ("framework", ("onet",)), ("kind", (kind,))


_TITLE_COLUMNS = (("occupation_id", "kind", "title", "short"), ("folded", "shown"))
_TABLES: dict[str, tuple[Target, Callable[..., Iterator[tuple[Any, ...]]]]] = {
    "Alternate Titles": (
        Target(OccupationTitle, *_TITLE_COLUMNS, scope=_titles_of("a")),
        _titles,
    ),
    "Sample of Reported Titles": (
        Target(OccupationTitle, *_TITLE_COLUMNS, scope=_titles_of("r")),
        _reported,
    ),
    "Task Statements": (
        Target(
            Task,
            ("occupation_id", "task_id"),
            ("statement", "kind", "incumbents", "date", "source"),
            meaning=("statement", "kind"),
        ),
        _tasks,
    ),
    "Tasks to DWAs": (
        Target(TaskActivity, ("occupation_id", "task_id", "competency_id")),
        _task_activities,
    ),
    "Technology Skills": (
        Target(
            TechnologySkill,
            ("occupation_id", "commodity_code", "example"),
            ("commodity", "hot", "in_demand"),
            meaning=("commodity", "hot"),
        ),
        _technology,
    ),
    "Education, Training, and Experience": (
        Target(
            SchoolingShare,
            ("occupation_id", "scale", "category"),
            ("value", "n", "date", "source"),
            meaning=("value",),
        ),
        _schooling,
    ),
    "Related Occupations": (
        Target(RelatedOccupation, ("occupation_id", "related_id"), ("tier", "rank")),
        _related,
    ),
}
