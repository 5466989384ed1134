"""Pages of occupations, competencies, credentials and loaded data."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from backcast.core.actor import acting, system
from backcast.frameworks import actions, loading
from backcast.frameworks.models import Competency, Credential, Occupation, Release
from tests.cast import TESTS, Cast
from tests.frameworks import esco_release
from tests.frameworks.release import AIDE, ASSISTANT, DRAWER, NURSE, tables, write

Counter = Callable[[], AbstractContextManager[Any]]
LOADER = system("tests")
WAGES = (
    "AREA,AREA_TITLE,AREA_TYPE,OCC_CODE,OCC_TITLE,TOT_EMP,EMP_PRSE,H_MEAN,A_MEAN,H_PCT10,H_PCT25,"
    "H_MEDIAN,H_PCT75,H_PCT90,A_PCT10,A_PCT25,A_MEDIAN,A_PCT75,A_PCT90\n"
    "34,New Jersey,2,31-1120,Aides,90000,1,18,38000,15,16,18,20,22,31000,34000,38000,#,#\n"
    "36,New York,2,31-1120,Aides,90000,1,18,38000,15,16,18,20,22,31000,34000,39000,41000,45000\n"
    "34,New Jersey,2,31-9092,Medical Assistants,**,1,*,*,*,*,*,*,*,*,*,*,*,*\n"
)
LINKS = (
    "SOC2018Code,SOC2018Title,CIP2020Code,CIP2020Title\n"
    "31-1131,Nursing Assistants,51.3902,Nursing Assistant/Aide.\n"
)


@pytest.fixture
def loaded(cast: Cast, tmp_path: Path) -> Cast:
    loading.load_onet(write(tmp_path, "29.0", tables()), actor=LOADER)
    (tmp_path / "oews_2025.csv").write_text(WAGES, encoding="utf-8")
    loading.load_wages(tmp_path / "oews_2025.csv", actor=LOADER)
    (tmp_path / "links.csv").write_text(LINKS, encoding="utf-8")
    loading.load_cip_soc(tmp_path / "links.csv", actor=LOADER)
    return cast


def page_of(code: str) -> str:
    found = Occupation.objects.get(code=code)
    return reverse("frameworks:occupation", kwargs={"occupation": found.public_id})


def text(cast: Cast, url: str, who: str = "administrator") -> str:
    response = cast.client(who).get(url)
    assert response.status_code == 200
    return str(response.content.decode())


def test_an_abbreviation_finds_its_occupation_first(loaded: Cast) -> None:
    html = text(loaded, reverse("frameworks:occupations") + "?q=CNA")
    assert "Nursing Assistants" in html
    assert "Phlebotomists" not in html


def test_the_list_shows_the_pay_of_the_regions_state(loaded: Cast) -> None:
    # 31-1131 is published as 31-1120.
    with acting(TESTS, "tests"):
        Occupation.objects.filter(code=AIDE).update(code="31-1121.00", soc="31-1121")
    html = text(loaded, reverse("frameworks:occupations"))
    assert "Median pay a year, New Jersey" in html
    assert "38,000" in html
    assert "39,000" not in html


def test_the_list_takes_the_same_queries_for_few_and_for_many(
    loaded: Cast, query_count: Counter
) -> None:
    client = loaded.client("administrator")
    url = reverse("frameworks:occupations")
    client.get(url)
    with query_count() as few:
        client.get(url)
    release = Release.objects.get(source="onet")
    with acting(TESTS, "tests"):
        Occupation.objects.bulk_create(
            Occupation(
                code=f"15-{n:04}.00",
                soc=f"15-{n:04}",
                title=f"Work {n}",
                folded=f"work {n}",
                first_release=release,
            )
            for n in range(500)
        )
    with query_count() as many:
        client.get(url)
    assert few.count == many.count, many


def test_the_page_of_an_occupation_shows_what_is_known(loaded: Cast) -> None:
    html = text(loaded, page_of(NURSE))
    assert "Staff Nurse" in html
    assert "Active Listening" in html
    assert "Includes information from the O*NET 29.0 Database" in html
    html = text(loaded, page_of(AIDE))
    assert "Turn or reposition bedridden patients." in html
    assert "51.3902" in html
    assert "Phlebotomists" in html


def test_an_irrelevant_level_is_said_in_words_not_as_a_number(loaded: Cast) -> None:
    html = text(loaded, page_of(NURSE))
    assert "4.5" in html
    html = text(loaded, page_of(AIDE))
    assert "1.5" in html
    assert "0.5" not in html


def test_what_is_not_released_is_said_so(loaded: Cast) -> None:
    assert "not released" in text(loaded, page_of(ASSISTANT))


def test_an_occupations_page_takes_few_queries(loaded: Cast, query_count: Counter) -> None:
    client = loaded.client("administrator")
    client.get(page_of(AIDE))
    with query_count() as queries:
        client.get(page_of(AIDE))
    assert queries.count < 26, queries


def test_a_withdrawn_occupation_names_its_successor(loaded: Cast, tmp_path: Path) -> None:
    url = page_of(DRAWER)
    content = tables()
    content["Occupation Data"][3] = ("31-9097.01", "Phlebotomists", "Draw blood.")
    loading.load_onet(write(tmp_path, "30.1", content), actor=LOADER)
    html = text(loaded, url)
    assert "no longer has this occupation" in html
    assert page_of("31-9097.01") in html


def test_the_page_of_a_release_tells_what_changed(loaded: Cast, tmp_path: Path) -> None:
    content = tables()
    content["Occupation Data"][2] = (ASSISTANT, "Clinical Assistants", "Do clinical work.")
    loading.load_onet(write(tmp_path, "30.1", content), actor=LOADER)
    release = Release.objects.get(version="30.1")
    html = text(loaded, reverse("frameworks:release", kwargs={"release": release.public_id}))
    assert "Renamed: 1" in html
    assert "was “Medical Assistants”" in html
    assert "Recommend Suppress" in html


def test_nothing_loaded_leads_to_the_commands(cast: Cast) -> None:
    assert "See loaded data" in text(cast, reverse("frameworks:occupations"))
    assert "backcast load onet FOLDER" in text(cast, reverse("frameworks:releases"))


def test_employers_see_no_buttons_to_change(loaded: Cast) -> None:
    html = text(loaded, reverse("frameworks:occupations"), "employer")
    assert reverse("frameworks:occupation_add") not in html
    assert reverse("frameworks:releases") not in html


def test_staff_add_an_occupation_with_the_nearest_one(loaded: Cast) -> None:
    client = loaded.client("member")
    url = reverse("frameworks:occupation_add")
    data = {"title": "Care Aide", "description": "", "nearest": "Nursing Assistants (31-1131.00)"}
    response = client.post(url, data, follow=True)
    assert "Care Aide was added." in response.content.decode()
    made = Occupation.objects.get(title="Care Aide")
    assert (made.soc, made.job_zone, made.region) == ("31-1131", 2, loaded.region)
    edit = reverse("frameworks:occupation_edit", kwargs={"occupation": made.public_id})
    assert "Nursing Assistants (31-1131.00)" in client.get(edit).content.decode()


def test_an_occupation_that_is_not_on_the_list_is_refused_beside_its_field(loaded: Cast) -> None:
    response = loaded.client("member").post(
        reverse("frameworks:occupation_add"), {"title": "X", "nearest": "Sorcerers"}
    )
    html = response.content.decode()
    assert response.status_code == 200
    assert "“Sorcerers” is not on the list" in html
    assert not Occupation.objects.exclude(region=None).exists()


def test_a_repeated_name_is_refused_beside_the_form(loaded: Cast) -> None:
    actions.add_credential({"name": "CPT", "kind": "badge"}, actor=loaded.actor("member"))
    response = loaded.client("member").post(
        reverse("frameworks:credential_add"), {"name": "cpt", "kind": "badge"}
    )
    assert "already a credential of this name" in response.content.decode()
    assert Credential.objects.count() == 1


def test_a_competency_is_written_with_its_levels_and_changed(cast: Cast) -> None:
    client = cast.client("member")
    data = {
        "statement": "Draws blood",
        "kind": "skill",
        "level_1": "On a model",
        "level_3": "Alone",
    }
    html = client.post(reverse("frameworks:competency_add"), data, follow=True).content.decode()
    assert "On a model" in html
    made = Competency.objects.get()
    edit = reverse("frameworks:competency_edit", kwargs={"competency": made.public_id})
    assert "On a model" in client.get(edit).content.decode()
    client.post(edit, {"statement": "Draws blood", "kind": "skill", "level_3": "Alone"})
    assert [anchor.value for anchor in made.anchors.all()] == [3]


def test_archived_items_leave_the_list_and_the_choices_and_come_back(cast: Cast) -> None:
    client = cast.client("member")
    made = actions.add_credential(
        {"name": "Test Certificate", "kind": "badge"}, actor=cast.actor("member")
    )
    kwargs = {"credential": made.public_id}
    client.post(reverse("frameworks:credential_archive", kwargs=kwargs))
    address = reverse("frameworks:credential", kwargs=kwargs)
    listing = reverse("frameworks:credentials")
    assert address not in client.get(listing).content.decode()
    assert address in client.get(f"{listing}?archived=1").content.decode()
    found = client.get(reverse("frameworks:find_credential"), {"q": "test cert"})
    assert found.json() == {"options": []}
    client.post(reverse("frameworks:credential_bring_back", kwargs=kwargs))
    assert address in client.get(listing).content.decode()


def test_bringing_back_what_has_been_replaced_is_refused_in_words(cast: Cast) -> None:
    actor = cast.actor("member")
    old = actions.add_credential({"name": "CPT", "kind": "badge"}, actor=actor)
    actions.archive(old, actor=actor)
    actions.add_credential({"name": "CPT", "kind": "badge"}, actor=actor)
    url = reverse("frameworks:credential_bring_back", kwargs={"credential": old.public_id})
    html = cast.client("member").post(url, follow=True).content.decode()
    assert "already a credential of this name" in html


def test_choices_come_as_json_and_as_list_items(loaded: Cast) -> None:
    client = loaded.client("employer")
    url = reverse("frameworks:find_occupation")
    (first, *_others) = client.get(url, {"q": "CNA"}).json()["options"]
    assert first["code"] == AIDE
    assert first["value"] == f"Nursing Assistants ({AIDE})"
    assert first["id"] == str(Occupation.objects.get(code=AIDE).public_id)
    html = client.get(url, {"q": "CNA"}, headers={"HX-Request": "true"}).content.decode()
    assert 'role="option"' in html
    assert AIDE in html
    assert client.get(url, {"q": "x"}).json() == {"options": []}
    assert client.get(url).json() == {"options": []}


def test_choices_of_competencies_and_credentials(loaded: Cast) -> None:
    client = loaded.client("employer")
    found = client.get(reverse("frameworks:find_competency"), {"q": "listening"}).json()
    assert found["options"][0]["title"] == "Active Listening"
    actions.add_credential(
        {"name": "Phlebotomy Technician", "abbreviation": "CPT", "kind": "certification"},
        actor=loaded.actor("member"),
    )
    url = reverse("frameworks:find_credential")
    assert client.get(url, {"q": "cpt"}).json()["options"][0]["code"] == "CPT"
    assert loaded.client("foreign").get(url, {"q": "cpt"}).json() == {"options": []}


def test_the_list_is_exported_as_shown(loaded: Cast) -> None:
    response = loaded.client("administrator").get(
        reverse("frameworks:occupations") + "?group=29&export=csv"
    )
    content = (
        b"".join(response.streaming_content) if response.streaming else response.content
    ).decode()
    assert "Registered Nurses" in content
    assert "Phlebotomists" not in content


@pytest.mark.parametrize("query", ["%00", "'", "<script>alert(1)</script>", "a" * 5000])
def test_odd_searches_are_answered(loaded: Cast, query: str) -> None:
    html = text(loaded, reverse("frameworks:occupations") + f"?q={query}")
    assert "<script>alert" not in html


def test_the_pages_of_esco_show_what_calls_for_what(loaded: Cast, tmp_path: Path) -> None:
    loading.load_esco(esco_release.write(tmp_path, "1.1.1", esco_release.tables()), actor=TESTS)
    crosswalk = tmp_path / "crosswalk.csv"
    crosswalk.write_text(
        "O*NET Id,ESCO or ISCO URI,ESCO or ISCO Title,Type of Match\n"
        f"{DRAWER},{esco_release.LAB},medical laboratory assistant,broadMatch\n"
    )
    loading.load_occupation_matches(crosswalk, actor=TESTS)
    lab = Occupation.objects.get(source_id=esco_release.LAB)
    html = text(loaded, reverse("frameworks:occupation", kwargs={"occupation": lab.public_id}))
    for words in (
        "Essential",
        "draw blood",
        "Phlebotomists",
        "a part of it",
        "European Commission",
    ):
        assert words in html
    assert "wider than it" in text(loaded, page_of(DRAWER))
    draw = Competency.objects.get(source_id=esco_release.DRAW)
    html = text(loaded, reverse("frameworks:competency", kwargs={"competency": draw.public_id}))
    for words in ("Belongs to", "caring for people", "collect blood", "May call for", "essential"):
        assert words in html
    assert "venipuncture" not in html
    competencies = reverse("frameworks:competencies")
    assert "human anatomy" not in text(loaded, competencies)
    for query in ("?source=esco", "?q=anatomy"):
        assert "human anatomy" in text(loaded, competencies + query)
    html = text(loaded, reverse("frameworks:occupations"))
    assert "medical laboratory assistant" not in html
    for query in ("?source=esco", "?source=esco&q=lab+helper"):
        html = text(loaded, reverse("frameworks:occupations") + query)
        assert "medical laboratory assistant" in html
        assert "Phlebotomists" not in html
