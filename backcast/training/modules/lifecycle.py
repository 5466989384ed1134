"""How a version of a program comes and goes: one table of steps, for actions, pages and tests alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """The state of a version: its status, or that it was a draft that is discarded."""

    DRAFT = "draft"
    CURRENT = "current"
    SUPERSEDED = "superseded"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Step:
    """What each state becomes by the step; ``needs_modules``: an empty version may not take it."""

    targets: dict[State, State]
    needs_modules: bool = False

    def allowed(self, state: State) -> bool:
        return state in self.targets


#: Everyone who may change the program may take them: its provider's members and the region's staff.
STEPS: dict[str, Step] = {
    "change_version": Step({State.DRAFT: State.DRAFT}),
    "make_current": Step({State.DRAFT: State.CURRENT}, needs_modules=True),
    # Taken by the version that was current until then.
    "supersede": Step({State.CURRENT: State.SUPERSEDED}),
    "discard": Step({State.DRAFT: State.DISCARDED}),
    "copy": Step({State.CURRENT: State.CURRENT, State.SUPERSEDED: State.SUPERSEDED}),
}


def state_of(status: str, archived: bool) -> State:
    return State.DISCARDED if archived else State(status)


def steps_from(state: State) -> tuple[str, ...]:
    """The names of the steps that can be taken from ``state``."""
    return tuple(name for name, step in STEPS.items() if step.allowed(state))
