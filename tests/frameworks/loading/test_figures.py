"""Loading crosswalks, wages and projections."""

from __future__ import annotations

from pathlib import Path

import pytest

from backcast.core.actor import system
from backcast.frameworks import loading
from backcast.frameworks.models import Cip, CipSoc, Industry, Projection, Release, Wage, WageArea
from backcast.frameworks.parsing.problems import FileProblem
from tests.frameworks.data import public

pytestmark = pytest.mark.django_db
LOADER = system("tests")
HEAD = "SOC2018Code,SOC2018Title,CIP2020Code,CIP2020Title\n"
LINKS = (
    "31-9092,Medical Assistants,51.0801,Medical/Clinical Assistant.\n"
    "25-1071,Health Teachers,51.0801,Medical/Clinical Assistant.\n"
    "29-1141,Registered Nurses,51.3801,Registered Nursing.\n"
)
WAGE_HEAD = (
    "AREA,AREA_TITLE,AREA_TYPE,OCC_CODE,OCC_TITLE,TOT_EMP,EMP_PRSE,H_MEAN,A_MEAN,H_PCT10,H_PCT25,"
    "H_MEDIAN,H_PCT75,H_PCT90,A_PCT10,A_PCT25,A_MEDIAN,A_PCT75,A_PCT90,LOC_QUOTIENT\n"
)
WAGES = (
    "99,U.S.,1,31-1120,Aides,3500000,0.4,16,33000,12,14,16,18,20,25000,29000,33000,37000,41000,1\n"
    '35620,"New York-Newark-Jersey City, NY-NJ",4,31-1120,Aides,**,*,*,*,15,16,18,#,#,'
    "31000,33000,37000,#,#,2\n"
)


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_links_between_programs_and_occupations_are_many_to_many(tmp_path: Path) -> None:
    report = loading.load_cip_soc(write(tmp_path, "c.csv", HEAD + LINKS), actor=LOADER)
    assert (report.read, report.used) == (3, 3)
    assert Cip.objects.get(code="51.0801").title == "Medical/Clinical Assistant"
    links = CipSoc.objects.filter(cip="51.0801")
    assert dict(links.values_list("soc", "teaches")) == {"31-9092": False, "25-1071": True}


def test_a_corrected_crosswalk_replaces_the_old_one(tmp_path: Path) -> None:
    loading.load_cip_soc(write(tmp_path, "c.csv", HEAD + LINKS), actor=LOADER)
    fewer = HEAD + "".join(LINKS.splitlines(keepends=True)[:2])
    loading.load_cip_soc(write(tmp_path, "c.csv", fewer), actor=LOADER)
    assert CipSoc.objects.count() == 2
    assert Release.objects.count() == 1


def test_a_wrong_file_loads_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, "oews_2025.csv", HEAD + LINKS)
    with pytest.raises(FileProblem, match="not a “Occupational employment and wages” table"):
        loading.load_wages(path, actor=LOADER)
    assert not Release.objects.exists()


def test_wages_keep_what_is_hidden_apart_from_what_is_top_coded(tmp_path: Path) -> None:
    loading.load_wages(write(tmp_path, "oews_2025.csv", WAGE_HEAD + WAGES), actor=LOADER)
    metro = Wage.objects.get(area="0035620")
    assert (metro.year, metro.employment, metro.hourly_50) == (2025, None, 18)
    assert metro.hourly_75 is None
    assert set(metro.top_coded) == {"hourly_75", "hourly_90", "annual_75", "annual_90"}
    assert WageArea.objects.get(code="0035620").states == ["NY", "NJ"]


def test_the_nation_has_one_code_however_the_file_numbers_it(tmp_path: Path) -> None:
    loading.load_wages(write(tmp_path, "oews_2025.csv", WAGE_HEAD + WAGES), actor=LOADER)
    nation = WageArea.objects.get(kind="N")
    assert (nation.code, nation.title, nation.states) == (WageArea.NATION, "United States", [])


def test_wages_of_another_year_stand_beside_the_first(tmp_path: Path) -> None:
    for year in (2024, 2025):
        path = write(tmp_path, f"oews_{year}.csv", WAGE_HEAD + WAGES)
        loading.load_wages(path, actor=LOADER)
    assert set(Wage.objects.values_list("year", flat=True)) == {2024, 2025}


@pytest.mark.parametrize("year", [1889, 2150])
def test_an_impossible_year_is_refused(tmp_path: Path, year: int) -> None:
    path = write(tmp_path, "wages.csv", WAGE_HEAD + WAGES)
    with pytest.raises(loading.LoadRefused, match="cannot be the year"):
        loading.load_wages(path, actor=LOADER, year=year)
    with pytest.raises(loading.LoadRefused, match="--year 2025"):
        loading.load_wages(path, actor=LOADER)


def test_industries_are_loaded_and_corrected(tmp_path: Path) -> None:
    loading.load_industries(write(tmp_path, "n.json", '{"62": "Helth"}'), actor=LOADER)
    report = loading.load_industries(write(tmp_path, "n.json", '{"62": "Health"}'), actor=LOADER)
    assert Industry.objects.get().title == "Health"
    assert report.files[0].changed == 1


@pytest.mark.data
def test_the_published_projections_and_wages_meet_on_combined_codes() -> None:
    book = public("projections/bls_employment_projections_2022_32.xlsx")
    report = loading.load_projections(book, actor=LOADER)
    assert (report.read, report.used, report.version) == (1113, 1113, "2022–32")
    aides = Projection.objects.get(soc="31-1120")
    assert aides.openings > 500_000
    assert aides.education
    report = loading.load_wages(public("oews-2025/oews_2025_nj_and_us.csv"), actor=LOADER)
    assert (report.read, report.used) == (3000, 3000)
    assert Wage.objects.filter(soc="31-1120", area="3400000").exists()
