"""What can be worked out from the published figures of a wave: ``python -m bench.disclosure``.

Made-up waves of several sizes are protected and then attacked by linear programming, with code that
shares nothing with what protects them: by employers that know their own answers and where others
have nothing, and by someone who knows neither. Page, file and API all show ``Picture.shown()``, which
is what is attacked here, rounded as it is shown. Printed is the narrowest interval that any attacker
found for any employer's number, in people.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import highspy
import numpy as np

from backcast.core.disclosure import ALL, Contribution, Rule
from backcast.core.disclosure.protection import protect
from backcast.core.disclosure.tables import tabulate
from backcast.core.rules import in_force

Key = tuple[str, ...]


@dataclass(frozen=True)
class Size:
    """``answers``: share of employers that have the role; ``says``: share of cells with something."""

    employers: int
    roles: int
    quarters: int
    causes: int
    answers: float
    says: float


SIZES = (
    Size(6, 3, 4, 4, 0.8, 0.5),
    Size(12, 4, 8, 4, 0.6, 0.3),
    Size(40, 10, 8, 5, 0.6, 0.1),
    Size(150, 10, 8, 5, 0.5, 0.1),
    Size(500, 10, 8, 5, 0.5, 0.3),
)


def wave(size: Size, seed: int) -> dict[str, dict[Key, float]]:
    """Employer → cell → people. Few large employers, many small ones."""
    chance = np.random.default_rng(seed)
    numbers: dict[str, dict[Key, float]] = {}
    for index in range(size.employers):
        large = chance.lognormal(0, 1)
        row: dict[Key, float] = {}
        for role in range(size.roles):
            if chance.random() > size.answers:
                continue
            for quarter in range(size.quarters):
                for cause in range(size.causes):
                    said = chance.random() < size.says
                    row[str(role), str(quarter), str(cause)] = (
                        float(chance.poisson(2 * large)) if said else 0.0
                    )
        numbers[f"e{index:03}"] = row
    return numbers


class Attack:
    """The linear program of one attacker on one employer: its own cells and everybody else's sum."""

    def __init__(
        self,
        numbers: dict[str, dict[Key, float]],
        cells: list[Key],
        shown: dict[Key, float],
        half: float,
        attacker: str,
        employer: str,
        *,
        knows_who: bool,
    ) -> None:
        own, theirs = numbers.get(attacker, {}), numbers[employer]
        upper = np.full(2 * len(cells), highspy.kHighsInf)
        if knows_who:
            for index, cell in enumerate(cells):
                if not theirs.get(cell):
                    upper[index] = 0.0
                if not any(
                    row.get(cell) for who, row in numbers.items() if who not in (attacker, employer)
                ):
                    upper[len(cells) + index] = 0.0
        starts, columns, low, high = [0], [], [], []
        for place, value in shown.items():
            inside = [i for i, cell in enumerate(cells) if holds(place, cell)]
            known = sum(own.get(cells[i], 0.0) for i in inside)
            columns += [*inside, *(len(cells) + i for i in inside)]
            starts.append(len(columns))
            low.append(value - half - known)
            high.append(value + half - known)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = 2 * len(cells), len(low)
        model.col_cost_ = np.zeros(2 * len(cells))
        model.col_lower_, model.col_upper_ = np.zeros(2 * len(cells)), upper
        model.row_lower_, model.row_upper_ = np.array(low), np.array(high)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.array(starts, dtype=np.int32)
        model.a_matrix_.index_ = np.array(columns, dtype=np.int32)
        model.a_matrix_.value_ = np.ones(len(columns))
        self.cells = cells
        self.solver = highspy.Highs()
        self.solver.silent()
        self.solver.passModel(model)

    def interval(self, address: Key) -> tuple[float, float]:
        cost = np.zeros(2 * len(self.cells))
        cost[[i for i, cell in enumerate(self.cells) if holds(address, cell)]] = 1.0
        ends = []
        every = np.arange(len(cost), dtype=np.int32)
        for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize):
            self.solver.changeColsCost(len(cost), every, cost)
            self.solver.changeObjectiveSense(sense)
            self.solver.run()
            status = self.solver.getModelStatus()
            if status == highspy.HighsModelStatus.kOptimal:
                ends.append(self.solver.getInfo().objective_function_value)
            elif sense == highspy.ObjSense.kMaximize:
                ends.append(float("inf"))
            else:
                raise RuntimeError(str(status))
        return ends[0], ends[1]


def holds(address: Key, cell: Key) -> bool:
    return all(part in (ALL, other) for part, other in zip(address, cell, strict=True))


def attacked(size: Size, seed: int, rule: Rule, most: int) -> None:
    numbers = wave(size, seed)
    dimensions = [
        tuple(str(n) for n in range(count)) for count in (size.roles, size.quarters, size.causes)
    ]
    began = time.perf_counter()
    table = tabulate(
        [
            Contribution(who, cell, value)
            for who, row in numbers.items()
            for cell, value in row.items()
        ],
        dimensions,
        [[0, 1, 2]],
    )
    found = protect(table, rule)
    seconds = time.perf_counter() - began
    shown = {place: value for place, (value, _count) in found.shown.items()}
    cells = list(table.cells)
    chance = random.Random(seed)
    narrowest, tries, who_found = float("inf"), 0, ""
    closest = float("inf")
    for pair in _pairs(numbers, most, chance):
        for knows_who in (True, False):
            attack = Attack(numbers, cells, shown, rule.rounding / 2, *pair, knows_who=knows_who)
            places = list(table.addresses)
            if len(places) * 2 > most:
                places = chance.sample(places, max(4, most // 8))
            for place in places:
                truth = sum(v for cell, v in numbers[pair[1]].items() if holds(place, cell))
                if knows_who and not truth:
                    continue
                low, high = attack.interval(place)
                tries += 1
                assert low - 1e-6 <= truth <= high + 1e-6
                if truth:
                    closest = min(closest, high / truth - 1)
                if high - low < narrowest:
                    narrowest = high - low
                    who_found = f"{pair[0] or 'outsider'} on {pair[1]} at {'/'.join(place)}"
    print(
        f"{size.employers:4} employers x {size.roles} roles x {size.quarters} quarters x"
        f" {size.causes} causes: {len(shown)} of {int((table.sums > 0).sum())} figures shown,"
        f" protected in {seconds:.1f} s; {tries} intervals attacked, narrowest {narrowest:.2f}"
        f" (configured {rule.width}), nearest from above {closest:.0%} (configured"
        f" {rule.closeness:.0%}); {who_found}",
        flush=True,
    )


def _pairs(
    numbers: dict[str, dict[Key, float]], most: int, chance: random.Random
) -> Sequence[tuple[str, str]]:
    """Attacker and employer. The largest know most; beside them some drawn by chance."""
    totals = sorted(numbers, key=lambda who: -sum(numbers[who].values()))
    every = [(a, b) for a in ["", *numbers] for b in numbers if a != b]
    if len(every) <= most // 8:
        return every
    top = [(a, b) for a in totals[:3] for b in totals[:3] if a != b]
    return [*top, *chance.sample(every, max(4, most // 40))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--most", type=int, default=400, help="bounds how many intervals are tried")
    parser.add_argument("--largest", type=int, default=500, help="skip waves of more employers")
    given = parser.parse_args()
    rule = Rule(**in_force("disclosure", "demand", datetime.now(UTC).date()).values)
    for size in SIZES:
        if size.employers <= given.largest:
            for seed in range(1, given.seeds + 1):
                attacked(size, seed, rule, given.most)


if __name__ == "__main__":
    main()
