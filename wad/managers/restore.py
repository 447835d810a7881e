"""After a start: the sessions that were running come back by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import anyio
import structlog

from wad.domain.errors import Draining, SessionLimitReached, SessionNotFound, StorageError
from wad.domain.states import DELETES_FILES, DesiredState, RemovalReason, SessionState
from wad.managers.house import House, Wishes

if TYPE_CHECKING:
    from anyio.abc import TaskStatus

    from wad.domain.ids import SessionId
    from wad.domain.records import SessionRecord
    from wad.managers.kept import KeptSessions
    from wad.managers.roster import Roster
    from wad.managers.runner import SessionRunner

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

JITTER: Final = 0.05
"""Seconds within which the logins of one turn are spread, so that they do not come in step."""


class Restorer:
    """Reconnects what is wanted.

    Args:
        house: Where the sessions' records and files are.
        kept: Those that are not live.
        roster: The live sessions.
        concurrency: Sessions that are on their way at one time.
    """

    def __init__(
        self,
        house: House,
        kept: KeptSessions,
        roster: Roster,
        concurrency: int,
    ) -> None:
        self._house = house
        self._kept = kept
        self._roster = roster
        self._concurrency = concurrency
        self._waiting: set[SessionId] | None = None

    def may_start(self, session_id: SessionId) -> bool:
        """Return True while the session's turn is still to come; before the records are read it may be anybody's."""
        return self._waiting is None or session_id in self._waiting

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Finish removals, and reconnect every session that is wanted; a broken one never blocks the others.

        It has started when it is settled what there is to do.
        """
        records = await self._house.registry.load()
        # Such a record outlives its removal only if the daemon died in its midst.
        half_removed = [record for record in records if record.removal in DELETES_FILES]
        wanted = [record.session_id for record in records if record.desired is DesiredState.RUNNING]
        self._waiting = set(wanted)
        places = anyio.CapacityLimiter(self._concurrency)
        async with anyio.create_task_group() as tasks:
            for record in half_removed:
                tasks.start_soon(self._finish_removal, record)
            for session_id in wanted:
                tasks.start_soon(self._restore, session_id, places)
            task_status.started()

    async def _finish_removal(self, record: SessionRecord) -> None:
        reason = record.removal or RemovalReason.MANUAL
        try:
            await self._kept.remove(record.session_id, reason)
        except (StorageError, SessionNotFound) as error:
            _log.warning("session.removal_delayed", session_id=record.session_id, error=str(error))
        else:
            _log.info("session.removed", session_id=record.session_id, reason=reason)

    async def _restore(self, session_id: SessionId, places: anyio.CapacityLimiter) -> None:
        async with places:
            runner = await self._begin(session_id)
            if self._waiting is not None:
                self._waiting.discard(session_id)
            if runner is not None:
                await runner.until(lambda view: view.record.state is not SessionState.CONNECTING)

    async def _begin(self, session_id: SessionId) -> SessionRunner | None:
        try:
            paired = await self._is_paired(session_id)
            if paired:
                await self._house.clock.sleep(self._house.entropy.chance() * JITTER)
            await self._kept.idle(session_id)
            if session_id in self._roster.runners:
                return None
            record = await self._kept.record(session_id)  # read only now: somebody may have removed or stopped it
            if record is None or record.desired is not DesiredState.RUNNING:
                return None
            if not paired and record.user is None:
                await self._kept.deactivate(session_id, unlinked=True)
                return None
            return self._roster.launch(session_id, Wishes(record.policy, interactive=False))
        except (StorageError, SessionLimitReached, Draining) as error:
            _log.warning("session.not_restored", session_id=session_id, error=str(error))
            return None

    async def _is_paired(self, session_id: SessionId) -> bool:
        """Return False only if the session certainly has no credentials; what else is wrong, its attempts tell."""
        try:
            return await self._house.files.is_paired(session_id)
        except StorageError as error:
            _log.error("session.credentials_unreadable", session_id=session_id, error=str(error))
            return True
