"""Teach the word vectors which texts mean the same, and write ``weights/words.npz``.

    BACKCAST_DATA=… python -m bench.linking.train      # needs torch, which Backcast itself does not

They begin as what MiniLM gives to single word pieces, without their mean and reduced to 256 numbers
(as model2vec does), the rarer the longer. Then texts of one meaning are drawn together and others of
the same batch apart (InfoNCE both ways, temperature 0.06): names and descriptions of ESCO's skills
and occupations and of the UK occupational standards, O*NET's titles and tasks, SkillSkape's training
sentences and their skills. Titles that O*NET's respondents reported are left out, since the bench
asks for them. Read only: train files. Six rounds take about three minutes on one core.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from backcast.frameworks.linking.folders import items
from backcast.frameworks.linking.items import Item
from backcast.frameworks.linking.meaning import WEIGHTS, vocabulary
from backcast.frameworks.linking.words import words
from bench.linking.sets import data, esco, labels, packaged, skape, unreported

SEED = 1
SIZE, ROUNDS, BATCH, RATE, TEMPERATURE = 256, 6, 512, 4e-3, 0.06
_LONGEST = 60

Bag = list[int]


@dataclass(frozen=True)
class Group:
    """Texts of one meaning, as word pieces: names, and longer texts."""

    names: list[Bag]
    texts: list[Bag]


def bag(text: str) -> Bag:
    """The pieces of a text's words."""
    found: Bag = []
    for word in words(text):
        found += vocabulary().text(word.low, 8)
        if len(found) > _LONGEST:
            break
    return found or [vocabulary().numbers["[UNK]"]]


def group(item: Item, texts: Sequence[str]) -> Group:
    names = dict.fromkeys((item.label, *item.alternates))
    return Group([bag(name) for name in names], [bag(text) for text in texts if text])


def others() -> list[Item]:
    """Skills of the UK occupational standards and the Open Skills Network."""
    path = data() / "skills-extra" / "skills_multi_taxonomy.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Item(row["skill_id"], row["skill_name"], (), row["description"])
            for row in csv.DictReader(file)
            if row["taxonomy"] in ("UKOS", "OSN") and row["description"]
        ]


def titles() -> list[Group]:
    """O*NET's occupations: titles that nobody reported, and tasks."""
    tasks: dict[str, list[str]] = {}
    path = data() / "onet-29.0" / "Task Statements.txt"
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        code, _, task, *_ = line.split("\t")
        tasks.setdefault(code, []).append(task)
    return [group(item, tasks.get(item.id, [])) for item in unreported("29.0")]


def first_vectors(groups: Sequence[Group]) -> np.ndarray:
    """MiniLM's vectors of single pieces, reduced, as long as the piece is rare."""
    pieces = list(vocabulary().numbers)
    vectors = packaged(threads=1).names([piece.removeprefix("##") for piece in pieces])
    vectors -= vectors.mean(axis=0)
    _, _, axes = np.linalg.svd(vectors[::3], full_matrices=False)
    reduced = vectors @ axes[:SIZE].T
    reduced /= np.linalg.norm(reduced, axis=1, keepdims=True) + 1e-6
    texts = [text for each in groups for text in (*each.names, *each.texts)]
    counts = Counter(piece for text in texts for piece in set(text))
    rarity = np.array([np.log(1 + len(texts) / (counts[at] + 5)) for at in range(len(pieces))])
    return reduced * rarity[:, None] / 6


def pairs(
    skills: list[Group], jobs: list[Group], sentences: list[tuple[Bag, list[int]]]
) -> list[tuple[Bag, Bag, int]]:
    """Texts of one meaning and the number of that meaning, drawn anew in each round."""
    found = []
    for number, each in enumerate(skills):
        for _ in range(min(3, len(each.names) - 1)):
            other = 0 if random.random() < 0.6 else random.randrange(len(each.names))
            found.append((random.choice(each.names[1:]), each.names[other], number))
        if each.texts:
            found.append((each.texts[0], each.names[0], number))
    for number, each in enumerate(jobs, len(skills)):
        for name in random.sample(each.names, min(len(each.names), 15)):
            found.append((name, random.choice(each.names), number))
        for text in random.sample(each.texts, min(3, len(each.texts))):
            found.append((text, random.choice(each.names), number))
    for sentence, gold in sentences:
        number = random.choice(gold)
        names = skills[number].names
        found.append(
            (sentence, random.choice(names) if random.random() < 0.5 else names[0], number)
        )
    random.shuffle(found)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=WEIGHTS / "words.npz")
    options = parser.parse_args()
    torch.manual_seed(SEED)
    random.seed(SEED)
    torch.set_num_threads(1)  # sums in one order, so that a run gives the bytes of the last
    wanted = esco()
    numbers = {item.id: number for number, item in enumerate(wanted)}
    jobs = items(data() / "esco-1.1.1", "occupations")
    skills = [group(item, [item.description]) for item in (*wanted, *jobs, *others())]
    occupations = titles()
    sentences = [
        (bag(case.text), sorted(numbers[id] for id in case.gold))
        for case in skape("train", labels(wanted))
        if case.gold
    ]
    table = torch.nn.EmbeddingBag(len(vocabulary().numbers), SIZE, mode="sum", sparse=True)
    start = first_vectors([*skills, *occupations])
    table.weight.data = torch.tensor(start, dtype=torch.float32)
    optimiser = torch.optim.SparseAdam(table.parameters(), lr=RATE)

    def rows(bags: Sequence[Bag]) -> torch.Tensor:
        flat = torch.tensor([piece for each in bags for piece in each])
        starts = torch.tensor(np.cumsum([0, *(len(each) for each in bags[:-1])]))
        return torch.nn.functional.normalize(table(flat, starts), dim=1)

    target = torch.arange(BATCH)
    for done in range(ROUNDS):
        optimiser.param_groups[0]["lr"] = RATE * (1 - done / ROUNDS)
        drawn = pairs(skills, occupations, sentences)
        total = 0.0
        for begin in range(0, len(drawn) - BATCH + 1, BATCH):
            some = drawn[begin : begin + BATCH]
            means = torch.tensor([number for _, _, number in some])
            same = (means[:, None] == means[None]) & ~torch.eye(BATCH, dtype=torch.bool)
            alike = rows([one for one, _, _ in some]) @ rows([two for _, two, _ in some]).T
            alike = (alike / TEMPERATURE).masked_fill(same, -1e4)
            loss = torch.nn.functional.cross_entropy(alike, target)
            loss = loss + torch.nn.functional.cross_entropy(alike.T, target)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item()
        print(f"round {done + 1}: loss {total / (len(drawn) // BATCH):.3f}", flush=True)
    vectors = table.weight.detach().numpy()
    scale = np.maximum(np.abs(vectors).max(axis=1) / 127, 1e-9)
    np.savez_compressed(
        options.out,
        matrix=np.round(vectors / scale[:, None]).astype(np.int8),
        scale=scale.astype(np.float32),
    )


if __name__ == "__main__":
    sys.exit(main())
