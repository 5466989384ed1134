"""How a version of a profile comes and goes: one table of steps, for actions, pages and tests alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backcast.core.actor import Actor, Kind, Role


class State(StrEnum):
    """The state of a version: its status, or that it was dropped before anyone approved it."""

    DRAFT = "draft"
    OPEN = "open"
    APPROVED = "approved"
    SUPERSEDED = "superseded"
    DROPPED = "dropped"


_STAFF = frozenset({Kind.INTERMEDIARY, Kind.SYSTEM})


@dataclass(frozen=True, slots=True)
class Step:
    """``target`` of each state that the step may start from, and whose members may take it.

    A step without ``kinds`` is taken by another one: approving a version supersedes the last.
    """

    targets: dict[State, State]
    kinds: frozenset[Kind] = _STAFF
    role: Role = Role.MEMBER

    def allowed(self, state: State) -> bool:
        return state in self.targets


STEPS: dict[str, Step] = {
    "change_lines": Step({State.DRAFT: State.DRAFT, State.OPEN: State.OPEN}),
    "open_version": Step({State.DRAFT: State.OPEN}),
    "take_back": Step({State.OPEN: State.DRAFT}),
    "give_opinion": Step({State.OPEN: State.OPEN}, kinds=_STAFF | {Kind.EMPLOYER}),
    "approve_version": Step({State.OPEN: State.APPROVED}),
    "drop_version": Step({State.DRAFT: State.DROPPED, State.OPEN: State.DROPPED}),
    "supersede_version": Step({State.APPROVED: State.SUPERSEDED}, kinds=frozenset()),
}


def state_of(status: str, archived: bool) -> State:
    return State.DROPPED if archived else State(status)


def steps_for(actor: Actor, state: State) -> tuple[str, ...]:
    """The names of the steps that ``actor`` can take from ``state``."""
    return tuple(
        name
        for name, step in STEPS.items()
        if step.allowed(state) and actor.kind in step.kinds and actor.may(step.role)
    )
