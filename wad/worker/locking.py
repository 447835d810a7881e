"""The lock that keeps two processes from opening one session's credentials."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from wad.domain.errors import SessionBusy, StorageError

if TYPE_CHECKING:
    from pathlib import Path

LOCK_FILE = "lock"


class SessionLock:
    """An exclusive ``flock`` on a session's lock file, from construction to ``release``.

    The kernel drops it when the process dies, however it dies. The pid in the file is for people; only the lock counts.
    The file is never removed: a second holder could then lock a new file while the first holds the removed one.

    Args:
        directory: The session's directory.

    Raises:
        SessionBusy: Another holder has it; the text names its pid.
        StorageError: The directory or the file cannot be used.
    """

    def __init__(self, directory: Path) -> None:
        path = directory / LOCK_FILE
        try:
            self._fd: int | None = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StorageError(
                f"The session's lock {path} cannot be opened ({error.strerror}); "
                "the session's directory must exist and belong to the user that runs wad."
            ) from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(self._fd, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._fd)
            raise SessionBusy(
                f"The credentials in {directory} are in use by process {holder}; "
                "two clients on one set of credentials would push each other off the line. End the other one first."
            ) from error
        if not os.path.exists(path) or not os.path.samestat(os.fstat(self._fd), os.stat(path)):  # noqa: PTH110, PTH116 - beside fstat
            os.close(self._fd)
            raise SessionBusy(f"The directory {directory} was taken away while its lock was being taken; try again.")
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Give the credentials up; a second call does nothing."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
