"""The session manager: creates, finds and removes sessions, and keeps the promises that concern more than one."""

from __future__ import annotations

from collections import Counter
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING

import anyio
import structlog

from wad.domain.deadlines import DeadlineKind
from wad.domain.errors import (
    Draining,
    EngineError,
    NotPairing,
    SessionLimitReached,
    SessionNotConnected,
    SessionNotFound,
)
from wad.domain.events import ConnectRequested, RemovalRequested, Touched
from wad.domain.inspection import Inspection
from wad.domain.phone_numbers import parse_phone_number
from wad.domain.records import EventKind, SessionEvent, SessionView
from wad.domain.states import RemovalReason, SessionState
from wad.managers.kept import KeptSessions
from wad.managers.linking import PairingCodes, follow_link
from wad.managers.restore import Restorer
from wad.managers.runner import House, SessionRunner, Wishes
from wad.managers.scheduler import Scheduler
from wad.managers.terms import LINKED, Created, Reconnected, Stats, Wait, creation_error

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from anyio.abc import TaskGroup, TaskStatus

    from wad.domain.events import EngineEvent
    from wad.domain.ids import SessionId
    from wad.domain.policy import Policy
    from wad.managers.hub import EventHub
    from wad.managers.terms import Limits
    from wad.ports import Clock, Engine, Entropy, PairingCodeEngine, Registry, SessionFiles, SessionInspector

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class SessionManager:
    """All sessions of one daemon."""

    def __init__(
        self,
        *,
        engine: Engine,
        pairing: PairingCodeEngine,
        registry: Registry,
        files: SessionFiles,
        inspector: SessionInspector,
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
        self._inspector = inspector
        self._runners: dict[SessionId, SessionRunner] = {}
        self._pairing_codes = PairingCodes(pairing, self._runners)
        self._kept = KeptSessions(self._house)
        self._restorer = Restorer(self._house, self._kept, limits.restore_concurrency, self._runners, self._launch)
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
            if view is not None and view.record.user is not None and view.record.state in LINKED:
                return Created(view, already_connected=True)
            runner.tell(ConnectRequested())
        else:
            runner = self._launch(session_id, Wishes(policy or self.policy, labels))
        view = await runner.until(wait.ends_with)
        if view is None:
            raise creation_error(runner.view, runner.failure)
        return Created(view, already_connected=False)

    async def link(
        self,
        session_id: SessionId,
        *,
        policy: Policy | None = None,
        labels: Mapping[str, str] | None = None,
        phone_number: str = "",
    ) -> AsyncGenerator[SessionEvent]:
        """Create the session and follow it until it is connected or over.

        Given a phone number, it also shows a pairing code for that phone, a new one with the first QR of each client.

        Yields:
            Its events, from the present state on; the last one is the connection or the removal.

        Raises:
            InvalidInput: That is no phone number.
            EngineError: WhatsApp gave no pairing code; the session and its QR stay.
            SlowConsumer: The caller read so slowly that events were lost.
            SessionLimitReached, StorageError, Draining: As for :meth:`create`.
        """
        digits = parse_phone_number(phone_number) if phone_number else ""
        created = await self.create(session_id, policy=policy, labels=labels, wait=Wait.NONE)
        begun = SessionEvent(EventKind.STATE_CHANGED, self._house.now().wall, created.view)
        # Nothing is awaited between the view and the subscription: no event lies between.
        async with aclosing(follow_link(begun, self._hub, self._pairing_codes, digits)) as steps:
            async for step in steps:
                yield step

    async def request_pairing_code(self, session_id: SessionId, phone_number: str) -> SessionView:
        """Have a session that shows a QR also show a pairing code, in place of any earlier one.

        Returns:
            The session with its code.

        Raises:
            InvalidInput: That is no phone number, or none that the engine takes.
            SessionNotFound: There is no such session.
            NotPairing: It shows no QR.
            EngineError: WhatsApp gave no code, or there was no answer.
        """
        view = await self._pairing_codes.request(session_id, parse_phone_number(phone_number))
        if view is None:
            raise NotPairing(session_id, (await self.get(session_id)).record.state)
        return view

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

    async def inspect(self, session_id: SessionId) -> Inspection:
        """Return what the session's directory holds; nothing, when it has a record only.

        Raises:
            SessionNotFound: There is neither a record nor a directory.
            StorageError: The directory cannot be read.
        """
        found = await self._inspector.inspect(session_id)
        if found is None:
            await self.get(session_id)
        return found or Inspection()

    @property
    def runners(self) -> Mapping[SessionId, SessionRunner]:
        """The live sessions' runners."""
        return self._runners

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
        await self._kept.idle(session_id)
        runner = self._runners.get(session_id)
        if runner is None:
            return await self._kept.remove(session_id, reason)
        runner.tell(RemovalRequested(reason))
        view = await self._outcome(runner)
        if runner.removal_failure is not None:
            raise runner.removal_failure
        return view

    async def stop(self, session_id: SessionId) -> SessionView:
        """Take the session out of service, and keep its files; it stays down until somebody wants it again.

        Raises:
            SessionNotFound: There is none.
            StorageError: That could not be recorded; it is tried again later.
        """
        return await self.remove(session_id, RemovalReason.STOPPED)

    async def reconnect(self, session_id: SessionId) -> Reconnected:
        """Have the session connect now, with the credentials it has; one that is on its way is left alone.

        Raises:
            SessionNotFound: There is none.
            SessionNotLinked: It has no credentials.
            SessionLimitReached: There is no place for another live session.
            StorageError: Its record or its files cannot be read.
            Draining: The daemon is going down.
        """
        runner = await self._join(session_id)
        attempted = runner is None
        runner = runner or await self._revive(session_id)
        view = await runner.until(lambda _: True)
        if view is not None and view.record.state is SessionState.DISCONNECTED:
            attempted, view = True, await runner.ask(ConnectRequested())
        if view is None:
            raise creation_error(runner.view, runner.failure)
        return Reconnected(view, attempted)

    async def touch(self, session_id: SessionId) -> SessionView:
        """Note that the session is used: its idle time begins anew.

        Raises:
            SessionNotFound: There is none.
            SessionNotConnected: It is not in service.
        """
        runner = self._runners.get(session_id)
        view = None if runner is None else await runner.ask(Touched())
        if view is None:
            raise SessionNotConnected(session_id, (await self.get(session_id)).record.state)
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
        await self._restorer.run()

    def may_restore(self, session_id: SessionId) -> bool:
        """Return True while the restore has yet to come to this session."""
        return self._restorer.may_start(session_id)

    async def deactivate(self, session_id: SessionId) -> bool:
        """Take a record out of service that is active without a live session; return False when it is none.

        What is wanted of the session stays: one that should run is restored at the next start.

        Raises:
            StorageError: The record could not be read or written; nothing was changed.
        """
        await self._kept.idle(session_id)
        if session_id in self._runners or self.may_restore(session_id):
            return False
        return await self._kept.deactivate(session_id)

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
        """Return the live session's runner, or None; whatever takes a session out of service is waited for."""
        while True:
            runner = self._runners.get(session_id)
            if runner is not None and runner.removing:
                runner.retry_removal()
                await self._outcome(runner)
                if runner.removal_failure is not None:
                    raise runner.removal_failure
            elif self._kept.is_busy(session_id):
                await self._kept.idle(session_id)
            else:
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

    async def _revive(self, session_id: SessionId) -> SessionRunner:
        """Begin a kept session again, as the restore does."""
        return self._launch(session_id, Wishes(await self._kept.policy(session_id), interactive=False))

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
