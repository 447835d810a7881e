"""Brings the registry's database to the present schema."""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from wad.domain.errors import ConfigurationError, StorageError
from wad.storage.revision import make_private

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.pool import ConnectionPoolEntry

SCRIPTS: Final = Path(__file__).parent / "migrations"

_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def migrate(path: Path, scripts: Path = SCRIPTS) -> None:
    """Make the database if it is absent (mode 0600), and apply every revision that it lacks.

    All of it happens in one transaction that holds the write lock from its start: a crash or a failing revision leaves
    the database as it was, and two programs that start at once do not migrate it twice.

    Args:
        path: The database's file; its directory exists.
        scripts: The directory of the revisions.

    Raises:
        ConfigurationError: A newer program made the database, or it is damaged.
        StorageError: It cannot be made, read, locked or migrated; nothing was changed.
    """
    make_private(path)
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    engine = _transactional_engine(path)
    try:
        with engine.begin() as connection:
            _refuse_newer(connection, ScriptDirectory.from_config(config), path)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except (SQLAlchemyError, CommandError) as error:
        why = getattr(error, "orig", None) or error
        if getattr(why, "sqlite_errorcode", 0) & 0xFF in _DAMAGE:  # trying again does not help
            raise ConfigurationError(
                f"The registry {path} is damaged: {why}. Move it away with the files beside it (-wal, -shm), and put a "
                "copy in its place, if you made one. Without one create the sessions again: their credentials are not "
                "in it, and connect them without a QR; tokens and labels are lost with it."
            ) from error
        raise StorageError(f"The registry {path} cannot be opened or migrated: {why}.") from error
    finally:
        engine.dispose()


def require_current(path: Path, scripts: Path = SCRIPTS) -> None:
    """Make sure that the database has the present schema, and change nothing: a running daemon works with it.

    Raises:
        ConfigurationError: It has another schema; the daemon is of another version.
        StorageError: It cannot be read.
    """
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    wanted = ScriptDirectory.from_config(config).get_current_head()
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    except (SQLAlchemyError, CommandError) as error:
        raise StorageError(f"The registry {path} cannot be read: {getattr(error, 'orig', None) or error}.") from error
    finally:
        engine.dispose()
    if found != wanted:
        raise ConfigurationError(
            f"The running daemon is of another version than this command: its registry {path} has schema {found}, and "
            f"this command needs {wanted}. Restart the daemon first."
        )


def _transactional_engine(path: Path) -> Engine:
    """Return an engine whose transactions hold DDL too; the driver by itself would commit before each statement."""
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)

    def connected(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)
    return engine


def _refuse_newer(connection: Connection, scripts: ScriptDirectory, path: Path) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    unknown = set(MigrationContext.configure(connection).get_current_heads()) - known
    if unknown:
        raise ConfigurationError(
            f"The registry {path} was made by a newer wad (schema {', '.join(sorted(unknown))}; this one knows up to "
            f"{scripts.get_current_head()}). Install that version again, or put the copy in its place that was "
            "made before the upgrade."
        )


def main() -> int:
    """Migrate the database that the argument names; return 78 when a newer program made it, 1 for any other failure."""
    try:
        migrate(Path(sys.argv[1]))
    except (ConfigurationError, StorageError) as error:
        sys.stderr.write(f"{error}\n")
        return os.EX_CONFIG if isinstance(error, ConfigurationError) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
