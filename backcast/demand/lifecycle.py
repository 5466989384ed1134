"""How a need comes and goes: one table of steps, for actions, pages and tests alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """The state of a need: its status, or that it is archived."""

    DRAFT = "draft"
    STATED = "stated"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Step:
    """``target`` of each state that the step may start from; ``None``: as before it was archived."""

    targets: dict[State, State | None]

    def allowed(self, state: State) -> bool:
        return state in self.targets


STEPS: dict[str, Step] = {
    "change_need": Step({s: s for s in (State.DRAFT, State.STATED, State.WITHDRAWN)}),
    "state_need": Step({State.DRAFT: State.STATED}),
    "withdraw_need": Step({State.STATED: State.WITHDRAWN}),
    "archive_need": Step({State.DRAFT: State.ARCHIVED, State.WITHDRAWN: State.ARCHIVED}),
    "bring_back": Step({State.WITHDRAWN: State.STATED, State.ARCHIVED: None}),
}


def state_of(status: str, archived: bool) -> State:
    return State.ARCHIVED if archived else State(status)


def steps_from(state: State) -> tuple[str, ...]:
    """The names of the steps that can be taken from ``state``."""
    return tuple(name for name, step in STEPS.items() if step.allowed(state))
