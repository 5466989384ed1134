"""What can be worked out from all that is shown of a wave: ``python -m bench.disclosure``.

For collaboratives of several sizes, made up in a throw-away database: three waves (two of 500
employers) whose quarters overlap are published one after the other. After each, one employer corrects a number; in the next, some
answer anew and some for the first time. Employers, a provider, a funder and holders of keys read every
page, chart, table, file and answer of the API, again after each correction; what they read is parsed back
and attacked by linear programming (``attack.py``). Printed is the narrowest interval that anybody finds
for any employer's number, in that employer's own people, beside the configured width: for each channel
by itself, for all together, and for all publications together with what changed between any two; with
the eyes of employers and of others. It ends with 1 where one is narrower than configured.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--largest", type=int, default=500, help="skip waves of more employers")
    parser.add_argument("--smallest", type=int, default=0, help="skip waves of fewer employers")
    given = parser.parse_args()

    import django

    django.setup()
    # It knocks at many closed doors.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    from django.test.utils import setup_test_environment

    from bench.disclosure.rounds import attacked
    from bench.disclosure.world import SIZES
    from tests import database

    setup_test_environment()
    home = database.Path(os.environ["BACKCAST_TEST_HOME"])
    narrow = True
    try:
        for size in SIZES:
            if not given.smallest <= size.employers <= given.largest:
                continue
            for seed in range(1, given.seeds + 1):
                began = time.perf_counter()
                fresh(home)
                narrow &= attacked(size, seed)
                print(f"     in {time.perf_counter() - began:.0f} s", flush=True)
    finally:
        from django.db import connections

        connections.close_all()
        database.end(home)
    return 0 if narrow else 1


def fresh(home: object) -> None:
    """An empty, migrated database for every connection."""
    from django.db import connections

    from tests import database

    connections.close_all()
    name = database.database_for(database.Path(str(home)), "bench")
    for alias in connections:
        connections[alias].settings_dict["NAME"] = name
        connections.settings[alias]["NAME"] = name


if __name__ == "__main__":
    sys.exit(main())
