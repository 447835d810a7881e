"""Sessions that are not live, and of which a record and perhaps the files are kept."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio

from wad.domain.errors import CredentialsMissing, CredentialsSound, SessionNotFound, SessionNotLinked
from wad.domain.records import EventKind, SessionEvent, SessionRecord, SessionView
from wad.domain.states import DELETES_FILES, DesiredState, RemovalReason, end_state

if TYPE_CHECKING:
    from collections.abc import Generator

    from wad.domain.ids import SessionId
    from wad.domain.policy import Policy
    from wad.managers.house import House


class KeptSessions:
    """What can be done with them, one thing at a time for each, and never while it is live.

    Whoever begins one of these, or makes the session live, awaits nothing after :meth:`idle` has returned and the
    session was found not to be live.

    Args:
        house: Where their records and files are.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._busy: dict[SessionId, anyio.Event] = {}

    def is_busy(self, session_id: SessionId) -> bool:
        """Return True while something is being done with the session."""
        return session_id in self._busy

    async def idle(self, session_id: SessionId) -> None:
        """Wait until nothing is being done with the session."""
        while (done := self._busy.get(session_id)) is not None:
            await done.wait()

    @contextmanager
    def _alone(self, session_id: SessionId) -> Generator[None]:
        done = self._busy[session_id] = anyio.Event()
        try:
            yield
        finally:
            del self._busy[session_id]
            done.set()

    async def record(self, session_id: SessionId) -> SessionRecord | None:
        """Return its record, which is true until the caller awaits anything.

        Raises:
            StorageError: It cannot be read.
        """
        with self._alone(session_id):
            return await self._house.registry.get(session_id)

    async def policy(self, session_id: SessionId) -> Policy:
        """Return the limits under which the session can be begun again with its credentials.

        Raises:
            SessionNotFound: There is none.
            SessionNotLinked: It has no credentials.
            StorageError: Its record or its credentials cannot be read.
        """
        with self._alone(session_id):
            record = await self._record(session_id)
            if not await self._house.files.is_paired(session_id):
                raise SessionNotLinked(session_id) if record.user is None else CredentialsMissing(session_id)
            return record.policy

    async def remove(self, session_id: SessionId, reason: RemovalReason) -> SessionView:
        """Delete it, for the reasons that do that; for any other, see that it stays down.

        Raises:
            SessionNotFound: There is none.
            StorageError: A step failed; the record is kept.
        """
        with self._alone(session_id):
            return await self._remove(session_id, reason)

    async def _remove(self, session_id: SessionId, reason: RemovalReason) -> SessionView:
        record = await self._record(session_id)
        ended = replace(record, active=False, removal=reason, desired=DesiredState.STOPPED)
        if reason in DELETES_FILES:
            await self._house.files.delete(session_id, reason)
            await self._house.registry.delete(session_id)
            self._house.hub.publish(SessionEvent(EventKind.REMOVED, self._house.now().wall, SessionView(ended)))
            return SessionView(ended)
        if not record.active and record.desired is DesiredState.STOPPED:
            return SessionView(record)  # it is over already, for a reason of its own
        return SessionView(await self._save(replace(ended, state=end_state(record.state, reason))))

    async def deactivate(self, session_id: SessionId, *, unlinked: bool = False) -> bool:
        """Take a record out of service that is said to be active without a live session behind it.

        Args:
            session_id: The session.
            unlinked: It has no credentials to come back with: nobody is linked, and it is wanted no more.

        Returns:
            Whether there was anything to do.

        Raises:
            StorageError: The record could not be read or written; nothing was changed.
        """
        with self._alone(session_id):
            record = await self._house.registry.get(session_id)
            if record is None or not (record.active or unlinked):
                return False
            reason = RemovalReason.CLEANUP
            ended = replace(record, active=False, removal=reason, state=end_state(record.state, reason))
            await self._save(replace(ended, desired=DesiredState.STOPPED, user=None) if unlinked else ended)
            return True

    async def expect_damage(self, session_id: SessionId) -> None:
        """Return if the session's credentials are damaged; nothing is changed, and it may be live.

        Raises:
            CredentialsSound: They are not.
            SessionNotLinked: It has no credentials.
            SessionNotFound: It has no record either.
            StorageError: That cannot be told.
        """
        try:
            damaged = await self._house.files.is_damaged(session_id)
        except SessionNotLinked:
            await self._record(session_id)
            raise
        if not damaged:
            raise CredentialsSound(session_id)

    async def set_aside(self, session_id: SessionId) -> SessionView:
        """Set its damaged credentials aside: it is stopped then, and nobody is linked; it need not have a record.

        Raises:
            CredentialsSound: They are not damaged.
            SessionNotLinked: There are none.
            StorageError: They could not be moved, or the record not be written.
        """
        with self._alone(session_id):
            stored = await self._house.registry.get(session_id)
            await self._house.files.set_aside(session_id)
            now = self._house.now().wall
            record = stored or SessionRecord(session_id, created_at=now, last_activity_at=now)
            reason = RemovalReason.STOPPED
            ended = replace(record, active=False, removal=reason, state=end_state(record.state, reason))
            return SessionView(await self._save(replace(ended, desired=DesiredState.STOPPED, user=None)))

    async def _record(self, session_id: SessionId) -> SessionRecord:
        record = await self._house.registry.get(session_id)
        if record is None:
            raise SessionNotFound(session_id)
        return record

    async def _save(self, record: SessionRecord) -> SessionRecord:
        await self._house.registry.save(record)
        return record
