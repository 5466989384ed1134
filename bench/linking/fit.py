"""Learn the weights of the ranking and its calibration, and write ``weights/rank.json``.

    BACKCAST_DATA=… python -m bench.linking.fit

Skills: a tenth of SkillSkape's training sentences and the two validation sets, the latter weighing
``VALIDATION`` times as much; occupations: alternate titles of O*NET 29.0 that nobody reported, taken
out of the index. Probabilities are fitted on scores of texts that the weights had not seen (folds).
Also writes ``weights/importance.json``: how often each word stands in a requirement (SkillSpan).
The sets on which the bench reports are not read, but to leave out what also stands in them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from backcast.frameworks.linking import Index
from backcast.frameworks.linking.encoder import Encoder, default
from backcast.frameworks.linking.engine import evidence
from backcast.frameworks.linking.features import ENCODER, LEXICAL, MEANING
from backcast.frameworks.linking.meaning import WEIGHTS
from backcast.frameworks.linking.words import stems
from bench.linking.sets import (
    Case,
    annotated,
    bare,
    data,
    esco,
    held_out_titles,
    labels,
    occupations,
    skape,
    validation,
)

SEED = 20_261_125
VALIDATION, RIDGE = 50.0, 0.01
FOLDS = 5
_BATCH = 64
_LEAST = 3  # a word counted less often keeps the default
_PRIOR, _SHARE = 4.0, 0.35

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Part:
    """Candidates of some texts: their text's number, whether they are right, their features.

    ``gold`` counts the right answers of each text, candidates or not.
    """

    row: NDArray[np.int32]
    right: NDArray[np.bool_]
    table: Floats
    weight: float
    gold: NDArray[np.int64]


def part(index: Index, wanted: Sequence[Case], encoder: Encoder | None, weight: float) -> Part:
    """Compute the evidence as linking does."""
    rows, rights, tables = [], [], []
    for start in range(0, len(wanted), _BATCH):
        some = wanted[start : start + _BATCH]
        found, table, *_ = evidence(index, [case.text for case in some], encoder)
        gold = [case.gold for case in some]
        rows.append(found.row + start)
        rights.append(
            np.array(
                [index.ids[i] in gold[r] for r, i in zip(found.row, found.item, strict=True)], bool
            )
        )
        tables.append(table)
    return Part(
        np.concatenate(rows),
        np.concatenate(rights),
        np.concatenate(tables).astype(float),
        weight,
        np.array([len(case.gold) for case in wanted]),
    )


def fit(parts: Sequence[Part]) -> Floats:
    """Weights under which the right candidates take most of the softmax of their text."""
    row: list[NDArray[Any]] = []
    at = 0
    kept, right, heavy = [], [], []
    for each in parts:
        has = np.bincount(each.row, each.right) > 0
        mask = has[each.row]
        numbers = np.unique(each.row[mask], return_inverse=True)[1]
        row.append(numbers + at)
        at += int(numbers.max()) + 1
        kept.append(each.table[mask])
        right.append(each.right[mask].astype(float))
        heavy.append(np.full(int(mask.sum()), each.weight))
    table, y, group = np.concatenate(kept), np.concatenate(right), np.concatenate(row)
    scale = table.std(axis=0) + 1e-9
    scaled = (table - table.mean(axis=0)) / scale
    start = np.searchsorted(group, np.arange(at))
    share = y / np.add.reduceat(y, start)[group]
    weight = np.concatenate(heavy)[start]
    weight /= weight.sum()

    def loss(b: Floats) -> tuple[float, Floats]:
        score = scaled @ b
        top = np.maximum.reduceat(score, start)
        power = np.exp(score - top[group])
        total = np.add.reduceat(power, start)
        value = np.add.reduceat(share * score, start) - top - np.log(total)
        slope = scaled.T @ ((power / total[group] - share) * weight[group])
        return float(-(value * weight).sum() + RIDGE * (b @ b) / 2), slope + RIDGE * b

    found = minimize(loss, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x / scale)


def calibrate(chosen: Part, scores: Floats) -> tuple[float, float, float]:
    """The logistic function of score and distance to the best, on the ten highest of each text."""
    best = np.full(int(chosen.row.max()) + 1, -np.inf)
    np.maximum.at(best, chosen.row, scores)
    order = np.lexsort((-scores, chosen.row))
    first = np.searchsorted(chosen.row[order], np.arange(len(best)))
    rank = np.arange(len(order)) - first[chosen.row[order]]
    top = order[rank < 10]
    x = np.stack([np.ones(len(top)), scores[top], best[chosen.row[top]] - scores[top]], axis=1)
    y = chosen.right[top].astype(float)

    def loss(b: Floats) -> tuple[float, Floats]:
        odds = x @ b
        value = np.logaddexp(0, odds) - y * odds
        return float(value.mean()), x.T @ (1 / (1 + np.exp(-odds)) - y) / len(y)

    b = minimize(loss, np.zeros(3), jac=True, method="L-BFGS-B").x
    return float(b[0]), float(b[1]), float(b[2])


def judged(chosen: Part, scores: Floats) -> tuple[float, float]:
    """MRR and RP@5, in per cent."""
    order = np.lexsort((-scores, chosen.row))
    first, hits = np.zeros(len(chosen.gold)), np.zeros(len(chosen.gold))
    begin = np.searchsorted(chosen.row[order], np.arange(len(chosen.gold)))
    for place, at in enumerate(order):
        row = chosen.row[at]
        rank = place - begin[row]
        if chosen.right[at]:
            first[row] = max(first[row], 1 / (rank + 1))
            hits[row] += rank < 5
    asked = chosen.gold > 0
    most = np.minimum(5, chosen.gold[asked])
    return 100 * float(first[asked].mean()), 100 * float((hits[asked] / most).mean())


def learn(
    fixed: Sequence[Part], chosen: Sequence[Part], columns: tuple[str, ...]
) -> dict[str, float]:
    """Weights on everything; calibration on folds of ``chosen``."""
    width = len(columns)

    def cut(each: Part, mask: NDArray[np.bool_]) -> Part:
        table = each.table[mask][:, :width]
        return replace(each, row=each.row[mask], right=each.right[mask], table=table)

    def whole(each: Part) -> Part:
        return cut(each, np.ones(len(each.row), bool))

    outside = [np.zeros(len(each.row)) for each in chosen]
    for fold in range(FOLDS):
        seen = [cut(each, each.row % FOLDS != fold) for each in chosen]
        weights = fit([*map(whole, fixed), *seen])
        for scores, each in zip(outside, chosen, strict=True):
            mask = each.row % FOLDS == fold
            scores[mask] = each.table[mask][:, :width] @ weights
    for scores, each in zip(outside, chosen, strict=True):
        mrr, rp5 = judged(each, scores)
        print(f"{width} columns, texts not seen: MRR {mrr:.1f}, RP@5 {rp5:.1f}", flush=True)
    weights = fit([*map(whole, fixed), *map(whole, chosen)])
    shift = np.cumsum([0, *(int(each.row.max()) + 1 for each in chosen)])
    together = Part(
        np.concatenate([each.row + by for each, by in zip(chosen, shift, strict=False)]),
        np.concatenate([each.right for each in chosen]),
        np.zeros((0, 0)),
        1.0,
        np.concatenate([each.gold for each in chosen]),
    )
    logistic = calibrate(together, np.concatenate(outside))
    told = dict(zip(columns, weights, strict=True))
    told |= dict(zip(("constant", "slope", "behind"), logistic, strict=True))
    return {name: round(float(value), 5) for name, value in told.items()}


def importance() -> dict[str, float]:
    """The share of each word's places that belong to a requirement, drawn towards a default."""
    within: Counter[str] = Counter()
    places: Counter[str] = Counter()
    left_out = {bare(text) for text in annotated()}
    for name in ("train", "dev"):
        path = data() / "linking" / "skillspan" / f"{name}.json"
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if bare("".join(row["tokens"])) in left_out:
                continue
            for token, *tags in zip(
                row["tokens"], row["tags_skill"], row["tags_knowledge"], strict=True
            ):
                for stem in stems(token):
                    places[stem] += 1
                    within[stem] += tags != ["O", "O"]
    return {
        stem: round((within[stem] + _PRIOR * _SHARE) / (count + _PRIOR), 3)
        for stem, count in sorted(places.items())
        if count >= _LEAST
    }


def main(encoder: Encoder | None = None) -> None:
    """Learn everything and write it."""
    counted = json.dumps(importance(), indent=0, ensure_ascii=False)
    (WEIGHTS / "importance.json").write_text(counted + "\n", encoding="utf-8")
    encoder = encoder or default()
    fast, best = LEXICAL + MEANING, LEXICAL + MEANING + ENCODER
    models = {}

    skills = esco()
    by_label = labels(skills)
    index = Index.build(skills, "skills", encoder=encoder)
    fixed = [part(index, skape("train", by_label)[::10], encoder, 1.0)]
    chosen = [part(index, validation(by_label), encoder, VALIDATION)]
    models["skills-fast"] = learn(fixed, chosen, fast)
    models["skills-best"] = learn(fixed, chosen, best)

    titles = held_out_titles(1500, SEED)
    index = Index.build(
        occupations("29.0", [case.text for case in titles]), "occupations", encoder=encoder
    )
    chosen = [part(index, titles, encoder, 1.0)]
    models["occupations-fast"] = learn([], chosen, fast)
    models["occupations-best"] = learn([], chosen, best)
    (WEIGHTS / "rank.json").write_text(json.dumps(models, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
