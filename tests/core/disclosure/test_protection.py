"""Disclosure control: what is shown tells nobody's number, by any arithmetic."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backcast.core.disclosure import ALL, Contribution, Rule
from backcast.core.disclosure.differences import differs_too_little, tells_beside
from backcast.core.disclosure.protection import protect
from backcast.core.disclosure.tables import tabulate
from bench.disclosure.attack import World, narrowest
from tests.core.disclosure.attack import attacks, holds

RULE = Rule(contributors=3, dominance=0.6, closeness=0.1, smallest=5, width=5, rounding=1)
ROWS, COLUMNS = ("nurse", "aide"), ("Q1", "Q2", "Q3")


def table(numbers, dimensions=(ROWS, COLUMNS), views=((0, 1),), scale=None):
    return tabulate(
        [
            Contribution(name, key, value, (scale or {}).get(name, 1.0))
            for name, row in numbers.items()
            for key, value in row.items()
        ],
        dimensions,
        views,
    )


def spread(*numbers, key=("nurse", "Q1")):
    return {f"employer {i}": {key: float(n)} for i, n in enumerate(numbers)}


def test_a_sum_of_three_like_employers_is_shown():
    shown = protect(table(spread(10, 12, 9)), RULE).shown
    # The total is; that it is all nurses of one quarter would say that nobody has anything else.
    assert shown == {(ALL, ALL): (31, 3)}


@pytest.mark.parametrize(
    "numbers",
    [
        (20, 20),  # two employers
        (70, 20, 9),  # one dominates
        (1, 1, 1),  # too few people
        (50, 45, 2),  # the second knows the first to within two
        (3, 3, 2),  # nobody has more than 60 % of 8, less than five people
    ],
)
def test_a_sum_that_tells_too_much_is_withheld_everywhere(numbers):
    assert protect(table(spread(*numbers)), RULE).shown == {}


def test_nothing_is_not_told_either():
    """That nobody hires in a cell would say so of each employer."""
    everything = {name: {("nurse", "Q1"): 20.0, ("aide", "Q1"): 0.0} for name in "abcd"}
    assert ("aide", "Q1") not in protect(table(everything), RULE).shown


def test_a_withheld_cell_cannot_be_had_by_subtraction():
    numbers = {name: dict.fromkeys(product(ROWS, COLUMNS), 12.0) for name in "abcd"}
    for name in "bcd":
        del numbers[name]["nurse", "Q2"]
    shown = protect(table(numbers), RULE).shown
    assert ("nurse", "Q2") not in shown
    assert not {("nurse", ALL), ("nurse", "Q1"), ("nurse", "Q3")} <= shown.keys()
    assert not {(ALL, "Q2"), ("aide", "Q2")} <= shown.keys()
    assert shown, "something is left to show"


def test_a_number_that_is_weighted_up_is_protected_in_the_employers_own_people():
    """Three stand for thirty: what looks wide in the sum is narrow in each one's own number."""
    numbers = spread(20, 20, 20)
    assert protect(table(numbers), RULE).shown
    assert not protect(table(numbers, scale=dict.fromkeys(numbers, 10.0)), RULE).shown


def test_what_is_withheld_from_the_start_stays_so():
    whole = table(spread(10, 12, 9))
    assert ("nurse", "Q1") not in protect(whole, RULE, {("nurse", "Q1")}).shown


@st.composite
def waves(draw):
    """Small waves in which anything goes: few employers, dominant ones, holes, zeros."""
    names = [f"e{i}" for i in range(draw(st.integers(1, 5)))]
    size = st.sampled_from([0, 0, 1, 2, 3, 5, 8, 20, 60])
    return {
        name: {(row, column): float(draw(size)) for row, column in product(ROWS, COLUMNS)}
        for name in names
    }


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(waves(), st.sampled_from([0.0, 0.5]))
def test_no_attack_by_linear_programming_narrows_a_number(numbers, half):
    whole = table(numbers)
    shown = {place: value for place, (value, _n) in protect(whole, RULE).shown.items()}
    for found in attacks(numbers, shown, list(whole.cells), list(whole.addresses), half=half):
        assert found.low - 1e-6 <= found.truth <= found.high + 1e-6
        assert found.width >= RULE.width - 1e-6, found
        assert found.high >= found.truth * (1 + RULE.closeness) - 1e-6, found


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_overlapping_tables_do_not_give_each_other_away(data):
    """Roles by quarter and roles by labor area are two tables of the same numbers."""
    size = st.sampled_from([0, 1, 3, 8, 20])
    areas = ("north", "south")
    numbers = {}
    for index in range(data.draw(st.integers(3, 6))):
        area = data.draw(st.sampled_from(areas))
        numbers[f"e{index}"] = {
            (row, column, area): float(data.draw(size)) for row in ROWS for column in COLUMNS[:2]
        }
    whole = table(numbers, (ROWS, COLUMNS[:2], areas), ((0, 1), (0, 2)))
    shown = {place: value for place, (value, _n) in protect(whole, RULE).shown.items()}
    for found in attacks(numbers, shown, list(whole.cells), list(whole.addresses)):
        assert found.width >= RULE.width - 1e-6, found


def test_two_tables_are_compared_by_who_changed():
    before = table({name: {("nurse", "Q1"): 10.0, ("aide", "Q1"): 9.0} for name in "abcd"})
    numbers = defaultdict(dict)
    for index, name in enumerate("abcd"):
        numbers[name] = {("nurse", "Q1"): 10.0 + index, ("aide", "Q1"): 9.0 + (name == "a")}
    after = table(numbers)
    places = [("nurse", "Q1"), ("aide", "Q1"), ("nurse", "Q2")]
    # Of nurses b, c and d changed (1, 2 and 3); of aides a alone.
    assert differs_too_little(before, after, RULE, places) == {("aide", "Q1")}


def test_an_employer_that_joined_is_the_difference_of_two_tables():
    before = table(spread(10, 12, 9))
    after = table(spread(10, 12, 9, 11))
    assert differs_too_little(before, after, RULE, before.addresses) == {
        place
        for place in before.addresses
        if place in {("nurse", "Q1"), ("nurse", ALL), (ALL, "Q1"), (ALL, ALL)}
    }


def beside(before, after):
    """What may be shown of a table before, and after it of another one."""
    first = protect(before, RULE).shown
    second = protect(after, RULE).shown
    hidden = tells_beside([(before, frozenset(first))], after, frozenset(second), RULE)
    return first, {place: value for place, value in second.items() if place not in hidden}


def test_a_correction_of_one_is_not_told_by_any_sum():
    """Also not by totals: everything that holds the changed number is withheld the second time."""
    numbers = {name: dict.fromkeys(product(ROWS, COLUMNS), 12.0) for name in "abcde"}
    changed = {name: dict(row) for name, row in numbers.items()}
    changed["a"]["nurse", "Q2"] = 30.0
    first, second = beside(table(numbers), table(changed))
    assert ("nurse", "Q2") in first
    assert not {("nurse", "Q2"), ("nurse", ALL), (ALL, "Q2"), (ALL, ALL)} & second.keys()
    assert ("aide", "Q1") in second


@pytest.mark.parametrize("seed", range(6))
def test_two_tables_together_narrow_no_number_and_no_change(seed):
    """Attacked as one: who changed where, and which way, is taken to be known."""
    chance = random.Random(seed)
    sizes = [0, 3, 8, 12, 20, 40]
    places = list(product(ROWS, COLUMNS[:2]))
    numbers = {name: {place: float(chance.choice(sizes)) for place in places} for name in "abcdef"}
    changed = {
        name: {
            place: chance.choice([value, value, value + 9, value // 2, 20.0])
            for place, value in numbers.get(name, dict.fromkeys(places, 0.0)).items()
        }
        for name in [*"abcdef", *(["new"] if seed % 2 else [])]
    }
    before, after = (table(each, (ROWS, COLUMNS[:2])) for each in (numbers, changed))
    first, second = beside(before, after)
    cut = {}
    for name in changed:
        for cell in places:
            old, new = numbers.get(name, {}).get(cell, 0.0), changed[name][cell]
            cut.setdefault(name, {}).update(
                {("stayed", *cell): min(old, new), ("taken", *cell): max(0, old - new)}
                | {("added", *cell): max(0, new - old)}
            )
    shown = {("before", *place): value for place, (value, _n) in first.items()}
    shown |= {("after", *place): value for place, (value, _n) in second.items()}
    cells = [(kind, *cell) for kind in ("stayed", "taken", "added") for cell in places]
    for found in attacks(cut, shown, cells, list(shown), holds=told, sure=True):
        assert found.width >= RULE.width - 1e-6, found
    newer = {place: value for place, value in shown.items() if place[0] == "after"}
    changes = [(kind, *place[1:]) for place in newer for kind in ("taken", "added")]
    for found in attacks(cut, shown, cells, changes, holds=told, sure=True):
        assert found.width >= RULE.width - 1e-6, found


def told(address, cell):
    """Does a sum of either table, or of changes, hold this part of a number?"""
    parts = {"before": ("stayed", "taken"), "after": ("stayed", "added")}
    return cell[0] in parts.get(address[0], (address[0],)) and holds(address[1:], cell[1:])


@pytest.mark.parametrize("seed", [20, 24, 47])
def test_three_tables_together_narrow_no_number_and_no_change(seed):
    """Each pair of them may be harmless where all three are not."""
    chance = random.Random(seed)
    places = list(product(ROWS, COLUMNS[:2]))
    now = {
        name: {place: float(chance.choice([4, 8, 12, 20, 30])) for place in places}
        for name in "abcdefgh"
    }
    said, earlier = [], []
    for _wave in range(3):
        said.append({name: dict(row) for name, row in now.items()})
        newest = table(said[-1], (ROWS, COLUMNS[:2]))
        shown = protect(newest, RULE).shown
        hidden = tells_beside(earlier, newest, frozenset(shown), RULE)
        earlier.append((newest, frozenset(shown) - hidden))
        for row in now.values():
            for place in places:
                if chance.random() < 0.4:
                    row[place] = float(chance.choice([2, 9, 15, 24, 40]))
    found = narrowest(as_one(said, [shown for _table, shown in earlier], places))
    assert found.width >= RULE.width - 1e-6, found


def as_one(said, shown, places):
    """What was said in turn, cut into layers that were in the same of the tables."""
    layers = list(product([0, 1], repeat=len(said)))[1:]
    cells = [(layer, place) for layer in layers for place in places]
    numbers = np.zeros((len(said[0]), len(cells)))
    for row, name in enumerate(said[0]):
        for place in places:
            values = [each[name][place] for each in said]
            for low, high in pairwise(sorted({0.0, *values})):
                layer = tuple(int(value >= high) for value in values)
                numbers[row, cells.index((layer, place))] = high - low

    def mask(address, has, lacks=None):
        return np.array(
            [
                bool(layer[has] and (lacks is None or not layer[lacks]) and holds(address, place))
                for layer, place in cells
            ]
        )

    known, targets = {}, {}
    for index, addresses in enumerate(shown):
        for address in addresses:
            inside = mask(address, index)
            value = numbers[:, inside].sum()
            known[str(index), *address] = (inside, value, value)
    for address in product((ALL, *ROWS), (ALL, *COLUMNS[:2])):
        for has, lacks in product(range(len(said)), (None, *range(len(said)))):
            targets[f"{has} without {lacks}", *address] = mask(address, has, lacks)
    return World(tuple(said[0]), tuple(cells), numbers, np.ones(len(said[0])), known, targets)
