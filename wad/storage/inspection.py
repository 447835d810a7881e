"""Looks into the sessions' directories: what each holds, and how much room they take."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from anyio import to_thread

from wad.domain.errors import StorageError
from wad.domain.ids import parse_session_id
from wad.domain.inspection import Inspection, PairedDevice, StoreCounts, StoredFile
from wad.storage.credentials import read_store
from wad.storage.directories import opened
from wad.storage.measuring import measure
from wad.storage.session_lock import LOCK
from wad.storage.set_aside import places_set_aside

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from wad.domain.ids import SessionId

T = TypeVar("T")

LOCKS: Final = Path("/proc/locks")
"""The kernel's list of file locks: reading it, unlike trying the lock, cannot get in a starting client's way."""

_COUNTS: Final = {
    "pre_keys": "whatsmeow_pre_keys",
    "uploaded_pre_keys": "whatsmeow_pre_keys WHERE uploaded",
    "contact_sessions": "whatsmeow_sessions",
    "identity_keys": "whatsmeow_identity_keys",
    "sender_keys": "whatsmeow_sender_keys",
    "app_state_keys": "whatsmeow_app_state_sync_keys",
    "app_state_versions": "whatsmeow_app_state_version",
    "contacts": "whatsmeow_contacts",
}
"""Where the engine keeps what; each is a table, with or without a condition."""


class DirectoryInspector:
    """Implements :class:`wad.ports.SessionInspector` on a file system.

    Args:
        root: The directory of the sessions.
        locks: The kernel's list of file locks.
    """

    def __init__(self, root: Path, locks: Path = LOCKS) -> None:
        self._root = root.absolute()
        self._locks = locks

    async def inspect(self, session_id: SessionId) -> Inspection | None:
        """Return what the session's directory holds, or None when there is no directory.

        Raises:
            StorageError: The directory itself cannot be read.
        """
        return await to_thread.run_sync(self._inspect, parse_session_id(session_id))

    async def measure(self, session_ids: Sequence[SessionId]) -> int:
        """Return the bytes of the files in these sessions' directories; one that is gone counts 0.

        Raises:
            StorageError: A directory cannot be read.
        """
        return await to_thread.run_sync(lambda: sum(self._size(parse_session_id(one)) for one in session_ids))

    async def free_bytes(self) -> int:
        """Return the bytes that are free for the daemon on the sessions' disk.

        Raises:
            StorageError: The disk does not say.
        """
        return await to_thread.run_sync(self._free)

    # ── in a thread ───────────────────────────────────────────────────────────────────────────────────────────────

    def _inspect(self, session_id: SessionId) -> Inspection | None:
        directory = self._root / session_id
        files = self._files(directory)
        if files is None:
            return None
        holder = self._lock_holder(directory)
        kept = self._below(directory, places_set_aside) or ()
        try:
            device, counts = read_store(directory, _contents) or (None, StoreCounts())
        except StorageError as error:
            return Inspection(files=files, lock_holder=holder, damage=_cause(error), set_aside=kept)
        return Inspection(device, counts, files, holder, set_aside=kept)

    def _size(self, session_id: SessionId) -> int:
        return (self._below(self._root / session_id, measure) or (0.0, 0))[1]

    def _below(self, directory: Path, look: Callable[[int], T]) -> T | None:
        """Return what *look* makes of the directory's descriptor, or None when there is no directory."""
        try:
            with opened(directory) as descriptor:
                return look(descriptor)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageError(f"The directory {directory} cannot be read: {error.strerror}.") from error

    def _files(self, directory: Path) -> tuple[StoredFile, ...] | None:
        """Return the regular files of *directory*, or None when there is none."""
        found: list[StoredFile] = []
        try:
            with os.scandir(directory) as entries:
                for entry in entries:
                    file = _facts(entry)
                    if file is not None:
                        found.append(file)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageError(f"The directory {directory} cannot be read: {error.strerror}.") from error
        return tuple(sorted(found, key=lambda file: file.name))

    def _free(self) -> int:
        present = next(path for path in (self._root, *self._root.parents) if path.exists())
        try:
            disk = os.statvfs(present)
        except OSError as error:
            raise StorageError(f"The disk of {present} does not say how much is free: {error.strerror}.") from error
        return disk.f_bavail * disk.f_frsize

    def _lock_holder(self, directory: Path) -> int | None:
        """Return the process that holds the session's lock, as the kernel lists it."""
        try:
            inode = (directory / LOCK).stat().st_ino
            lines = self._locks.read_text(encoding="ascii").splitlines()
        except OSError:
            return None
        for words in map(str.split, lines):
            # "12: FLOCK  ADVISORY  WRITE 1479 fe:00:10110303 0 EOF"; one who waits has "->" after the number
            if len(words) > 5 and words[1] == "FLOCK" and words[5].rpartition(":")[2] == str(inode):  # noqa: PLR2004 - see the line above
                return int(words[4])
        return None


def _cause(error: StorageError) -> str:
    """Say why a store cannot be read, without its path, which is the operator's alone."""
    cause = error.__cause__
    return (cause.strerror if isinstance(cause, OSError) else None) or str(cause)


def _facts(entry: os.DirEntry[str]) -> StoredFile | None:
    """Return what is known of a file; None for one that is no regular file, or has just gone."""
    try:
        found = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    return StoredFile(entry.name, found.st_size, found.st_mtime) if stat.S_ISREG(found.st_mode) else None


def _contents(connection: sqlite3.Connection) -> tuple[PairedDevice | None, StoreCounts]:
    connection.execute("BEGIN")  # all of it is of one moment
    tables = {str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    device = None
    if "whatsmeow_device" in tables:
        row = connection.execute("SELECT jid, lid, registration_id FROM whatsmeow_device LIMIT 1").fetchone()
        device = None if row is None else PairedDevice(str(row[0]), str(row[1] or ""), int(row[2]))
    return device, StoreCounts(
        **{
            name: int(connection.execute(f"SELECT count(*) FROM {source}").fetchone()[0])  # noqa: S608 - constants from above
            for name, source in _COUNTS.items()
            if source.partition(" ")[0] in tables
        }
    )
