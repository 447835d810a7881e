"""The registry as maintenance uses it: next to a running daemon of whatever version, hence never made, never migrated.

Only columns that every version has are used, in single statements.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from wad.domain.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from wad.domain.ids import SessionId

_BUSY_LIMIT: Final = 5.0  # seconds


class OfflineRegistry:
    """Implements :class:`wad.maintenance.ports.Records`.

    Args:
        path: The database's file; where there is none, nothing is known and nothing to forget.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def activity(self) -> dict[str, bool]:
        """Return the id of every session that is known, and whether it is in service.

        Raises:
            StorageError: The database cannot be read.
        """
        with self._opened("ro") as connection:
            if connection is None:
                return {}
            rows = connection.execute("SELECT session_id, active FROM sessions ORDER BY session_id")
            return {str(session_id): bool(active) for session_id, active in rows}

    def forget(self, session_ids: Sequence[SessionId]) -> int:
        """Delete the records of these sessions, except of those in service; return how many were deleted.

        Raises:
            StorageError: The database cannot be written; nothing was deleted.
        """
        with self._opened("rw") as connection:
            if connection is None or not session_ids:
                return 0
            marks = ", ".join("?" for _ in session_ids)
            statement = f"DELETE FROM sessions WHERE NOT active AND session_id IN ({marks})"  # noqa: S608 - only marks
            with connection:
                return connection.execute(statement, tuple(session_ids)).rowcount

    @contextmanager
    def _opened(self, mode: str) -> Generator[sqlite3.Connection | None]:
        if not self._path.exists():
            yield None
            return
        uri = f"file:{quote(os.fsencode(self._path))}?mode={mode}"
        try:
            with closing(sqlite3.connect(uri, uri=True, timeout=_BUSY_LIMIT)) as connection:
                yield connection
        except sqlite3.Error as error:
            raise StorageError(
                f"The registry {self._path} could not be read or written: {error}. "
                "Look for a full disk, wrong permissions, or another program that holds the file."
            ) from error
