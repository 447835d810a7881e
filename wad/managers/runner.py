"""One session's runner: it feeds the session's machine and carries out what that asks for, one thing at a time."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias, assert_never

import anyio
import structlog

from wad import tracing
from wad.domain import effects as do
from wad.domain.deadlines import Deadline, DeadlineKind
from wad.domain.errors import (
    CredentialsMissing,
    EngineError,
    EngineUnavailable,
    SessionBusy,
    StorageError,
    WadError,
    WorkerOutdated,
    WrongKind,
)
from wad.domain.events import HeartbeatAnswered, HeartbeatMissed, RemovalRequested, StartFailed
from wad.domain.records import EventKind, SessionRecord, SessionView
from wad.domain.session import Session
from wad.domain.states import DELETES_FILES, RemovalReason
from wad.managers.mailbox import Cause, Mailbox
from wad.managers.telling import tell_change, tell_end

if TYPE_CHECKING:
    from collections.abc import Callable

    from wad.domain.devices import Device
    from wad.domain.events import Event
    from wad.domain.ids import SessionId
    from wad.domain.records import SessionEvent
    from wad.managers.house import House, Wishes

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

UNLINK_TIMEOUT = 5.0
"""Seconds that a removal waits for WhatsApp to unlink the device: the user's wish does not depend on the network."""

STORAGE_RETRY = 10.0
"""Seconds until a removal that could not finish, or a record that could not be saved, is tried again."""

SAVE_SOON = 5.0
"""Seconds within which counts and heartbeats are saved: what a crash may cost of them, so that not each is a write."""


class _DeadlinePassed:
    """Put into the inbox when the session's deadline has come."""


class _Detached:
    """Put into the inbox when the daemon leaves the session's client to the next one."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Put into the inbox when somebody waits until a fact has been acted upon."""

    event: Event
    acted: anyio.Event


_Mail: TypeAlias = "Event | _DeadlinePassed | _Detached | _Asked"


class SessionRunner:
    """Runs one session from its start to its removal."""

    def __init__(self, session_id: SessionId, house: House, wishes: Wishes) -> None:
        self.session_id = session_id
        self.failure: WadError | None = None
        """Why the session could not even be begun."""
        self.removal_failure: WadError | None = None
        """Why a removal has not finished yet; it is tried again."""
        self.finished = anyio.Event()
        self._house = house
        self._wishes = wishes
        self._removal_asked = False
        self._machine: Session | None = None
        self._save_by: float | None = None
        self._inbox: Mailbox[_Mail] = Mailbox()
        self._changed = anyio.Event()
        self._log = _log.bind(session_id=session_id)
        self._worker = ""
        self._cause = Cause.present()

    # ── seen from outside ─────────────────────────────────────────────────────────────────────────────────────────

    @property
    def view(self) -> SessionView | None:
        """The session as people see it; None until its record has been read."""
        return None if self._machine is None else self._machine.view()

    @property
    def device(self) -> Device | None:
        """What makes it a device of a phone; None for a plain session."""
        return self._wishes.device if self._machine is None else self._machine.record.device

    @property
    def backlog(self) -> int:
        """How many facts it has not acted upon yet."""
        return len(self._inbox)

    @property
    def removing(self) -> bool:
        """True once the session's removal has been asked for or has begun."""
        return self._removal_asked or (self._machine is not None and self._machine.removal is not None)

    def tell(self, event: Event) -> None:
        """Put a fact into the inbox; never blocks."""
        if isinstance(event, RemovalRequested):
            self._removal_asked = True
            self.removal_failure = None  # whoever asks waits for what comes of it now
        self._inbox.put(event)

    async def ask(self, event: Event) -> SessionView | None:
        """Tell a fact, and wait until it has been acted upon.

        Returns the session right after that, or None when it is over, or on its way out.
        """
        asked = _Asked(event, anyio.Event())
        self._inbox.put(asked)
        while not (asked.acted.is_set() or self.finished.is_set() or self.removal_failure is not None):
            await self._changed.wait()
        return None if self.removing else self.view

    def overdue(self) -> RemovalReason | None:
        """Return why a sweep would remove the session now, or None."""
        return None if self._machine is None or self.removing else self._machine.overdue(self._house.now())

    def retry_removal(self) -> None:
        """Try a removal that has met an obstacle again at once."""
        if self._machine is not None and self._machine.removal is not None and self.removal_failure is not None:
            self.tell(RemovalRequested(self._machine.removal))

    def deadline_passed(self) -> None:
        """Note that the session's deadline has come."""
        self._inbox.put(_DeadlinePassed())

    def detach(self) -> None:
        """Let the session end here, as it is; what came before is still acted upon, and its record is saved."""
        self._inbox.put(_Detached())

    async def until(self, done: Callable[[SessionView], bool]) -> SessionView | None:
        """Return the view for which *done* held, or None when the session was over first, or cannot even be removed."""
        while not self.finished.is_set() and self.removal_failure is None:
            changed = self._changed
            view = self.view
            if view is not None and not self.removing and done(view):
                return view
            await changed.wait()
        return None

    async def over(self) -> None:
        """Wait until the session is over, or its removal has met an obstacle."""
        while not self.finished.is_set() and self.removal_failure is None:
            await self._changed.wait()

    async def run(self) -> None:
        """Begin the session and keep it until it is removed."""
        self._cause.resume()
        try:
            machine, effects = await self._begin()
        except (StorageError, WrongKind) as error:
            self._log.warning("session.not_begun", error=str(error))
            self.failure = error
        else:
            await self._live(machine, effects)
        finally:
            self._house.scheduler.set(self.session_id, None)
            self._house.release(self.session_id)
            self.finished.set()
            self._notify()

    async def _begin(self) -> tuple[Session, list[do.Effect]]:
        house, wishes = self._house, self._wishes
        stored = await house.registry.get(self.session_id)
        if wishes.interactive and stored is not None and (stored.device is None) != (wishes.device is None):
            raise WrongKind(self.session_id, is_device=stored.device is not None)
        paired = await self._is_paired(stored)
        now = house.now()
        record = stored or SessionRecord(self.session_id, created_at=now.wall, last_activity_at=now.wall)
        labels = record.labels if wishes.labels is None else wishes.labels
        user = record.user if paired else None
        record = replace(record, policy=wishes.policy, labels=labels, user=user, last_activity_at=now.wall)
        record = replace(record, device=wishes.device.after(record.device) if wishes.device else record.device)
        machine = Session(record, now, paired=paired, interactive=wishes.interactive)
        if wishes.left is not None:
            return machine, machine.adopt(wishes.left, house.now())
        effects = machine.start(house.now())
        if wishes.interactive:  # what cannot be recorded is not begun; a restored session need not wait for its record
            await self._do(machine, effects.pop(0))
        return machine, effects

    async def _is_paired(self, stored: SessionRecord | None) -> bool:
        """Return True when there are, or should be, credentials to connect with.

        A session that was linked is never taken for a new one because its credentials are out of reach: whoever asks
        for it is told so, and one that comes back by itself says so until they are there.
        """
        linked_before, asked = stored is not None and stored.user is not None, self._wishes.interactive
        try:
            paired = await self._house.files.is_paired(self.session_id)
        except StorageError:
            if linked_before and not asked:
                return True
            raise
        if linked_before and asked and not paired:
            raise CredentialsMissing(self.session_id)
        return paired or linked_before

    async def _live(self, machine: Session, effects: list[do.Effect]) -> None:
        house = self._house
        self._machine = machine
        async with anyio.create_task_group() as self._probes:
            with tracing.span("session.start", session_id=self.session_id):
                await self._perform(machine, effects)
            while machine.removal is None:
                house.scheduler.set(self.session_id, self._next_deadline(machine))
                self._notify()
                mail = await self._inbox.take()
                with tracing.span("session.handle", session_id=self.session_id, fact=type(mail).__name__):
                    await self._perform(machine, self._read(machine, mail))
                if isinstance(mail, _Asked):
                    mail.acted.set()
                if isinstance(mail, _Detached):
                    break
            self._probes.cancel_scope.cancel()

    def _read(self, machine: Session, mail: _Mail) -> list[do.Effect]:
        now = self._house.now()
        match mail:
            case _DeadlinePassed():
                effects = machine.on_deadline(now)
            case _Detached():
                return [] if self._save_by is None else [do.Persist()]
            case _Asked(event):
                effects = machine.handle(event, now)
            case _:
                effects = machine.handle(mail, now)
        save = self._save_by is not None and now.mono >= self._save_by and machine.removal is None
        return [*effects, do.Persist()] if save else effects

    def _next_deadline(self, machine: Session) -> Deadline | None:
        """Return when to look after the session: at its deadline, or when its record is to be saved."""
        deadline = machine.next_deadline()
        if self._save_by is None:
            return deadline
        save = Deadline(self._save_by, DeadlineKind.RETRY)
        return save if deadline is None else min(deadline, save)

    def _save_within(self, seconds: float) -> None:
        save_by = self._house.clock.monotonic() + seconds
        self._save_by = save_by if self._save_by is None else min(self._save_by, save_by)

    async def _perform(self, machine: Session, effects: list[do.Effect]) -> None:
        if machine.removal is not None:
            self._house.scheduler.set(self.session_id, None)
            await self._remove(machine, deque(effects))
            return
        for effect in effects:
            try:
                await self._do(machine, effect)
            except (EngineError, SessionBusy, StorageError) as error:
                self._log.warning("session.step_failed", step=type(effect).__name__, error=str(error))
                if isinstance(effect, do.Persist):
                    self._save_by = None
                    self._save_within(STORAGE_RETRY)
                if isinstance(effect, do.StartClient | do.TrashCredentials):
                    self._inbox.put_first(StartFailed(machine.generation, error.reason, str(error)))
                    return

    async def _remove(self, machine: Session, effects: deque[do.Effect]) -> None:
        """Carry a removal out to its end; a step that fails is tried again, and nothing that follows is done before.

        When the daemon goes down an obstacle ends it, and the record says what is still to be done.
        """
        going_down = False
        while effects:
            try:
                await self._do(machine, effects[0])
            except EngineError as error:  # the client is gone with its worker, or WhatsApp is out of reach
                self._log.warning("session.removal_step_skipped", step=type(effects[0]).__name__, error=str(error))
            except StorageError as error:
                self._log.error("session.removal_delayed", step=type(effects[0]).__name__, error=str(error))
                if machine.removal is RemovalReason.SHUTDOWN:  # what is wanted stands in the record already
                    effects.popleft()
                    continue
                self.removal_failure = error
                self._notify()
                if going_down:
                    return
                going_down = await self._retry_pause() is RemovalReason.SHUTDOWN
                continue
            self.removal_failure = None
            effects.popleft()

    async def _retry_pause(self) -> RemovalReason | None:
        """Wait a while, or until somebody asks for the removal again; return why that one did."""
        asked: RemovalReason | None = None
        async with anyio.create_task_group() as tasks:

            async def nap() -> None:
                await self._house.clock.sleep(STORAGE_RETRY)
                tasks.cancel_scope.cancel()

            tasks.start_soon(nap)
            while asked is None:
                mail = await self._inbox.take()
                if isinstance(mail, RemovalRequested):
                    asked = mail.reason
            tasks.cancel_scope.cancel()
        return asked

    async def _do(self, machine: Session, effect: do.Effect) -> None:  # noqa: C901 - one line an effect
        house, session_id = self._house, self.session_id
        match effect:
            case do.Persist():
                await house.registry.save(machine.record)
                self._save_by = None
                house.note(machine.record)
            case do.PersistSoon():
                self._save_within(SAVE_SOON)
            case do.Probe(generation):
                self._probes.start_soon(self._probe, generation)
            case do.Publish(event):
                house.hub.publish(event)
                self._notify()
                self._log_change(event)
            case do.StartClient(generation, alone):
                await self._start_client(machine, generation, alone=alone)
            case do.StopClient(generation):
                await house.engine.stop(session_id, generation)
            case do.Unlink(generation):
                with anyio.move_on_after(UNLINK_TIMEOUT) as scope:
                    await house.engine.unlink(session_id, generation)
                if scope.cancelled_caught:
                    self._log.warning("session.unlink_timed_out", seconds=UNLINK_TIMEOUT)
            case do.TrashCredentials():
                await house.files.trash_credentials(session_id)
            case do.Discard(reason):
                await self._discard(reason)
            case do.Finish(reason, cause):
                tell_end(self._log, reason, cause)
            case _:  # pragma: no cover - the type checker proves it
                assert_never(effect)

    def _log_change(self, event: SessionEvent) -> None:
        if event.kind is EventKind.STATE_CHANGED:
            self._worker = self._house.engine.worker_of(self.session_id) or self._worker
            tell_change(self._log, event, self._worker)

    async def _start_client(self, machine: Session, generation: int, *, alone: bool) -> None:
        files = self._house.files
        jid = await files.linked_jid(self.session_id)
        if jid is not None:
            self._house.claim(jid, self.session_id)
        elif machine.paired:
            raise CredentialsMissing(self.session_id)  # a client would show a QR, and write over what comes back
        await files.prepare(self.session_id)
        await self._house.engine.start(self.session_id, generation, alone=alone)

    async def _probe(self, generation: int) -> None:
        try:
            with suppress(WorkerOutdated):  # that nobody can ask must not cost the device
                await self._house.prober.probe(self.session_id, generation)
        except EngineUnavailable as error:  # our own side did not answer; WhatsApp was not asked
            self._log.warning("session.heartbeat_not_asked", error=str(error))
        except EngineError as error:
            self._log.info("session.heartbeat_missed", error=str(error))
            self.tell(HeartbeatMissed(generation, str(error)))
        else:
            self.tell(HeartbeatAnswered(generation))

    async def _discard(self, reason: RemovalReason) -> None:
        house = self._house
        if reason not in DELETES_FILES:
            try:
                expendable = await house.files.is_expendable(self.session_id)
            except StorageError as error:
                expendable = False
                self._log.warning("session.unreadable", error=str(error))
            if not expendable:
                self._log.warning("session.files_kept", reason=reason)
                return
        await house.files.delete(self.session_id, reason)
        await house.registry.delete(self.session_id)

    def _notify(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()
