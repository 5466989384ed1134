"""How a wave comes and goes: one table of steps, for actions, pages and tests alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from backcast.demand.refusals import N_, Sentence, say


class State(StrEnum):
    """The state of a wave: its status, or that it is archived."""

    DRAFT = "draft"
    OPEN = "open"
    FROZEN = "frozen"
    ARCHIVED = "archived"


class Who(StrEnum):
    """Who takes a step: staff of the region, an employer that is asked, or the product itself."""

    STAFF = "staff"
    EMPLOYER = "employer"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the conditions of a step look at."""

    today: date
    closes_on: date
    roles: int
    employers: int


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that must hold, and what is said where it does not."""

    holds: Callable[[Facts], bool]
    wrong: str
    field: str = ""


ASKS_ABOUT_A_ROLE = Condition(
    lambda f: f.roles > 0, N_("Choose at least one role to ask about."), "roles"
)
ASKS_AN_EMPLOYER = Condition(
    lambda f: f.employers > 0,
    N_("Invite at least one person of an employer first."),
)
CLOSES_AHEAD = Condition(
    lambda f: f.closes_on >= f.today,
    N_("The last day to answer is over. Choose a later one."),
    "closes_on",
)
IS_DUE = Condition(
    lambda f: f.closes_on < f.today, N_("The last day to answer is not over yet."), "closes_on"
)


@dataclass(frozen=True, slots=True)
class Step:
    """``targets`` of each state it may start from (``None``: as before it was archived).

    ``who`` may take it, ``holds`` lists what must hold.
    """

    targets: dict[State, State | None]
    who: frozenset[Who] = frozenset({Who.STAFF})
    holds: tuple[Condition, ...] = ()

    def allowed(self, state: State, who: Who) -> bool:
        return state in self.targets and who in self.who

    def unmet(self, facts: Facts) -> list[tuple[str, Sentence]]:
        """The field and sentence of each condition that does not hold."""
        return [(one.field, say(one.wrong)) for one in self.holds if not one.holds(facts)]


def _stays(*states: State) -> dict[State, State | None]:
    return {state: state for state in states}


_BOTH = frozenset({Who.STAFF, Who.EMPLOYER})

STEPS: dict[str, Step] = {
    "edit_wave": Step(_stays(State.DRAFT)),
    "invite_person": Step(_stays(State.DRAFT, State.OPEN), who=frozenset({Who.STAFF, Who.SYSTEM})),
    "move_closing_day": Step(_stays(State.DRAFT, State.OPEN), holds=(CLOSES_AHEAD,)),
    "open_wave": Step(
        {State.DRAFT: State.OPEN}, holds=(ASKS_ABOUT_A_ROLE, ASKS_AN_EMPLOYER, CLOSES_AHEAD)
    ),
    "answer": Step(_stays(State.OPEN), who=_BOTH),
    "remind": Step(_stays(State.OPEN)),
    "renew_link": Step(_stays(State.OPEN, State.FROZEN), who=_BOTH),
    "freeze_wave": Step({State.OPEN: State.FROZEN}),
    "freeze_due_wave": Step(
        {State.OPEN: State.FROZEN}, who=frozenset({Who.SYSTEM}), holds=(IS_DUE,)
    ),
    "correct_answer": Step(_stays(State.FROZEN)),
    "archive_wave": Step({State.DRAFT: State.ARCHIVED, State.FROZEN: State.ARCHIVED}),
    "restore_wave": Step({State.ARCHIVED: None}),
}


def state_of(status: str, archived: bool) -> State:
    return State.ARCHIVED if archived else State(status)


def steps_from(state: State, who: Who) -> tuple[str, ...]:
    """The names of the steps that ``who`` can take from ``state``."""
    return tuple(name for name, step in STEPS.items() if step.allowed(state, who))
