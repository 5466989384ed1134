"""Loading releases one after the other: what is kept, what changes, what is refused."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection

from backcast.core.actor import NOBODY, system
from backcast.frameworks.loading import LoadRefused, LoadReport, Step, load_onet
from backcast.frameworks.models import (
    Competency,
    Occupation,
    OccupationTitle,
    Rating,
    RelatedOccupation,
    Release,
    SchoolingShare,
    Task,
    TaskActivity,
    TechnologySkill,
    Versioned,
)
from backcast.frameworks.parsing.problems import FileProblem
from tests.frameworks.data import public
from tests.frameworks.release import (
    AIDE,
    ASSISTANT,
    DRAWER,
    NURSE,
    Tables,
    schooling,
    tables,
    write,
)

pytestmark = pytest.mark.django_db
LOADER = system("tests")


def load(folder: Path, version: str, content: Tables) -> LoadReport:
    return load_onet(write(folder, version, content), actor=LOADER)


def state() -> dict[str, list[Any]]:
    """Everything loaded, by what it says rather than by key."""
    found: dict[str, list[Any]] = {}
    for model in (OccupationTitle, Task, TaskActivity, TechnologySkill, RelatedOccupation, Rating):
        found[model.__name__] = sorted(map(repr, model.objects.values()))
    found["occupations"] = list(
        Occupation.objects.order_by("code").values("code", "title", "job_zone", "withdrawn_in")
    )
    found["competencies"] = list(
        Competency.objects.order_by("source_id").values("source_id", "statement", "withdrawn_in")
    )
    return found


def test_a_first_release_is_loaded_whole(tmp_path: Path) -> None:
    report = load(tmp_path, "29.0", tables())
    assert report.version == "29.0"
    assert report.read == report.used + sum(report.refused.values())
    assert report.refused == {"not a competency": 1, "not relevant": 1, "suppressed": 1}
    aide = Occupation.objects.get(code=AIDE)
    assert (aide.job_zone, aide.soc, aide.is_current) == (2, "31-1131", True)
    assert [task.statement for task in aide.tasks.all()] == [
        "Turn or reposition bedridden patients."
    ]
    assert TaskActivity.objects.get().competency.statement == "Draw blood."
    listening = Competency.objects.get(source_id="2.A.1.b")
    assert [anchor.value for anchor in listening.anchors.all()] == [2, 6]
    assert listening.scale_id == "LV"


def test_suppressed_ratings_and_levels_of_what_is_irrelevant_are_not_kept(tmp_path: Path) -> None:
    load(tmp_path, "29.0", tables())
    kept = set(Rating.objects.values_list("occupation__code", "scale", "value"))
    assert kept == {(NURSE, "IM", 4.25), (NURSE, "LV", 4.5), (AIDE, "IM", 1.5)}


def test_loading_the_same_release_again_changes_nothing(tmp_path: Path) -> None:
    first = load(tmp_path, "29.0", tables())
    before = state()
    second = load(tmp_path, "29.0", tables())
    assert state() == before
    assert Release.objects.count() == 1
    assert [(f.added, f.changed, f.withdrawn) for f in first.files] == [
        (f.added, f.changed, f.withdrawn) for f in second.files
    ]


def newer() -> Tables:
    """One occupation gone, one new, one renamed; a task reworded, a title gone, a new one."""
    content = tables()
    content["Occupation Data"] = [
        (NURSE, "Registered Nurses", "Assess patients."),
        ("31-1131.01", "Nursing Assistants", "Provide basic care."),
        (ASSISTANT, "Clinical Medical Assistants", "Do clinical and clerical work."),
        (DRAWER, "Phlebotomists", "Draw blood for tests."),
    ]
    content["Alternate Titles"] = [
        (NURSE, "Registered Nurse (RN)", "RN", "02"),
        (NURSE, "Charge Nurse", "n/a", "02"),
        (DRAWER, "Phlebotomy Technician", "n/a", "08"),
    ]
    content["Sample of Reported Titles"] = [(NURSE, "Staff Nurse", "Y")]
    content["Task Statements"] = [
        (DRAWER, 2, "Draw blood from veins or fingers.", "Core", 85, "08/2024", "Incumbent"),
        (DRAWER, 3, "Clean work areas.", "Supplemental", "n/a", "08/2024", "Incumbent"),
    ]
    content["Job Zones"] = [(NURSE, 4, "08/2024", "Analyst")]
    content["Related Occupations"] = [(NURSE, DRAWER, "Primary-Short", 1)]
    content["Skills"] = content["Skills"][:2]
    return content


def test_a_newer_release_says_what_changed(tmp_path: Path) -> None:
    load(tmp_path, "27.0", tables())
    report = load(tmp_path, "29.0", newer())
    assert report.occupations == {
        "withdrawn": ["31-1131.00 Nursing Assistants → Nursing Assistants (31-1131.01)"],
        "added": ["31-1131.01 Nursing Assistants"],
        "retitled": ["31-9092.00 Medical Assistants → Clinical Medical Assistants"],
    }
    counts = {f.table: (f.added, f.changed, f.withdrawn) for f in report.files}
    assert counts["Occupation Data"] == (1, 1, 1)
    assert counts["Alternate Titles"] == (1, 0, 4)
    # Task 2 says something else; task 3 only has another date.
    assert counts["Task Statements"] == (0, 1, 1)
    assert counts["Job Zones"] == (0, 1, 0)
    assert counts["Skills"] == (0, 0, 1)


def test_what_pointed_to_a_withdrawn_occupation_keeps_its_meaning(tmp_path: Path) -> None:
    load(tmp_path, "27.0", tables())
    aide = Occupation.objects.get(code=AIDE)
    load(tmp_path, "29.0", newer())
    again = Occupation.objects.get(pk=aide.pk)
    assert again.public_id == aide.public_id
    assert str(again.withdrawn_in) == "O*NET 29.0"
    assert not again.is_current
    assert again.successor is not None
    assert again.successor.code == "31-1131.01"


def test_older_versions_can_still_be_read(tmp_path: Path) -> None:
    load(tmp_path, "27.0", tables())
    load(tmp_path, "29.0", newer())
    old, new = Release.objects.order_by("order")
    assert set(Task.objects.as_of(old).values_list("task_id", "statement")) == {
        (1, "Turn or reposition bedridden patients."),
        (2, "Draw blood from veins."),
        (3, "Clean work areas."),
    }
    now = {(2, "Draw blood from veins or fingers."), (3, "Clean work areas.")}
    assert set(Task.objects.as_of(new).values_list("task_id", "statement")) == now
    assert set(Task.objects.current().values_list("task_id", "statement")) == now


def test_loading_the_newer_release_again_tells_the_same(tmp_path: Path) -> None:
    load(tmp_path, "27.0", tables())
    first = load(tmp_path, "29.0", newer())
    before = state()
    second = load(tmp_path, "29.0", newer())
    assert second.occupations == first.occupations
    assert state() == before


def test_a_corrected_release_takes_its_mistakes_back(tmp_path: Path) -> None:
    load(tmp_path, "27.0", tables())
    before = state()
    load(tmp_path, "29.0", newer())
    report = load(tmp_path, "29.0", tables())
    assert report.occupations == {}
    after = state()
    assert after.pop("occupations")[:1] == before.pop("occupations")[:1]
    assert after == before
    assert Occupation.objects.filter(withdrawn_in=None).count() == 4


def test_an_older_release_is_refused_after_a_newer_one(tmp_path: Path) -> None:
    load(tmp_path, "29.0", tables())
    with pytest.raises(LoadRefused, match=r"O\*NET 29.0 is loaded already and is newer than 27.0"):
        load(tmp_path, "27.0", tables())


def test_a_release_whose_read_me_says_otherwise_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, "29.0", tables())
    with pytest.raises(LoadRefused, match=r"is release 29.0 by its Read Me, not 30.1"):
        load_onet(folder, actor=LOADER, version="30.1")


def test_a_release_without_a_version_must_be_named(tmp_path: Path) -> None:
    folder = write(tmp_path, "29.0", tables())
    (folder / "Read Me.txt").unlink()
    folder = folder.rename(tmp_path / "unpacked")
    with pytest.raises(LoadRefused, match=r"--release 29.0"):
        load_onet(folder, actor=LOADER)
    with pytest.raises(LoadRefused, match="not a version"):
        load_onet(folder, actor=LOADER, version="latest")
    assert load_onet(folder, actor=LOADER, version="29.0").used


def test_nothing_is_loaded_when_a_later_file_cannot_be_read(tmp_path: Path) -> None:
    folder = write(tmp_path, "29.0", tables())
    (folder / "Skills.txt").write_bytes(b"O*NET-SOC Code\tElement\n\xff\xfe\n")
    with pytest.raises(FileProblem, match=r"Skills\.txt"):
        load_onet(folder, actor=LOADER)
    assert not Release.objects.exists()
    assert not Occupation.objects.exists()
    assert not OccupationTitle.objects.exists()


def test_an_interrupted_load_leaves_nothing_and_can_be_run_again(tmp_path: Path) -> None:
    folder = write(tmp_path, "29.0", tables())

    def interrupt(step: Step) -> None:
        if step.table == "Technology Skills":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_onet(folder, actor=LOADER, progress=interrupt)
    assert not Occupation.objects.exists()
    load_onet(folder, actor=LOADER)
    assert Occupation.objects.count() == 4


def test_rows_of_unknown_occupations_and_activities_are_refused_by_name(tmp_path: Path) -> None:
    content = tables()
    content["Related Occupations"].append((AIDE, "99-0000.00", "Primary-Long", 7))
    content["Alternate Titles"].append(("99-0000.00", "Nobody", "n/a", "02"))
    content["Tasks to DWAs"].append((DRAWER, 2, "9.Z", "08/2023", "Analyst"))
    report = load(tmp_path, "29.0", content)
    assert report.refused["unknown occupation"] == 2
    assert report.refused["unknown activity"] == 1
    messages = [str(example) for example in report.examples]
    assert any(
        "Alternate Titles.txt, row 8, O*NET-SOC Code" in message and "99-0000.00" in message
        for message in messages
    )


def test_rows_that_stand_twice_are_counted_once(tmp_path: Path) -> None:
    content = tables()
    content["Alternate Titles"] += content["Alternate Titles"][:2]
    content["Occupation Data"].append(content["Occupation Data"][0])
    report = load(tmp_path, "29.0", content)
    assert report.refused["duplicate"] == 3
    assert report.read == report.used + sum(report.refused.values())
    assert OccupationTitle.objects.filter(kind="a").count() == 6


def test_tables_that_a_newer_release_lacks_stay_as_they_were(tmp_path: Path) -> None:
    load(tmp_path, "27.0", tables())
    content = tables()
    del content["Skills"], content["Technology Skills"]
    load(tmp_path, "29.0", content)
    assert Rating.objects.current().count() == 3
    assert TechnologySkill.objects.current().count() == 1


def test_a_release_is_kept_with_its_counts_attribution_and_licence(tmp_path: Path) -> None:
    report = load(tmp_path, "29.0", tables())
    release = Release.objects.get()
    assert "O*NET 29.0 Database" in release.attribution
    assert release.licence == "CC BY 4.0"
    assert (release.rows_read, release.rows_used) == (report.read, report.used)
    skills = release.files.get(table="Skills")
    assert {r.reason: r.count for r in skills.refusals.all()} == {
        "suppressed": 1,
        "not relevant": 1,
    }
    assert all(refusal.example for refusal in skills.refusals.all())


def test_a_load_without_an_actor_fails(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="Nobody is acting"):
        load_onet(write(tmp_path, "29.0", tables()), actor=NOBODY)


def test_no_row_points_to_an_occupation_or_release_that_is_not_there(tmp_path: Path) -> None:
    load(tmp_path, "27.0", tables())
    load(tmp_path, "29.0", newer())
    with connection.cursor() as cursor:
        for model in Versioned.__subclasses__():
            for field in model._meta.concrete_fields:
                if field.is_relation and field.related_model is not None:
                    other = field.related_model._meta
                    cursor.execute(
                        f"SELECT count(*) FROM {model._meta.db_table} t"
                        f" WHERE t.{field.column} IS NOT NULL AND NOT EXISTS (SELECT 1"
                        f" FROM {other.db_table} o WHERE o.{other.pk.column} = t.{field.column})"
                    )
                    assert cursor.fetchone() == (0,), f"{model.__name__}.{field.name}"


def test_progress_is_told_for_every_table(tmp_path: Path) -> None:
    steps: list[Step] = []
    load_onet(write(tmp_path, "29.0", tables()), actor=LOADER, progress=steps.append)
    done = [step for step in steps if step.done]
    assert len(done) == len(tables())
    assert [step.number for step in done] == list(range(1, len(done) + 1))
    assert {step.of for step in done} == {len(done)}


@pytest.mark.data
@pytest.mark.skipif(
    os.environ.get("BACKCAST_SLOW") != "1", reason="loads 170,000 rows: set BACKCAST_SLOW=1"
)
def test_the_published_release_is_loaded_whole() -> None:
    report = load_onet(public("onet-27.0"), actor=LOADER)
    assert report.read == 171_480
    assert report.refused == {"not a competency": 408}
    assert Occupation.objects.count() == 1016


def test_what_schooling_people_call_for_is_loaded_without_what_may_not_be_used(
    tmp_path: Path,
) -> None:
    title = "Education, Training, and Experience"
    rows = [
        schooling(AIDE, 2, 40.5),
        schooling(AIDE, 3, 24, suppress="Y"),
        schooling(AIDE, 5, 120),
        schooling(AIDE, 1, 70, scale="OJ"),
        schooling(AIDE, "n/a", "n/a", scale="IM"),
    ]
    report = load(tmp_path, "29.0", tables() | {title: rows})
    found = SchoolingShare.objects.filter(withdrawn_in=None).values_list(
        "scale", "category", "value", "n"
    )
    assert set(found) == {("RL", 2, 40.5, 29), ("OJ", 1, 70.0, 29)}
    [of_file] = [each for each in report.files if each.table == title]
    assert of_file.tally.refused == {"suppressed": 1, "outside the scale": 1, "not a share": 1}
    load(tmp_path, "30.0", tables() | {title: [schooling(AIDE, 2, 42)]})
    current = SchoolingShare.objects.get(withdrawn_in=None)
    assert (current.value, str(current.first_release)) == (42.0, "O*NET 30.0")
