"""Whether a session's files are still where a client took them from."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_File = tuple[int, int]


class Presence:
    """The files that a client holds open, and the paths at which they must stay.

    A client goes on with its open files when its directory is moved away, deleted or unmounted, and whatever it then
    stores may be lost without an error. The lock's file is known from the start, the store from when it is first seen.

    Args:
        lock: The lock's file, which is held.
        store: The credential store, which need not exist yet.
    """

    def __init__(self, lock: Path, store: Path) -> None:
        self._paths = (lock, store)
        self._known: dict[Path, _File] = {}
        self.note()

    def note(self) -> None:
        """Look whether a file is there that was not yet when this was last done, and remember it."""
        for path in self._paths:
            if path not in self._known:
                with suppress(OSError):
                    self._known[path] = _identity(path)

    def trouble(self) -> str:
        """Return what is no longer where it was, for people; empty when all is. It blocks as long as the disk does."""
        for path, known in tuple(self._known.items()):  # the other thread may note one meanwhile
            try:
                found = _identity(path)
            except OSError as error:  # a mount that fails says so in many ways, and all mean that the file is away
                return f"its file {path.name} is gone: {error.strerror}"
            if found != known:
                return f"its file {path.name} is another one now"
        self.note()
        return ""


def _identity(path: Path) -> _File:
    found = path.stat()
    return found.st_dev, found.st_ino
