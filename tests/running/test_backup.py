"""The drill: what a backup holds is, row by row, what a restore brings back."""

from __future__ import annotations

import stat
import tarfile
from pathlib import Path

import psycopg
import pytest

from backcast.core.backup import BackupError, back_up, read_manifest, restore
from backcast.core.embedded import APP, OWNER, SUPERUSER
from tests import database
from tests.conftest import HOME

Rows = dict[str, list[str]]


class Server:
    """Databases of this test's own on the tests' server."""

    def __init__(self, prefix: str) -> None:
        self.cluster = database.cluster(HOME)
        self.prefix = prefix
        self.made: list[str] = []

    def migrated(self, name: str) -> str:
        """A migrated database; returns the owner's address of it."""
        full = database.database_for(HOME, f"{self.prefix}_{name}")
        self.made.append(full)
        return self.cluster.url(OWNER, full)

    def empty(self, name: str) -> str:
        full = f"{self.prefix}_{name}"
        with psycopg.connect(
            self.cluster.url(SUPERUSER, "postgres"), autocommit=True
        ) as connection:
            connection.execute(f'CREATE DATABASE "{full}" OWNER {OWNER}'.encode())
        self.made.append(full)
        return self.cluster.url(OWNER, full)

    def drop_all(self) -> None:
        with psycopg.connect(
            self.cluster.url(SUPERUSER, "postgres"), autocommit=True
        ) as connection:
            for name in self.made:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


@pytest.fixture
def server(django_db_setup: None, worker_id: str):  # type: ignore[no-untyped-def]
    made = Server(f"drill_{worker_id}")
    yield made
    made.drop_all()


def fill(url: str) -> None:
    """Put a few awkward rows into every table that takes them; at least people and their traces."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT set_config('backcast.actor', 'system:drill', true)")
        connection.execute(
            "INSERT INTO core_cache SELECT 'key ' || n, repeat(chr(233) || chr(10) || '\\', 50),"
            " now() + n * interval '1 s' FROM generate_series(1, 500) n"
        )
        connection.execute(
            "INSERT INTO django_session SELECT md5(n::text), chr(8364) || n, now()"
            " FROM generate_series(1, 100) n"
        )
        # Audit rows are what row-level security and a trigger guard most closely.
        connection.execute(
            "INSERT INTO core_auditentry (at, actor, action, table_name, row_id, operation, after)"
            " SELECT now(), 'system:drill', 'drill', 'nothing', n,"
            " 'insert', jsonb_build_object('n', n, 'text', 'tab' || chr(9))"
            " FROM generate_series(1, 300) n"
        )


def rows(url: str) -> Rows:
    """Every row of every table, as text, in a fixed order."""
    with psycopg.connect(url) as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
                " AND relnamespace = 'public'::regnamespace ORDER BY 1"
            ).fetchall()
        ]
        return {
            table: sorted(
                row
                for (row,) in connection.execute(
                    f'SELECT t::text FROM "{table}" t'.encode()
                ).fetchall()
            )
            for table in tables
        }


def schema(url: str) -> list[tuple[object, ...]]:
    """Columns, policies, triggers, rights and where sequences stand."""
    with psycopg.connect(url) as connection:
        found: list[tuple[object, ...]] = []
        for query in (
            "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
            " WHERE table_schema = 'public'",
            "SELECT tablename, policyname, roles::text, cmd, qual, with_check FROM pg_policies",
            "SELECT relname, relrowsecurity FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
            "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger"
            " WHERE NOT tgisinternal",
            "SELECT table_name, grantee, privilege_type FROM information_schema.role_table_grants"
            " WHERE table_schema = 'public'",
            "SELECT conrelid::regclass::text, conname, contype, convalidated"
            " FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
            "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'",
        ):
            found += connection.execute(query.encode()).fetchall()
        return sorted(found, key=repr)


def known(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [
            f"{app}.{name}"
            for app, name in connection.execute("SELECT app, name FROM django_migrations")
        ]


def media_in(folder: Path) -> Path:
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "needs – März.xlsx").write_bytes(bytes(range(256)))
    return folder


def test_a_restore_brings_back_every_row_of_every_table(server: Server, tmp_path: Path) -> None:
    source = server.migrated("source")
    fill(source)
    before, shape = rows(source), schema(source)
    assert len(before["core_auditentry"]) >= 300
    media = media_in(tmp_path / "media")
    file = tmp_path / "monday.tar"
    back_up(source, file, media=media, version="0.1.0")

    target = server.empty("target")
    elsewhere = tmp_path / "elsewhere" / "media"
    restore(target, file, media=elsewhere, known_migrations=known(source))

    after = rows(target)
    assert after.keys() == before.keys()
    for table, expected in before.items():
        assert after[table] == expected, table
    assert schema(target) == shape
    assert (elsewhere / "deep" / "needs – März.xlsx").read_bytes() == bytes(range(256))


def test_a_restored_database_still_binds_the_working_roles(server: Server, tmp_path: Path) -> None:
    source = server.migrated("source")
    fill(source)
    file = tmp_path / "monday.tar"
    back_up(source, file, media=tmp_path / "none", version="0.1.0")
    target = server.empty("target")
    restore(target, file, media=tmp_path / "media", known_migrations=known(source))
    name = target.rsplit("/", 1)[1].split("?")[0]
    with psycopg.connect(server.cluster.url(APP, name)) as app:
        assert app.execute("SELECT count(*) FROM core_auditentry").fetchone() == (0,)
        assert app.execute("SELECT count(*) FROM core_cache").fetchone() == (500,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DELETE FROM core_auditentry")


def test_a_database_that_holds_something_is_replaced_only_when_asked(
    server: Server, tmp_path: Path
) -> None:
    source = server.migrated("source")
    fill(source)
    file = tmp_path / "monday.tar"
    back_up(source, file, media=tmp_path / "none", version="0.1.0")
    monday = rows(source)
    with psycopg.connect(source) as connection:
        connection.execute("DELETE FROM core_cache")
        connection.execute("CREATE TABLE made_on_tuesday (id int)")
    tuesday = rows(source)

    with pytest.raises(BackupError, match=r"not empty.*--replace"):
        restore(source, file, media=tmp_path / "media", known_migrations=known(source))
    assert rows(source) == tuesday

    restore(source, file, media=tmp_path / "media", known_migrations=known(source), replace=True)
    assert rows(source) == monday
    again = tmp_path / "again.tar"
    back_up(source, again, media=tmp_path / "none", version="0.1.0")
    target = server.empty("target")
    restore(target, again, media=tmp_path / "media", known_migrations=known(source))
    assert rows(target) == monday


def test_a_restore_that_fails_leaves_everything_as_it_was(server: Server, tmp_path: Path) -> None:
    source = server.migrated("source")
    fill(source)
    file = tmp_path / "monday.tar"
    back_up(source, file, media=media_in(tmp_path / "media"), version="0.1.0")
    before = rows(source)
    # A dump that breaks off in the middle.
    broken = tmp_path / "broken.tar"
    with tarfile.open(file) as archive:
        archive.extractall(tmp_path / "open", filter="data")
    dump = tmp_path / "open" / "database.dump"
    dump.write_bytes(dump.read_bytes()[: dump.stat().st_size // 2])
    with tarfile.open(broken, "w") as archive:
        for name in ("backup.json", "database.dump"):
            archive.add(tmp_path / "open" / name, name)
    with pytest.raises(BackupError, match="failed"):
        restore(
            source, broken, media=tmp_path / "media", known_migrations=known(source), replace=True
        )
    assert rows(source) == before
    assert (tmp_path / "media" / "deep").is_dir()


def test_a_backup_of_a_newer_version_is_refused(server: Server, tmp_path: Path) -> None:
    source = server.migrated("source")
    file = tmp_path / "newer.tar"
    back_up(source, file, media=tmp_path / "none", version="9.0")
    older = [name for name in known(source) if not name.startswith("partners.0002")]
    with pytest.raises(BackupError, match=r"newer version of Backcast \(9\.0"):
        restore(server.empty("target"), file, media=tmp_path / "m", known_migrations=older)


def test_a_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.tar"
    file.write_text("not a backup")
    with pytest.raises(BackupError, match="is not a backup of Backcast"):
        read_manifest(file)


def test_a_backup_is_readable_by_its_owner_only(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "monday.tar"
    back_up(server.migrated("source"), file, media=tmp_path / "none", version="0.1.0")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["monday.tar"]
