"""Job postings as JSON-LD: schema.org's ``JobPosting`` and ``Occupation``, and JobSchema+.

JobSchema+ (the Job Data Exchange) is a graph of an Organization and a JobPosting, most of whose
terms schema.org has adopted; its prefixes and language maps are read here, and written by
``jobschema``. What is read and not understood stays in ``source``, so that writing what was read
gives the same JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from backcast.core.quarters import Quarter
from backcast.core.text import plain_number
from backcast.demand.figures import Cause, Offer, Openings, sorted_openings
from backcast.demand.interchange.asks import Ask, Sheet, said, says
from backcast.demand.profiles.values import Necessity, Subject
from backcast.frameworks.interchange.values import Json, JsonObject, parse
from backcast.frameworks.parsing.problems import FileProblem

#: What schema.org has no term for stands under this name, which its readers may ignore.
OURS = "backcast:says"
CONTEXT = ("https://schema.org/", {"backcast": "urn:backcast:", OURS: {"@type": "@json"}})
POSTING, OCCUPATION = "JobPosting", "Occupation"

#: schema.org's words for how one is employed, and ours.
EMPLOYMENT = {
    "FULL_TIME": "full_time",
    "PART_TIME": "part_time",
    "PER_DIEM": "per_diem",
    "TEMPORARY": "temporary",
}
LANGUAGE = "en-US"
#: Terms of JobSchema+ whose name differs from schema.org's.
_RENAMED = {
    "competency": "skills",
    "requiredCredential": "qualifications",
    "jobTerm": "employmentType",
    "specialCommitment": "specialCommitments",
    "citizenshipRequirement": "eligibilityToWorkRequirement",
    "applicantLocationRequirement": "applicantLocationRequirements",
}
#: Texts of a posting that a need has no field for: they go into its note.
NOTED = {
    "responsibilities": "Duties",
    "experienceRequirements": "Experience",
    "educationRequirements": "Education",
    "physicalRequirement": "Physical requirement",
    "sensoryRequirement": "Sensory requirement",
    "securityClearanceRequirement": "Security clearance",
    "eligibilityToWorkRequirement": "Right to work",
    "specialCommitments": "Special commitment",
    "employmentUnit": "Unit",
    "requiredAssessment": "Assessment",
    "jobAgreement": "Agreement",
    "jobSchedule": "Schedule",
    "incentiveCompensation": "Incentives",
    "jobBenefits": "Benefits",
    "applicantLocationRequirements": "Where applicants live",
    "jobLocationType": "Place of work",
}


@dataclass(frozen=True, slots=True)
class Posting:
    """A job as it is advertised, or an occupation as it is described (``type``)."""

    title: str
    type: str = POSTING
    id: str = ""
    employer: str = ""
    site: str = ""
    address: str = ""
    occupation: str = ""
    occupation_code: str = ""
    description: str = ""
    posted: date | None = None
    start: date | None = None
    total: int | None = None
    pay_low: Decimal | None = None
    pay_high: Decimal | None = None
    #: ``HOUR`` where it is said so; other units are kept, not converted.
    pay_unit: str = ""
    hours: Decimal | None = None
    employment: str = ""
    schedule: str = ""
    asks: tuple[Ask, ...] = ()
    openings: tuple[Openings, ...] = ()
    offers: tuple[Offer, ...] = ()
    #: Texts that a need has no field for, under the words for them.
    notes: Mapping[str, str] = field(default_factory=dict)
    #: The version of a profile.
    number: int = 0
    #: The node that was read, and what of it was understood.
    source: JsonObject = field(default_factory=dict)
    read_as: JsonObject = field(default_factory=dict, compare=False)


# -- reading -----------------------------------------------------------------------------------


def read(content: bytes) -> list[Posting]:
    """Every posting or occupation in a file: alone, or in a @graph. Raises ``FileProblem``."""
    raw = parse(content, "posting")
    graph = raw.get("@graph")
    nodes = graph if isinstance(graph, list) else [raw]
    things = [node for node in nodes if isinstance(node, dict)]
    named = {str(node["@id"]): node for node in things if node.get("@id")}
    found = [
        _posting(node, named, things) for node in things if _type(node) in (POSTING, OCCUPATION)
    ]
    found = [replace(each, read_as=written(each)) for each in found]
    if not found:
        raise FileProblem(
            "posting",
            "there is no JobPosting in the file.",
            "Choose JSON-LD with a JobPosting of schema.org or a JobSchema+ graph.",
        )
    return found


def _type(node: JsonObject) -> str:
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    bare = [str(name).rpartition(":")[2].rpartition("/")[2] for name in names if name]
    return next((name for name in bare if name in (POSTING, OCCUPATION)), bare[0] if bare else "")


def plain(node: JsonObject) -> dict[str, Json]:
    """The members without prefixes or namespaces, under schema.org's names."""
    found: dict[str, Json] = {}
    for key, value in node.items():
        bare = key
        if not key.startswith("@") and key != OURS:
            bare = key.rpartition(":")[2].rpartition("/")[2]
        found.setdefault(_RENAMED.get(bare, bare), value)
    return found


def text(value: Json) -> str:
    """The words of a value: a text, the best of its languages, a thing's name, or a list of these."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:g}"
    if isinstance(value, list):
        return "; ".join(filter(None, (text(each) for each in value)))
    if isinstance(value, dict):
        inner = plain(value)
        for key in (
            LANGUAGE,
            "en",
            "@value",
            "name",
            "legalName",
            "description",
            "termCode",
            "codeValue",
        ):
            if key in inner and (found := text(inner[key])):
                return found
        if all(isinstance(each, str) for each in value.values()):
            return next((each.strip() for each in value.values() if each.strip()), "")
    return ""


def _posting(
    node: dict[str, Json], named: Mapping[str, JsonObject], things: list[dict[str, Json]]
) -> Posting:
    said_ = plain(node)
    found = said_.get(OURS)
    ours: JsonObject = found if isinstance(found, dict) else {}
    organisation = _linked(said_.get("hiringOrganization"), named) or next(
        (each for each in things if _type(each).endswith("Organization")), {}
    )
    place = _linked(said_.get("jobLocation"), named)
    code, occupation = _occupation(said_.get("occupationalCategory"))
    if not code:
        code, other = _occupation(plain(organisation).get("occupationalCategory"))
        occupation = occupation or other
    low, high, unit = _pay(said_.get("baseSalary"))
    return Posting(
        text(said_.get("title")) or text(said_.get("name")),
        _type(node),
        _identifier(said_.get("identifier")),
        text(plain(organisation).get("legalName")) or text(plain(organisation).get("name")),
        text(plain(place).get("name")),
        _address(plain(place).get("address")),
        occupation,
        code,
        text(said_.get("description")),
        _day(said_.get("datePosted")),
        _day(said_.get("jobStartDate")),
        _whole(said_.get("totalJobOpenings")),
        low,
        high,
        unit,
        _decimal(said_.get("workHours")),
        _employment(said_.get("employmentType")),
        str(ours.get("schedule") or ""),
        tuple(_asks(said_)),
        _openings(ours.get("openings")),
        _offers(ours.get("offers")),
        {words: told for key, words in NOTED.items() if (told := text(said_.get(key)))},
        _whole(ours.get("number")) or 0,
        node,
    )


def _linked(value: Json, named: Mapping[str, JsonObject]) -> JsonObject:
    """A thing that is described in place, or elsewhere in the graph by its id."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, str):
        return named.get(value, {"name": value})
    if isinstance(value, dict):
        key = value.get("@id")
        return named.get(str(key), value) if key and len(value) == 1 else value
    return {}


def _identifier(value: Json) -> str:
    if isinstance(value, dict):
        inner = plain(value)
        if text(inner.get("propertyID")) == "backcast":
            return text(inner.get("value"))
    return ""


def _address(value: Json) -> str:
    if not isinstance(value, dict):
        return text(value)
    inner = plain(value)
    parts = ("streetAddress", "addressLocality", "addressRegion", "postalCode")
    return ", ".join(filter(None, (text(inner.get(part)) for part in parts)))


def _occupation(value: Json) -> tuple[str, str]:
    """Code and name, from a code or term, or a text such as ``31-9092.00 Medical Assistants``."""
    if isinstance(value, list):
        return next((found for each in value if (found := _occupation(each))[0]), ("", ""))
    if isinstance(value, dict):
        inner = plain(value)
        code = text(inner.get("codeValue")) or text(inner.get("termCode"))
        return code, text(inner.get("name"))
    words = text(value)
    code, _space, name = words.partition(" ")
    return (code, name.strip()) if code[:1].isdigit() else ("", words)


def _pay(value: Json) -> tuple[Decimal | None, Decimal | None, str]:
    if not isinstance(value, dict):
        amount = _decimal(value)
        return amount, amount, ""
    outer = plain(value)
    inner = plain(outer["value"]) if isinstance(outer.get("value"), dict) else outer
    only = _decimal(inner.get("value"))
    unit = text(inner.get("unitText")) or text(outer.get("payCycleInterval"))
    return (
        _decimal(inner.get("minValue")) or only,
        _decimal(inner.get("maxValue")) or only,
        _UNITS.get(unit.strip().lower(), unit.strip().upper()),
    )


_UNITS = {
    "hourly": "HOUR",
    "per hour": "HOUR",
    "hour": "HOUR",
    "annually": "YEAR",
    "yearly": "YEAR",
}


def _decimal(value: Json) -> Decimal | None:
    if isinstance(value, dict):
        value = text(value)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value).replace("$", "").replace(",", "").split()[0])
    except (InvalidOperation, IndexError):
        return None
    return number if number.is_finite() and number > 0 else None


def _whole(value: Json) -> int | None:
    number = _decimal(value)
    return int(number) if number is not None and number == int(number) and number < 10**9 else None


def _day(value: Json) -> date | None:
    try:
        return date.fromisoformat(text(value)[:10])
    except ValueError:
        return None


def _employment(value: Json) -> str:
    words = value if isinstance(value, list) else [value]
    for each in words:
        key = text(each).upper().replace("-", "_").replace(" ", "_").removesuffix("_TIME")
        for theirs, ours in EMPLOYMENT.items():
            if key and theirs.removesuffix("_TIME") == key.rpartition("/")[2]:
                return ours
    return ""


def _asks(said_: JsonObject) -> Iterator[Ask]:
    for key, subject in (("skills", Subject.COMPETENCY), ("qualifications", Subject.CREDENTIAL)):
        value = said_.get(key)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str):
                # Plain text often lists several, one a line or parted by semicolons.
                for part in each.replace(";", "\n").split("\n"):
                    if part.strip(" •-\t"):
                        yield Ask(subject, part.strip(" •-\t")[:300])
            elif isinstance(each, dict) and (ask := _ask(each, subject)):
                yield ask


def _ask(node: JsonObject, subject: Subject) -> Ask | None:
    inner = plain(node)
    name = text(inner.get("name")) or text(inner.get("description"))
    if not name:
        return None
    ours = inner.get(OURS)
    values = said(ours) if isinstance(ours, dict) else {}
    preferred = text(inner.get("requirementLevel")) or text(inner.get("jobRequirement"))
    if not ours and "prefer" in preferred.lower():
        values["necessity"] = Necessity.PREFERRED
    issuer = inner.get("recognizedBy") if subject is Subject.CREDENTIAL else None
    uri = inner.get("@id")
    ask = Ask(
        subject,
        name[:300],
        uri if isinstance(uri, str) else "",
        text(inner.get("termCode")),
        text(issuer) if issuer else text(inner.get("inDefinedTermSet")),
        text(inner.get("credentialCategory")),
    )
    return replace(ask, **values)


def _openings(value: Json) -> tuple[Openings, ...]:
    found: dict[tuple[Quarter, Cause], Openings] = {}
    for each in value if isinstance(value, list) else []:
        try:
            low, likely, high = (int(each[name]) for name in ("low", "likely", "high"))
            opening = Openings(
                Quarter.parse(each["quarter"]),
                Cause(each["cause"]),
                low,
                likely,
                high,
                bool(each.get("range_assumed")),
                bool(each.get("confirmed")),
            )
        except (KeyError, TypeError, ValueError):
            continue
        if 0 <= opening.low <= opening.likely <= opening.high:
            found[opening.key] = opening
    return sorted_openings(found.values())


def _offers(value: Json) -> tuple[Offer, ...]:
    found: dict[str, Offer] = {}
    for each in value if isinstance(value, list) else []:
        if isinstance(each, dict) and isinstance(each.get("kind"), str):
            quantity = each.get("quantity")
            whole = (
                quantity if isinstance(quantity, int) and not isinstance(quantity, bool) else None
            )
            found[each["kind"]] = Offer(each["kind"], whole, str(each.get("note") or ""))
    return tuple(found.values())


# -- writing -----------------------------------------------------------------------------------


def write(posting: Posting) -> dict[str, Json]:
    """A posting as plain schema.org. What was read comes out as it was, with what changed since."""
    fresh = written(posting)
    if not posting.source:
        return {"@context": list(CONTEXT), **fresh}
    source, before = dict(posting.source), posting.read_as
    for key in before.keys() | fresh.keys():
        if before.get(key) == fresh.get(key):
            continue
        source.pop(key, None)
        if key in fresh:
            source[key] = fresh[key]
    return source


def written(posting: Posting) -> dict[str, Json]:
    """What the posting says in schema.org's terms, as if nothing had been read."""
    is_job = posting.type == POSTING
    said_: dict[str, Json] = {
        "@type": posting.type,
        ("title" if is_job else "name"): posting.title,
    }
    if posting.id:
        said_["identifier"] = {
            "@type": "PropertyValue",
            "propertyID": "backcast",
            "value": posting.id,
        }
    if posting.description:
        said_["description"] = posting.description
    if posting.employer:
        said_["hiringOrganization"] = {"@type": "Organization", "name": posting.employer}
    if posting.site or posting.address:
        place: dict[str, Json] = {"@type": "Place"}
        if posting.site:
            place["name"] = posting.site
        if posting.address:
            place["address"] = {"@type": "PostalAddress", "streetAddress": posting.address}
        said_["jobLocation"] = place
    if posting.occupation_code or posting.occupation:
        said_["occupationalCategory"] = {
            "@type": "CategoryCode",
            **({"codeValue": posting.occupation_code} if posting.occupation_code else {}),
            **({"name": posting.occupation} if posting.occupation else {}),
        }
    if posting.posted:
        said_["datePosted"] = posting.posted.isoformat()
    if posting.start:
        said_["jobStartDate"] = posting.start.isoformat()
    if posting.total:
        said_["totalJobOpenings"] = posting.total
    pay = {
        key: _json_number(value)
        for key, value in (("minValue", posting.pay_low), ("maxValue", posting.pay_high))
        if value is not None
    }
    if pay:
        unit = {"unitText": posting.pay_unit} if posting.pay_unit else {}
        said_["baseSalary"] = {
            "@type": "MonetaryAmount",
            "currency": "USD",
            "value": {"@type": "QuantitativeValue", **pay, **unit},
        }
    if posting.hours is not None:
        said_["workHours"] = f"{plain_number(posting.hours)} hours a week"
    if posting.employment:
        theirs = {ours: name for name, ours in EMPLOYMENT.items()}
        said_["employmentType"] = theirs.get(posting.employment, posting.employment)
    skills = [_term(ask) for ask in posting.asks if ask.subject is not Subject.CREDENTIAL]
    credentials = [_credential(ask) for ask in posting.asks if ask.subject is Subject.CREDENTIAL]
    if skills:
        said_["skills"] = skills
    if credentials:
        said_["qualifications"] = credentials
    ours = _ours(posting)
    if ours:
        said_[OURS] = ours
    return said_


def _json_number(value: Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)


def _ours(posting: Posting) -> dict[str, Json]:
    ours: dict[str, Json] = {}
    if posting.schedule:
        ours["schedule"] = posting.schedule
    if posting.number:
        ours["number"] = posting.number
    if posting.openings:
        ours["openings"] = [
            {
                "quarter": str(each.quarter),
                "cause": each.cause.value,
                "low": each.low,
                "likely": each.likely,
                "high": each.high,
                **({"range_assumed": True} if each.range_assumed else {}),
                **({"confirmed": True} if each.confirmed else {}),
            }
            for each in posting.openings
        ]
    if posting.offers:
        ours["offers"] = [
            {
                "kind": each.kind,
                **({"quantity": each.quantity} if each.quantity is not None else {}),
                **({"note": each.note} if each.note else {}),
            }
            for each in posting.offers
        ]
    return ours


def _term(ask: Ask) -> dict[str, Json]:
    term: dict[str, Json] = {"@type": "DefinedTerm"}
    if ask.uri:
        term["@id"] = ask.uri
    term["name"] = ask.name
    if ask.code:
        term["termCode"] = ask.code
    if ask.set:
        term["inDefinedTermSet"] = {"@type": "DefinedTermSet", "name": ask.set}
    return {**term, OURS: says(ask)}


def _credential(ask: Ask) -> dict[str, Json]:
    found: dict[str, Json] = {"@type": "EducationalOccupationalCredential"}
    if ask.uri:
        found["@id"] = ask.uri
    found["name"] = ask.name
    if ask.kind:
        found["credentialCategory"] = ask.kind
    if ask.set:
        found["recognizedBy"] = {"@type": "Organization", "name": ask.set}
    return {**found, OURS: says(ask)}


# -- profiles ----------------------------------------------------------------------------------


def posting_of(sheet: Sheet) -> Posting:
    """A profile as an occupation of schema.org: what it asks for, without an employer."""
    return Posting(
        sheet.role,
        OCCUPATION,
        id=sheet.id,
        occupation=sheet.occupation,
        occupation_code=sheet.occupation_code,
        asks=sheet.asks,
        number=sheet.number,
    )


def sheet_of(posting: Posting) -> Sheet:
    """What a posting or an occupation asks for, to become lines of a profile."""
    return Sheet(
        posting.title,
        posting.id,
        number=posting.number,
        occupation=posting.occupation,
        occupation_code=posting.occupation_code,
        asks=posting.asks,
    )
