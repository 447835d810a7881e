"""The storage ports without a disk, for tests; one contract suite runs over these and the real ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wad.domain.errors import CredentialsDamaged, CredentialsSound, FilesInUse, SessionNotLinked, StorageError
from wad.domain.ids import parse_session_id
from wad.domain.inspection import Inspection, PairedDevice
from wad.domain.states import DELETES_FILES, DISCARDS_UNPAIRED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wad.domain.access import Token
    from wad.domain.ids import SessionId
    from wad.domain.records import SessionRecord
    from wad.domain.states import RemovalReason


class MemoryRegistry:
    """Implements :class:`wad.ports.Registry`.

    Attributes:
        failure: While this is set, every call raises it and changes nothing.
        saved: Every record that was saved, in order.
    """

    def __init__(self, records: Sequence[SessionRecord] = ()) -> None:
        self._records = {record.session_id: record for record in records}
        self.failure: StorageError | None = None
        self.saved: list[SessionRecord] = []

    async def load(self) -> Sequence[SessionRecord]:
        """Return every record, ordered by session id."""
        self._fail()
        return [self._records[session_id] for session_id in sorted(self._records)]

    async def get(self, session_id: SessionId) -> SessionRecord | None:
        """Return one record, or None when there is none."""
        self._fail()
        return self._records.get(session_id)

    async def save(self, record: SessionRecord) -> None:
        """Insert the record, or replace the one of the same session id."""
        self._fail()
        self._records[record.session_id] = record
        self.saved.append(record)

    async def delete(self, session_id: SessionId) -> None:
        """Forget the record; an absent one is no error."""
        self._fail()
        self._records.pop(session_id, None)

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


class MemoryTokens:
    """Implements :class:`wad.ports.TokenBook`.

    Attributes:
        failure: While this is set, every call raises it and changes nothing.
    """

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self.failure: StorageError | None = None

    async def load(self) -> Sequence[Token]:
        """Return every token, oldest first."""
        if self.failure is not None:
            raise self.failure
        return sorted(self._tokens.values(), key=lambda token: token.created_at)

    async def save(self, token: Token) -> None:
        """Insert the token, or replace the one of the same id."""
        if self.failure is not None:
            raise self.failure
        self._tokens[token.token_id] = token


class FakeSessionFiles:
    """Implements :class:`wad.ports.SessionFiles`, ``Housekeeping`` and ``SessionInspector``.

    Attributes:
        paired: For each directory whether it holds the credentials of a linked device; absent ids have no directory.
        damaged: Ids whose store is damaged.
        aside: Ids of which damaged credentials were set aside.
        in_use: Ids whose credentials a client holds.
        trashed: Ids whose credentials went into the trash, in order.
        deleted: Ids whose directory was deleted, with the reason, in order.
        purged: How old entries of the trash had to be to be purged, for each time that it was purged.
        size: Bytes that each directory takes.
        free: Bytes that are free.
        failure: While this is set, everything that touches a directory raises it and changes nothing.
    """

    def __init__(self, root: Path = Path("/nonexistent/sessions")) -> None:
        self._root = root
        self.paired: dict[SessionId, bool] = {}
        self.damaged: set[SessionId] = set()
        self.aside: set[SessionId] = set()
        self.in_use: set[SessionId] = set()
        self.trashed: list[SessionId] = []
        self.deleted: list[tuple[SessionId, RemovalReason]] = []
        self.purged: list[float] = []
        self.size = 4096
        self.free = 1 << 30
        self.failure: StorageError | None = None

    def directory(self, session_id: SessionId) -> Path:
        """Return where the session's files would be."""
        return self._root / parse_session_id(session_id)

    async def prepare(self, session_id: SessionId) -> bool:
        """Make the directory if it is absent; return True when it was made."""
        self._fail()
        made = parse_session_id(session_id) not in self.paired
        self.paired.setdefault(session_id, False)
        return made

    async def is_paired(self, session_id: SessionId) -> bool:
        """Return True when the directory holds the credentials of a linked device.

        Raises:
            CredentialsDamaged: The store is among the damaged.
        """
        self._fail()
        if parse_session_id(session_id) in self.damaged:
            raise CredentialsDamaged(session_id, "file is not a database")
        return self.paired.get(session_id, False)

    async def linked_jid(self, session_id: SessionId) -> str | None:
        """Return a linked device of the session's own, if there are credentials.

        Raises:
            CredentialsDamaged: The store is among the damaged.
        """
        return f"{session_id}@s.whatsapp.net" if await self.is_paired(session_id) else None

    async def is_expendable(self, session_id: SessionId) -> bool:
        """Return True when there are no credentials, set aside ones included.

        Raises:
            CredentialsDamaged: The store is among the damaged.
        """
        return not await self.is_paired(session_id) and session_id not in self.aside

    async def is_damaged(self, session_id: SessionId) -> bool:
        """Return True when the store is among the damaged.

        Raises:
            SessionNotLinked: There are no credentials.
        """
        try:
            if not await self.is_paired(session_id):
                raise SessionNotLinked(session_id)
        except CredentialsDamaged:
            return True
        return False

    async def set_aside(self, session_id: SessionId) -> None:
        """Set the damaged credentials aside.

        Raises:
            CredentialsSound: They are not among the damaged.
            SessionNotLinked: There are none.
            StorageError: A client uses them.
        """
        damaged = await self.is_damaged(session_id)
        self._refuse_in_use(session_id)
        if not damaged:
            raise CredentialsSound(session_id)
        self.paired[session_id] = False
        self.damaged.discard(session_id)
        self.aside.add(session_id)

    async def trash_credentials(self, session_id: SessionId) -> None:
        """Forget the credentials, and keep the directory.

        Raises:
            StorageError: A client uses them.
        """
        self._fail()
        self._refuse_in_use(parse_session_id(session_id))
        if self.paired.get(session_id) or session_id in self.damaged:
            self.paired[session_id] = False
            self.damaged.discard(session_id)
            self.trashed.append(session_id)

    async def delete(self, session_id: SessionId, reason: RemovalReason) -> None:
        """Delete the directory; an absent one is no error.

        Raises:
            StorageError: A client uses it, or *reason* is none for which what it holds may be deleted.
        """
        self._fail()
        if parse_session_id(session_id) not in self.paired:
            return
        self._refuse_in_use(session_id)
        harmless = reason in DISCARDS_UNPAIRED and await self.is_expendable(session_id)
        if reason not in DELETES_FILES and not harmless:
            raise StorageError(f"The files of {session_id!r} are kept: {reason} is no reason to delete them.")
        del self.paired[session_id]
        self.damaged.discard(session_id)
        self.aside.discard(session_id)
        self.deleted.append((session_id, reason))

    async def sessions(self) -> Sequence[SessionId]:
        """Return the ids of all directories, ordered."""
        self._fail()
        return sorted(self.paired)

    async def purge_trash(self, older_than: float, *, dry_run: bool = False) -> int:
        """Forget what was trashed, however old it is; return how many entries that were."""
        self._fail()
        number = len(self.trashed)
        if not dry_run:
            self.purged.append(older_than)
            self.trashed.clear()
        return number

    async def inspect(self, session_id: SessionId) -> Inspection | None:
        """Return what is known of a directory; None when there is none."""
        self._fail()
        if session_id not in self.paired:
            return None
        if session_id in self.damaged:
            return Inspection(damage="damaged")
        return Inspection(PairedDevice("1:1@s.whatsapp.net", "", 1) if await self.is_paired(session_id) else None)

    async def measure(self, session_ids: Sequence[SessionId]) -> int:
        """Return the bytes of these directories."""
        self._fail()
        return self.size * sum(session_id in self.paired for session_id in session_ids)

    async def free_bytes(self) -> int:
        """Return the bytes that are free."""
        self._fail()
        return self.free

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure

    def _refuse_in_use(self, session_id: SessionId) -> None:
        if session_id in self.in_use:
            raise FilesInUse(session_id)
