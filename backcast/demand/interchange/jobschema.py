"""Job postings as JobSchema+ of the Job Data Exchange: a graph of an Organization and a JobPosting.

``jobposting`` reads them, as it reads schema.org's.
"""

from __future__ import annotations

from dataclasses import replace

from backcast.demand.interchange.jobposting import LANGUAGE, OURS, POSTING, Posting, written
from backcast.frameworks.interchange.values import Json

#: The context of JobSchema+ graphs as we write them: namespaces as in "Jobschema+ Terms" 0.9.0
#: (https://jobdataexchange.io/specs/jobschema-terms/); what has no prefix is schema.org's.
CONTEXT = {
    "@vocab": "http://schema.org/",
    "schema": "http://schema.org/",
    "jdx": "http://purl.org/jdx/terms/",
    "backcast": "urn:backcast:",
    OURS: {"@type": "@json"},
}


def write(posting: Posting) -> dict[str, Json]:
    """A posting as a JobSchema+ graph of an Organization and a JobPosting."""
    identifier = f"urn:uuid:{posting.id}" if posting.id else "_:posting"
    organisation = f"{identifier}#organization"
    job: dict[str, Json] = {
        "@id": identifier,
        "@type": POSTING,
        "schema:title": {LANGUAGE: posting.title},
        "jdx:hiringOrganization": organisation,
    }
    if posting.id:
        job["jdx:positionID"] = posting.id
    plain_ = written(replace(posting, type=POSTING))
    for key in ("datePosted", "jobStartDate"):
        if key in plain_:
            job[f"schema:{key}"] = plain_[key]
    if posting.total:
        job["totalJobOpenings"] = posting.total
    if posting.description:
        job["schema:description"] = {LANGUAGE: posting.description}
    if posting.occupation_code or posting.occupation:
        job["schema:occupationalCategory"] = {
            "@type": "AnnotatedDefinedTerm",
            **({"termCode": posting.occupation_code} if posting.occupation_code else {}),
            **({"name": posting.occupation} if posting.occupation else {}),
        }
    if "jobLocation" in plain_:
        place = plain_["jobLocation"]
        job["schema:jobLocation"] = {
            "@type": "schema:Place",
            **({"name": place["name"]} if "name" in place else {}),
            **(
                {
                    "address": {
                        "@type": "schema:PostalAddress",
                        "schema:streetAddress": posting.address,
                    }
                }
                if posting.address
                else {}
            ),
        }
    if "baseSalary" in plain_:
        amounts = plain_["baseSalary"]["value"]
        job["schema:baseSalary"] = {
            "@type": "schema:MonetaryAmount",
            "schema:currency": "USD",
            **{f"schema:{key}": amounts[key] for key in ("minValue", "maxValue") if key in amounts},
            "payCycleInterval": {
                "@type": "jdx:AnnotatedDefinedTerm",
                "name": {LANGUAGE: posting.pay_unit},
            },
        }
    if "workHours" in plain_:
        job["jdx:workHours"] = {"@type": "AnnotatedDefinedTerm", "name": plain_["workHours"]}
    if "employmentType" in plain_:
        job["jdx:jobTerm"] = {"@type": "AnnotatedDefinedTerm", "name": plain_["employmentType"]}
    if "skills" in plain_:
        job["jdx:competency"] = [
            {
                **{key: value for key, value in term.items() if key not in ("@type", "name")},
                "@type": "jdx:AnnotatedDefinedTerm",
                "schema:description": {LANGUAGE: term["name"]},
            }
            for term in plain_["skills"]
        ]
    if "qualifications" in plain_:
        job["jdx:requiredCredential"] = [
            {
                **{key: value for key, value in each.items() if key not in ("@type", "name")},
                "@type": "Credential",
                "description": {LANGUAGE: each["name"]},
            }
            for each in plain_["qualifications"]
        ]
    if OURS in plain_:
        job[OURS] = plain_[OURS]
    company: dict[str, Json] = {
        "@id": organisation,
        "@type": "Organization",
        "hasJobPosting": identifier,
    }
    if posting.employer:
        company["schema:legalName"] = {LANGUAGE: posting.employer}
    return {"@context": CONTEXT, "@graph": [company, job]}
