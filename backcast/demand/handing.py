"""Needs and profiles in the formats of other systems: what they say, with the addresses it goes by."""

from __future__ import annotations

from django.utils import timezone

from backcast.core.quarters import Quarter
from backcast.demand import access
from backcast.demand.formats import Kind
from backcast.demand.interchange import jobposting, jobschema, profile_framework, profile_workbook
from backcast.demand.interchange.asks import Ask, Sheet
from backcast.demand.interchange.jobposting import Posting
from backcast.demand.models import Need, NeedRequirement, ProfileLine, ProfileVersion
from backcast.demand.profiles.access import line_value, lines
from backcast.demand.profiles.values import Necessity, Subject
from backcast.frameworks.importing import matches_of
from backcast.frameworks.interchange import case, ctdl
from backcast.frameworks.interchange.values import write_json
from backcast.frameworks.models import Competency, Framework


def need_posting(need: Need) -> Posting:
    """A need as a job posting. Whoever reaches the need may see its numbers and its pay."""
    said = access.statement(need)
    now = Quarter.of(timezone.localdate())
    low, high = said.wage_low, said.wage_high
    return Posting(
        said.role_title,
        id=str(need.public_id),
        employer=said.employer.name,
        site=said.site.name if said.site else "",
        address=", ".join(
            filter(None, (need.site.street, need.site.city, need.site.state, need.site.zip))
        ),
        occupation=said.occupation.name if said.occupation else "",
        occupation_code=(need.occupation.code or need.occupation.soc) if need.occupation else "",
        description=said.note,
        posted=timezone.localdate(need.stated_at) if need.stated_at else None,
        start=said.start_by,
        total=sum(o.likely for o in said.openings if o.quarter >= now) or None,
        pay_low=low,
        pay_high=high,
        pay_unit="HOUR" if low is not None or high is not None else "",
        hours=said.hours_per_week,
        employment=said.employment,
        schedule=said.schedule,
        asks=tuple(
            sorted(
                (_need_ask(each) for each in need.requirements.all()),
                key=lambda ask: ask.subject is Subject.CREDENTIAL,
            )
        ),
        openings=said.openings,
        offers=said.offers,
    )


def _need_ask(row: NeedRequirement) -> Ask:
    subject = (
        Subject.CREDENTIAL
        if row.credential_id
        else Subject.COMPETENCY
        if row.competency_id
        else Subject.WORDS
    )
    return Ask(
        subject,
        row.name,
        uri=address_of(row.competency) if row.competency else "",
        code=_code(row.competency),
        set=row.credential.issuer if row.credential else _set(row.competency),
        kind=row.credential.get_kind_display() if row.credential else "",
        necessity=Necessity(row.importance),
        level_at_hire=row.level,
    )


def address_of(competency: Competency) -> str:
    """The address by which other systems know a competency; our own goes by its number."""
    found = matches_of(competency)
    return found[0].uri if found else f"urn:uuid:{competency.public_id}"


def _code(competency: Competency | None) -> str:
    if competency is None or competency.framework != Framework.ONET:
        return ""
    return competency.source_id


def _set(competency: Competency | None) -> str:
    return str(Framework(competency.framework).label) if competency and competency.framework else ""


def version_sheet(version: ProfileVersion) -> Sheet:
    """A version of a profile, line by line."""
    role = version.profile.role
    return Sheet(
        role.title,
        str(version.profile.public_id),
        f"urn:uuid:{version.profile.public_id}",
        version.number,
        version.status,
        role.occupation.title if role.occupation else "",
        (role.occupation.code or role.occupation.soc) if role.occupation else "",
        tuple(_line_ask(row) for row in lines(version)),
    )


def _line_ask(row: ProfileLine) -> Ask:
    line = line_value(row)
    about = row.credential or row.competency
    return Ask(
        line.subject,
        row.competency.statement
        if row.competency
        else row.credential.name
        if row.credential
        else row.words,
        uri=address_of(row.competency) if row.competency else "",
        code=_code(row.competency),
        set=row.credential.issuer if row.credential else _set(row.competency),
        kind=str(about.get_kind_display()) if about else "",
        necessity=line.necessity,
        importance=line.importance,
        level_at_hire=line.level_at_hire,
        level_later=line.level_later,
        scale=line.scale.code if line.scale else "",
        learned=line.learned,
        key=line.key,
        instead_of=line.instead_of,
        source=line.source,
    )


def need_bytes(need: Need, kind: Kind) -> bytes:
    posting = need_posting(need)
    if kind is Kind.JOBSCHEMA:
        return write_json(jobschema.write(posting))
    return write_json(jobposting.write(posting))


def version_bytes(version: ProfileVersion, kind: Kind) -> bytes:
    """A version in one of the formats."""
    sheet = version_sheet(version)
    if kind is Kind.WORKBOOK:
        return profile_workbook.write(sheet)
    if kind is Kind.POSTING:
        return write_json(jobposting.write(jobposting.posting_of(sheet)))
    if kind is Kind.JOBSCHEMA:
        return write_json(jobschema.write(jobposting.posting_of(sheet)))
    changed = version.updated_at.replace(microsecond=0)
    framework = profile_framework.framework_of(sheet, version.profile.region.name, changed)
    if kind is Kind.CTDL:
        return write_json(ctdl.write(ctdl.graph_of(framework)))
    return write_json(case.write(case.package_of(framework)))
