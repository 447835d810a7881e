"""How the registry's database comes to its schema."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import anyio
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from wad.domain.errors import ConfigurationError, StorageError
from wad.storage.migrate import SCRIPTS, migrate
from wad.storage.registry import open_registry
from wad.storage.revision import is_current
from wad.storage.schema import metadata

SECOND = """
import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "0004"

def upgrade():
    op.create_table("half", sa.Column("a", sa.Integer))
    op.add_column("sessions", sa.Column("b", sa.Integer))
    {then}
"""


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """Return a copy of the revisions, for tests that add one."""
    return shutil.copytree(SCRIPTS, tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Return where the database is to be."""
    return tmp_path / "wad.db"


def _schema(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        schema = [str(sql) for (sql,) in connection.execute("SELECT sql FROM sqlite_master ORDER BY name")]
        return [*schema, *(row[0] for row in connection.execute("SELECT version_num FROM alembic_version"))]


def test_a_migrated_database_is_recognised_as_current(database: Path) -> None:
    """What the newest revision has made needs no migration, and whatever else is there does."""
    assert not is_current(database)
    database.touch()
    assert not is_current(database)
    migrate(database)
    assert is_current(database)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    assert not is_current(database)
    database.write_bytes(b"no database at all" * 99)
    assert not is_current(database)


def test_opening_a_new_registry_does_not_load_what_migrates_it(database: Path) -> None:
    """A daemon does not carry the migration's library with it, even if it has made its database."""
    program = (
        "import sys, anyio; from pathlib import Path; from wad.storage.registry import open_registry\n"
        "async def main():\n"
        "    async with open_registry(Path(sys.argv[1])) as registry: await registry.load()\n"
        "anyio.run(main); sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(database)], check=False).returncode == 0
    assert is_current(database)


@pytest.mark.anyio
async def test_what_keeps_a_database_from_being_migrated_is_told_in_words(database: Path) -> None:
    """Opening a registry says what is wrong with it, whichever process has found that out."""
    migrate(database)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ConfigurationError, match="made by a newer wad"):
        async with open_registry(database):
            pass
    await anyio.Path(database).write_bytes(b"no database at all" * 99)
    with pytest.raises(ConfigurationError, match="not a database"):
        async with open_registry(database):
            pass


def test_migrations_lead_to_the_schema_of_the_program(database: Path) -> None:
    """A new database has exactly the tables that the queries are written for."""
    migrate(database)
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_only_the_owner_may_read_the_database(database: Path) -> None:
    """The file is closed to other users, whatever the umask and whatever its mode was before."""
    database.touch(0o666)
    database.chmod(0o666)
    migrate(database)
    assert stat.S_IMODE(database.stat().st_mode) == 0o600


def test_migrating_again_changes_nothing(database: Path) -> None:
    """A database of the present schema is left as it is."""
    migrate(database)
    before = _schema(database)
    migrate(database)
    assert _schema(database) == before


def test_database_of_a_newer_program_is_refused_and_untouched(database: Path) -> None:
    """An older program names the unknown schema, says what to do, and writes nothing."""
    migrate(database)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = _schema(database)
    with pytest.raises(ConfigurationError, match=r"newer wad \(schema 9999; this one knows up to 0004\).*Install"):
        migrate(database)
    assert _schema(database) == before


def test_failing_revision_leaves_the_database_as_it_was(database: Path, scripts: Path) -> None:
    """What a revision did before it failed is undone, tables and columns included."""
    migrate(database)
    before = _schema(database)
    (scripts / "versions" / "9001_half.py").write_text(SECOND.format(then='op.execute("SELECT * FROM nowhere")'))
    with pytest.raises(StorageError, match="nowhere"):
        migrate(database, scripts)
    assert _schema(database) == before


def test_program_killed_while_migrating_leaves_the_database_as_it_was(database: Path, scripts: Path) -> None:
    """A kill in the midst of a revision loses that revision alone; the next start applies it."""
    migrate(database)
    before = _schema(database)
    revision = scripts / "versions" / "9001_half.py"
    revision.write_text(SECOND.format(then="import os; os.kill(os.getpid(), 9)"))
    program = (
        "import sys; from pathlib import Path; from wad.storage.migrate import migrate\n"
        "migrate(*map(Path, sys.argv[1:]))"
    )
    killed = subprocess.run(
        [sys.executable, "-c", program, database, scripts], cwd=Path(__file__).parents[3], check=False, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL
    assert _schema(database) == before
    revision.write_text(SECOND.format(then="pass"))
    migrate(database, scripts)
    assert "9001" in _schema(database)


def test_file_that_is_no_database_is_refused_and_untouched(database: Path) -> None:
    """A damaged file, which no restart mends, is an error that says what to do, and is not overwritten."""
    database.write_bytes(b"this is not SQLite" * 500)
    with pytest.raises(ConfigurationError, match=r"not a database.*put a copy in its place"):
        migrate(database)
    assert database.read_bytes() == b"this is not SQLite" * 500


def test_link_in_the_place_of_the_database_is_refused(database: Path, tmp_path: Path) -> None:
    """The database is not opened through a symbolic link."""
    (tmp_path / "elsewhere").touch()
    database.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError, match="cannot be opened"):
        migrate(database)


def test_absent_directory_is_an_error(tmp_path: Path) -> None:
    """The database's directory is not made here; its absence is told."""
    with pytest.raises(ConfigurationError, match="No such file"):
        migrate(tmp_path / "absent" / "wad.db")
