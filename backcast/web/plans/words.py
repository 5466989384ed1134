"""Plans in words: why people are missing, what changed, what a figure is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backcast.planning.changes import Change
from backcast.planning.keys import program_key
from backcast.planning.problem import Problem
from backcast.planning.scenarios import ScenarioChange
from backcast.planning.solution import Shortfall
from backcast.training.models import Program
from backcast.web.dates import month_words
from backcast.web.templatetags.backcast import money, number, percent

STATES: Mapping[str, tuple[Promise, str]] = {
    "on_track": (gettext_lazy("On track"), "good"),
    "at_risk": (gettext_lazy("At risk"), "warn"),
    "short": (gettext_lazy("Not enough people"), "bad"),
}
REASONS: Mapping[str, tuple[Promise, Promise]] = {
    "no_program": (
        gettext_lazy("No program leads to this role here"),
        gettext_lazy("Ask a provider to start one, or name the occupation on an existing program."),
    ),
    "lead_time": (
        gettext_lazy("No program can finish in time"),
        gettext_lazy("State needs earlier, or shorten recruiting and screening."),
    ),
    "capacity": (
        gettext_lazy("Programs are full"),
        gettext_lazy("Ask providers for more cohorts at once or larger ones."),
    ),
    "externship": (
        gettext_lazy("Externship places are missing"),
        gettext_lazy("Ask employers who state this need to host more learners."),
    ),
    "hosts": (
        gettext_lazy("Hosts have too few places in those months"),
        gettext_lazy("Ask a host for one more supervisor, or find another host."),
    ),
    "instructors": (
        gettext_lazy("Instructors are missing"),
        gettext_lazy("Share instructors among programs, or hire one for the full months."),
    ),
    "labs": (
        gettext_lazy("Labs are full"),
        gettext_lazy("Use another site's lab, or its evenings and weekends."),
    ),
    "rooms": (
        gettext_lazy("Rooms are full"),
        gettext_lazy("Use another site's rooms, or their evenings and weekends."),
    ),
    "recruits": (
        gettext_lazy("Too few people can be recruited"),
        gettext_lazy("Recruit further away, or offer the program at another time of the day."),
    ),
    "budget": (
        gettext_lazy("The budget is used up"),
        gettext_lazy("Raise the budget, or plan for fewer people."),
    ),
    "minimum_size": (
        gettext_lazy("Too few people for the smallest cohort"),
        gettext_lazy("Join with a neighboring area, or agree on a smaller cohort."),
    ),
    "price": (
        gettext_lazy("A further hire would cost far more than others"),
        gettext_lazy("Ask for cheaper or better-yielding programs for this role."),
    ),
    "several": (
        gettext_lazy("Several limits together"),
        gettext_lazy("Look at capacity, externship places and the budget of this role."),
    ),
}
FIELDS: Mapping[str, tuple[Promise, Promise]] = {
    "weeks": (gettext_lazy("Length"), gettext_lazy("weeks")),
    "lead_weeks": (gettext_lazy("From decision to first day"), gettext_lazy("weeks")),
    "recruit_weeks": (gettext_lazy("To recruit people"), gettext_lazy("weeks")),
    "screen_weeks": (gettext_lazy("To screen people"), gettext_lazy("weeks")),
    "clearance_weeks": (gettext_lazy("To get clearances"), gettext_lazy("weeks")),
    "exam_weeks": (gettext_lazy("From last day to the exam's result"), gettext_lazy("weeks")),
    "externship_weeks": (gettext_lazy("Length of the externship"), gettext_lazy("weeks")),
    "hire_weeks": (gettext_lazy("From last day to first day at work"), gettext_lazy("weeks")),
    "hire_spread": (
        gettext_lazy("How far that wait differs among graduates (standard deviation)"),
        gettext_lazy("weeks"),
    ),
    "min_size": (gettext_lazy("Smallest cohort"), gettext_lazy("learners")),
    "max_size": (gettext_lazy("Largest cohort"), gettext_lazy("learners")),
    "at_once": (gettext_lazy("Cohorts at the same time"), gettext_lazy("cohorts")),
    "cost_per_learner": (gettext_lazy("Cost for each learner"), gettext_lazy("dollars")),
    "cost_per_cohort": (gettext_lazy("Fixed cost of a cohort"), gettext_lazy("dollars")),
    "externship_places_per_learner": (
        gettext_lazy("Externship places for each learner"),
        gettext_lazy("places"),
    ),
}
ASSUMPTIONS: Mapping[str, Promise] = {
    "min_size": gettext_lazy("Smallest cohort"),
    "max_size": gettext_lazy("Largest cohort"),
    "at_once": gettext_lazy("Cohorts at the same time"),
    "lead_weeks": gettext_lazy("Weeks from decision to first day"),
    "hire_weeks": gettext_lazy("Weeks from last day to first day at work"),
    "hours_per_week": gettext_lazy("Clock hours a week"),
    "length_bands": gettext_lazy("Length bands in weeks"),
    "externship_places_per_learner": gettext_lazy("Externship places for each learner"),
    "externship_places_per_opening": gettext_lazy("Externship places for each opening"),
    "employed_in_field": gettext_lazy("Share of the employed who work in the role"),
    "cost_per_cohort": gettext_lazy("Fixed cost of a cohort"),
    "missing_cost_per_clock_hour": gettext_lazy("Cost for each clock hour, where none is given"),
    "stand_in_needs": gettext_lazy("Needs that stand in until employers answer"),
    "yield.completed": gettext_lazy("Share who complete"),
    "yield.credentialed": gettext_lazy("Share who earn the credential"),
    "yield.externship": gettext_lazy("Share who finish the externship"),
    "yield.hired": gettext_lazy("Share who are hired"),
    "yield.retained": gettext_lazy("Share who stay"),
}


def assumption(name: str) -> str:
    """An assumption's name as people say it; a name that is new here is shown as it is written."""
    return str(ASSUMPTIONS.get(name, name.replace("_", " ").replace(".", ": ")))


def reason(row: Shortfall) -> str:
    return str(REASONS[row.reason][0])


def remedy(row: Shortfall) -> str:
    return str(REASONS[row.reason][1])


def what_if(change: ScenarioChange, problem: Problem) -> str:
    """A scenario's change in the reader's language."""
    roles = {role.id: role.title for role in problem.roles}
    areas = {area.id: area.title for area in problem.areas}
    programs = {option.id: option.title for option in problem.programs}
    values = {
        "role": roles.get(change.role, _("all roles")),
        "area": areas.get(change.area, _("all labor areas")),
        "provider": change.provider,
        "program": programs.get(change.program, _("all programs")),
        "stage": change.stage,
        "host": next((row.title for row in problem.hosts if row.host == change.host), change.host),
        "percent": percent(change.amount),
        "places": number(change.amount, 0),
    }
    match change.kind:
        case "demand":
            return _("Demand for %(role)s in %(area)s is %(percent)s of what was planned.") % values
        case "without":
            return _("%(provider)s drops out.") % values
        case "places":
            return (
                _("%(places)s more externship places a quarter for %(role)s in %(area)s.") % values
            )
        case "host":
            return _("%(places)s more externship places a month at %(host)s.") % values
        case "yield":
            return (
                _(
                    "The share that comes through “%(stage)s” in %(program)s is %(percent)s of today's."
                )
                % values
            )
        case "budget":
            return _("The budget is %(percent)s of what was planned.") % values


def all_told(changes: Iterable[Change], problem: Problem) -> list[str]:
    """Changes between two plans as sentences. One query where a program is planned with no more."""
    listed = list(changes)
    titles = {option.id: option.title for option in problem.programs}
    gone = {
        int(change.program[1:])
        for change in listed
        if change.program not in titles and change.program[1:].isdigit()
    }
    if gone:
        rows = Program.objects.filter(pk__in=gone).values_list("pk", "name")
        titles |= {program_key(pk): name for pk, name in rows}
    return [told(change, problem, titles) for change in listed]


def told(change: Change, problem: Problem, titles: Mapping[str, str]) -> str:
    """A change between two plans as a sentence in the reader's language; ``titles`` of programs."""
    roles = {role.id: role.title for role in problem.roles}
    areas = {area.id: area.title for area in problem.areas}
    then = month_words(change.month_before) if change.month_before else ""
    now = month_words(change.month_after) if change.month_after else ""
    # Less than a person more or less is told with a decimal, or it would read as no change.
    places = 1 if 0 < abs(change.after - change.before) < 1 else 0
    values = {
        "n": change.count,
        "program": titles.get(change.program, change.program),
        "role": roles.get(change.role, change.role),
        "area": areas.get(change.area, change.area),
        "then": then,
        "now": now,
        "before": number(change.before, places),
        "after": number(change.after, places),
    }
    match change.kind:
        case "added":
            return (
                ngettext(
                    "New: %(n)d cohort of %(program)s with %(after)s learners, starting %(now)s.",
                    "New: %(n)d cohorts of %(program)s with %(after)s learners each, starting %(now)s.",
                    change.count,
                )
                % values
            )
        case "dropped":
            return (
                ngettext(
                    "Dropped: %(n)d cohort of %(program)s with %(before)s learners, starting %(then)s.",
                    "Dropped: %(n)d cohorts of %(program)s with %(before)s learners each, "
                    "starting %(then)s.",
                    change.count,
                )
                % values
            )
        case "moved":
            return (
                ngettext(
                    "Moved: %(n)d cohort of %(program)s, from %(then)s to %(now)s, "
                    "with %(after)s learners.",
                    "Moved: %(n)d cohorts of %(program)s, from %(then)s to %(now)s, "
                    "with %(after)s learners each.",
                    change.count,
                )
                % values
            )
        case "resized":
            return (
                ngettext(
                    "Resized: %(n)d cohort of %(program)s starting %(now)s, "
                    "from %(before)s to %(after)s learners.",
                    "Resized: %(n)d cohorts of %(program)s starting %(now)s, "
                    "from %(before)s to %(after)s learners each.",
                    change.count,
                )
                % values
            )
        case "cost":
            return _("The plan costs %(after)s instead of %(before)s.") % {
                "before": money(change.before),
                "after": money(change.after),
            }
        case "odds":
            return _("Odds for %(role)s: %(after)s instead of %(before)s.") % {
                "role": values["role"],
                "before": percent(change.before),
                "after": percent(change.after),
            }
        case "shortfall_opened" | "shortfall_closed":
            if not change.area:
                return (
                    _("Missing at the end for %(role)s: %(after)s instead of %(before)s.") % values
                )
            return (
                _("Missing at the end for %(role)s in %(area)s: %(after)s instead of %(before)s.")
                % values
            )
        case "shortfall_elsewhere":
            return (
                _("%(role)s: as many people are missing at the end, but in other areas.") % values
            )
