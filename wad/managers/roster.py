"""The live sessions: who has a place, and who may take one."""

from __future__ import annotations

from contextlib import suppress
from contextvars import Context
from typing import TYPE_CHECKING

import structlog

from wad.domain.errors import DeviceLimitReached, Draining, EngineError, SessionLimitReached, SessionNotFound
from wad.managers.runner import SessionRunner

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyio.abc import TaskGroup

    from wad.domain.ids import SessionId
    from wad.domain.records import SessionView
    from wad.managers.house import House, Wishes
    from wad.managers.kept import KeptSessions
    from wad.managers.terms import Limits

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Roster:
    """The runners of the live sessions, each in a task of its own.

    Args:
        house: What they share.
        kept: Those that are not live.
        limits: Tells how many there may be.

    Attributes:
        runners: The live sessions' runners.
        tasks: Owns their tasks; None until the manager runs.
        draining: No session is begun any more.
    """

    def __init__(self, house: House, kept: KeptSessions, limits: Callable[[], Limits]) -> None:
        self.runners: dict[SessionId, SessionRunner] = {}
        self.tasks: TaskGroup | None = None
        self.draining = False
        self._house = house
        self._kept = kept
        self._limits = limits

    def launch(self, session_id: SessionId, wishes: Wishes) -> SessionRunner:
        """Take a place and start a runner; nothing is awaited, so two callers cannot both do it.

        Raises:
            Draining: The daemon is going down.
            SessionLimitReached: There is no place for another session.
            DeviceLimitReached: There is no place for another device of this phone.
        """
        if self.draining or self.tasks is None:
            raise Draining
        limits = self._limits()
        if len(self.runners) >= limits.max_sessions:
            raise SessionLimitReached(limits.max_sessions)
        limit = limits.devices_per_phone
        if wishes.device is not None and self._devices_of(wishes.device.phone_number) >= limit:
            raise DeviceLimitReached(limit)
        runner = SessionRunner(session_id, self._house, wishes)
        self.runners[session_id] = runner
        apart = Context()  # a session outlives the call that creates it
        apart.run(self.tasks.start_soon, self._run, runner, name=f"session {session_id}")
        return runner

    async def join(self, session_id: SessionId) -> SessionRunner | None:
        """Return the live session's runner, or None; whatever takes a session out of service is waited for."""
        while True:
            runner = self.runners.get(session_id)
            if runner is not None and runner.removing:
                runner.retry_removal()
                await self.outcome(runner)
                if runner.removal_failure is not None:
                    raise runner.removal_failure
            elif self._kept.is_busy(session_id):
                await self._kept.idle(session_id)
            else:
                return runner

    async def outcome(self, runner: SessionRunner) -> SessionView:
        """Wait until the session is over, or its removal has met an obstacle."""
        await runner.over()
        if runner.view is None:
            raise runner.failure or SessionNotFound(runner.session_id)
        return runner.view

    async def end(self, how: Callable[[SessionRunner], None], left: Callable[[int], None] = lambda _left: None) -> None:
        """Begin no session any more, end those that are live, and return when they have ended.

        Args:
            how: Told each runner; it makes the runner end.
            left: Told how many have not ended yet, at the beginning and as they end.
        """
        self.draining = True
        runners = list(self.runners.values())
        for runner in runners:
            how(runner)
        left(len(runners))
        for runner in runners:
            await runner.finished.wait()
            left(sum(not each.finished.is_set() for each in runners))

    def deadline_passed(self, session_id: SessionId) -> None:
        """Note that a session's deadline has come."""
        runner = self.runners.get(session_id)
        if runner is not None:
            runner.deadline_passed()

    def _devices_of(self, phone_number: str) -> int:
        devices = (runner.device for runner in self.runners.values())
        return sum(device is not None and device.phone_number == phone_number for device in devices)

    async def _run(self, runner: SessionRunner) -> None:
        structlog.contextvars.bind_contextvars(session_id=runner.session_id)
        try:
            await runner.run()
        except Exception:  # noqa: BLE001 - a defect in one session must not end the others
            _log.exception("session.defect")
            await self._abandon(runner)
        finally:
            del self.runners[runner.session_id]

    async def _abandon(self, runner: SessionRunner) -> None:
        """End the client of a session whose runner failed; its record and its files stay as they are."""
        if runner.view is not None:
            with suppress(EngineError):  # then the client is gone already
                await self._house.engine.stop(runner.session_id, runner.view.record.generation)
