"""What linking bears: a stream of lines without end, and postings that nobody would wish for."""

from __future__ import annotations

import itertools
import json
import random
import resource
import time
from collections.abc import Iterator
from pathlib import Path

from backcast.frameworks.linking import Index, link, spans, stream
from bench.linking.sets import data

SEED = 4
_STEPS = 10
#: Markup, marks and letters that have brought other programs down: each tried alone, so that none hides
#: another (what follows an open ``<script>`` is no text), before a line that asks for something.
_HOSTILE = {
    "control and bidi marks": "\0\x1b[31m\u202e\u200b\ufeff\ud800" * 2_000,
    "open <script>": "<script>while(1);" * 5_000,
    "open tags": "<a " * 20_000,
    "nested tags": "<div>" * 50_000,
    "entities": "&#1;&lt;&amp;amp;" * 2_000,
    "SQL": "'; DROP TABLE competency; --\n" * 2_000,
    "one word of 300,000": "a" * 300_000,
    "templates and paths": "{{7*7}} ${jndi:ldap://x} ../../etc/passwd\n" * 2_000,
    "brackets": "(" * 50_000 + ")" * 50_000,
    "bullets": "• \n" * 50_000,
    "accents on one letter": "e" + "\u0301" * 50_000,
    "joined emoji": "👩‍⚕️" * 10_000,
}
_ASKS = "Measure vital signs and record them."
_SPANISH = (
    "Requisitos:\n• Extraer muestras de sangre y rotular los tubos\n"
    "• Atención al paciente, con o sin experiencia\n• Inglés básico; manejo de Microsoft Excel\n"
    "Se ofrece seguro médico. Igualdad de oportunidades.\n"
)


def run(index: Index, lines: int, seconds: float) -> None:
    """Print both tables."""
    _stream(index, lines, seconds)
    _postings(index)


def _stream(index: Index, lines: int, seconds: float) -> None:
    print(f"\nA stream of {lines:,} short lines, fast, for at most {seconds:.0f} s")
    list(stream(index, itertools.islice(_lines(index), 640), 10, "fast"))
    begun, cpu, first, last = time.perf_counter(), time.process_time(), _resident(), 0.0
    done = found = 0
    shown = 0.0
    answers = stream(index, itertools.islice(_lines(index), lines), 10, "fast")
    for done, (_, matches) in enumerate(answers, 1):
        found += len(matches)
        spent = time.perf_counter() - begun
        part = max(done / lines, spent / seconds)
        if part >= shown + 1 / _STEPS or part >= 1:
            shown = part
            last = _resident()
            work = 2 * done / (time.process_time() - cpu)
            print(
                f"{done:12,} lines  {done / spent:8,.0f} per s  {work:8,.0f} on 2 CPUs"
                f"  {last:8,.0f} MB now",
                flush=True,
            )
        if spent > seconds:
            break
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"  {found:,} matches; memory grew by {last - first:,.0f} MB from {first:,.0f}, "
        f"at most {peak:,.0f} MB"
    )


def _lines(index: Index) -> Iterator[str]:
    """Names of two items and a number never seen before, so that nothing repeats."""
    draw = random.Random(SEED)
    for number in itertools.count(1_000_000):
        some = (index.names[draw.randrange(len(index.names))] for _ in range(2))
        yield f"{' and '.join(some)}, ref {number:x}"


def _resident() -> float:
    """Megabytes that this process holds now."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _postings(index: Index) -> None:
    print(f"\n{'Postings':<34}{'letters':>10}{'spans':>8}{'s fast':>9}{'s best':>9}  likeliest")
    for name, text in _texts().items():
        spent = []
        for mode in ("fast", "best"):
            begun = time.perf_counter()
            [matches] = link(index, [text], 3, mode)  # type: ignore[arg-type]
            spent.append(time.perf_counter() - begun)
        told = "; ".join(f"{match.label} {match.probability:.2f}" for match in matches)
        cut = len(spans(text))
        print(
            f"{name:<34}{len(text):10,}{cut:8,}{spent[0]:9.2f}{spent[1]:9.2f}  {told or '—'}",
            flush=True,
        )


def _texts() -> dict[str, str]:
    sentences = [" ".join(json.loads(line)["tokens"]) for line in _skillspan()]
    long: list[str] = []
    count = 0
    for sentence in itertools.cycle(sentences):
        long.append(sentence)
        count += len(sentence.split())
        if count >= 50_000:
            break
    page = "".join(f"<li class='x'>{sentence}</li>\n" for sentence in sentences[:60])
    return {
        "50,000 words": "\n".join(long),
        "50,000 words, no stop": " ".join(long).replace(".", " ").replace(";", " "),
        "Spanish": _SPANISH,
        "HTML": f"<html><style>p{{}}</style><body><ul>{page}</ul><script>x()</script></body></html>",
        "empty": "",
        **{f"hostile: {name}": f"{text}\n{_ASKS}" for name, text in _HOSTILE.items()},
    }


def _skillspan() -> list[str]:
    path = data() / "linking" / "skillspan" / "dev.json"
    return path.read_text(encoding="utf-8").splitlines()
