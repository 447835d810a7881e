"""Where the sessions' files go before they are deleted: a rename is atomic, deleting a tree is not."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from wad.domain.errors import StorageError
from wad.storage.directories import make_within, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from wad.domain.ids import SessionId

TRASH: Final = ".trash"
_TIME: Final = "%Y%m%dT%H%M%SZ"
_DOOMED: Final = ".doomed"
_ENTRY: Final = re.compile(rf".+-(\d{{8}}T\d{{6}}Z)-[0-9a-f]{{8}}({re.escape(_DOOMED)})?")

DELETION_TIME: Final = 60.0
"""Seconds that the deletion of a directory may take before another tries it too."""


class Trash:
    """The directory ``.trash`` within the sessions' root, hence on the same file system.

    Args:
        root: The directory of the sessions.
        wall: Seconds since the epoch, which the entries' names hold.
    """

    def __init__(self, root: Path, wall: Callable[[], float] = time.time) -> None:
        self._root = root
        self._wall = wall

    @contextmanager
    def opened(self, root: int) -> Generator[int]:
        """Yield a descriptor of the trash, which is made if it is absent.

        Args:
            root: Descriptor of the sessions' root.

        Raises:
            OSError: It cannot be made or opened, or is a link.
        """
        make_within(root, TRASH)
        with opened(TRASH, within=root) as trash:
            yield trash

    def new_name(self, session_id: SessionId, *, doomed: bool = False) -> str:
        """Return a name for an entry that begins with the session's id, and that no other entry has.

        Args:
            session_id: The session.
            doomed: It is to be deleted, and nobody may want it back.
        """
        name = f"{session_id}-{datetime.fromtimestamp(self._wall(), UTC):{_TIME}}-{secrets.token_hex(4)}"
        return name + _DOOMED if doomed else name

    def purge(self, older_than: float, *, dry_run: bool = False) -> int:
        """Delete the entries older than *older_than* seconds and return their number; strangers are left alone.

        Those that are doomed anyway go after :data:`DELETION_TIME` at the latest. A *dry_run* only counts.

        Raises:
            StorageError: Some could not be deleted; the others were.
        """
        try:
            with opened(self._root) as root, opened(TRASH, within=root) as trash:
                return self._purge(trash, older_than, dry_run=dry_run)
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise StorageError(f"The trash {self._root / TRASH} cannot be read: {error.strerror}.") from error

    def _purge(self, trash: int, older_than: float, *, dry_run: bool) -> int:
        purged, failed = 0, list[str]()
        with os.scandir(trash) as entries:
            names = sorted(entry.name for entry in entries)
        for name in names:
            since = _trashed_at(name)
            patience = min(older_than, DELETION_TIME) if name.endswith(_DOOMED) else older_than
            if since is None or self._wall() - since <= patience:
                continue
            try:
                if not dry_run:
                    shutil.rmtree(name, dir_fd=trash)
                purged += 1
            except OSError as error:
                failed.append(f"{name} ({error.strerror})")
        if failed:
            raise StorageError(
                f"These entries of {self._root / TRASH} cannot be deleted: {', '.join(failed)}. "
                "They must belong to the user that wad runs as."
            )
        return purged


def _trashed_at(name: str) -> float | None:
    """Return when the entry was made, or None for one that is not ours."""
    match = _ENTRY.fullmatch(name)
    if match is None:
        return None
    try:
        return datetime.strptime(match[1], _TIME).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
