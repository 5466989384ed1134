"""Job postings become drafts of needs; needs come out as job postings and in again as they were."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from backcast.core.actor import acting
from backcast.demand import access, actions
from backcast.demand.formats import Kind
from backcast.demand.handing import need_bytes
from backcast.demand.loading import Effect, load_needs, prepare
from backcast.demand.models import Need
from backcast.demand.refusals import FileRefused
from tests.cast import Cast
from tests.demand.interchange.test_jobposting import JDX, as_bytes
from tests.demand.make import make_credential, make_occupation, make_statement


@pytest.fixture(autouse=True)
def _staff_look(cast: Cast) -> Iterator[None]:
    with acting(cast.actor("administrator")):
        yield


def posting(cast: Cast, **more: Any) -> dict[str, Any]:
    return {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": "Nursing aide, nights",
        "hiringOrganization": {"@type": "Organization", "name": cast.employer.name},
        "description": "Cares for people at night.",
        "occupationalCategory": "31-1131.00",
        "totalJobOpenings": 4,
        "baseSalary": {"value": {"minValue": 19.5, "maxValue": 22, "unitText": "HOUR"}},
        "employmentType": "FULL_TIME",
        "physicalRequirement": "Lifts 50 pounds",
        "skills": "Kind to people",
        "qualifications": [{"name": "Certified nursing assistant"}],
        **more,
    }


def test_a_posting_becomes_a_draft(cast: Cast) -> None:
    make_occupation()
    make_credential(cast)
    actor = cast.actor("administrator")
    done = load_needs(actor=actor, content=as_bytes(posting(cast)))
    assert done.count(Effect.DRAFT) == 1
    need = Need.objects.get()
    said = access.statement(need)
    assert (need.status, need.role_title) == ("draft", "Nursing aide, nights")
    assert said.occupation is not None
    assert (str(said.wage_low), str(said.wage_high)) == ("19.50", "22.00")
    assert said.note == "Cares for people at night.\nPhysical requirement: Lifts 50 pounds"
    assert [(r.kind, r.item.name) for r in said.requirements] == [
        ("words", "Kind to people"),
        ("credential", "Certified nursing assistant"),
    ]
    told = [str(remark) for remark in done.reading.remarks]
    assert any("4 openings: say on the draft when and why" in each for each in told)
    again = prepare(actor, as_bytes(posting(cast)))
    assert again.count(Effect.SAME) == 1


def test_a_jobschema_graph_becomes_a_draft(cast: Cast) -> None:
    raw = json.loads(json.dumps(JDX))
    raw["@graph"][0]["schema:legalName"] = {"en-US": cast.employer.name}
    done = load_needs(actor=cast.actor("employer"), content=as_bytes(raw))
    assert done.count(Effect.DRAFT) == 1
    assert "Lifts 50 pounds" in Need.objects.get().note


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"title": ""}, "Role", "The cell is empty"),
        ({"hiringOrganization": "Nobody Inc"}, "Employer", "no employer “Nobody Inc”"),
        ({"jobLocation": {"name": "The moon"}}, "Site", "has no site “The moon”"),
    ],
)
def test_a_posting_that_cannot_be_used_is_refused(
    cast: Cast, more: dict[str, Any], field: str, words: str
) -> None:
    preview = prepare(cast.actor("administrator"), as_bytes(posting(cast, **more)))
    (refusal,) = preview.reading.refusals
    assert refusal.field == field
    assert words in str(refusal)
    assert (preview.reading.rows_in, preview.reading.rows_refused) == (1, 1)


def test_pay_by_the_year_is_kept_in_the_note(cast: Cast) -> None:
    pay = {"value": {"minValue": 40_000, "unitText": "YEAR"}}
    preview = prepare(cast.actor("administrator"), as_bytes(posting(cast, baseSalary=pay)))
    (entry,) = preview.entries
    assert entry.after.wage_low is None
    assert entry.after.note.endswith("Pay: 40,000 a year")


def test_another_employers_posting_is_not_an_employers_to_send(cast: Cast) -> None:
    preview = prepare(cast.actor("other_employer"), as_bytes(posting(cast)))
    assert preview.entries == ()


@pytest.mark.parametrize("content", [b"{}", b"[1]", b'{"@graph": 1}', b'{"@type": "Person"}'])
def test_what_is_no_posting_is_refused(cast: Cast, content: bytes) -> None:
    with pytest.raises(FileRefused):
        prepare(cast.actor("administrator"), content)


@pytest.mark.parametrize("kind", [Kind.POSTING, Kind.JOBSCHEMA])
def test_a_need_comes_back_from_its_posting_as_it_was(cast: Cast, kind: Kind) -> None:
    actor = cast.actor("administrator")
    need = actions.state_need(
        actions.draft_need(
            actor=actor,
            statement=make_statement(
                cast,
                wage_low="19.50",
                wage_high="22",
                hours_per_week="36",
                schedule="night",
                employment="full_time",
                note="Nights only.",
            ),
        ),
        actor=actor,
    )
    need = Need.objects.get()
    preview = prepare(actor, need_bytes(need, kind))
    assert preview.reading.refusals == ()
    (entry,) = preview.entries
    assert (entry.effect, entry.changes) == (Effect.SAME, ())
    assert timezone.localdate().isoformat() in need_bytes(need, kind).decode()
