"""Loading ESCO beside O*NET: what is kept, what changes, what is refused, what is offered."""

from __future__ import annotations

from pathlib import Path

import pytest

from backcast.core.actor import system
from backcast.frameworks import access, search
from backcast.frameworks.loading import (
    LoadRefused,
    LoadReport,
    load_esco,
    load_occupation_matches,
    load_onet,
)
from backcast.frameworks.models import (
    Competency,
    CompetencyLink,
    CompetencyTitle,
    Framework,
    IscoGroup,
    Occupation,
    OccupationMatch,
    OccupationSkill,
    OccupationTitle,
    Release,
)
from backcast.frameworks.parsing.problems import FileProblem
from tests.frameworks import esco_release as made
from tests.frameworks import release as onet
from tests.frameworks.data import public

pytestmark = pytest.mark.django_db
LOADER = system("tests")


def load(folder: Path, version: str, content: made.Tables) -> LoadReport:
    return load_esco(made.write(folder, version, content), actor=LOADER)


def test_a_first_release_is_loaded_whole_and_counted(tmp_path: Path) -> None:
    report = load(tmp_path, "1.1.1", made.tables())
    assert report.version == "1.1.1"
    assert report.read == report.used + sum(report.refused.values())
    assert report.refused == {"not released": 1, "duplicate": 1, "unknown occupation": 1}
    assert "occupationSkillRelations.csv, row 4, occupationUri" in str(report.examples[0])
    lab, aide = Occupation.objects.get(code="3212.2"), Occupation.objects.get(code="3212.2.1")
    assert (lab.framework, lab.isco, lab.soc, lab.source_id) == ("esco", "3212", "", made.LAB)
    assert aide.parent == lab
    assert IscoGroup.objects.get().title == "Laboratory technicians"
    draw = Competency.objects.get(source_id=made.DRAW)
    assert (draw.kind, draw.reach, draw.scale_id) == ("skill", "sector-specific", None)
    assert set(draw.titles.values_list("kind", "title")) == {
        ("t", "draw blood"),
        ("a", "take blood samples"),
        ("a", "collect blood"),
        ("h", "venipuncture"),
    }
    assert set(draw.links.values_list("kind", "related__statement")) == {
        ("broader", "caring for people"),
        ("optional", "human anatomy"),
    }
    assert set(lab.skills.values_list("competency__statement", "essential")) == {
        ("draw blood", True),
        ("human anatomy", False),
    }


def test_loading_the_same_release_again_changes_nothing(tmp_path: Path) -> None:
    first = load(tmp_path, "1.1.1", made.tables())
    models = (CompetencyTitle, CompetencyLink, OccupationSkill, OccupationTitle)
    before = [sorted(map(repr, model.objects.values())) for model in models]
    second = load(tmp_path, "1.1.1", made.tables())
    assert [sorted(map(repr, model.objects.values())) for model in models] == before
    assert Release.objects.get().rows_read == first.read
    counts = [
        [(file.table, file.added, file.changed, file.withdrawn) for file in report.files]
        for report in (first, second)
    ]
    assert counts[0] == counts[1]


def test_a_newer_release_withdraws_renames_and_keeps_what_refers_to_it(tmp_path: Path) -> None:
    load(tmp_path, "1.1.1", made.tables())
    old = Competency.objects.get(source_id=made.TALK)
    content = made.tables()
    del content["skills_en"][1]
    del content["broaderRelationsSkillPillar"][1]
    content["occupations_en"][0] = (
        made.LAB,
        "3212",
        "laboratory aide",
        "",
        "",
        "released",
        "",
        "3212.3",
    )
    report = load(tmp_path, "1.2.0", content)
    assert report.occupations["retitled"] == [
        "3212.3 medical laboratory assistant → laboratory aide"
    ]
    old.refresh_from_db()
    assert not old.is_current
    lab = Occupation.objects.get(source_id=made.LAB)
    assert (lab.code, lab.is_current) == ("3212.3", True)
    with pytest.raises(LoadRefused, match=r"newer than 1\.1\.1"):
        load(tmp_path, "1.1.1", made.tables())


def test_frameworks_stand_beside_each_other(tmp_path: Path) -> None:
    load_onet(onet.write(tmp_path, "29.0", onet.tables()), actor=LOADER)
    load(tmp_path, "1.1.1", made.tables())
    load_onet(onet.write(tmp_path, "30.1", onet.tables()), actor=LOADER)
    assert not Occupation.objects.exclude(withdrawn_in=None).exists()
    assert not Competency.objects.exclude(withdrawn_in=None).exists()
    assert not OccupationTitle.objects.exclude(withdrawn_in=None).exists()


def test_occupations_of_onet_come_first_and_those_of_esco_when_asked_for(tmp_path: Path) -> None:
    load(tmp_path, "1.1.1", made.tables())
    assert search.find_occupations("lab helper")[0].occupation.source_id == made.LAB
    assert Occupation.objects.filter(access.main()).count() == 2
    load_onet(onet.write(tmp_path, "29.0", onet.tables()), actor=LOADER)
    assert search.find_occupations("lab helper") == []
    found = search.find_occupations("lab helper", framework=Framework.ESCO)
    assert [each.occupation.source_id for each in found] == [made.LAB]
    assert set(Occupation.objects.filter(access.main()).values_list("framework", flat=True)) == {
        "onet"
    }


def test_skills_are_found_by_any_of_their_names(tmp_path: Path) -> None:
    load_onet(onet.write(tmp_path, "29.0", onet.tables()), actor=LOADER)
    load(tmp_path, "1.1.1", made.tables())
    assert search.find_competencies("venipunctur")[0].source_id == made.DRAW
    assert {each.framework for each in search.find_competencies("draw blood")} == {"onet", "esco"}
    assert search.find_competencies("venipuncture", kind="knowledge") == []
    assert [each.kind for each in search.find_competencies("caring for people")] == []


def test_the_crosswalk_is_read_below_its_preamble(tmp_path: Path) -> None:
    path = tmp_path / "crosswalk.csv"
    path.write_text(
        "Mapping project name,ESCO-O*NET Crosswalk,,,\n,,,,\n"
        "O*NET Id,O*NET Title,ESCO or ISCO URI,ESCO or ISCO Title,Type of Match\n"
        f"31-9097.00,Phlebotomists,{made.LAB},medical laboratory assistant,broadMatch\n"
        "31-9097.00,Phlebotomists,http://data.europa.eu/esco/isco/C3212,Lab,exactISCO\n"
        f"31-9097.00,Phlebotomists,{made.AIDE},aide,likeness\n",
        encoding="utf-8",
    )
    report = load_occupation_matches(path, actor=LOADER)
    assert set(OccupationMatch.objects.values_list("kind", flat=True)) == {"broad", "isco"}
    assert report.refused == {"match": 1}
    assert "row 6, Type of Match" in str(report.examples[0])


def test_a_folder_that_is_no_release_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match=r"there is no “occupations_en\.csv”"):
        load_esco(tmp_path, actor=LOADER)
    content = made.tables()
    content["skills_en"] = [("", "not an address", *row[2:]) for row in content["skills_en"]]
    with pytest.raises(FileProblem, match="address of an ESCO concept"):
        load(tmp_path, "1.1.1", content)
    assert not Occupation.objects.exists()
    unnamed = made.write(tmp_path, "1.1.1", made.tables()).rename(tmp_path / "esco")
    with pytest.raises(LoadRefused, match=r"--release 1\.2\.0"):
        load_esco(unnamed, actor=LOADER)


@pytest.mark.data
def test_the_published_release_is_loaded_whole() -> None:
    report = load_esco(public("esco-1.1.1"), actor=LOADER)
    assert report.read == report.used + sum(report.refused.values())
    assert report.refused == {"duplicate": 16_157, "unknown occupation": 68, "unknown skill": 7}
    assert Occupation.objects.count() == 3_007
    assert Competency.objects.exclude(kind="group").count() == 13_896
    assert OccupationSkill.objects.count() == 123_788
    report = load_occupation_matches(public("crosswalks/esco_onet_crosswalk.csv"), actor=LOADER)
    assert (report.read, report.used) == (4_253, 4_253)
    assert search.find_competencies("collect blood samples")[0].framework == "esco"
