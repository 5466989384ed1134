"""The formats in which needs and profiles are handed on."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """A format in which something is handed on."""

    POSTING = "posting"
    JOBSCHEMA = "jobschema"
    CASE = "case"
    CTDL = "ctdl"
    WORKBOOK = "workbook"


#: What a format is called, how its files end, and how they are sent.
FORMATS = {
    Kind.POSTING: ("schema.org", "json", "application/ld+json"),
    Kind.JOBSCHEMA: ("JobSchema+", "json", "application/ld+json"),
    Kind.CASE: ("CASE", "json", "application/json"),
    Kind.CTDL: ("CTDL-ASN", "json", "application/ld+json"),
    Kind.WORKBOOK: (
        "XLSX",
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}
NEED_KINDS = (Kind.POSTING, Kind.JOBSCHEMA)
