"""How often the search puts the right occupation first, and how long it takes.

    python bench/loading/search.py [--sample 500]

Needs a database with O*NET loaded (read only). Queries are the titles that workers reported
(“Sample of Reported Titles”), without the abbreviation in brackets. Each is asked twice: as staff
ask it, and with every title that is the query itself taken out of what is searched, so that the
answer has to come from other titles. A title reported for several occupations counts as found when
any of them comes.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time

import django

django.setup()

from backcast.frameworks import search  # noqa: E402
from backcast.frameworks.models import OccupationTitle  # noqa: E402
from backcast.frameworks.ranking import BAR, rank  # noqa: E402
from backcast.frameworks.text import folded, without_brackets  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=500)
    options = parser.parse_args()
    truth: dict[str, set[int]] = {}
    reported = OccupationTitle.objects.filter(kind="r", withdrawn_in=None)
    for title, occupation in reported.values_list("title", "occupation_id"):
        truth.setdefault(without_brackets(title)[0], set()).add(occupation)
    queries = random.Random(1).sample(sorted(truth), min(options.sample, len(truth)))
    words = search.word_weights()
    hits = {"as asked": [0, 0], "without the title itself": [0, 0]}
    times = []
    for query in queries:
        begun = time.perf_counter()
        found = [each.occupation.pk for each in search.find_occupations(query, limit=5)]
        times.append(time.perf_counter() - begun)
        plain = folded(query)
        others = [
            each for each in search.titles_like(plain, None) if plain not in each[1].split(BAR)
        ]
        ranked = rank(plain, others, words)
        if " " not in plain:
            ranked = search.common_first(ranked[:40])
        for name, keys in (
            ("as asked", found),
            ("without the title itself", [each.key for each in ranked[:5]]),
        ):
            hits[name][0] += keys[:1] != [] and keys[0] in truth[query]
            hits[name][1] += bool(truth[query] & set(keys))
    print(f"{len(queries):,} of {len(truth):,} reported titles")
    for name, (first, five) in hits.items():
        print(f"{name:<26} hit@1 {first / len(queries):.3f}  hit@5 {five / len(queries):.3f}")
    quantiles = statistics.quantiles(times, n=20)
    print(f"time: median {quantiles[9] * 1000:.0f} ms, 95% within {quantiles[18] * 1000:.0f} ms")


if __name__ == "__main__":
    main()
