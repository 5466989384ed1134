"""What text is linked to, made ready once: names, words, vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from backcast.frameworks.linking import lexical, storage
from backcast.frameworks.linking.encoder import Encoder, default
from backcast.frameworks.linking.importance import importance
from backcast.frameworks.linking.items import Item, Kind, LinkingError, Step
from backcast.frameworks.linking.meaning import meaning, unit
from backcast.frameworks.linking.words import words

Progress = Callable[[Step], None]
Ints = NDArray[np.int32]
Floats = NDArray[np.float32]


#: How much of a description counts, and how much beside the names.
_TOLD, _DESCRIPTION = 300, 0.5
_CHUNK = 512


def silent(step: Step) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class Index:
    """Items with their names: those of item ``i`` are ``names[first[i]:first[i + 1]]``, its label first."""

    kind: Kind
    ids: list[str]
    kinds: list[str]
    names: list[str]
    first: Ints
    weights: Floats
    lexicon: lexical.Lexicon
    #: Word vectors of every name, and of every item as a whole.
    senses: NDArray[np.float16]
    centres: Floats
    #: What the encoder of this name makes of every label.
    encoder: str
    encoded: Floats
    labels: Floats = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", self.senses[self.first[:-1]].astype(np.float32))

    def __len__(self) -> int:
        return len(self.ids)

    def label(self, item: int) -> str:
        """What the item is called first of all."""
        return self.names[int(self.first[item])]

    @classmethod
    def build(
        cls,
        items: Iterable[Item],
        kind: Kind = "skills",
        progress: Progress | None = None,
        encoder: Encoder | None = None,
    ) -> Index:
        """Read the items once; an id may come once only, and every item needs a label."""
        encoder = encoder or default()
        tell = progress or silent
        tell(Step("Reading names", 0.0))
        ids: dict[str, None] = {}
        kinds: list[str] = []
        names: list[str] = []
        first = [0]
        weights: list[float] = []
        descriptions: list[str] = []
        for item in items:
            label = " ".join(item.label.split())
            if not label:
                raise LinkingError(
                    f"The item {item.id} has no label. Give it one, or leave it out."
                )
            if item.id in ids:
                raise LinkingError(
                    f"The id {item.id} stands twice. Give each item an id of its own."
                )
            ids[item.id] = None
            kinds.append(item.kind)
            alternates = (" ".join(name.split()) for name in item.alternates)
            names += dict.fromkeys([label, *filter(None, alternates)])
            first.append(len(names))
            weights.append(item.weight)
            descriptions.append(item.description)
        if not ids:
            raise LinkingError("There is nothing to index: not one item was given.")
        starts = np.array(first, np.int32)
        owner = np.repeat(np.arange(len(ids), dtype=np.int32), np.diff(starts))
        tell(Step("Counting words", 0.1))
        lexicon = lexical.build(names, owner, descriptions, len(ids))
        tell(Step("Comparing meanings", 0.15))
        senses = _senses(names)
        told = _senses([text[:_TOLD] for text in descriptions])
        mean = np.add.reduceat(senses, starts[:-1]) / np.diff(starts).astype(np.float32)[:, None]
        centres = unit(mean + _DESCRIPTION * told + senses[starts[:-1]])
        rows = []
        for begin in range(0, len(ids), _CHUNK):
            tell(Step("Encoding", 0.25 + 0.75 * begin / len(ids)))
            some = range(begin, min(begin + _CHUNK, len(ids)))
            rows.append(encoder.names([names[starts[i]] for i in some]))
        tell(Step("Done", 1.0))
        return cls(
            kind,
            list(ids),
            kinds,
            names,
            starts,
            np.array(weights, np.float32),
            lexicon,
            senses.astype(np.float16),
            _halved(centres),
            encoder.name,
            _halved(np.concatenate(rows)),
        )

    def save(self, path: Path | str) -> None:
        """Write the index to one file."""
        lexicon = self.lexicon
        storage.write(
            Path(path),
            {
                "kind": self.kind,
                "items": len(self.ids),
                "names": len(self.names),
                "words": len(lexicon.vocabulary),
                "encoder": self.encoder,
            },
            {
                "ids": np.frombuffer(storage.texts(self.ids), np.uint8),
                "kinds": np.frombuffer(storage.texts(self.kinds), np.uint8),
                "texts": np.frombuffer(storage.texts(self.names), np.uint8),
                "first": self.first,
                "weights": self.weights,
                "vocabulary": np.frombuffer(storage.texts(list(lexicon.vocabulary)), np.uint8),
                "idf": lexicon.idf,
                "starts": lexicon.starts,
                "tokens": lexicon.tokens,
                "senses": self.senses,
                "centres": self.centres.astype(np.float16),
                "encoded": self.encoded.astype(np.float16),
                "bm25_data": lexicon.bm25.data,
                "bm25_indices": lexicon.bm25.indices,
                "bm25_indptr": lexicon.bm25.indptr,
            },
        )

    @classmethod
    def load(cls, path: Path | str) -> Index:
        """Read an index that ``save`` wrote; raises ``LinkingError`` with a remedy."""
        about, arrays = storage.read(Path(path))
        try:
            known = storage.split(arrays["vocabulary"], about["words"])
            lexicon = lexical.Lexicon(
                {word: number for number, word in enumerate(known)},
                arrays["idf"],
                importance(known),
                arrays["starts"],
                arrays["tokens"],
                sparse.csr_array(
                    (arrays["bm25_data"], arrays["bm25_indices"], arrays["bm25_indptr"]),
                    shape=(about["words"], about["items"]),
                ),
            )
            return cls(
                about["kind"],
                storage.split(arrays["ids"], about["items"]),
                storage.split(arrays["kinds"], about["items"]),
                storage.split(arrays["texts"], about["names"]),
                arrays["first"],
                arrays["weights"],
                lexicon,
                arrays["senses"],
                arrays["centres"].astype(np.float32),
                about["encoder"],
                arrays["encoded"].astype(np.float32),
            )
        except (KeyError, ValueError, TypeError) as error:
            raise LinkingError(
                f"{path} is damaged. Write it again with `backcast index`."
            ) from error


def _senses(texts: list[str]) -> Floats:
    return meaning().texts([[word.low for word in words(text)] for text in texts])


def _halved(rows: Floats) -> Floats:
    """Rounded to what the file keeps, so that a saved index answers as the built one did."""
    return rows.astype(np.float16).astype(np.float32)
