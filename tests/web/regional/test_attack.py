"""Everything that others are shown of waves in a row, read back from pages, files and the API, and attacked."""

from __future__ import annotations

import numpy as np
import pytest

from backcast.core.actor import acting
from backcast.demand.regional import access
from bench.disclosure import world
from bench.disclosure.attack import narrowest
from tests.cast import Cast

SMALL = world.Size(5, 2, 2, 2, 1.0, 0.7, 14)


@pytest.mark.parametrize("seed", [1, 2])
def test_nobody_narrows_a_number_by_all_that_is_shown_of_three_waves(cast: Cast, seed: int) -> None:
    made = world.make(cast, SMALL, seed)
    publications = []
    for number in range(3):
        wave = world.wave(made, f"Wave {number}", shift=min(number, 1), change=0.4 * (number > 0))
        publications.append(world.publish(made, wave))
        world.correct(made, wave)
    facts = [world.agreed(world.read(made, each)) for each in publications]
    assert len(facts[0]) > 10
    with acting(cast.actor("administrator")):
        rule, _entry = access.rule_on(publications[0].rule_since)
        share = access.share_rule_on(publications[0].rule_since)
        found = [
            narrowest(world.one(publication, known), knows_who=knows_who)
            for publication, known in zip(publications, facts, strict=True)
            for knows_who in (True, False)
        ]
        found.append(narrowest(world.together(publications, facts)))
        found.append(narrowest(world.trained(publications, facts)))
        for publication, known in zip(publications, facts, strict=True):
            assert world.bands_tell_nothing(publication, known)
        width, _tried = world.share_widths(publications, facts)
    assert min(each.width for each in found) >= rule.width - 1e-3, [str(each) for each in found]
    assert width >= share.width - 1e-6


def test_the_attack_finds_what_is_left_open() -> None:
    """Of two employers in a sum each knows the other's number to within the rounding."""
    whole = np.array([True, True])
    numbers = np.array([[10.0, 0.0], [12.0, 3.0]])
    known = world.World(
        ("a", "b"),
        (("x",), ("y",)),
        numbers,
        np.ones(2),
        {("all",): (whole, 24.5, 25.5)},
        {("all",): whole},
    )
    found = narrowest(known)
    assert found.width == pytest.approx(1.0)
    assert {found.attacker, found.employer} == {"a", "b"}
