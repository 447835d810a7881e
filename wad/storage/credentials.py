"""Looks into a session's credential store without disturbing whoever works with it."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from wad.domain.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

STORE: Final = "creds.db"
STORE_FILES: Final = (STORE, f"{STORE}-journal", f"{STORE}-wal", f"{STORE}-shm")
"""The store first: once it is moved, SQLite discards journals that stayed behind when it makes a new one."""

_BUSY_LIMIT: Final = 5.0  # seconds
_SMALLEST: Final = 512  # bytes of the smallest page, hence of the smallest database that holds anything
_Fingerprint = tuple[tuple[int, int, int] | None, ...]


def holds_device(directory: Path) -> bool:
    """Return True when the store in *directory* has the row of a linked device.

    A store at rest is read as immutable: reading it otherwise would leave a write-ahead log and its index behind. If
    anything about the files has changed meanwhile, or the store is in use, it is read again with SQLite's locks.

    Raises:
        StorageError: There is a store, but it cannot be read; nothing is concluded from that.
    """
    store = directory / STORE
    try:
        before = _fingerprint(directory)
        if before[0] is None:
            return False
        _refuse_cut_off(before[0][1])
        if not any(before[1:3]):
            found = _query(store, "mode=ro&immutable=1")
            if _fingerprint(directory) == before:
                return found
        return _query_live(store)
    except (sqlite3.Error, OSError) as error:
        raise StorageError(
            f"The credentials in {store} cannot be read: {error}. They were left as they are; if the file is damaged, "
            "restore the session from a backup, or remove the session and link it again."
        ) from error


def _refuse_cut_off(size: int) -> None:
    """Refuse what SQLite takes for an empty database though it is the beginning of a full one."""
    if size < _SMALLEST:
        raise OSError(f"the file was cut off after {size} bytes")


def _fingerprint(directory: Path) -> _Fingerprint:
    """Return what tells that the store or one of its journals has changed; None for a file that is absent or empty."""
    return tuple(_identity(directory / name) for name in STORE_FILES)


def _identity(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        raise OSError(f"{path.name} is not a regular file")
    return (found.st_ino, found.st_size, found.st_mtime_ns) if found.st_size else None


def _query_live(store: Path) -> bool:
    try:
        return _query(store, "mode=ro")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_READONLY_ROLLBACK:
            raise
        # Its last writer died within a transaction. Only one who may write can roll that back, as the engine would.
        return _query(store, "mode=rw")


def _query(store: Path, parameters: str) -> bool:
    uri = f"file:{quote(os.fsencode(store))}?{parameters}"
    with closing(sqlite3.connect(uri, uri=True, timeout=_BUSY_LIMIT)) as connection:
        table = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'whatsmeow_device'"
        if connection.execute(table).fetchone() is None:
            return False
        return connection.execute("SELECT 1 FROM whatsmeow_device LIMIT 1").fetchone() is not None
