"""What the live page of a wave costs as more employers answer: ``python -m bench.waves``.

Waves of 5 to 500 employers x 10 roles are made up in a throw-away database. For each are printed the
queries, the seconds (the middle of some looks) and the kilobytes of the page that staff watch, beside the
seconds of a page that would read every answer with its quarters. Seconds follow what the database must
count; queries and kilobytes must stay as they are.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

LOOKS = 15


def middle(look: Callable[[], object]) -> float:
    """Seconds, the middle of some looks after a first one."""
    look()
    took = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        look()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--employers", type=int, nargs="+", default=[5, 50, 500])
    given = parser.parse_args()

    import django

    django.setup()
    from django.test.utils import setup_test_environment

    from bench.disclosure.__main__ import fresh
    from tests import database

    setup_test_environment()
    home = database.Path(os.environ["BACKCAST_TEST_HOME"])
    try:
        first = None
        print("employers  answers  queries  seconds  x first    KB  reading every answer")
        for employers in given.employers:
            fresh(home)
            answers, queries, seconds, size, all_of_it = looked_at(employers)
            first = first or seconds
            print(
                f"{employers:9,}  {answers:7,}  {queries:7}  {seconds:7.3f}  {seconds / first:7.1f}"
                f"  {size / 1000:4.0f}  {all_of_it:.3f} s, {all_of_it / seconds:.1f} x",
                flush=True,
            )
    finally:
        from django.db import connections

        connections.close_all()
        database.end(home)
    return 0


def looked_at(employers: int) -> tuple[int, int, float, int, float]:
    """Answers, queries, seconds and bytes of the page; seconds to read every answer."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from backcast.core.actor import acting
    from backcast.demand.models import Answer
    from bench.disclosure.world import Size, make, wave
    from tests.cast import make_cast

    made = make(make_cast(), Size(employers, 10, 8, 3, 1.0, 0.5), 1)
    row = wave(made, "Spring wave", silent=employers // 5)
    staff = made.cast.actor("administrator")
    with acting(staff, "bench.open"):
        row.status, row.frozen_at = "open", None
        row.save()
    client = made.cast.client("administrator")
    address = reverse("waves:wave", args=[row.public_id])
    with CaptureQueriesContext(connection) as asked:
        size = len(client.get(address).content)

    def every() -> float:
        with acting(staff):
            rows = Answer.objects.filter(wave=row).prefetch_related("quarters")
            return sum(part.likely for answer in rows for part in answer.quarters.all())

    with acting(staff):
        answers = Answer.objects.filter(wave=row).count()
    return answers, len(asked), middle(lambda: client.get(address)), size, middle(every)


if __name__ == "__main__":
    sys.exit(main())
