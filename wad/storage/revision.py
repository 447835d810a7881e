"""Whether the registry's database has the present schema, without the library that would bring it there.

That library and what it imports take 10 MB, which a daemon need not hold all its life for what is done at its start.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Final

from wad.domain.errors import ConfigurationError, StorageError
from wad.storage.directories import lasts

if TYPE_CHECKING:
    from pathlib import Path

HEAD: Final = "0004"
"""The newest revision below ``migrations/versions``."""


def is_current(path: Path) -> bool:
    """Return True when the database has the schema of :data:`HEAD`.

    False may also mean that it is absent or cannot be read; whoever then opens it to migrate it says what is wrong.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as connection:
            return connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
    except sqlite3.Error:
        return False


def migrate_apart(path: Path) -> None:
    """Migrate the database in a process of its own.

    Raises:
        ConfigurationError: A newer program made the database.
        StorageError: It cannot be made, read, locked or migrated; nothing was changed.
    """
    command = [sys.executable, "-P", "-m", "wad.storage.migrate", str(path)]
    try:
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    except subprocess.CalledProcessError as failed:
        kind = ConfigurationError if failed.returncode == os.EX_CONFIG else StorageError
        raise kind(failed.stderr.strip() or f"The registry {path} was not migrated: {failed}") from failed
    except OSError as error:
        raise StorageError(f"The registry {path} cannot be migrated: {error}") from error


def make_private(path: Path) -> None:
    """Make the database's file if it is absent, with mode 0600, before SQLite does; its journals take over its mode.

    Raises:
        ConfigurationError: It cannot be opened before somebody mends it.
        StorageError: It cannot be opened at the moment.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            os.fchmod(descriptor, 0o600)
        finally:
            os.close(descriptor)
    except OSError as error:
        kind = ConfigurationError if lasts(error) else StorageError
        raise kind(f"The registry {path} cannot be opened: {error.strerror}.") from error
