"""The session manager: creates, finds and removes sessions, and keeps the promises that concern more than one."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

import anyio
import structlog

from wad.domain.deadlines import DeadlineKind
from wad.domain.errors import CreateFailed, Draining, EngineError, SessionLimitReached, SessionNotFound, StorageError
from wad.domain.events import ConnectRequested, RemovalRequested
from wad.domain.records import EventKind, SessionEvent, SessionView
from wad.domain.states import DELETES_FILES, DesiredState, RemovalReason, SessionState
from wad.managers.runner import House, SessionRunner, Wishes
from wad.managers.scheduler import Scheduler

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping

    from anyio.abc import TaskGroup, TaskStatus

    from wad.domain.events import EngineEvent
    from wad.domain.ids import SessionId
    from wad.domain.policy import Policy
    from wad.managers.hub import EventHub
    from wad.ports import Clock, Engine, Entropy, Registry, SessionFiles

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_LINKED = frozenset({SessionState.CONNECTED, SessionState.RECONNECTING})
_SETTLED = _LINKED | {SessionState.QR_GENERATED, SessionState.PAIRING_SUCCESS, SessionState.SYNCING}
"""States that a waiting creator is answered in: there is something to show or to use."""


class Wait(Enum):
    """How long a creation waits before it answers."""

    NONE = "none"
    FIRST_QR_OR_CONNECTION = "first_qr_or_connection"
    CONNECTED = "connected"


@dataclass(frozen=True, slots=True)
class Created:
    """What a creation came to.

    Attributes:
        view: The session.
        already_connected: It was live and linked before; nothing was restarted.
    """

    view: SessionView
    already_connected: bool


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts for health reports and metrics.

    Attributes:
        sessions: Live sessions by state; every state is present.
        active: Live sessions.
        limit: How many there may be.
        qr_timers: Sessions whose QR window is running.
        session_timers: Sessions whose idle or age limit is the next to come.
    """

    sessions: Mapping[SessionState, int]
    active: int
    limit: int
    qr_timers: int
    session_timers: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds for all sessions together.

    Attributes:
        max_sessions: Live sessions at one time.
        restore_concurrency: Sessions that are restored at one time after a start.
    """

    max_sessions: int = 50
    restore_concurrency: int = 8


class SessionManager:
    """All sessions of one daemon."""

    def __init__(
        self,
        *,
        engine: Engine,
        registry: Registry,
        files: SessionFiles,
        hub: EventHub,
        clock: Clock,
        entropy: Entropy,
        policy: Policy,
        limits: Limits,
    ) -> None:
        self.policy = policy
        self.limits = limits
        self._hub = hub
        self._scheduler = Scheduler(clock, self._deadline_passed)
        self._house = House(engine, registry, files, hub, clock, entropy, self._scheduler)
        self._runners: dict[SessionId, SessionRunner] = {}
        self._tasks: TaskGroup | None = None
        self._draining = False

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Keep the sessions until cancelled; the engine runs as long, and is ended last.

        Raises:
            EngineIncompatible: The engine's library cannot be used on this machine.
        """
        async with anyio.create_task_group() as tasks:
            await tasks.start(self._run_engine)
            tasks.start_soon(self._scheduler.run)
            self._tasks = tasks
            task_status.started()

    async def _run_engine(self, *, task_status: TaskStatus[None]) -> None:
        await self._house.engine.run(self, task_status=task_status)

    # ── what people ask for ──────────────────────────────────────────────────────────────────────────────────────

    async def create(
        self,
        session_id: SessionId,
        *,
        policy: Policy | None = None,
        labels: Mapping[str, str] | None = None,
        wait: Wait = Wait.FIRST_QR_OR_CONNECTION,
    ) -> Created:
        """Make the session live: join it, reconnect it with its stored credentials, or begin to link it.

        Concurrent calls for one id do the work once. The caller may give up; the session lives on.

        Raises:
            SessionLimitReached: There is no place for another session.
            CreateFailed: It reached neither a QR nor a connection; everything begun was undone.
            StorageError: Its record or its files cannot be read.
            Draining: The daemon is going down.
        """
        runner = await self._join(session_id)
        if runner is not None:
            view = await runner.until(lambda _: True)
            if view is not None and view.record.user is not None and view.record.state in _LINKED:
                return Created(view, already_connected=True)
            runner.tell(ConnectRequested())
        else:
            runner = self._launch(session_id, Wishes(policy or self.policy, labels))
        view = await runner.until(_WAITS[wait])
        if view is None:
            raise _creation_error(runner)
        return Created(view, already_connected=False)

    async def link(
        self, session_id: SessionId, *, policy: Policy | None = None, labels: Mapping[str, str] | None = None
    ) -> AsyncGenerator[SessionEvent]:
        """Create the session and follow it until it is connected or over.

        Yields:
            Its events, from the present state on; the last one is the connection or the removal.

        Raises:
            SlowConsumer: The caller read so slowly that events were lost.
            SessionLimitReached, StorageError, Draining: As for :meth:`create`.
        """
        created = await self.create(session_id, policy=policy, labels=labels, wait=Wait.NONE)
        with self._hub.subscribe() as events:  # nothing was awaited since the view was taken: no event lies between
            yield SessionEvent(EventKind.STATE_CHANGED, self._house.now().wall, created.view)
            if created.view.record.state is SessionState.CONNECTED:
                return
            async for _, event in events:
                if event.view.record.session_id != session_id:
                    continue
                yield event
                if event.kind is EventKind.REMOVED or _is_login(event):
                    return

    async def get(self, session_id: SessionId) -> SessionView:
        """Return the session, live or kept.

        Raises:
            SessionNotFound: There is none.
        """
        runner = self._runners.get(session_id)
        if runner is not None and runner.view is not None:
            return runner.view
        record = await self._house.registry.get(session_id)
        if record is None:
            raise SessionNotFound(session_id)
        return SessionView(record)

    def live(self) -> list[SessionView]:
        """Return the live sessions, in no particular order."""
        return [view for runner in self._runners.values() if (view := runner.view) is not None]

    async def list(self, *, include_inactive: bool = False) -> list[SessionView]:
        """Return the live sessions, and on request those of which only the files are kept, ordered by id."""
        found = {view.record.session_id: view for view in self.live()}
        if include_inactive:
            for record in await self._house.registry.load():
                found.setdefault(record.session_id, SessionView(record))
        return [found[session_id] for session_id in sorted(found)]

    async def remove(self, session_id: SessionId, reason: RemovalReason) -> SessionView:
        """Take the session out of service; for ``manual`` and ``logout`` also unlink it and delete its files.

        Returns:
            The session as it was at the end.

        Raises:
            SessionNotFound: There is none.
            StorageError: A step failed; the record is kept and the removal is tried again later.
        """
        runner = self._runners.get(session_id)
        if runner is None:
            return await self._remove_kept(session_id, reason)
        runner.tell(RemovalRequested(reason))
        view = await self._outcome(runner)
        if runner.removal_failure is not None:
            raise runner.removal_failure
        return view

    def stats(self) -> Stats:
        """Return the present counts."""
        counted = Counter(view.record.state for view in self.live())
        kinds = Counter(deadline.kind for deadline in self._scheduler.armed.values())
        return Stats(
            sessions={state: counted[state] for state in SessionState},
            active=len(self._runners),
            limit=self.limits.max_sessions,
            qr_timers=kinds[DeadlineKind.QR],
            session_timers=kinds[DeadlineKind.SESSION],
        )

    # ── start and stop of the daemon ─────────────────────────────────────────────────────────────────────────────

    async def restore(self) -> None:
        """Reconnect every session that is wanted and holds credentials; a broken one never blocks the others."""
        places = anyio.CapacityLimiter(self.limits.restore_concurrency)
        async with anyio.create_task_group() as tasks:
            for record in await self._house.registry.load():
                if record.desired is DesiredState.RUNNING:
                    tasks.start_soon(self._restore_one, record.session_id, record.policy, places)

    async def _restore_one(self, session_id: SessionId, policy: Policy, places: anyio.CapacityLimiter) -> None:
        async with places:
            try:
                if self._draining or session_id in self._runners:
                    return
                if not await self._house.files.is_paired(session_id):
                    await self._deactivate(session_id)
                    return
                await self._house.clock.sleep(self._house.entropy.chance() * 0.05)  # so that logins do not come in step
                runner = self._launch(session_id, Wishes(policy, interactive=False))
            except (StorageError, SessionLimitReached, Draining) as error:
                _log.warning("session.not_restored", session_id=session_id, error=str(error))
                return
            await runner.until(lambda view: view.record.state is not SessionState.CONNECTING)

    async def _deactivate(self, session_id: SessionId) -> None:
        """Take a record out of service whose session has no credentials to come back with."""
        record = await self._house.registry.get(session_id)
        if record is not None:
            ended = replace(
                record, active=False, removal=RemovalReason.CLEANUP, desired=DesiredState.STOPPED, user=None
            )
            await self._house.registry.save(ended)

    async def shutdown(self) -> None:
        """Close every client and keep every file; the next start restores what is running now."""
        self._draining = True
        runners = list(self._runners.values())
        for runner in runners:
            runner.tell(RemovalRequested(RemovalReason.SHUTDOWN))
        for runner in runners:
            await runner.finished.wait()

    # ── the engine's side ────────────────────────────────────────────────────────────────────────────────────────

    def deliver(self, session_id: SessionId, event: EngineEvent) -> None:
        """Take one fact from the engine; of a session that is gone it means nothing any more."""
        runner = self._runners.get(session_id)
        if runner is not None:
            runner.tell(event)

    def _deadline_passed(self, session_id: SessionId) -> None:
        runner = self._runners.get(session_id)
        if runner is not None:
            runner.deadline_passed()

    # ── runners ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _join(self, session_id: SessionId) -> SessionRunner | None:
        """Return the live session's runner; one that is being removed is waited for."""
        while (runner := self._runners.get(session_id)) is not None and runner.removing:
            await self._outcome(runner)
            if runner.removal_failure is not None:
                raise runner.removal_failure
        return runner

    def _launch(self, session_id: SessionId, wishes: Wishes) -> SessionRunner:
        """Take a place and start a runner; nothing is awaited, so two callers cannot both do it."""
        if self._draining or self._tasks is None:
            raise Draining
        if len(self._runners) >= self.limits.max_sessions:
            raise SessionLimitReached(self.limits.max_sessions)
        runner = SessionRunner(session_id, self._house, wishes)
        self._runners[session_id] = runner
        self._tasks.start_soon(self._run, runner, name=f"session {session_id}")
        return runner

    async def _run(self, runner: SessionRunner) -> None:
        structlog.contextvars.clear_contextvars()  # a session outlives the request that created it
        try:
            await runner.run()
        except Exception:  # noqa: BLE001 - a defect in one session must not end the others
            _log.exception("session.defect", session_id=runner.session_id)
            await self._abandon(runner)
        finally:
            del self._runners[runner.session_id]

    async def _abandon(self, runner: SessionRunner) -> None:
        """End the client of a session whose runner failed; its record and its files stay as they are."""
        if runner.view is not None:
            with suppress(EngineError):  # then the client is gone already
                await self._house.engine.stop(runner.session_id, runner.view.record.generation)

    async def _outcome(self, runner: SessionRunner) -> SessionView:
        """Wait until the session is over, or its removal has met an obstacle."""
        await runner.over()
        if runner.view is None:
            raise runner.failure or SessionNotFound(runner.session_id)
        return runner.view

    async def _remove_kept(self, session_id: SessionId, reason: RemovalReason) -> SessionView:
        record = await self._house.registry.get(session_id)
        if record is None:
            raise SessionNotFound(session_id)
        if reason in DELETES_FILES:
            await self._house.files.delete(session_id, reason)
            await self._house.registry.delete(session_id)
            record = replace(record, active=False, removal=reason, desired=DesiredState.STOPPED)
            self._hub.publish(SessionEvent(EventKind.REMOVED, self._house.now().wall, SessionView(record)))
        return SessionView(record)


def _is_login(event: SessionEvent) -> bool:
    """Return True for the last event of a login: after a pairing its user data, otherwise the connection itself."""
    if event.kind is EventKind.AUTH_SUCCESS:
        return True
    connected = event.kind is EventKind.STATE_CHANGED and event.view.record.state is SessionState.CONNECTED
    return connected and event.previous in (SessionState.CONNECTING, SessionState.RECONNECTING)


def _creation_error(runner: SessionRunner) -> Exception:
    if runner.failure is not None:
        return runner.failure
    last = None if runner.view is None else runner.view.record.last_error
    removal = None if runner.view is None else runner.view.record.removal
    if last is not None:
        return CreateFailed(last.reason, last.message)
    return CreateFailed(str(removal).upper(), f"The session was removed while it was being created: {removal}.")


_WAITS: Mapping[Wait, Callable[[SessionView], bool]] = {
    Wait.NONE: lambda _: True,
    Wait.FIRST_QR_OR_CONNECTION: lambda view: view.record.state in _SETTLED,
    Wait.CONNECTED: lambda view: view.record.state is SessionState.CONNECTED,
}
