"""What changed from one version of a profile to another, line by line and in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from backcast.demand.profiles.values import Learned, Line, Necessity, Profile
from backcast.demand.refusals import N_, Sentence, say


class Kind(StrEnum):
    """What sort of change it is."""

    ADDED = "added"
    DROPPED = "dropped"
    REPLACED = "replaced"
    NECESSITY = "necessity"
    RAISED = "raised"
    LOWERED = "lowered"
    RESCALED = "rescaled"
    IMPORTANCE = "importance"
    LEARNED = "learned"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``line`` is the line as it is now, or as it last was."""

    kind: Kind
    line: Line
    words: Sentence


def differences(before: Profile, after: Profile) -> tuple[Change, ...]:
    """From ``before`` to ``after``: lines in the order of ``after``, dropped ones at the end."""
    old = {line.key: line for line in before.lines}
    changes: list[Change] = []
    for line in after.lines:
        was = old.pop(line.key, None)
        changes += _added(line, after) if was is None else _changed(was, line, after)
    for line in old.values():
        changes.append(Change(Kind.DROPPED, line, say(N_("%(line)s: dropped."), line=_name(line))))
    return tuple(changes)


def _added(line: Line, profile: Profile) -> list[Change]:
    templates = {
        Necessity.REQUIRED: N_("%(line)s: added, required."),
        Necessity.PREFERRED: N_("%(line)s: added, preferred."),
        Necessity.NOT_NEEDED: N_("%(line)s: added as not needed."),
        Necessity.INSTEAD: N_("%(line)s: added, accepted instead of %(other)s."),
    }
    words = say(templates[line.necessity], line=_name(line), other=_other(line, profile))
    return [Change(Kind.ADDED, line, words)]


def _changed(was: Line, now: Line, profile: Profile) -> Iterator[Change]:
    name = _name(now)
    if (was.subject, was.item.id) != (now.subject, now.item.id) or (
        not now.item.id and was.item.name.casefold() != now.item.name.casefold()
    ):
        yield Change(
            Kind.REPLACED,
            now,
            say(N_("%(line)s: takes the place of %(before)s."), line=name, before=_name(was)),
        )
    yield from _necessity(was, now, profile)
    yield from _levels(was, now)
    if was.importance != now.importance:
        yield Change(Kind.IMPORTANCE, now, _importance(was, now))
    if was.learned is not now.learned:
        templates = {
            Learned.BEFORE: N_("%(line)s: now learned before hire."),
            Learned.ON_THE_JOB: N_("%(line)s: now learned on the job."),
            Learned.EITHER: N_("%(line)s: now learned before hire or on the job."),
        }
        yield Change(Kind.LEARNED, now, say(templates[now.learned], line=name))


def _necessity(was: Line, now: Line, profile: Profile) -> Iterator[Change]:
    if (was.necessity, was.instead_of) == (now.necessity, now.instead_of):
        return
    if now.necessity is Necessity.PREFERRED and was.necessity is Necessity.REQUIRED:
        template = N_("%(line)s: no longer required, now preferred.")
    else:
        template = {
            Necessity.REQUIRED: N_("%(line)s: now required."),
            Necessity.PREFERRED: N_("%(line)s: now preferred."),
            Necessity.NOT_NEEDED: N_("%(line)s: no longer needed."),
            Necessity.INSTEAD: N_("%(line)s: now accepted instead of %(other)s."),
        }[now.necessity]
    yield Change(Kind.NECESSITY, now, say(template, line=_name(now), other=_other(now, profile)))


def _levels(was: Line, now: Line) -> Iterator[Change]:
    had = (was.level_at_hire, was.level_later) != (None, None)
    has = (now.level_at_hire, now.level_later) != (None, None)
    if had and has and was.scale != now.scale:
        yield Change(
            Kind.RESCALED,
            now,
            say(
                N_(
                    "%(line)s: levels now stand on the scale “%(scale)s” (%(low)s to %(high)s); they"
                    " cannot be set beside the earlier ones."
                ),
                line=_name(now),
                scale=now.scale.name if now.scale else "",
                low=number(now.scale.low if now.scale else None),
                high=number(now.scale.high if now.scale else None),
            ),
        )
        return
    pairs = (
        (
            was.level_at_hire,
            now.level_at_hire,
            N_("%(line)s: level at hire raised from %(before)s to %(after)s."),
            N_("%(line)s: level at hire lowered from %(before)s to %(after)s."),
            N_("%(line)s: level at hire now stated, %(after)s."),
            N_("%(line)s: level at hire no longer stated (it was %(before)s)."),
        ),
        (
            was.level_later,
            now.level_later,
            N_("%(line)s: level after six months raised from %(before)s to %(after)s."),
            N_("%(line)s: level after six months lowered from %(before)s to %(after)s."),
            N_("%(line)s: level after six months now stated, %(after)s."),
            N_("%(line)s: level after six months no longer stated (it was %(before)s)."),
        ),
    )
    for before, after, raised, lowered, stated, unstated in pairs:
        if before == after:
            continue
        if before is None:
            kind, template = Kind.RAISED, stated
        elif after is None:
            kind, template = Kind.LOWERED, unstated
        else:
            kind, template = (Kind.RAISED, raised) if after > before else (Kind.LOWERED, lowered)
        words = say(template, line=_name(now), before=number(before), after=number(after))
        yield Change(kind, now, words)


def _importance(was: Line, now: Line) -> Sentence:
    if was.importance is None:
        return say(
            N_("%(line)s: importance now stated, %(after)s."),
            line=_name(now),
            after=now.importance,
        )
    if now.importance is None:
        return say(
            N_("%(line)s: importance no longer stated (it was %(before)s)."),
            line=_name(now),
            before=was.importance,
        )
    template = (
        N_("%(line)s: more important, from %(before)s to %(after)s.")
        if now.importance > was.importance
        else N_("%(line)s: less important, from %(before)s to %(after)s.")
    )
    return say(template, line=_name(now), before=was.importance, after=now.importance)


def number(level: float | None) -> str:
    """``3``, ``3.5``; empty where nothing is said."""
    return "" if level is None else f"{level:g}"


def _name(line: Line) -> str:
    """As it stands before a colon or a full stop: statements of frameworks often end with one."""
    return line.item.name.rstrip(".")


def _other(line: Line, profile: Profile) -> str:
    other = profile.line(line.instead_of) if line.instead_of else None
    return _name(other) if other else ""
