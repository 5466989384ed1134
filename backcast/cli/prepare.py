"""What a run does before it serves: migrate, see that row security binds, collect static files and,
in a demonstration, make the region up the first time.

Runs as a process of its own (``python -m backcast.cli.prepare ANSWER``), so that the runner stays
small. Writes how to sign in to the file ANSWER, as JSON.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

from backcast.cli.frame import Stop, django, err, explain

#: Parts of the front-end packages that pages never ask for.
UNUSED = [
    "*.map", "*.ttf", "*.woff", "*.eot", "*.d.ts", "*.esm.*", "*.cjs.js", "*.amd.js",
    "echarts.common.js", "echarts.simple*", "echarts.js", "extension", "ext", "material-icons*",
    "package.json",
]  # fmt: skip


def prepare(answer: Path) -> None:
    """Do all of it; safe to repeat, and quick where there is nothing to do."""
    django()
    from django.conf import settings

    from backcast.core.production import database_problems
    from backcast.core.upgrade import migrate, refuse_ways_around

    if settings.DATABASES.get("owner"):
        migrate(url_of("owner"))
    if settings.PRODUCTION:
        found = database_problems(url_of("default"))
        if found:
            raise Stop("Not started: " + "\n  - ".join(["the database is not ready.", *found]))
    refuse_ways_around(working_urls())
    collect_static()
    signs: list[list[str]] = []
    if settings.DEMONSTRATION:
        from backcast.cli import region

        signs = region.load()
    answer.write_text(json.dumps(signs))


def url_of(alias: str) -> str:
    """The connection string of one of the settings' connections."""
    from django.db import connections
    from psycopg.conninfo import make_conninfo

    parameters = connections[alias].get_connection_params()
    known = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert")
    return make_conninfo(**{key: parameters[key] for key in known if parameters.get(key)})


def working_urls() -> dict[str, str]:
    """Where the pages' process and the jobs' process connect."""
    from django.conf import settings

    from backcast.core.embedded import APP, WORKER

    if settings.EMBEDDED:
        return {"web": settings.CLUSTER.url(APP), "worker": settings.CLUSTER.url(WORKER)}
    app = os.environ["DATABASE_URL"]
    return {"web": app, "worker": os.environ.get("DATABASE_WORKER_URL") or app}


def collect_static() -> bool:
    """Collect static files where any of them changed since the last time; True if it did."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256(repr(UNUSED).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            path = Path(storage.path(name))
            status = path.stat()
            digest.update(f"{path}|{status.st_size}|{status.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return False
    if not settings.STATICFILES_DIRS:
        err.print(
            "The front-end packages are missing, so pages would look broken: run `make setup`."
        )
    call_command(
        "collectstatic", interactive=False, verbosity=0, clear=True, ignore_patterns=UNUSED
    )
    stamp.write_text(digest.hexdigest())
    return True


if __name__ == "__main__":
    try:
        prepare(Path(sys.argv[1]))
    except Exception as error:
        sys.exit(explain(error))
