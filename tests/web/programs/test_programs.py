"""Programs in the browser: entered, shown with their sources, changed, put away."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone

from backcast.core.actor import acting
from backcast.core.models import AuditEntry
from backcast.frameworks.models import Credential
from backcast.training import actions
from backcast.training.models import Basis, Program, ProgramOccupation, PublishedOutcome
from tests.cast import TESTS, Cast
from tests.training.factories import (
    make_cip,
    make_credential,
    make_employment,
    make_occupation,
    make_program,
)

FILLED = {
    "name": "Demo  Medical Assistant",
    "cip_code": "510801",
    "weeks": "24",
    "clock_hours": "720",
    "tuition": "4000",
    "books": "300",
    "min_size": "8",
    "max_size": "20",
    "at_once": "2",
    "months": ["1", "9"],
    "stage_1": "completed",
    "stage_2": "externship",
    "stage_3": "credentialed",
    "stage_4": "hired",
    "status": "active",
}


def page(program: Program, name: str = "programs:program") -> str:
    return reverse(name, kwargs={"program": program.public_id})


def test_a_provider_adds_a_program_and_the_crosswalk_says_what_it_leads_to(cast: Cast) -> None:
    make_cip("51.0801", "31-9092", teaches=("25-1071",))
    answer = cast.client("provider").post(
        reverse("programs:add"), {**FILLED, "area": str(cast.area.public_id)}
    )
    assert answer.status_code == 302
    program = Program.objects.get()
    assert (program.name, program.cip_code) == ("Demo Medical Assistant", "51.0801")
    assert program.provider == cast.provider
    assert program.total_cost == Decimal("4300.00")
    assert [row.stage for row in program.stages.all()] == [
        "completed",
        "externship",
        "credentialed",
        "hired",
    ]
    assert [start.month for start in program.starts.all()] == [1, 9]
    weights = {link.occupation.soc: link.weight for link in program.occupation_links.all()}
    assert weights == {"31-9092": 1, "25-1071": 0}
    assert set(program.bases.values_list("basis", flat=True)) == {Basis.STATED}


def test_what_cannot_be_is_said_beside_its_field(cast: Cast) -> None:
    wrong: dict[str, Any] = {
        **FILLED,
        "cip_code": "nursing",
        "clock_hours": "2000",
        "min_size": "30",
        "stage_2": "completed",
        "tuition": "-1",
    }
    answer = cast.client("provider").post(reverse("programs:add"), wrong)
    text = answer.content.decode()
    for said in (
        "This is not a CIP code",
        "hours a week",
        "smallest cohort is larger",
        "This stage is already chosen",
        "greater than or equal to 0",
    ):
        assert said in text, said
    assert not Program.objects.exists()


def test_parts_above_the_total_are_refused(cast: Cast) -> None:
    answer = cast.client("provider").post(reverse("programs:add"), {**FILLED, "total_cost": "4000"})
    assert "The parts add up to 4,300.00" in answer.content.decode()


def test_what_is_changed_becomes_stated_and_the_rest_stays_as_it_was(cast: Cast) -> None:
    program = make_program(cast.provider)
    with acting(TESTS):
        program.bases.update(basis=Basis.ASSUMED, source="Assumed: so")
    answer = cast.client("provider").post(
        page(program, "programs:edit"),
        {**FILLED, "name": program.name, "tuition": "", "books": "", "total_cost": "4800",
         "max_size": "16"},
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    bases = {basis.field: basis for basis in program.bases.all()}
    assert bases["max_size"].basis == Basis.STATED
    assert bases["max_size"].source == "Stated by Test College"
    assert bases["weeks"].basis == Basis.ASSUMED


def test_the_page_shows_each_figure_with_its_basis_and_what_is_missing(cast: Cast) -> None:
    program = make_program(cast.provider, at_once=None)
    text = cast.client("administrator").get(page(program)).content.decode()
    assert "Still missing:" in text
    assert "how many cohorts can run at once" in text
    assert "the occupations it leads to" in text
    assert "bc-basis--stated" in text
    assert "$4,800" in text
    assert "not known" in text


def publish(cast: Cast, completers: int, employed: int | None) -> None:
    with acting(TESTS):
        PublishedOutcome.objects.create(
            region=cast.region,
            provider=cast.provider,
            cip_code="51.0801",
            completers=completers,
            employed=employed,
            suppressed=employed is None,
            source="Demo list",
        )


def test_published_outcomes_are_labelled_as_any_job(cast: Cast) -> None:
    publish(cast, 40, 30)
    text = cast.client("provider").get(page(make_program(cast.provider))).content.decode()
    assert "Employed in any job, not only in this role." in text
    assert "(75%)" in text


def test_published_figures_about_few_people_stay_out_of_pages_and_exports(cast: Cast) -> None:
    publish(cast, 7, 6)
    client = cast.client("administrator")
    program = make_program(cast.provider)
    shown = client.get(page(program)).content.decode()
    assert "fewer than 10" in shown
    assert "6 of 7" not in shown
    assert "86%" not in shown
    export = client.get(reverse("programs:outcomes") + "?export=csv").content.decode("utf-8-sig")
    (row,) = export.splitlines()[1:]
    assert row.split(",")[2:5] == ["fewer than 10", "", ""]


def test_the_list_takes_the_same_number_of_queries_whatever_its_length(
    cast: Cast, query_count: Any
) -> None:
    client = cast.client("administrator")
    url = reverse("programs:list")
    occupation = make_occupation("31-9092")

    def add(count: int, label: str) -> None:
        for number in range(count):
            program = make_program(cast.provider, f"Demo {label} {number}")
            with acting(TESTS):
                ProgramOccupation.objects.create(
                    program=program, occupation=occupation, weight=1, basis="stated"
                )

    add(2, "few")
    with query_count() as few:
        client.get(url)
    add(20, "many")
    with query_count() as many:
        client.get(url)
    assert few.count == many.count, f"{few}\n\n{many}"


def test_the_list_can_be_searched_filtered_and_saved(cast: Cast) -> None:
    make_program(cast.provider, "Demo Niño Care")
    make_program(cast.other_provider, "Demo Welding", cip_code="48.0508")
    client = cast.client("administrator")
    url = reverse("programs:list")
    assert "Welding" not in client.get(url, {"q": "nino"}).content.decode()
    assert "Niño" not in client.get(url, {"field": "other"}).content.decode()
    assert "Welding" in client.get(url, {"plan": "no"}).content.decode()
    assert "Welding" not in client.get(url, {"plan": "yes"}).content.decode()
    export = client.get(url, {"export": "csv"}).content.decode("utf-8-sig")
    assert "Demo Niño Care,Test College,51.0801,North" in export


def test_a_provider_sees_its_own_programs_only(cast: Cast) -> None:
    make_program(cast.provider, "Demo Ours")
    make_program(cast.other_provider, "Demo Theirs")
    text = cast.client("provider").get(reverse("programs:list")).content.decode()
    assert "Demo Ours" in text
    assert "Demo Theirs" not in text


def test_shares_above_one_graduate_are_refused(cast: Cast) -> None:
    make_cip("51.0801", "31-9092", "31-1131")
    make_employment({"31-9092": 300, "31-1131": 100})
    program = make_program(cast.provider)
    client = cast.client("provider")
    client.post(page(program, "programs:leads_suggest"))
    links = {link.occupation.soc: link for link in program.occupation_links.all()}
    assert links["31-9092"].weight == Decimal("0.75")
    names = {soc: f"share_{link.occupation_id}" for soc, link in links.items()}
    answer = client.post(
        page(program, "programs:leads"), {names["31-9092"]: "80", names["31-1131"]: "30"}
    )
    assert "add up to 110 percent" in answer.content.decode()
    answer = client.post(
        page(program, "programs:leads"), {names["31-9092"]: "80", names["31-1131"]: ""}
    )
    assert answer.status_code == 302
    (left,) = program.occupation_links.all()
    assert (left.weight, left.basis) == (Decimal("0.8"), Basis.STATED)


def test_an_archived_program_leaves_the_list_and_comes_back(cast: Cast) -> None:
    program = make_program(cast.provider)
    client = cast.client("provider")
    client.post(page(program, "programs:archive"))
    url = reverse("programs:list")
    assert program.name not in str(client.get(url, {"export": "csv"}).content)
    assert program.name in str(client.get(url, {"export": "csv", "archived": "1"}).content)
    client.post(page(program, "programs:bring_back"))
    assert program.name in str(client.get(url, {"export": "csv"}).content)


def test_home_tells_a_provider_what_its_programs_lack(cast: Cast) -> None:
    make_program(cast.provider, at_once=None)
    text = cast.client("provider").get(reverse("home")).content.decode()
    assert "1 program lacks something" in text


def test_a_provider_says_which_credentials_graduates_earn(cast: Cast) -> None:
    program = make_program(cast.provider)
    aide = make_credential(cast.region, "Demo Aide Certificate")
    make_credential(cast.region, "Demo Surgical License")
    foreign = make_credential(cast.other_region, "Demo Aide Elsewhere")
    client = cast.client("provider")
    url = page(program, "programs:credentials")
    text = client.get(url).content.decode()
    assert "No credential yet" in text
    assert "Demo Surgical License" in text
    text = client.get(url, {"q": "aide certificat"}).content.decode()
    assert "Demo Aide Certificate" in text
    assert "Demo Surgical License" not in text
    assert "Demo Aide Elsewhere" not in text
    added = {"credential": str(aide.public_id)}
    answer = client.post(page(program, "programs:credential_add"), added, follow=True)
    assert "Demo Aide Certificate was added." in answer.content.decode()
    assert list(program.credentials.all()) == [aide]
    assert "Demo Aide Certificate" in client.get(page(program)).content.decode()
    elsewhere = {"credential": str(foreign.public_id)}
    assert client.post(page(program, "programs:credential_add"), elsewhere).status_code == 404
    client.post(page(program, "programs:credential_remove"), added)
    assert not program.credentials.exists()
    with acting(cast.actor("provider")):
        told = AuditEntry.objects.filter(table="training_programcredential").order_by("pk")
        assert [entry.operation.lower() for entry in told] == ["insert", "delete"]


def test_an_archived_credential_is_not_added_but_stays_where_it_was(cast: Cast) -> None:
    program = make_program(cast.provider)
    old, new = make_credential(cast.region, "Demo Old"), make_credential(cast.region, "Demo New")
    client = cast.client("administrator")
    client.post(page(program, "programs:credential_add"), {"credential": str(old.public_id)})
    with acting(TESTS, "tests.make"):
        Credential.objects.update(archived_at=timezone.now())
    again = {"credential": str(new.public_id)}
    answer = client.post(page(program, "programs:credential_add"), again, follow=True)
    assert "Choose a current credential of this region." in answer.content.decode()
    assert list(program.credentials.all()) == [old]


def test_the_page_of_a_credential_names_the_programs_that_one_may_see(cast: Cast) -> None:
    aide = make_credential(cast.region)
    url = reverse("frameworks:credential", kwargs={"credential": aide.public_id})
    for provider, name in ((cast.provider, "Demo One"), (cast.other_provider, "Demo Two")):
        actions.change_program(make_program(provider, name), {}, actor=TESTS, credentials=[aide])
    for who, seen in (
        ("administrator", {"Demo One", "Demo Two"}),
        ("provider", {"Demo One"}),
        ("employer", set()),
        ("funder", set()),
    ):
        text = cast.client(who).get(url).content.decode()
        assert {name for name in ("Demo One", "Demo Two") if name in text} == seen, who
