"""Session directories as clients leave them, and the means to be such a client."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wad.domain.ids import SessionId
from wad.storage.custody import SessionCustody

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

JID = "491700000001:3@s.whatsapp.net"
HOUR = 3600.0
_DEVICE = "INSERT INTO whatsmeow_device VALUES ('491700000001:3@s.whatsapp.net')"


@dataclass
class Rooms:
    """A root of session directories."""

    root: Path

    @property
    def custody(self) -> SessionCustody:
        """The code under test."""
        return SessionCustody(self.root)

    def path(self, session_id: str) -> Path:
        """Return the session's directory."""
        return self.root / session_id

    def names(self) -> set[str]:
        """Return what lies in the root, without the trash."""
        return {path.name for path in self.root.iterdir()} - {".trash"}

    def trash(self) -> list[Path]:
        """Return what lies in the trash."""
        trash = self.root / ".trash"
        return sorted(trash.iterdir()) if trash.exists() else []

    def empty(self, session_id: str, age: float = HOUR) -> SessionId:
        """Make the directory of a session that nobody ever scanned."""
        return self._store(session_id, age, "CREATE TABLE whatsmeow_device (jid TEXT PRIMARY KEY)")

    def paired(self, session_id: str, age: float = HOUR) -> SessionId:
        """Make the directory of a linked device."""
        table = "CREATE TABLE whatsmeow_device (jid TEXT PRIMARY KEY)"
        return self._store(session_id, age, table, _DEVICE)

    def damaged(self, session_id: str, age: float = HOUR) -> SessionId:
        """Make a directory whose store nobody can read."""
        directory = self._directory(session_id)
        (directory / "creds.db").write_bytes(b"nothing that SQLite knows" * 100)
        return self.made(session_id, age)

    def set_aside(self, session_id: str, age: float = HOUR) -> SessionId:
        """Make a directory whose only credentials were damaged, and were set aside."""
        self.empty(session_id)
        place = self.path(session_id) / "set-aside" / "20261122T235959000000Z"
        place.mkdir(mode=0o700, parents=True)
        (place / "creds.db").write_bytes(b"nothing that SQLite knows" * 100)
        return self.made(session_id, age)

    def made(self, session_id: str, age: float) -> SessionId:
        """Let everything in the directory, and itself, be *age* seconds old."""
        moment = time.time() - age
        for path in (*self.path(session_id).rglob("*"), self.path(session_id)):
            os.utime(path, (moment, moment), follow_symlinks=False)
        return SessionId(session_id)

    @contextmanager
    def client(self, session_id: str) -> Generator[None]:
        """Be a client that uses the session's credentials."""
        lock = os.open(self.path(session_id) / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        finally:
            os.close(lock)

    def _store(self, session_id: str, age: float, *statements: str) -> SessionId:
        with closing(sqlite3.connect(self._directory(session_id) / "creds.db")) as store, store:
            for statement in statements:
                store.execute(statement)
        return self.made(session_id, age)

    def _directory(self, session_id: str) -> Path:
        directory = self.path(session_id)
        directory.mkdir(mode=0o700, parents=True)
        return directory


def snapshot(root: Path) -> dict[str, tuple[int, bytes]]:
    """Return every file below *root* with its time and content."""
    return {
        str(path.relative_to(root)): (path.lstat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in sorted(root.rglob("*"))
    }
