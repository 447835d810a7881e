"""A session's directory that nobody else can use for the moment, and what may be done to it."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wad.domain.errors import StorageError
from wad.storage.credentials import STORE
from wad.storage.directories import PRIVATE, opened
from wad.storage.session_lock import session_lock
from wad.storage.set_aside import carry_over

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path

    from wad.domain.directories import DirectoryFacts

_PRIVATE_FILE: Final = 0o600


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session's directory is, and where in the trash it goes.

    Attributes:
        path: The directory.
        root: Descriptor of the sessions' root.
        trash: Descriptor of the trash.
        entry: A name in the trash that nothing has, for what somebody may want back.
        doomed: The same, for what is to be deleted.
    """

    path: Path
    root: int
    trash: int
    entry: str
    doomed: str


class Claim:
    """A session's directory that no client can start on; :meth:`wad.storage.custody.SessionCustody.claimed` makes one.

    Attributes:
        facts: What it held when it was claimed.
    """

    def __init__(self, facts: DirectoryFacts, place: Place) -> None:
        self.facts = facts
        self._place = place

    def set_aside(self) -> None:
        """Move the directory into the trash.

        Raises:
            StorageError: It could not be moved; it is where it was.
        """
        place = self._place
        self._move(place.path.name, place.root, place.entry, place.trash)

    def bequeath(self, directory: int) -> None:
        """Give the directory of this descriptor, which is to take its place, what was set aside in this one.

        Raises:
            OSError: It cannot be done; nothing is lost.
        """
        with opened(self._place.path.name, within=self._place.root) as old:
            carry_over(old, directory)

    def put_back(self) -> None:
        """Undo :meth:`set_aside`.

        Raises:
            StorageError: It could not be moved; it is in the trash.
        """
        place = self._place
        self._move(place.entry, place.trash, place.path.name, place.root)

    def discard(self) -> None:
        """Move the directory into the trash and delete it there.

        Raises:
            StorageError: It could not be moved, or not be deleted; in the latter case a purge of the trash tries again.
        """
        place = self._place
        self._move(place.path.name, place.root, place.doomed, place.trash)
        try:
            shutil.rmtree(place.doomed, dir_fd=place.trash)
        except OSError as error:
            raise StorageError(f"{place.path} was moved to the trash, but not deleted: {error.strerror}.") from error

    def _move(self, name: str, source: int, new_name: str, target: int) -> None:
        try:
            os.rename(name, new_name, src_dir_fd=source, dst_dir_fd=target)
            os.fsync(self._place.root)
            os.fsync(self._place.trash)
        except OSError as error:
            raise StorageError(f"The directory {self._place.path} cannot be moved: {error.strerror}.") from error


def install(content: bytes, changed_at: float, place: Place, replaced: Claim | None, held: ExitStack) -> None:
    """Build a session's directory within the trash, lock it, and rename it into its place.

    Args:
        content: The credential store.
        changed_at: The time of change that the store is given, in seconds since the epoch.
        place: Where it goes.
        replaced: The directory that is there at present; it goes into the trash.
        held: Keeps the new directory's lock.

    Raises:
        OSError, StorageError: It could not be done; what was there is as it was.
    """
    os.mkdir(place.doomed, PRIVATE, dir_fd=place.trash)
    try:
        directory = held.enter_context(opened(place.doomed, within=place.trash))
        _write(content, changed_at, directory)
        if replaced is not None:
            replaced.bequeath(directory)
        held.enter_context(session_lock(directory))
        _move_in(place, replaced)
    except (OSError, StorageError):
        shutil.rmtree(place.doomed, ignore_errors=True, dir_fd=place.trash)
        raise


def _move_in(place: Place, replaced: Claim | None) -> None:
    if replaced is not None:
        replaced.set_aside()
    try:
        os.rename(place.doomed, place.path.name, src_dir_fd=place.trash, dst_dir_fd=place.root)
    except OSError:
        if replaced is not None:
            replaced.put_back()
        raise
    os.fsync(place.root)


def _write(content: bytes, changed_at: float, directory: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(STORE, flags, _PRIVATE_FILE, dir_fd=directory), "wb") as store:
        store.write(content)
        store.flush()
        os.utime(store.fileno(), (changed_at, changed_at))
        os.fsync(store.fileno())
    os.fsync(directory)
