"""The columns of the needs workbook, and the words that stand in its cells."""

from __future__ import annotations

from backcast.core.quarters import Quarter
from backcast.demand.figures import Cause, Importance

SHEET = "Needs"
#: A row whose employer starts with this word shows how to fill in the others and is not read.
EXAMPLE = "EXAMPLE"

#: Column → its headings; the first is the one that Backcast writes.
COLUMNS: dict[str, tuple[str, ...]] = {
    "employer": ("Employer", "Company", "Organisation", "Organization"),
    "site": ("Site", "Place", "Location"),
    "role": ("Role", "Job title", "Position"),
    "occupation": ("Occupation", "SOC code", "O*NET-SOC code", "Occupation code"),
    "quarter": ("Quarter", "When"),
    "cause": ("Reason", "Cause"),
    "likely": ("Most likely", "Likely", "Openings"),
    "low": ("At least", "Low"),
    "high": ("At most", "High"),
    "confirmed": ("1,000 or more is meant", "Confirm large number"),
    "start_by": ("Start by", "Start date"),
    "wage_low": ("Hourly pay from", "Pay from", "Wage from"),
    "wage_high": ("Hourly pay to", "Pay to", "Wage to"),
    "hours": ("Hours a week", "Hours per week"),
    "schedule": ("Schedule", "Shift"),
    "employment": ("Employment", "Employment type"),
    "required": ("Must have", "Required"),
    "preferred": ("Nice to have", "Preferred"),
    "instead": ("Accepted instead",),
    "externship_places": ("Externship places a quarter", "Externship places"),
    "paid_learning": ("Paid work-based learning places", "Paid learning places"),
    "guaranteed_interviews": ("Guaranteed interviews",),
    "mentors": ("Mentors",),
    "tuition": ("Help with tuition, dollars a person", "Help with tuition"),
    "release_time": ("Paid hours a week to learn", "Release time"),
    "flexible_shifts": ("Flexible shifts",),
    "note": ("Note", "Notes"),
    "stand_in": ("Source, if not stated by the employer", "Source"),
    "ref": ("Need number", "Need"),
}
TITLE = {key: names[0] for key, names in COLUMNS.items()}

CAUSES: dict[Cause, tuple[str, ...]] = {
    Cause.GROWTH: ("New positions", "growth", "expansion"),
    Cause.RETIREMENT: ("Retirement", "retirements"),
    Cause.TURNOVER: ("People leaving", "turnover", "other turnover", "replacement"),
    Cause.PROMOTION: ("Promotion", "promotions", "people moving up"),
}
SCHEDULES: dict[str, tuple[str, ...]] = {
    "day": ("Day", "days"),
    "evening": ("Evening", "evenings"),
    "night": ("Night", "nights"),
    "weekend": ("Weekend", "weekends"),
    "rotating": ("Rotating", "rotation"),
    "flexible": ("Flexible",),
}
EMPLOYMENTS: dict[str, tuple[str, ...]] = {
    "full_time": ("Full time", "full-time", "ft"),
    "part_time": ("Part time", "part-time", "pt"),
    "per_diem": ("Per diem", "as needed", "prn"),
    "temporary": ("Temporary", "temp"),
}
IMPORTANCES: dict[str, Importance] = {
    "required": Importance.REQUIRED,
    "preferred": Importance.PREFERRED,
    "instead": Importance.INSTEAD,
}
#: Kinds of offer, each a column; the unit of the number is in its title.
OFFERS: tuple[str, ...] = (
    "externship_places",
    "paid_learning",
    "guaranteed_interviews",
    "mentors",
    "tuition",
    "release_time",
    "flexible_shifts",
)

_MONTHS = ("Jan–Mar", "Apr–Jun", "Jul–Sep", "Oct–Dec")


def quarter_words(quarter: Quarter) -> str:
    """``2027-Q1 (Jan–Mar)``, as the workbook's drop-down shows it."""
    return f"{quarter} ({_MONTHS[quarter.number - 1]})"
