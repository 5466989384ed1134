"""How a version of the plan comes and goes: one table of steps, for actions, pages and tests alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backcast.core.actor import Actor, Kind, Role


class State(StrEnum):
    """The state of a plan: how far the work on it is and, once it is ready, how it stands."""

    WAITING = "waiting"
    SOLVING = "solving"
    FAILED = "failed"
    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    SUPERSEDED = "superseded"


_STAFF = frozenset({Kind.INTERMEDIARY, Kind.SYSTEM})
_READY = (State.DRAFT, State.PROPOSED, State.APPROVED, State.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Step:
    """``target`` of each state that the step may start from, and whose members may take it.

    A step without ``kinds`` is taken by another one: approving a plan supersedes the last.
    """

    targets: dict[State, State]
    kinds: frozenset[Kind] = _STAFF
    role: Role = Role.MEMBER

    def allowed(self, state: State) -> bool:
        return state in self.targets


STEPS: dict[str, Step] = {
    "propose_plan": Step({State.DRAFT: State.PROPOSED}),
    "take_back_plan": Step({State.PROPOSED: State.DRAFT}),
    "approve_plan": Step({State.PROPOSED: State.APPROVED}, role=Role.ADMINISTRATOR),
    "schedule_cohorts": Step({State.APPROVED: State.APPROVED}),
    "try_scenario": Step({state: state for state in _READY}),
    "supersede_plan": Step({State.APPROVED: State.SUPERSEDED}, kinds=frozenset()),
}


def state_of(status: str, standing: str) -> State:
    return State(standing if status == "ready" else status)


def steps_for(actor: Actor, state: State) -> tuple[str, ...]:
    """The names of the steps that ``actor`` can take from ``state``."""
    return tuple(
        name
        for name, step in STEPS.items()
        if step.allowed(state) and actor.kind in step.kinds and actor.may(step.role)
    )
