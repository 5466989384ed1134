"""Settings of the tests: those of the product, in a home of this run's own."""

import os

from tests.database import new_home

os.environ["BACKCAST_MODE"] = "test"
for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_WORKER_URL", "BACKCAST_URL"):
    os.environ.pop(name, None)
# Set by the first process of a run; the workers of pytest-xdist inherit it.
os.environ["BACKCAST_HOME"] = os.environ.setdefault("BACKCAST_TEST_HOME", str(new_home()))

from backcast.settings import *  # noqa: E402, F403

#: Static files are found as they are asked for; nothing collects them first.
WHITENOISE_AUTOREFRESH = True
