"""The sessions' directories: ``<root>/<session id>/`` for each, and ``<root>/.trash/`` for what is on its way out.

Whatever is deleted is renamed into the trash first, so that a crash leaves a session whole or gone, never in part. A
session id cannot begin with a dot, hence no session can be called ``.trash``. Work is done relative to descriptors of
directories that were opened without following links, so that no link leads it elsewhere.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

from anyio import to_thread

from wad.domain.errors import InvalidSessionId, StorageError
from wad.domain.ids import parse_session_id
from wad.domain.states import DELETES_FILES, DISCARDS_UNPAIRED
from wad.storage.credentials import STORE_FILES, holds_device
from wad.storage.directories import PRIVATE, make_private, make_within, opened
from wad.storage.trash import Trash

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from wad.domain.ids import SessionId
    from wad.domain.states import RemovalReason

LOCK: Final = "lock"


class SessionDirectories:
    """Implements :class:`wad.ports.SessionFiles` on a file system.

    Args:
        root: The directory of the sessions; made when it is first needed.
        wall: Seconds since the epoch, for the names in the trash.
    """

    def __init__(self, root: Path, *, wall: Callable[[], float] = time.time) -> None:
        self._root = root.absolute()
        self._trash = Trash(self._root, wall)

    def directory(self, session_id: SessionId) -> Path:
        """Return where the session's files are, whether or not they exist.

        Raises:
            InvalidSessionId: The id could lead out of the root.
        """
        return self._root / parse_session_id(session_id)

    async def prepare(self, session_id: SessionId) -> bool:
        """Make the session's directory (mode 0700) if it is absent; return True when it was made.

        Raises:
            StorageError: It cannot be made or used: a link or a file is in its place, or it belongs to somebody else.
        """
        return await to_thread.run_sync(self._prepare, parse_session_id(session_id))

    async def is_paired(self, session_id: SessionId) -> bool:
        """Return True when the directory's store holds the credentials of a linked device.

        Raises:
            StorageError: The store cannot be read; nothing is concluded from that.
        """
        return await to_thread.run_sync(self._is_paired, parse_session_id(session_id))

    async def trash_credentials(self, session_id: SessionId) -> None:
        """Move credentials that WhatsApp refused into the trash, and keep the directory.

        Raises:
            StorageError: They could not be moved, or a client still uses them; they are where they were.
        """
        await to_thread.run_sync(self._trash_credentials, parse_session_id(session_id))

    async def delete(self, session_id: SessionId, reason: RemovalReason) -> None:
        """Rename the directory into the trash, then delete it; an absent one is no error.

        Raises:
            StorageError: It could not be renamed or deleted, a client still uses it, or *reason* is none for which
                what it holds may be deleted. Once it is renamed the session is gone, and :meth:`purge_trash` deletes
                what is left.
        """
        await to_thread.run_sync(self._delete, parse_session_id(session_id), reason)

    async def sessions(self) -> tuple[SessionId, ...]:
        """Return the ids of all directories, in order; links, files and names that are no ids are left out.

        Raises:
            StorageError: The root cannot be read.
        """
        return await to_thread.run_sync(self._sessions)

    async def purge_trash(self, older_than: float) -> int:
        """Delete what has been in the trash for more than *older_than* seconds; return how many entries that were.

        Raises:
            StorageError: Some could not be deleted; the others were.
        """
        return await to_thread.run_sync(self._trash.purge, older_than)

    # ── in a thread ───────────────────────────────────────────────────────────────────────────────────────────────

    def _prepare(self, session_id: SessionId) -> bool:
        make_private(self._root)
        with self._telling(session_id, "made"), opened(self._root) as root:
            made = make_within(root, session_id)
            with opened(session_id, within=root) as directory:
                if stat.S_IMODE(os.fstat(directory).st_mode) != PRIVATE:
                    os.fchmod(directory, PRIVATE)
            return made

    def _is_paired(self, session_id: SessionId) -> bool:
        with self._telling(session_id, "read"), self._opened(session_id) as found:
            return found is not None and holds_device(self.directory(session_id))

    def _trash_credentials(self, session_id: SessionId) -> None:
        with self._telling(session_id, "emptied"), self._opened(session_id) as found:
            if found is None:
                return
            root, directory = found
            with self._locked(session_id, directory), self._trash.opened(root) as trash:
                present = [name for name in STORE_FILES if _exists(name, directory)]
                if present:
                    _move_all(present, directory, trash, self._trash.new_name(session_id))

    def _delete(self, session_id: SessionId, reason: RemovalReason) -> None:
        with self._telling(session_id, "deleted"), self._opened(session_id) as found:
            if found is None:
                return
            root, directory = found
            with self._locked(session_id, directory), self._trash.opened(root) as trash:
                self._refuse_loss(session_id, reason)
                entry = self._trash.new_name(session_id)
                os.rename(session_id, entry, src_dir_fd=root, dst_dir_fd=trash)
                os.fsync(root)
                os.fsync(trash)
                shutil.rmtree(entry, dir_fd=trash)

    def _refuse_loss(self, session_id: SessionId, reason: RemovalReason) -> None:
        """Be the last to ask whether credentials may be lost, since nothing brings them back."""
        if reason in DELETES_FILES:
            return
        if reason not in DISCARDS_UNPAIRED or holds_device(self.directory(session_id)):
            raise StorageError(
                f"The files of session {session_id!r} are kept: {reason} is no reason to delete what they may hold, "
                "the credentials of a linked device. Remove the session by hand if it is to go."
            )

    def _sessions(self) -> tuple[SessionId, ...]:
        try:
            with os.scandir(self._root) as entries:
                names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise StorageError(f"The directory {self._root} cannot be read: {error.strerror}.") from error
        return tuple(sorted(session_id for name in names if (session_id := _as_session_id(name))))

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def _telling(self, session_id: SessionId, what: str) -> Generator[None]:
        """Say in words what could not be done."""
        try:
            yield
        except OSError as error:
            raise StorageError(
                f"The directory {self.directory(session_id)} cannot be {what}: {error.strerror or error}. It must be a "
                "directory, not a link, and belong to the user that wad runs as."
            ) from error

    @contextmanager
    def _opened(self, session_id: SessionId) -> Generator[tuple[int, int] | None]:
        """Yield descriptors of the root and of the session's directory, or None when either is absent."""
        with ExitStack() as stack:
            try:
                root = stack.enter_context(opened(self._root))
                found = root, stack.enter_context(opened(session_id, within=root))
            except FileNotFoundError:
                found = None
            yield found

    @contextmanager
    def _locked(self, session_id: SessionId, directory: int) -> Generator[None]:
        """Hold the lock that a client holds as long as it uses the credentials."""
        lock = os.open(LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=directory)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise StorageError(
                f"The files of session {session_id!r} are left as they are: a client still uses them. Stop it first."
            ) from error
        finally:
            os.close(lock)


def _move_all(names: list[str], source: int, trash: int, entry: str) -> None:
    """Move the files into a new *entry* of the trash, or none of them.

    The store goes first. A crash right after that leaves journals without a store, which count as nothing; the other
    way round, it would leave a store without its latest changes, which would count as credentials.
    """
    os.mkdir(entry, PRIVATE, dir_fd=trash)
    with opened(entry, within=trash) as target:
        moved: list[str] = []
        try:
            for name in names:
                os.rename(name, name, src_dir_fd=source, dst_dir_fd=target)
                moved.append(name)
        except OSError:
            for name in reversed(moved):
                os.rename(name, name, src_dir_fd=target, dst_dir_fd=source)
            raise
        os.fsync(target)
    os.fsync(source)
    os.fsync(trash)


def _exists(name: str, within: int) -> bool:
    try:
        os.stat(name, dir_fd=within, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _as_session_id(name: str) -> SessionId | None:
    try:
        return parse_session_id(name)
    except InvalidSessionId:
        return None
