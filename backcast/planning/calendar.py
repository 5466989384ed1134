"""A plan's cohorts as a calendar that people can subscribe to or open (iCalendar, RFC 5545)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar, Event

from backcast.planning.problem import Problem
from backcast.planning.solution import Solution

_WEEK = timedelta(weeks=1)


def plan_calendar(
    problem: Problem, plan: Solution, key: str, stamp: datetime | None = None
) -> bytes:
    """One entry for the start of each cohort, and one for the last day on which to decide on it.

    ``key`` names the plan: the same cohort of the same plan keeps its id, so that a calendar brings
    entries up to date instead of doubling them. Days are the first of a month; deciding leads the
    start by the program's lead weeks.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Backcast//plan//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{problem.title}: cohorts to start")
    stamp = stamp or datetime.now(UTC)
    programs = {program.id: program for program in problem.programs}
    for cohort in plan.cohorts:
        program = programs[cohort.program]
        start = cohort.start.first_day
        name = f"{program.title} ({program.provider})"
        said = (
            f"{cohort.size} learners, ${cohort.cost:,.0f}; {cohort.hires:,.1f} hires expected from "
            f"{cohort.hire_quarter}."
        )
        ident = f"{key}/{cohort.program}/{cohort.start}/{cohort.number}"
        _add(calendar, f"{ident}/start", f"Start: {name}", said, start, stamp)
        lead = program.weeks_before
        if lead > 0:
            day = start - lead * _WEEK
            _add(calendar, f"{ident}/decide", f"Decide by today: {name}", said, day, stamp)
    return bytes(calendar.to_ical())


def _add(
    calendar: Calendar, ident: str, summary: str, said: str, day: date, stamp: datetime
) -> None:
    event = Event()
    event.add("uid", f"{uuid5(NAMESPACE_URL, ident)}@backcast")
    event.add("dtstamp", stamp)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", summary)
    event.add("description", said)
    event.add("transp", "TRANSPARENT")
    calendar.add_component(event)
