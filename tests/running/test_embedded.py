"""The embedded server: found, started and ended wherever the checkout and the data lie."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import psycopg
import pytest

from backcast.core import embedded
from backcast.core.embedded import OWNER, SUPERUSER, Cluster, EmbeddedError, database_roles
from tests.running.runs import short_home

only_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root runs the server as another user"
)


@only_root
def test_a_server_starts_from_a_checkout_that_only_root_may_enter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = embedded.binaries()
    package = own.parent.parent
    closed = tmp_path / "closed"
    for folder in (package, *package.parent.glob(f"{package.name}*.libs")):
        shutil.copytree(folder, closed / folder.name, symlinks=True)
    closed.chmod(0o700)
    monkeypatch.setattr(
        embedded, "binaries", lambda: closed / package.name / own.relative_to(package)
    )
    with short_home() as home:
        cluster = Cluster(home / "postgres", durable=False)
        process = cluster.start()
        try:
            database_roles(cluster.url(SUPERUSER, "postgres"))
            with psycopg.connect(cluster.url(OWNER)) as connection:
                connection.execute("CREATE EXTENSION pg_trgm")
        finally:
            cluster.stop(process)


def test_a_pid_file_that_names_another_process_is_not_believed() -> None:
    with short_home(migrated=True) as home:
        cluster = Cluster(home / "postgres", durable=False)
        cluster.stop(cluster.start())
        # What a power cut leaves behind; the number belongs to somebody else by now.
        (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n")
        process = cluster.start()
        assert cluster.answers()
        cluster.stop(process)
        assert not cluster.answers()


def test_two_servers_on_one_folder_are_refused() -> None:
    with short_home(migrated=True) as home:
        cluster = Cluster(home / "postgres", durable=False)
        process = cluster.start()
        try:
            with pytest.raises(EmbeddedError, match=r"already using .*BACKCAST_HOME"):
                cluster.start()
            assert cluster.answers()
        finally:
            cluster.stop(process)


def test_a_folder_with_a_long_name_gets_a_socket_elsewhere() -> None:
    with short_home() as home:
        deep = home / ("long " * 12) / ("name-" * 12)
        cluster = Cluster(deep, durable=False)
        assert len(str(cluster.socket)) < 90
        process = cluster.start()
        assert cluster.answers()
        cluster.stop(process)
        shutil.rmtree(cluster.socket, ignore_errors=True)
