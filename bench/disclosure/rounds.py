"""One round of the bench: make, publish, read, attack, print. True where nothing was too narrow."""

from __future__ import annotations

import time
from dataclasses import replace

from django.core.exceptions import ValidationError

from backcast.core.actor import acting
from backcast.core.disclosure import Rule
from backcast.core.rules import in_force
from backcast.demand.models import Publication
from bench.disclosure import world
from bench.disclosure.attack import OUTSIDER, Found, World, narrowest
from bench.disclosure.reading import Fact, Place, Read
from tests.cast import make_cast

_TINY = 1e-3
NAMES = ("Spring wave", "Summer wave", "Fall wave")


class _Lines:
    """What was found, printed as it is found."""

    def __init__(self) -> None:
        self.found: list[Found] = []
        self.closest = float("inf")
        self._since = time.perf_counter()

    def tell(self, name: str, known: World, *, knows_who: bool = True) -> None:
        self._told(name, narrowest(known, knows_who=knows_who))

    def both(self, name: str, known: World) -> None:
        """With the eyes of employers, and of providers, funders and holders of keys.

        What is as wide as what was found before is not looked at any closer.
        """
        self._told(f"{name}, an employer", narrowest(known, below=self.narrowest))
        self._told(f"{name}, others", narrowest(known, attackers=[OUTSIDER]))
        near = narrowest(_sums(known), measure="above", below=self.closest)
        self.closest = min(self.closest, near.width)
        self.step(f"{name}, from above: {near}")

    @property
    def narrowest(self) -> float:
        return min((found.width for found in self.found), default=float("inf"))

    def _told(self, name: str, found: Found) -> None:
        self.found.append(found)
        self.step(f"{name}: {found}")

    def step(self, text: str) -> None:
        now = time.perf_counter()
        print(f"     {text}  [{now - self._since:.0f} s]", flush=True)
        self._since = now


def attacked(size: world.Size, seed: int) -> bool:
    print(
        f"{size.employers:4} employers x {size.roles} roles x {size.quarters} quarters x 4 causes,"
        f" {size.areas} labor areas; {size.waves} publications, a correction after each",
        flush=True,
    )
    made = world.make(make_cast(), size, seed)
    lines = _Lines()
    publications, read = _history(made, lines)
    facts = [world.agreed(each) for each in read]
    with acting(made.cast.actor("administrator")):
        day = publications[0].rule_since
        rule = Rule(**in_force("disclosure", "demand", day).values)
        for publication, told, known in zip(publications, read, facts, strict=True):
            _one(lines, publication, told, known)
        lines.both("all publications and what changed", world.together(publications, facts))
        staff = world.trained(publications, facts)
        if staff.shown:
            lines.tell("all, staff to train", staff)
        shares, tried = world.share_widths(publications, facts)
    wide = lines.narrowest
    limit = in_force("disclosure", "workforce", day).values["width"]
    lines.step(
        f"narrowest of all {wide:.2f} (configured {rule.width:g} people); nearest from above"
        f" {lines.closest:.0%} (configured {rule.closeness:.0%}); shares of staff {shares:.2f}"
        f" (configured {limit:g}, {tried} tried); bands repeat what is shown"
    )
    return (
        wide >= rule.width - _TINY
        and lines.closest >= rule.closeness - _TINY
        and shares >= limit - _TINY
    )


def _history(made: world.Made, lines: _Lines) -> tuple[list[Publication], list[Read]]:
    """Waves one after the other; each is published, corrected, and not published again."""
    publications, read = [], []
    for number, name in enumerate(NAMES[: made.size.waves]):
        wave = world.wave(
            made,
            name,
            shift=min(number, 1),
            silent=0 if number else made.size.employers // 6,
            change=0.3 if number else 0.0,
        )
        publications.append(world.publish(made, wave))
        lines.step(f"{name}: made and published")
        read.append(world.read(made, publications[-1]))
        world.correct(made, wave)
        try:
            world.publish(made, wave)
        except ValidationError:
            pass
        else:
            raise RuntimeError("A wave was published twice.")
        # What was published first is still what is read last, after everything that came since.
        for publication, before in zip(publications, read, strict=True):
            if world.agreed(world.read(made, publication)) != world.agreed(before):
                raise RuntimeError(f"{publication} is not what it was.")
        lines.step(f"{name}: read, corrected, read again")
    return publications, read


def _one(lines: _Lines, publication: Publication, told: Read, known: dict[Place, Fact]) -> None:
    """A publication by itself: by each channel that shows less than all, and by all of them."""
    everything = world.one(publication, known)
    name = publication.wave_name
    for channel, facts in told.facts.items():
        part = world.one(publication, {f.place: f for f in facts if f.value is not None})
        if part.shown.keys() != everything.shown.keys():
            lines.tell(f"{name}, {channel}", part)
    lines.both(f"{name}, all that is shown ({len(everything.shown)})", everything)
    lines.tell(f"{name}, numbers of 0", everything, knows_who=False)
    world.bands_tell_nothing(publication, known)


def _sums(whole: World) -> World:
    """Without changes, whose nearness counts in people."""
    return replace(
        whole,
        targets={
            place: cells for place, cells in whole.targets.items() if "without" not in place[0]
        },
    )
