"""One round of the bench: make, publish, read, attack, print. True where nothing was too narrow."""

from __future__ import annotations

from dataclasses import replace

from backcast.core.actor import acting
from backcast.core.disclosure import Rule
from backcast.core.rules import in_force
from bench.disclosure import world
from bench.disclosure.attack import Found, World, narrowest
from tests.cast import make_cast

_TINY = 1e-3


def attacked(size: world.Size, seed: int) -> bool:
    cast = make_cast()
    made = world.make(cast, size, seed)
    first = world.wave(made, "Spring wave", silent=size.employers // 6)
    publications = [world.publish(made, first)]
    world.correct(made, first)
    second = world.wave(made, "Summer wave", shift=1, change=0.3)
    publications.append(world.publish(made, second))
    read = [world.read(made, each) for each in publications]
    facts = [world.agreed(each) for each in read]
    with acting(cast.actor("administrator")):
        day = publications[0].rule_since
        rule = Rule(**in_force("disclosure", "demand", day).values)
        print(
            f"{size.employers:4} employers x {size.roles} roles x {size.quarters} quarters x 4 causes,"
            f" {size.areas} labor areas, two publications; width {rule.width} people, closeness"
            f" {rule.closeness:.0%}",
            flush=True,
        )
        lines: list[Found] = []

        def tell(name: str, found: Found) -> None:
            lines.append(found)
            print(f"     {name}: {found}", flush=True)

        for number, publication in enumerate(publications):
            everything = world.one(publication, facts[number])
            for channel, told in read[number].facts.items():
                mine = {f.place: f for f in told if f.value is not None}
                part = world.one(publication, mine)
                if part.shown.keys() != everything.shown.keys():
                    tell(f"{publication.wave_name}, {channel}", narrowest(part))
            name = publication.wave_name
            tell(f"{name}, all that is shown ({len(everything.shown)})", narrowest(everything))
            tell(f"{name}, numbers of 0", narrowest(everything, knows_who=False))
            tell(f"{name}, staff to train", narrowest(world.upskill(publication, facts[number])))
            world.bands_tell_nothing(publication, facts[number])
        both = world.two(publications[0], facts[0], publications[1], facts[1])
        tell("both publications and changes", narrowest(both))
        closest = min(narrowest(_sums(each), size=above).width for each in (everything, both))
        shares, tried = world.share_widths(publications, facts)
    wide = min(found.width for found in lines)
    limit = in_force("disclosure", "workforce", day).values["width"]
    print(
        f"     narrowest of all {wide:.2f} (configured {rule.width}); nearest from above {closest:.0%}"
        f" (configured {rule.closeness:.0%}); shares of staff {shares:.2f} (configured {limit},"
        f" {tried} tried); bands repeat what is shown"
    )
    return (
        wide >= rule.width - _TINY and closest >= rule.closeness - _TINY and shares >= limit - _TINY
    )


def above(low: float, high: float, truth: float) -> float:
    """How far above the truth the highest number that fits lies, as a share of it."""
    return high / truth - 1 if truth > 0 else float("inf")


def _sums(whole: World) -> World:
    """Without changes, whose nearness counts in people."""
    return replace(
        whole,
        targets={
            place: cells
            for place, cells in whole.targets.items()
            if place[0] not in ("taken", "added")
        },
    )
