"""Looks into a session's credential store without disturbing whoever works with it."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote

from wad.domain.errors import CredentialsDamaged, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")

STORE: Final = "creds.db"
INDEX: Final = f"{STORE}-shm"
"""Index of the write-ahead log; whoever opens the store, if only to read, writes to it."""

STORE_FILES: Final = (STORE, f"{STORE}-journal", f"{STORE}-wal", INDEX)
"""The store, and the journals that hold its latest changes: together they are the credentials."""

_BUSY_LIMIT: Final = 5.0  # seconds
_SMALLEST: Final = 512  # bytes of the smallest page, hence of the smallest database that holds anything
_DAMAGE: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_Fingerprint = tuple[tuple[int, int, int] | None, ...]


def linked_jid(directory: Path) -> str | None:
    """Return the linked device of the store in *directory*, or None when it holds none.

    Raises:
        CredentialsDamaged: There is a store, but it is damaged.
        StorageError: There is a store, but it cannot be read; nothing is concluded from that.
    """
    return read_store(directory, _jid)


def holds_device(directory: Path) -> bool:
    """Return True when the store in *directory* has the row of a linked device.

    Raises:
        CredentialsDamaged: There is a store, but it is damaged.
        StorageError: There is a store, but it cannot be read; nothing is concluded from that.
    """
    return linked_jid(directory) is not None


def is_sound(directory: Path) -> bool | None:
    """Return True when all of the store in *directory* is sound and holds a linked device; None when there is none.

    False is a sound store without a linked device.

    Raises:
        CredentialsDamaged: It is damaged, be it where nobody has looked yet.
        StorageError: It cannot be read; nothing is concluded from that.
    """

    def check(connection: sqlite3.Connection) -> bool:
        _refuse_damage(connection)
        return _jid(connection) is not None

    return read_store(directory, check)


def copy_store(directory: Path) -> tuple[bytes, str] | None:
    """Return a consistent copy of the store in *directory*, which may be in use: its user notices nothing.

    Returns:
        The database and its linked device, or None when there is no store, or none of a linked device.

    Raises:
        StorageError: The store cannot be read, or is damaged.
    """
    copied = read_store(directory, _copied)
    return None if copied is None or copied[1] is None else (copied[0], copied[1])


def device_of(content: bytes) -> str:
    """Return the linked device of a store that :func:`copy_store` has copied.

    Raises:
        StorageError: It is damaged, or holds no linked device.
    """
    try:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(content)
            _refuse_damage(connection)
            jid = _jid(connection)
    except (sqlite3.Error, OSError) as error:
        raise StorageError(f"The credential store is damaged: {error}. Nothing was changed.") from error
    if jid is None:
        raise StorageError("The credential store holds no linked device. Nothing was changed.")
    return jid


def _copied(source: sqlite3.Connection) -> tuple[bytes, str | None]:
    """Copy into memory, where no second copy of the secrets is left behind on the disk."""
    with closing(sqlite3.connect(":memory:")) as copy:
        source.backup(copy)  # in one step, hence of one moment
        _refuse_damage(copy)
        content = bytearray(copy.serialize())
        # The copy has no write-ahead log, and cannot be opened in memory while its header says that it has one; whoever
        # opens it on a disk chooses again. https://sqlite.org/fileformat.html, offsets 18 and 19
        content[18:20] = b"\x01\x01"
        return bytes(content), _jid(copy)


def _refuse_damage(connection: sqlite3.Connection) -> None:
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if found != ("ok",):
        raise _DamageError(f"its integrity check says: {found}")


class _DamageError(OSError):
    """What SQLite would not call damage, and we do."""


def read_store(directory: Path, read: Callable[[sqlite3.Connection], T]) -> T | None:
    """Return what *read* makes of the store in *directory*, or None when there is none.

    A store at rest is read as immutable: reading it otherwise would leave a write-ahead log and its index behind. If
    anything about the files has changed meanwhile, or the store is in use, it is read again with SQLite's locks.

    Raises:
        CredentialsDamaged: It is damaged.
        StorageError: It cannot be read for another reason, which may pass.
    """
    store = directory / STORE
    try:
        before = _fingerprint(directory)
        if before[0] is None:
            _refuse_remains(before)
            return None
        _refuse_cut_off(before[0][1])
        if not any(before[1:3]):
            found = _query(store, "mode=ro&immutable=1", read)
            if _fingerprint(directory) == before:
                return found
        return _query_live(store, read)
    except (sqlite3.Error, OSError) as error:
        if _is_damage(error):
            raise CredentialsDamaged(directory.name, str(error)) from error
        raise StorageError(
            f"The credentials in {store} cannot be read: {error}. They were left as they are; look at the disk, and at "
            "whom the file belongs to."
        ) from error


def _is_damage(error: sqlite3.Error | OSError) -> bool:
    """Return True when the content is at fault, and no disk, permission or lock that may be mended."""
    if isinstance(error, OSError):
        return isinstance(error, _DamageError)
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _DAMAGE  # the other bits say more of the same


def _refuse_cut_off(size: int) -> None:
    """Refuse what SQLite takes for an empty database though it is the beginning of a full one."""
    if size < _SMALLEST:
        raise _DamageError(f"the file was cut off after {size} bytes")


def _refuse_remains(found: _Fingerprint) -> None:
    """Refuse journals without their store: SQLite would begin anew over what may be the only copy of the keys."""
    if any(found[1:3]):
        raise _DamageError("the file is missing or empty, but its journal is there")


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


def _query_live(store: Path, read: Callable[[sqlite3.Connection], T]) -> T:
    try:
        return _query(store, "mode=ro", read)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_READONLY_ROLLBACK:
            raise
        # Its last writer died within a transaction. Only one who may write can roll that back, as the engine would.
        return _query(store, "mode=rw", read)


def _query(store: Path, parameters: str, read: Callable[[sqlite3.Connection], T]) -> T:
    uri = f"file:{quote(os.fsencode(store))}?{parameters}"
    with closing(sqlite3.connect(uri, uri=True, timeout=_BUSY_LIMIT)) as connection:
        return read(connection)


def _jid(connection: sqlite3.Connection) -> str | None:
    """Return the linked device, or None when the store has none."""
    table = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'whatsmeow_device'"
    if connection.execute(table).fetchone() is None:
        return None
    row = connection.execute("SELECT jid FROM whatsmeow_device LIMIT 1").fetchone()
    return None if row is None else str(row[0])
