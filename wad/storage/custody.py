"""The sessions' directories as maintenance sees them: looked at, claimed, copied, cleared away, put back.

It works next to a running daemon: whoever changes a directory holds the lock that a client would need, looks again
once it is held, and lets every change be one rename.
"""

from __future__ import annotations

import os
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from wad.domain.directories import DirectoryFacts, Disk, Holding, StoreCopy, Stranger, Survey
from wad.domain.errors import InvalidSessionId, SessionBusy, SessionNotFound, SessionNotLinked, StorageError
from wad.domain.ids import parse_session_id
from wad.storage.claims import Claim, Place, install
from wad.storage.credentials import copy_store, device_of, holds_device
from wad.storage.directories import make_private, opened
from wad.storage.measuring import is_file, is_same, measure, names, stored_at
from wad.storage.own_files import foreign_entries
from wad.storage.session_lock import is_locked, session_lock
from wad.storage.set_aside import places_set_aside
from wad.storage.trash import TRASH, Trash

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from wad.domain.ids import SessionId


class SessionCustody:
    """Implements :class:`wad.maintenance.ports.Custody` on a file system.

    Args:
        root: The directory of the sessions.
        wall: Seconds since the epoch, for the names in the trash.
    """

    def __init__(self, root: Path, *, wall: Callable[[], float] = time.time) -> None:
        self._root = root.absolute()
        self._wall = wall
        self._trash = Trash(self._root, wall)

    def ensure(self) -> bool:
        """Make the root if it is absent; return True when it was made.

        Raises:
            StorageError: It cannot be made, is no directory, or belongs to somebody else.
        """
        absent = not self._root.exists()
        make_private(self._root)
        return absent

    def survey(self) -> Survey:
        """Return what lies in the root, plain files left out; nothing is changed, and an absent root holds nothing.

        Raises:
            StorageError: The root cannot be read.
        """
        directories: list[DirectoryFacts] = []
        strangers: list[Stranger] = []
        try:
            with opened(self._root) as root:
                for name in names(root):
                    match None if is_file(root, name) else self._look(root, name):
                        case DirectoryFacts() as facts:
                            directories.append(facts)
                        case Stranger() as stranger:
                            strangers.append(stranger)
                        case None:
                            pass
        except FileNotFoundError:
            return Survey((), ())
        except OSError as error:
            raise StorageError(f"The directory {self._root} cannot be read: {error.strerror}.") from error
        return Survey(tuple(directories), tuple(strangers))

    def trash_size(self) -> tuple[int, int]:
        """Return how many entries the trash has, and their bytes.

        Raises:
            StorageError: It cannot be read.
        """
        try:
            with opened(self._root) as root, opened(TRASH, within=root) as trash:
                return len(names(trash)), measure(trash)[1]
        except FileNotFoundError:
            return 0, 0
        except OSError as error:
            raise StorageError(f"The trash {self._root / TRASH} cannot be read: {error.strerror}.") from error

    def disk(self) -> Disk:
        """Return how much room the root's disk has; an absent root is looked for where it would be made.

        Raises:
            StorageError: The disk does not say.
        """
        present = next(path for path in (self._root, *self._root.parents) if path.exists())
        try:
            found = os.statvfs(present)
            mode = present.stat().st_mode if present == self._root else 0
        except OSError as error:
            raise StorageError(f"The disk of {present} does not say how much room it has: {error.strerror}.") from error
        return Disk(found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize, bool(mode & 0o077))

    def copy_store(self, session_id: SessionId) -> StoreCopy:
        """Return a consistent copy of the session's credentials, whether or not a client uses them.

        Raises:
            SessionNotFound: There is no directory of this session.
            SessionNotLinked: It holds no credentials of a linked device.
            StorageError: They cannot be read.
        """
        with self._telling(session_id, "read"), ExitStack() as held:
            try:
                root = held.enter_context(opened(self._root))
                directory = held.enter_context(opened(session_id, within=root))
            except FileNotFoundError as error:
                raise SessionNotFound(session_id) from error
            changed_at, taken_at = stored_at(directory), self._wall()
            copied = copy_store(self._root / session_id)
            if copied is None:
                raise SessionNotLinked(session_id)
            return StoreCopy(*copied, changed_at, taken_at)

    @contextmanager
    def claimed(self, session_id: SessionId) -> Generator[Claim | None]:
        """Hold the session's directory, so that no client can start on it; yield None when there is none.

        Raises:
            SessionBusy: A client uses it.
            StorageError: It cannot be used.
        """
        with ExitStack() as held:
            with self._telling(session_id, "used"):
                claim = self._claim(session_id, held)
            yield claim

    @contextmanager
    def installed(
        self, session_id: SessionId, content: bytes, changed_at: float, may_replace: Callable[[DirectoryFacts], None]
    ) -> Generator[None]:
        """Put a store into the session's place, in one rename; what was there goes into the trash.

        No client can start on it before this ends.

        Args:
            session_id: The session.
            content: The store, as :meth:`copy_store` made it.
            changed_at: The time of change that the store is given, in seconds since the epoch.
            may_replace: Told what is there at present; raises if that must stay.

        Raises:
            SessionBusy: A client uses the session's directory.
            StorageError: The store is damaged, or the file system refused; what was there is as it was.
        """
        device_of(content)
        make_private(self._root)
        with ExitStack() as held:
            claim = held.enter_context(self.claimed(session_id))
            if claim is not None:
                may_replace(claim.facts)
            with self._telling(session_id, "put in place"):
                root = held.enter_context(opened(self._root))
                install(content, changed_at, self._place(session_id, root, held), claim, held)
            yield

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _look(self, root: int, name: str) -> DirectoryFacts | Stranger:
        try:
            session_id = parse_session_id(name)
        except InvalidSessionId:
            return Stranger(name, "its name is no session id")
        try:
            with opened(name, within=root) as directory:
                return self._facts(session_id, directory)
        except FileNotFoundError:
            return Stranger(name, "it went away meanwhile")
        except OSError as error:
            return Stranger(name, f"it is no directory that can be opened: {error.strerror}")

    def _claim(self, session_id: SessionId, held: ExitStack) -> Claim | None:
        try:
            root = held.enter_context(opened(self._root))
            directory = held.enter_context(opened(session_id, within=root))
        except FileNotFoundError:
            return None
        changed_at, size = measure(directory)  # before the lock's file is made, which is a change
        held.enter_context(self._locked(session_id, directory))
        if not is_same(root, session_id, directory):
            raise SessionBusy(f"The directory of session {session_id!r} was replaced meanwhile; try again.")
        holding = self._holding(session_id, directory)
        facts = DirectoryFacts(session_id, changed_at, stored_at(directory), size, False, *holding)
        return Claim(facts, self._place(session_id, root, held))

    def _place(self, session_id: SessionId, root: int, held: ExitStack) -> Place:
        trash = held.enter_context(self._trash.opened(root))
        entries = self._trash.new_name(session_id), self._trash.new_name(session_id, doomed=True)
        return Place(self._root / session_id, root, trash, *entries)

    def _facts(self, session_id: SessionId, directory: int) -> DirectoryFacts:
        changed_at, size = measure(directory)
        in_use = is_locked(directory)
        holding = self._holding(session_id, directory)
        return DirectoryFacts(session_id, changed_at, stored_at(directory), size, in_use, *holding)

    def _holding(self, session_id: SessionId, directory: int) -> tuple[Holding, str]:
        """Return what the directory holds, and why that cannot be told."""
        try:
            if holds_device(self._root / session_id):
                return Holding.PAIRED, ""
            if places_set_aside(directory):
                return Holding.SET_ASIDE, ""
            foreign = foreign_entries(directory)
            return (Holding.FOREIGN, ", ".join(foreign)) if foreign else (Holding.UNPAIRED, "")
        except StorageError as error:
            return Holding.UNREADABLE, str(error)

    @contextmanager
    def _locked(self, session_id: SessionId, directory: int) -> Generator[None]:
        try:
            with session_lock(directory):
                yield
        except BlockingIOError as error:
            raise SessionBusy(
                f"The files of session {session_id!r} are left as they are: a client uses them. Stop it first."
            ) from error

    @contextmanager
    def _telling(self, session_id: SessionId, what: str) -> Generator[None]:
        """Say in words what could not be done."""
        try:
            yield
        except OSError as error:
            raise StorageError(
                f"The directory {self._root / session_id} cannot be {what}: {error.strerror or error}. It must be a "
                "directory, not a link, and belong to the user that wad runs as; the disk must not be full."
            ) from error
