"""What accepted competencies are added to; a feature states its own in a line of ``TARGETS``."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from backcast.core.actor import Actor
from backcast.web.coverage.from_text import module_target
from backcast.web.needs.from_text import need_target
from backcast.web.profiles.from_text import profile_target
from backcast.web.suggest.target import Target

#: For the actor, the thing that competencies are wanted for; 404 and ``NotAllowed`` as on its page.
TARGETS: dict[str, Callable[[Actor, UUID], Target]] = {
    "need": need_target,
    "profile": profile_target,
    "module": module_target,
}
