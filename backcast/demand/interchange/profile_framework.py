"""A profile as a framework of statements, as CASE and CTDL-ASN write it, and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from backcast.demand.interchange.asks import Ask, Sheet, said, says, uuid_of
from backcast.demand.profiles.values import Subject
from backcast.frameworks.interchange.values import Framework, Match, Statement

_LANGUAGE = "en-US"


def framework_of(sheet: Sheet, creator: str, changed: datetime) -> Framework:
    """One statement a line; how needed, important and high the level stands in ``extra``."""
    return Framework(
        sheet.id,
        sheet.uri,
        sheet.role,
        creator,
        changed,
        language=_LANGUAGE,
        statements=tuple(
            Statement(
                str(ask.key),
                f"urn:uuid:{ask.key}",
                ask.name,
                ask.kind,
                code=ask.code,
                matches=(Match(ask.name, ask.uri, ask.uri),) if ask.uri else (),
                extra=says(ask),
            )
            for ask in sheet.asks
            if ask.key is not None
        ),
        extra={
            key: value
            for key, value in (
                ("number", sheet.number),
                ("status", sheet.status),
                ("occupation", sheet.occupation),
                ("occupation_code", sheet.occupation_code),
            )
            if value
        },
    )


def sheet_of(framework: Framework) -> Sheet:
    """The statements as requirements; those of other systems are competencies that are required."""
    extra = framework.extra
    asks = []
    for each in framework.statements:
        ask = Ask(
            Subject.COMPETENCY,
            " ".join(each.text.split())[:300],
            each.matches[0].uri if each.matches else "" if each.extra else each.uri,
            each.code,
            kind=each.kind,
        )
        asks.append(replace(ask, **said(each.extra)))
        if asks[-1].key is None and each.extra:
            asks[-1] = replace(asks[-1], key=uuid_of(each.identifier))
    number = extra.get("number")
    told = {key: value for key, value in extra.items() if isinstance(value, str)}
    return Sheet(
        framework.title,
        framework.identifier,
        framework.uri,
        number if isinstance(number, int) and not isinstance(number, bool) else 0,
        told.get("status", ""),
        told.get("occupation", ""),
        told.get("occupation_code", ""),
        tuple(asks),
    )
