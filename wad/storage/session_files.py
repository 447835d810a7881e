"""The sessions' directories: ``<root>/<session id>/`` for each, and ``<root>/.trash/`` for what is on its way out.

Whatever is deleted is renamed into the trash first, so that a crash leaves a session whole or gone, never in part. A
session id cannot begin with a dot, hence no session can be called ``.trash``. Work is done relative to descriptors of
directories that were opened without following links, so that no link leads it elsewhere.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

from anyio import to_thread

from wad.domain.errors import (
    CredentialsDamaged,
    CredentialsSound,
    FilesInUse,
    InvalidSessionId,
    SessionNotLinked,
    StorageError,
)
from wad.domain.ids import parse_session_id
from wad.domain.states import DELETES_FILES, DISCARDS_UNPAIRED
from wad.storage.credentials import STORE_FILES, holds_device, is_sound, linked_jid
from wad.storage.directories import PRIVATE, make_private, make_within, move_all, opened
from wad.storage.own_files import foreign_entries
from wad.storage.session_lock import announce, session_lock
from wad.storage.set_aside import places_set_aside, set_aside
from wad.storage.trash import Trash

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from wad.domain.ids import SessionId
    from wad.domain.states import RemovalReason


LEAST_FREE: Final = 8 * 1024**2
"""Bytes that must be free for a session to start: a store's write-ahead log grows to 4 MiB, and so may its database."""


class SessionDirectories:
    """Implements :class:`wad.ports.SessionFiles` on a file system.

    Args:
        root: The directory of the sessions; made when it is first needed.
        wall: Seconds since the epoch, for the names in the trash.
    """

    def __init__(self, root: Path, *, wall: Callable[[], float] = time.time) -> None:
        self._root = root.absolute()
        self._wall = wall
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

    async def linked_jid(self, session_id: SessionId) -> str | None:
        """Return the linked device of the directory's store, or None when it holds none.

        Raises:
            StorageError: The store cannot be read; nothing is concluded from that.
        """
        return await to_thread.run_sync(self._linked_jid, parse_session_id(session_id))

    async def is_expendable(self, session_id: SessionId) -> bool:
        """Return True when the directory holds no credentials, be they set aside, and nothing but wad's own files.

        Raises:
            StorageError: That cannot be told; nothing is concluded from that.
        """
        return await to_thread.run_sync(self._is_expendable, parse_session_id(session_id))

    async def is_damaged(self, session_id: SessionId) -> bool:
        """Return True when the store is damaged beyond doubt, False when all of it is sound.

        Raises:
            SessionNotLinked: There are no credentials.
            StorageError: The store cannot be read; nothing is concluded from that.
        """
        return await to_thread.run_sync(self._is_damaged, parse_session_id(session_id))

    async def set_aside(self, session_id: SessionId) -> None:
        """Move a damaged store below ``set-aside`` in its directory, where it stays as long as the session.

        Raises:
            CredentialsSound: It is not damaged.
            SessionNotLinked: There are no credentials.
            StorageError: It could not be moved, or a client still uses it; it is where it was.
        """
        await to_thread.run_sync(self._set_aside, parse_session_id(session_id))

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

    async def purge_trash(self, older_than: float, *, dry_run: bool = False) -> int:
        """Delete what has been in the trash for more than *older_than* seconds; return how many entries that were.

        What is left of a directory whose deletion did not finish goes sooner. A *dry_run* only counts.

        Raises:
            StorageError: Some could not be deleted; the others were.
        """
        return await to_thread.run_sync(lambda: self._trash.purge(older_than, dry_run=dry_run))

    # ── in a thread ───────────────────────────────────────────────────────────────────────────────────────────────

    def _prepare(self, session_id: SessionId) -> bool:
        make_private(self._root)
        with self._telling(session_id, "made"), opened(self._root) as root:
            _refuse_full_disk(root)
            made = make_within(root, session_id)
            with opened(session_id, within=root) as directory:
                _refuse_foreign(directory)
                if stat.S_IMODE(os.fstat(directory).st_mode) != PRIVATE:
                    os.fchmod(directory, PRIVATE)
                if not made:
                    announce(directory)
            return made

    def _is_paired(self, session_id: SessionId) -> bool:
        with self._telling(session_id, "read"), self._opened(session_id) as found:
            return found is not None and holds_device(self.directory(session_id))

    def _linked_jid(self, session_id: SessionId) -> str | None:
        with self._telling(session_id, "read"), self._opened(session_id) as found:
            return None if found is None else linked_jid(self.directory(session_id))

    def _is_expendable(self, session_id: SessionId) -> bool:
        with self._telling(session_id, "read"), self._opened(session_id) as found:
            return found is None or not self._holds_anything(session_id, found[1])

    def _holds_anything(self, session_id: SessionId, directory: int) -> bool:
        """Return True for credentials, those set aside, and whatever wad did not write: it may be a copy of some."""
        return bool(
            holds_device(self.directory(session_id)) or places_set_aside(directory) or foreign_entries(directory)
        )

    def _is_damaged(self, session_id: SessionId) -> bool:
        with self._telling(session_id, "read"), self._opened(session_id) as found:
            try:
                if found is None or not is_sound(self.directory(session_id)):
                    raise SessionNotLinked(session_id)
            except CredentialsDamaged:
                return True
            return False

    def _set_aside(self, session_id: SessionId) -> None:
        with self._telling(session_id, "emptied"), self._opened(session_id) as found:
            if found is None:
                raise SessionNotLinked(session_id)
            with self._locked(session_id, found[1]):
                if not self._is_damaged(session_id):
                    raise CredentialsSound(session_id)
                set_aside(found[1], self._wall())

    def _trash_credentials(self, session_id: SessionId) -> None:
        with self._telling(session_id, "emptied"), self._opened(session_id) as found:
            if found is None:
                return
            root, directory = found
            with self._locked(session_id, directory), self._trash.opened(root) as trash:
                present = [name for name in STORE_FILES if _exists(name, directory)]
                if present:
                    _trash_all(present, directory, trash, self._trash.new_name(session_id))

    def _delete(self, session_id: SessionId, reason: RemovalReason) -> None:
        with self._telling(session_id, "deleted"), self._opened(session_id) as found:
            if found is None:
                return
            root, directory = found
            with self._locked(session_id, directory), self._trash.opened(root) as trash:
                self._refuse_loss(session_id, reason, directory)
                entry = self._trash.new_name(session_id, doomed=True)
                os.rename(session_id, entry, src_dir_fd=root, dst_dir_fd=trash)
                os.fsync(root)
                os.fsync(trash)
                shutil.rmtree(entry, dir_fd=trash)

    def _refuse_loss(self, session_id: SessionId, reason: RemovalReason, directory: int) -> None:
        """Be the last to ask whether credentials may be lost, since nothing brings them back."""
        if reason in DELETES_FILES:
            return
        if reason not in DISCARDS_UNPAIRED or self._holds_anything(session_id, directory):
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
        try:
            with session_lock(directory):
                yield
        except BlockingIOError as error:
            raise FilesInUse(session_id) from error


def _trash_all(names: list[str], source: int, trash: int, entry: str) -> None:
    """Move the files into a new *entry* of the trash, or none of them.

    The store goes last. A crash before that leaves a store without its latest changes, and WhatsApp, which has refused
    these credentials, will refuse them again; journals without a store would count as damaged.
    """
    os.mkdir(entry, PRIVATE, dir_fd=trash)
    with opened(entry, within=trash) as target:
        move_all(names[::-1], source, target)
    os.fsync(trash)


def _refuse_full_disk(root: int) -> None:
    """Refuse a start that would fill the disk: a client that finds it full holds up its neighbours in the worker."""
    disk = os.fstatvfs(root)
    if disk.f_bavail * disk.f_frsize < LEAST_FREE:
        raise OSError(errno.ENOSPC, f"{os.strerror(errno.ENOSPC)} (less than {LEAST_FREE >> 20} MiB are free)")


def _refuse_foreign(directory: int) -> None:
    owner = os.fstat(directory).st_uid
    if owner != os.geteuid():  # root may close it to others, but never to its owner
        raise OSError(errno.EPERM, f"it belongs to user {owner}")


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
