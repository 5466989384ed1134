"""Job postings as JSON-LD: schema.org and JobSchema+, in and out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from backcast.demand.interchange import jobposting, jobschema
from backcast.demand.interchange.asks import Sheet
from backcast.demand.interchange.jobposting import Posting
from backcast.demand.profiles.values import Necessity, Subject
from backcast.frameworks.parsing.problems import FileProblem
from tests.demand.interchange.strategies import postings, sheets
from tests.frameworks.interchange.test_case import more, values

#: What schema.org (28.x) says of the members that we write: their names and what stands in them.
_THING = {"type": "object", "required": ["@type"]}
SCHEMA = {
    "type": "object",
    "required": ["@context", "@type"],
    "properties": {
        "@context": {"type": "array", "prefixItems": [{"const": "https://schema.org/"}]},
        "@type": {"enum": ["JobPosting", "Occupation"]},
        "title": {"type": "string"},
        "name": {"type": "string"},
        "description": {"type": "string"},
        "identifier": {**_THING, "properties": {"@type": {"const": "PropertyValue"}}},
        "hiringOrganization": {**_THING, "properties": {"@type": {"const": "Organization"}}},
        "jobLocation": {**_THING, "properties": {"@type": {"const": "Place"}}},
        "occupationalCategory": {**_THING, "properties": {"@type": {"const": "CategoryCode"}}},
        "datePosted": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
        "jobStartDate": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
        "totalJobOpenings": {"type": "integer", "minimum": 1},
        "baseSalary": {
            "type": "object",
            "required": ["@type", "currency", "value"],
            "properties": {
                "@type": {"const": "MonetaryAmount"},
                "currency": {"const": "USD"},
                "value": {
                    "type": "object",
                    "required": ["@type", "unitText"],
                    "properties": {
                        "@type": {"const": "QuantitativeValue"},
                        "minValue": {"type": "number"},
                        "maxValue": {"type": "number"},
                        "unitText": {"enum": ["HOUR", "DAY", "WEEK", "MONTH", "YEAR"]},
                    },
                    "additionalProperties": False,
                },
            },
        },
        "workHours": {"type": "string"},
        "employmentType": {"enum": ["FULL_TIME", "PART_TIME", "PER_DIEM", "TEMPORARY"]},
        "skills": {
            "type": "array",
            "items": {**_THING, "properties": {"@type": {"const": "DefinedTerm"}}},
        },
        "qualifications": {
            "type": "array",
            "items": {
                **_THING,
                "properties": {"@type": {"const": "EducationalOccupationalCredential"}},
            },
        },
        "backcast:says": {"type": "object"},
    },
    "additionalProperties": False,
}


def as_bytes(raw: Any) -> bytes:
    return json.dumps(raw).encode()


@given(postings())
def test_our_posting_holds_by_schema_org_and_comes_back_as_it_was(posting: Posting) -> None:
    raw = jobposting.write(posting)
    assert [each.message for each in Draft202012Validator(SCHEMA).iter_errors(raw)] == []
    (again,) = jobposting.read(as_bytes(raw))
    assert replace(again, source={}) == posting


@given(postings())
def test_our_posting_comes_back_from_a_jobschema_graph(posting: Posting) -> None:
    raw = jobschema.write(posting)
    (again,) = jobposting.read(as_bytes(raw))
    assert replace(again, source={}, id=posting.id, notes={}) == posting


@given(sheets)
def test_a_profile_comes_back_from_an_occupation(sheet: Sheet) -> None:
    posting = jobposting.posting_of(sheet)
    raw = jobposting.write(posting)
    assert [each.message for each in Draft202012Validator(SCHEMA).iter_errors(raw)] == []
    (again,) = jobposting.read(as_bytes(raw))
    found = jobposting.sheet_of(again)
    assert sorted(found.asks, key=lambda ask: str(ask.key)) == sorted(
        sheet.asks, key=lambda ask: str(ask.key)
    )
    assert (found.role, found.number, found.occupation_code) == (
        sheet.role,
        sheet.number,
        sheet.occupation_code,
    )


odd = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        (
            "title",
            "description",
            "baseSalary",
            "skills",
            "qualifications",
            "hiringOrganization",
            "jobLocation",
            "occupationalCategory",
            "workHours",
            "employmentType",
            "totalJobOpenings",
            "jobStartDate",
            "backcast:says",
            "schema:title",
            "jdx:competency",
        ),
        values,
    ),
)


@given(odd, more, st.booleans())
def test_whatever_a_posting_says_is_read_and_written_as_it_was(
    known: dict[str, Any], unknown: dict[str, Any], in_graph: bool
) -> None:
    node = {"@type": "JobPosting", **known, **unknown}
    raw = {"@context": "https://schema.org", "@graph": [node]} if in_graph else node
    (posting,) = jobposting.read(as_bytes(raw))
    assert jobposting.write(posting) == node


def test_what_changed_is_written_and_the_rest_stays() -> None:
    node = {"@type": "JobPosting", "title": "Aide", "theirs": [1], "totalJobOpenings": "3"}
    (posting,) = jobposting.read(as_bytes(node))
    changed = jobposting.write(replace(posting, title="Nursing aide"))
    assert changed == {**node, "title": "Nursing aide"}


JDX = {
    "@context": {"schema": "http://schema.org/"},
    "@graph": [
        {
            "@id": "https://x.org/o",
            "@type": "Organization",
            "schema:legalName": {"en-US": "Shore Care"},
            "schema:occupationalCategory": {"@type": "AnnotatedDefinedTerm", "termCode": "31-1131"},
        },
        {
            "@id": "https://x.org/p",
            "@type": "JobPosting",
            "jdx:hiringOrganization": "https://x.org/o",
            "schema:title": {"en-US": "Nursing aide"},
            "schema:description": {"en-US": "Cares for people."},
            "totalJobOpenings": 4,
            "schema:baseSalary": {
                "@type": "schema:MonetaryAmount",
                "schema:minValue": 19.5,
                "schema:maxValue": 22,
                "payCycleInterval": {"name": {"en-US": "Hourly"}},
            },
            "jdx:workHours": {"@type": "AnnotatedDefinedTerm", "name": "36"},
            "jdx:jobTerm": {"@type": "AnnotatedDefinedTerm", "name": "Full-time"},
            "jdx:physicalRequirement": {"en-US": "Lifts 50 pounds"},
            "jdx:requiredCredential": {
                "@type": "Credential",
                "description": {"en-US": "Nurse aide certificate"},
            },
            "jdx:competency": [
                {
                    "@id": "https://x.org/c",
                    "@type": "jdx:AnnotatedDefinedTerm",
                    "schema:description": {"en-US": "Measures vital signs"},
                    "schema:inDefinedTermSet": {
                        "@type": "DefinedTermSet",
                        "name": {"en-US": "NICE"},
                    },
                }
            ],
        },
    ],
}


def test_a_jobschema_graph_of_another_system_is_understood() -> None:
    (posting,) = jobposting.read(as_bytes(JDX))
    assert (posting.title, posting.employer, posting.occupation_code) == (
        "Nursing aide",
        "Shore Care",
        "31-1131",
    )
    assert (posting.pay_low, posting.pay_high, posting.pay_unit) == (
        Decimal("19.5"),
        Decimal(22),
        "HOUR",
    )
    assert (posting.total, posting.hours, posting.employment) == (4, Decimal(36), "full_time")
    assert posting.notes == {"Physical requirement": "Lifts 50 pounds"}
    skill, credential = posting.asks
    assert (skill.name, skill.uri, skill.set) == ("Measures vital signs", "https://x.org/c", "NICE")
    assert (credential.subject, credential.name) == (Subject.CREDENTIAL, "Nurse aide certificate")


def test_terms_spelled_out_in_full_are_understood_as_with_a_prefix() -> None:
    spelled = json.dumps(JDX)
    for prefix, namespace in jobschema.CONTEXT.items():
        if prefix in ("jdx", "schema"):
            spelled = spelled.replace(f'"{prefix}:', f'"{namespace}')
    assert "purl.org/jdx/terms/competency" in spelled
    (full,), (short,) = jobposting.read(spelled.encode()), jobposting.read(as_bytes(JDX))
    assert (full.title, full.asks, full.notes) == (short.title, short.asks, short.notes)


def test_plain_texts_of_a_posting_are_parted() -> None:
    raw = {
        "@context": "https://schema.org",
        "@type": ["JobPosting"],
        "title": "Aide",
        "skills": "Lifts people; • Greets guests\n",
        "qualifications": [{"name": "CNA", "requirementLevel": "Preferred"}],
        "hiringOrganization": "Shore Care",
        "jobLocation": {"@type": "Place", "address": {"addressLocality": "Neptune"}},
        "occupationalCategory": "31-1131.00 Nursing Assistants",
        "jobStartDate": "2027-03-01T00:00",
        "baseSalary": 21,
    }
    (posting,) = jobposting.read(as_bytes(raw))
    assert [ask.name for ask in posting.asks] == ["Lifts people", "Greets guests", "CNA"]
    assert posting.asks[2].necessity is Necessity.PREFERRED
    assert (posting.employer, posting.address) == ("Shore Care", "Neptune")
    assert (posting.occupation_code, posting.occupation) == ("31-1131.00", "Nursing Assistants")
    assert posting.start == date(2027, 3, 1)
    assert (posting.pay_low, posting.pay_unit) == (Decimal(21), "")


@pytest.mark.parametrize("raw", [{}, {"@graph": []}, {"@type": "Person"}, {"@graph": [1, None]}])
def test_what_holds_no_posting_is_refused_in_words(raw: Any) -> None:
    with pytest.raises(FileProblem, match="no JobPosting"):
        jobposting.read(as_bytes(raw))
