"""The session manager: creates, finds and removes sessions, and keeps the promises that concern more than one."""

from __future__ import annotations

from collections import Counter
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING

import anyio
import structlog

from wad.domain.deadlines import DeadlineKind
from wad.domain.errors import NotPairing, SessionNotConnected, SessionNotFound, WrongKind
from wad.domain.events import ConnectRequested, HeartbeatGiven, MessageReceived, RemovalRequested, Touched
from wad.domain.inspection import Inspection
from wad.domain.phone_numbers import parse_phone_number
from wad.domain.records import EventKind, SessionEvent, SessionView
from wad.domain.states import RemovalReason, SessionState
from wad.managers.adoption import adopt_left_clients
from wad.managers.house import House, Wishes
from wad.managers.kept import KeptSessions
from wad.managers.linking import PairingCodes, follow_link
from wad.managers.restore import Restorer
from wad.managers.roster import Roster
from wad.managers.runner import SessionRunner
from wad.managers.scheduler import Scheduler
from wad.managers.terms import LINKED, Created, Reconnected, Stats, Wait, creation_error

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping

    from anyio.abc import TaskStatus

    from wad.domain.deadlines import Deadline
    from wad.domain.devices import Device
    from wad.domain.events import EngineEvent, Request
    from wad.domain.ids import SessionId
    from wad.domain.policy import Policy
    from wad.managers.hub import EventHub
    from wad.managers.terms import Limits
    from wad.ports import (
        Clock,
        Engine,
        Entropy,
        LastingEngine,
        PairingCodeEngine,
        ProbingEngine,
        Registry,
        SessionFiles,
        SessionInspector,
    )

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class SessionManager:
    """All sessions of one daemon; its policy and its limits may be set, for those that are made live from then on."""

    def __init__(
        self,
        *,
        engine: Engine,
        pairing: PairingCodeEngine,
        prober: ProbingEngine,
        lasting: LastingEngine,
        registry: Registry,
        files: SessionFiles,
        inspector: SessionInspector,
        hub: EventHub,
        clock: Clock,
        entropy: Entropy,
        policy: Policy,
        limits: Limits,
        received: Callable[[SessionId, MessageReceived], anyio.Event | None] = lambda _session_id, _event: None,
    ) -> None:
        self.policy = policy
        self.limits = limits
        self._hub = hub
        self._received = received
        self._lasting = lasting
        self._scheduler = Scheduler(clock, self._deadline_passed)
        self._house = House(engine, registry, files, hub, prober, clock, entropy, self._scheduler)
        self._inspector = inspector
        self._kept = KeptSessions(self._house)
        self._roster = Roster(self._house, self._kept, lambda: self.limits)
        self._runners: Mapping[SessionId, SessionRunner] = self._roster.runners
        self._pairing_codes = PairingCodes(pairing, self._runners)
        self._restorer = Restorer(self._house, self._kept, self._roster, limits.restore_concurrency)

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Keep the sessions until cancelled; the engine runs as long, and is ended last.

        Raises:
            EngineIncompatible: The engine's library cannot be used on this machine.
        """
        async with anyio.create_task_group() as tasks:
            await tasks.start(partial(self._house.engine.run, self))
            tasks.start_soon(self._scheduler.run)
            self._roster.tasks = tasks
            task_status.started()

    # ── what people ask for ──────────────────────────────────────────────────────────────────────────────────────

    async def create(
        self,
        session_id: SessionId,
        *,
        policy: Policy | None = None,
        labels: Mapping[str, str] | None = None,
        device: Device | None = None,
        wait: Wait = Wait.FIRST_QR_OR_CONNECTION,
    ) -> Created:
        """Make the session live: join it, reconnect it with its stored credentials, or begin to link it.

        Concurrent calls for one id do the work once. The caller may give up; the session lives on.

        Raises:
            SessionLimitReached: There is no place for another session.
            DeviceLimitReached: There is no place for another device of this phone.
            WrongKind: It is a device and is asked for as a plain session, or the reverse.
            CreateFailed: It reached neither a QR nor a connection; everything begun was undone.
            StorageError: Its record or its files cannot be read.
            Draining: The daemon is going down.
        """
        runner = await self._roster.join(session_id)
        if runner is not None:
            if (runner.device is None) != (device is None):
                raise WrongKind(session_id, is_device=runner.device is not None)
            view = await runner.until(lambda _: True)
            linked = view is not None and view.record.user is not None and view.record.state in LINKED
            if view is not None and linked and wait is not Wait.CONNECTED:  # for which it may be on its way back
                return Created(view, already_connected=True)
            if not linked:
                runner.tell(ConnectRequested())
        else:
            linked = False
            runner = self._roster.launch(session_id, Wishes(policy or self.policy, labels, device))
        view = await runner.until(wait.ends_with)
        if view is None:
            raise creation_error(runner.view, runner.failure)
        return Created(view, already_connected=linked)

    async def link(
        self,
        session_id: SessionId,
        *,
        policy: Policy | None = None,
        labels: Mapping[str, str] | None = None,
        device: Device | None = None,
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
            SessionLimitReached, DeviceLimitReached, WrongKind, StorageError, Draining: As for :meth:`create`.
        """
        digits = parse_phone_number(phone_number) if phone_number else ""
        created = await self.create(session_id, policy=policy, labels=labels, device=device, wait=Wait.NONE)
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

    @property
    def deadlines(self) -> Mapping[SessionId, Deadline]:
        """When each session that has a deadline is to be looked after."""
        return self._scheduler.armed

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
        view = await self._roster.outcome(runner)
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

    async def set_aside(self, session_id: SessionId) -> SessionView:
        """Stop a session whose credentials are damaged and set these aside; it can then be linked anew.

        Raises:
            CredentialsSound, SessionNotLinked, SessionNotFound: It has none that are damaged; nothing was done.
            StorageError: They could not be read or moved; they are where they were.
        """
        await self._kept.expect_damage(session_id)
        while await self._roster.join(session_id) is not None:
            await self.stop(session_id)
        return await self._kept.set_aside(session_id)

    async def reconnect(self, session_id: SessionId) -> Reconnected:
        """Have the session connect now, with the credentials it has; one that is on its way is left alone.

        Raises:
            SessionNotFound: There is none.
            SessionNotLinked: It has no credentials.
            SessionLimitReached: There is no place for another live session.
            StorageError: Its record or its files cannot be read.
            Draining: The daemon is going down.
        """
        runner = await self._roster.join(session_id)
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
        return await self._ask(session_id, Touched())

    async def heartbeat(self, session_id: SessionId) -> SessionView:
        """Note that the session is alive, as an answered heartbeat does; that is no activity.

        Raises:
            SessionNotFound: There is none.
            SessionNotConnected: It is not in service.
        """
        return await self._ask(session_id, HeartbeatGiven())

    async def _ask(self, session_id: SessionId, request: Request) -> SessionView:
        runner = self._runners.get(session_id)
        view = None if runner is None else await runner.ask(request)
        if view is None:
            raise SessionNotConnected(session_id, (await self.get(session_id)).record.state)
        return view

    def stats(self) -> Stats:
        """Return the present counts."""
        live, armed = [view.record for view in self.live()], self._scheduler.armed
        counted = Counter(record.state for record in live)
        limited = (record.session_id for record in live if record.state in LINKED and record.policy.limits_life)
        return Stats(
            sessions={state: counted[state] for state in SessionState},
            active=len(self._runners),
            limit=self.limits.max_sessions,
            devices=sum(runner.device is not None for runner in self._runners.values()),
            qr_timers=sum(deadline.kind is DeadlineKind.QR for deadline in armed.values()),
            session_timers=sum(session_id in armed for session_id in limited),
        )

    # ── start and stop of the daemon ─────────────────────────────────────────────────────────────────────────────

    async def adopt(self) -> None:
        """Go on with the clients that an earlier daemon has left, and end those of sessions that nobody wants.

        Raises:
            StorageError: The records cannot be read.
        """
        await adopt_left_clients(self._lasting, self._house, self._roster)

    async def detach(self) -> None:
        """End here and leave every client to the next daemon: nothing is closed, and every record is saved."""
        self._lasting.leave_events()
        await self._roster.end(SessionRunner.detach)

    async def restore(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Reconnect every session that is wanted and holds credentials; it has started when all of them are queued."""
        await self._restorer.run(task_status=task_status)

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

    async def shutdown(self, left: Callable[[int], None] = lambda _left: None) -> None:
        """Close every client and keep every file; the next start restores what is running now.

        Args:
            left: Told how many sessions are still live, at the beginning and as they end.
        """
        self._lasting.dismiss()
        await self._roster.end(lambda runner: runner.tell(RemovalRequested(RemovalReason.SHUTDOWN)), left)

    # ── the engine's side ────────────────────────────────────────────────────────────────────────────────────────

    def deliver(self, session_id: SessionId, event: EngineEvent) -> anyio.Event | None:
        """Take one fact from the engine; of a session that is gone it means nothing any more."""
        runner = self._runners.get(session_id)
        if runner is None:
            return None
        runner.tell(event)
        return self._received(session_id, event) if isinstance(event, MessageReceived) else None

    def _deadline_passed(self, session_id: SessionId) -> None:
        self._roster.deadline_passed(session_id)

    async def _revive(self, session_id: SessionId) -> SessionRunner:
        """Begin a kept session again, as the restore does."""
        return self._roster.launch(session_id, Wishes(await self._kept.policy(session_id), interactive=False))
