"""A session manager in memory, with the manager's signatures and none of its work, and a server that serves it."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import grpc.aio
from google.rpc import error_details_pb2, status_pb2  # pyright: ignore[reportMissingTypeStubs] - its stubs lie beside it

from wad.daemon.config import LiveConfig
from wad.daemon.effects import LIVE
from wad.domain.alerts import Alert, AlertState
from wad.domain.debugging import CallFacts, DebugReport, QueueFacts, TaskFacts, TimerFacts
from wad.domain.errors import SessionNotFound, WorkerNotFound
from wad.domain.events import UserIdentity
from wad.domain.ids import SessionId
from wad.domain.inspection import Inspection, PairedDevice, StoreCounts, StoredFile
from wad.domain.policy import Policy
from wad.domain.records import EventKind, PairingCode, QrCode, SessionEvent, SessionRecord, SessionView
from wad.domain.states import RemovalReason, SessionState
from wad.domain.workers import Move, MoveOutcome, Replaced, WorkerState, WorkerUsage, WorkerView
from wad.managers.alerts import AlertBoard
from wad.managers.hub import EventHub, WatchEnd
from wad.managers.inbox import Inbox, InboxTerms
from wad.managers.sweep import Room, SweepReport, Verdict
from wad.managers.sweeper import SweeperState
from wad.managers.terms import Created, Reconnected, Stats, Wait
from wad.managers.tokens import TokenKeeper
from wad.rpc.access.grants import Grants
from wad.rpc.access.scoped import ScopedArchives
from wad.rpc.admin_service import AdminService, HealthCheck, HealthReport, HealthStatus, Upstream
from wad.rpc.convert_admin import DaemonStats
from wad.rpc.drain import Drain
from wad.rpc.interceptors import CallWatchers
from wad.rpc.listeners import TcpAddress
from wad.rpc.ports import ArchiveFacts, RestoreOptions, Sealing
from wad.rpc.server import MOST_CONNECTIONS, RpcServer, RpcSettings
from wad.rpc.streams import OpenStreams
from wad.storage.memory import MemoryTokens
from wad.storage.memory_calls import MemoryAudit, MemoryReplies
from wad.storage.memory_messages import MemoryMessages

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from google.protobuf import message as protobuf

    from wad.domain.devices import Device
    from wad.domain.messages import Message
    from wad.managers.reception import Reception
    from wad.rpc.access.certificates import TlsFiles

USER = UserIdentity("491701234567:3@s.whatsapp.net", push_name="Ada", platform="android")


class SystemClock:
    """Both clocks of this machine."""

    def monotonic(self) -> float:
        """Return monotonic seconds."""
        return time.monotonic()

    def wall(self) -> float:
        """Return seconds since the epoch."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Return after *seconds*."""
        await anyio.sleep(seconds)


INSPECTION = Inspection(
    PairedDevice(USER.jid, "1:3@lid", 4711),
    StoreCounts(pre_keys=812, uploaded_pre_keys=811, contact_sessions=7),
    (StoredFile("creds.db", 122_880, 1_800_000_000.0), StoredFile("lock", 5, 1_800_000_000.0)),
    lock_holder=4242,
    set_aside=("20261122T235959000000Z",),
)

SWEPT = SweepReport(
    dry_run=False,
    began_at=1_800_000_000.0,
    duration=0.25,
    checked=2,
    removed=(Verdict(SessionId("old"), "idle"),),
    kept=(Verdict(SessionId("new"), "within its limits"),),
    orphans=(SessionId("lost"),),
    unknown_directories=(SessionId("stray"),),
    trash_purged=3,
    room=Room(245_760, 1 << 30),
)


class FakeSweeper:
    """A scheduler that only remembers what it was told."""

    def __init__(self) -> None:
        self.running = True
        self.swept: list[bool] = []

    def state(self) -> SweeperState:
        """Return the scheduler as it is now."""
        return SweeperState(self.running, 300.0, 1_800_000_300.0 if self.running else None, 1_800_000_000.0, SWEPT)

    def start(self) -> SweeperState:
        """Start."""
        self.running = True
        return self.state()

    def stop(self) -> SweeperState:
        """Stop."""
        self.running = False
        return self.state()

    async def sweep(self, *, dry_run: bool = False) -> SweepReport:
        """Return a report."""
        self.swept.append(dry_run)
        return replace(SWEPT, dry_run=dry_run)


class FakeAlerts:
    """One alert that is raised, one that cannot be measured, and one that is switched off."""

    def measured(self) -> AlertBoard:
        """Return the alerts."""
        states = (
            AlertState(Alert.SESSION_UTILIZATION_HIGH, True, 0.9, 0.8, 1_800_000_000.0, 1),
            AlertState(Alert.CERTIFICATE_EXPIRING, threshold=1_209_600),
            AlertState(Alert.MEMORY_HIGH, value=123.0),
        )
        return AlertBoard(states, 300.0, 1_800_000_060.0)


class FakeArchives:
    """Archives that only remember what they were told."""

    facts = ArchiveFacts("shop", USER.jid, 1_800_000_000.5, "1.2.3")

    def __init__(self) -> None:
        self.content = b"archive"
        self.sealed: list[Sealing] = []
        self.restored: list[tuple[bytes, RestoreOptions]] = []

    async def back_up(self, session_id: SessionId, sealing: Sealing) -> tuple[ArchiveFacts, bytes]:
        """Return the content."""
        self.sealed.append(sealing)
        return replace(self.facts, session_id=session_id), self.content

    async def restore(self, archive: bytes, options: RestoreOptions) -> tuple[ArchiveFacts, SessionView]:
        """Return a session that is out of service."""
        self.restored.append((archive, options))
        name = options.session_id or SessionId(self.facts.session_id)
        return self.facts, SessionView(SessionRecord(name, 1.0, 2.0, active=False, state=SessionState.DISCONNECTED))


WORKER_USAGE = WorkerUsage(33, 21, 1 << 26, 1 << 24, 7200.0, 2)


class FakeWorkers:
    """Two workers, of which one is drained; a replacement goes as ``outcomes`` says."""

    def __init__(self) -> None:
        first = WorkerView(
            "w2", 4711, WorkerState.READY, (SessionId("b"), SessionId("a")), WORKER_USAGE, "", "0.5.2", 2
        )
        self.views = {
            "w2": first,
            "w10": replace(first, id="w10", pid=4712, sessions=(SessionId("c"),), closed="it was told to drain"),
        }
        self.outcomes = {"a": MoveOutcome.MOVED, "b": MoveOutcome.STAYED, "c": MoveOutcome.MOVED}

    async def inspect_workers(self) -> list[WorkerView]:
        """Return them."""
        return list(reversed(self.views.values()))

    def drain_worker(self, worker_id: str) -> WorkerView:
        """Close one."""
        if worker_id not in self.views:
            raise WorkerNotFound(worker_id)
        self.views[worker_id] = replace(self.views[worker_id], closed="it was told to drain")
        return self.views[worker_id]

    async def replace_workers(self, worker_id: str | None = None) -> AsyncGenerator[Move | Replaced]:
        """Yield the outcomes, up to the first failure."""
        for view in list(self.views.values()) if worker_id is None else [self.drain_worker(worker_id)]:
            kept: list[SessionId] = []
            for session_id in view.sessions:
                outcome = self.outcomes[session_id]
                target = "w11" if outcome is MoveOutcome.MOVED else ""
                yield Move(view.id, session_id, outcome, 1.5, target)
                kept += [] if target else [session_id]
                if outcome is MoveOutcome.FAILED:
                    yield Replaced(view.id, tuple(kept))
                    return
            yield Replaced(view.id, tuple(kept))


def live_config(directory: Path) -> LiveConfig:
    """Return a daemon's configuration with a file of its own; its live keys change nothing but themselves."""
    directory.mkdir(exist_ok=True)
    path = directory / "wad.toml"
    path.write_text('[sessions]\nidle = "15m"\n')
    live = LiveConfig(path, environ={"HOME": str(directory), "WAD_DEVICES__IDLE": "40m"})
    live.attend(dict.fromkeys(LIVE, lambda _config: None))
    return live


class FakeSessions:
    """Sessions whose life the test writes; ``error`` is raised by the next call of any method, once it is set."""

    def __init__(self, retention: int = 16_384) -> None:
        self.policy = Policy()
        self.hub = EventHub(retention)
        self.sweeper = FakeSweeper()
        self.archives = FakeArchives()
        self.workers = FakeWorkers()
        self.audit = MemoryAudit()
        self.replies = MemoryReplies()
        self.views: dict[SessionId, SessionView] = {}
        self.calls: list[tuple[str, dict[str, object]]] = []
        self.error: Exception | None = None
        self.gate = anyio.Event()
        self.holds_messages = False
        self.cancelled = anyio.Event()
        self.began: defaultdict[str, anyio.Event] = defaultdict(anyio.Event)
        self.meanwhile: Callable[[], object] | None = None
        self.script: list[SessionEvent] = []
        self.watch_ends: list[WatchEnd] = []
        self.streams = OpenStreams(SystemClock(), self.watch_ends.append)
        self.drain = Drain(self.streams, SystemClock(), live=lambda: len(self.views), close=self.shutdown)

    def put(self, session_id: str, state: SessionState = SessionState.CONNECTED, **changes: object) -> SessionView:
        """Make a session that is in *state*."""
        now = time.time()
        view = SessionView(SessionRecord(SessionId(session_id), now, now, state=state))
        view = replace(view, record=replace(view.record, **changes))  # pyright: ignore[reportArgumentType] - the tests name real fields
        self.views[view.record.session_id] = view
        return view

    def tell(self, view: SessionView, kind: EventKind = EventKind.STATE_CHANGED) -> None:
        """Publish an event of *view*."""
        self.views[view.record.session_id] = view
        self.hub.publish(SessionEvent(kind, time.time(), view, SessionState.CONNECTING))

    def called(self, method: str, **arguments: object) -> None:
        """Remember a call, and let it fail if it is to."""
        self.calls.append((method, arguments))
        self.began[method].set()
        if self.error is not None:
            raise self.error

    async def create(
        self,
        session_id: SessionId,
        *,
        policy: Policy | None = None,
        labels: Mapping[str, str] | None = None,
        wait: Wait = Wait.FIRST_QR_OR_CONNECTION,
    ) -> Created:
        """Return the session, or make it with a QR; waits for the gate when the caller waits for a connection."""
        self.called("create", session_id=session_id, policy=policy, labels=labels, wait=wait)
        if session_id in self.views:
            return Created(self.views[session_id], already_connected=True)
        if wait is Wait.CONNECTED:
            try:
                await self.gate.wait()
            except BaseException:
                self.cancelled.set()
                raise
        view = self.put(session_id, SessionState.QR_GENERATED, policy=policy or self.policy, labels=dict(labels or {}))
        return Created(replace(view, qr=fresh_qr()), already_connected=False)

    async def link(
        self,
        session_id: SessionId,
        *,
        policy: Policy | None = None,
        labels: Mapping[str, str] | None = None,
        phone_number: str = "",
    ) -> AsyncGenerator[SessionEvent]:
        """Yield the script, then wait for the gate if the script has not ended the link."""
        self.called("link", session_id=session_id, policy=policy, labels=labels, phone_number=phone_number)
        try:
            for event in self.script:
                yield event
            if not self.script or self.script[-1].kind not in {EventKind.AUTH_SUCCESS, EventKind.REMOVED}:
                await self.gate.wait()
        except BaseException:
            self.cancelled.set()
            raise

    async def request_pairing_code(self, session_id: SessionId, phone_number: str) -> SessionView:
        """Return the session with a code."""
        self.called("request_pairing_code", session_id=session_id, phone_number=phone_number)
        return replace(await self.get(session_id), pairing_code=fresh_code(phone_number))

    async def get(self, session_id: SessionId) -> SessionView:
        """Return the session."""
        self.called("get", session_id=session_id)
        if session_id not in self.views:
            raise SessionNotFound(session_id)
        return self.views[session_id]

    async def list(self, *, include_inactive: bool = False) -> list[SessionView]:
        """Return the sessions by id; ``meanwhile`` happens right after they were looked up."""
        self.called("list", include_inactive=include_inactive)
        found = [view for _, view in sorted(self.views.items()) if view.record.active or include_inactive]
        if self.meanwhile is not None:
            self.meanwhile()
        return found

    async def remove(self, session_id: SessionId, reason: RemovalReason) -> SessionView:
        """Remove the session."""
        self.called("remove", session_id=session_id, reason=reason)
        view = await self.get(session_id)
        del self.views[session_id]
        ended = replace(view.record, active=False, removal=reason, state=SessionState.LOGGED_OUT)
        self.tell(SessionView(ended), EventKind.REMOVED)
        del self.views[session_id]
        return SessionView(ended)

    async def stop(self, session_id: SessionId) -> SessionView:
        """Stop the session."""
        self.called("stop", session_id=session_id)
        ended = replace((await self.get(session_id)).record, active=False, removal=RemovalReason.STOPPED)
        self.views[session_id] = SessionView(ended)
        return self.views[session_id]

    async def set_aside(self, session_id: SessionId) -> SessionView:
        """Stop the session, and unlink it."""
        self.called("set_aside", session_id=session_id)
        ended = replace((await self.get(session_id)).record, active=False, removal=RemovalReason.STOPPED, user=None)
        self.views[session_id] = SessionView(ended)
        return self.views[session_id]

    async def reconnect(self, session_id: SessionId) -> Reconnected:
        """Begin a new attempt unless the session is connected."""
        self.called("reconnect", session_id=session_id)
        view = await self.get(session_id)
        return Reconnected(view, attempted=view.record.state is not SessionState.CONNECTED)

    async def touch(self, session_id: SessionId) -> SessionView:
        """Touch the session."""
        self.called("touch", session_id=session_id)
        return await self.get(session_id)

    async def inspect(self, session_id: SessionId) -> Inspection:
        """Return an inspection of a linked session."""
        self.called("inspect", session_id=session_id)
        await self.get(session_id)
        return INSPECTION

    async def shutdown(self, left: Callable[[int], None]) -> None:
        """Close the sessions one by one, each once the gate is opened."""
        self.called("shutdown")
        for number in range(len(self.views), 0, -1):
            left(number)
            await self.gate.wait()
        self.views.clear()
        left(0)

    def stats(self) -> DaemonStats:
        """Return the counts of a daemon with one worker."""
        counts = {state: sum(v.record.state is state for v in self.views.values()) for state in SessionState}
        return DaemonStats(
            self._counts(counts),
            (WorkerView("w1", 4711, WorkerState.READY, tuple(self.views), WORKER_USAGE),),
            25,
            3,
            1 << 25,
            90.0,
        )

    def _counts(self, counts: Mapping[SessionState, int]) -> Stats:
        devices = sum(view.record.device is not None for view in self.views.values())
        return Stats(counts, len(self.views), 50, devices, qr_timers=1, session_timers=2)

    async def health(self) -> HealthReport:
        """Return a report of a daemon that is well but for one check."""
        counts = {state: sum(v.record.state is state for v in self.views.values()) for state in SessionState}
        stats = self._counts(counts)
        checks = (HealthCheck("registry", ok=True), HealthCheck("engine", ok=False, message="No worker runs."))
        return HealthReport(
            HealthStatus.DEGRADED, "1.2.3", time.time() - 90, 90.0, stats, Upstream.CUSTOM, 1 << 20, checks
        )


class FakeDevices:
    """Devices among fake sessions; its calls are among theirs."""

    def __init__(self, sessions: FakeSessions) -> None:
        self.policy = Policy(idle=30 * 60, heartbeat=5 * 60)
        self._sessions = sessions

    async def create(
        self, device: Device, *, policy: Policy | None = None, labels: Mapping[str, str] | None = None, wait: Wait
    ) -> Created:
        """Return the device, or make it with a QR."""
        sessions = self._sessions
        sessions.called("create", device=device, policy=policy, labels=labels, wait=wait)
        if device.session_id in sessions.views:
            return Created(sessions.views[device.session_id], already_connected=True)
        view = sessions.put(device.session_id, SessionState.QR_GENERATED, device=device)
        return Created(replace(view, qr=fresh_qr()), already_connected=False)

    def link(
        self,
        device: Device,
        *,
        policy: Policy | None = None,
        labels: Mapping[str, str] | None = None,
        pairing_code: bool = False,
    ) -> AsyncGenerator[SessionEvent]:
        """Yield the sessions' script."""
        self._sessions.called("link", device=device, pairing_code=pairing_code)
        return self._sessions.link(device.session_id, policy=policy, labels=labels)

    async def get(self, session_id: SessionId) -> SessionView:
        """Return the device."""
        return await self._sessions.get(session_id)

    async def list(self, phone_number: str = "", *, include_inactive: bool = False) -> list[SessionView]:
        """Return the devices by id."""
        found = await self._sessions.list(include_inactive=include_inactive)
        return [v for v in found if v.record.device and phone_number in {"", v.record.device.phone_number}]

    async def heartbeat(self, session_id: SessionId) -> SessionView:
        """Forget the failed heartbeats."""
        self._sessions.called("heartbeat", session_id=session_id)
        view = await self._sessions.get(session_id)
        return replace(view, record=replace(view.record, failed_heartbeats=0, last_heartbeat_at=time.time()))

    async def remove(self, session_id: SessionId, reason: RemovalReason) -> SessionView:
        """Remove the device."""
        return await self._sessions.remove(session_id, reason)


class FakeMessages:
    """Messages among fake sessions; its calls are among theirs.

    Attributes:
        store: What they have received.
        inbox: Hands it out.
    """

    def __init__(self, sessions: FakeSessions) -> None:
        self._sessions = sessions
        self.store = MemoryMessages()
        self.inbox = Inbox(self.store, SystemClock(), InboxTerms())

    async def send_text(self, session_id: SessionId, to: str, text: str) -> str:
        """Return an id."""
        self._sessions.called("send_text", session_id=session_id, to=to, text=text)
        if self._sessions.holds_messages:
            await self._sessions.gate.wait()
        return "3EB0C0FFEE"

    async def get(self, session_id: SessionId, message_id: str) -> Message:
        """Return a message that is kept."""
        return await self.inbox.get(session_id, message_id)

    def receive(
        self, sessions: Sequence[SessionId], covers: Callable[[SessionId], bool] = lambda _: True
    ) -> AbstractContextManager[Reception]:
        """Hand out what is kept."""
        return self.inbox.receive(sessions, covers)


def fresh_qr(code: str = "2@secret", attempt: int = 1) -> QrCode:
    """Return a QR that is valid for a minute."""
    return QrCode(code, time.time(), time.time() + 60, attempt)


def fresh_code(phone_number: str = "4915112345678") -> PairingCode:
    """Return a pairing code that is valid for a minute."""
    return PairingCode("ABCD-1234", phone_number, time.time(), time.time() + 60)


def debug_report(sessions: FakeSessions) -> DebugReport:
    """Return what a daemon might be doing."""
    return DebugReport(
        tasks=(
            TaskFacts("session bar", ("asyncio.locks.Event.wait:213", "wad.managers.runner.SessionRunner.run:180")),
            TaskFacts("session shop", ("asyncio.locks.Event.wait:213", "wad.managers.runner.SessionRunner.run:180")),
            TaskFacts("sweeper", ("wad.managers.sweeper.Sweeper.run:99",)),
        ),
        timers=(TimerFacts("shop", "qr", -0.5), TimerFacts("", "cleanup", 299.0)),
        queues=(QueueFacts("event log", 7, 16_384, "events"), QueueFacts("watcher c0ffee", 3, 16_384, "not yet sent")),
        workers=sessions.stats().workers,
        calls=(CallFacts("c0ffee", "wad.v1.EventService/WatchEvents", "billing", "", 61.5),),
    )


def admin_service(sessions: FakeSessions, config: LiveConfig | None = None) -> AdminService:
    """Return the service for those who run the daemon."""
    return AdminService(
        sessions.health,
        stats=sessions.stats,
        sweeper=sessions.sweeper,
        alerts=FakeAlerts(),
        archives=ScopedArchives(sessions.archives),
        workers=sessions.workers,
        config=config or LiveConfig(Path(os.devnull), environ={"HOME": "/"}),
        audit=sessions.audit,
        drain=sessions.drain,
        debug=lambda: debug_report(sessions),
        clock=SystemClock(),
    )


@dataclass
class Served:
    """A running server and what it serves."""

    server: RpcServer
    sessions: FakeSessions
    messages: FakeMessages
    socket: Path
    began: list[tuple[str, str]]
    calls: list[tuple[str, str, str]]
    tokens: TokenKeeper
    grants: Grants
    config: LiveConfig

    @property
    def unix(self) -> str:
        """Address of the unix socket."""
        return f"unix:{self.socket}"

    @property
    def tcp(self) -> str:
        """Address of the TCP port."""
        return str(self.server.tcp)


@asynccontextmanager
async def serving(
    directory: Path,
    *,
    grace: float = 0.1,
    retention: int = 16_384,
    insecure_loopback: bool = True,
    tls: TlsFiles | None = None,
    most_connections: int = MOST_CONNECTIONS,
) -> AsyncGenerator[Served]:
    """Serve a fake manager on a unix socket in *directory* and on a port of the loopback."""
    sessions, config = FakeSessions(retention), live_config(directory)
    began: list[tuple[str, str]] = []
    calls: list[tuple[str, str, str]] = []
    socket = directory / "run" / "wad.sock"
    tokens, grants, messages = TokenKeeper(MemoryTokens(), SystemClock()), Grants(), FakeMessages(sessions)
    server = RpcServer(
        RpcSettings(
            socket,
            TcpAddress("127.0.0.1", 0),
            tls=tls,
            insecure_loopback=insecure_loopback,
            most_connections=most_connections,
            grace=grace,
        ),
        sessions=sessions,
        devices=FakeDevices(sessions),
        messages=messages,
        hub=sessions.hub,
        clock=SystemClock(),
        admin=admin_service(sessions, config),
        streams=sessions.streams,
        replies=sessions.replies,
        tokens=tokens,
        grants=grants,
        watchers=CallWatchers(
            lambda service, method: began.append((service, method)),
            lambda service, method, code, _seconds: calls.append((service, method, code)),
            sessions.audit.add,
        ),
    )
    async with anyio.create_task_group() as tasks:
        await tasks.start(server.run)
        tasks.start_soon(sessions.drain.run, server.drain)
        tasks.start_soon(messages.inbox.run)
        yield Served(server, sessions, messages, socket, began, calls, tokens, grants, config)
        tasks.cancel_scope.cancel()


@asynccontextmanager
async def connected(target: str) -> AsyncGenerator[grpc.aio.Channel]:
    """Open a channel that is closed at the end."""
    async with grpc.aio.insecure_channel(target) as channel:
        yield channel


def error_info(error: grpc.aio.AioRpcError) -> error_details_pb2.ErrorInfo:
    """Return the ErrorInfo of a failed call."""
    return next(found for found in details(error) if isinstance(found, error_details_pb2.ErrorInfo))


def details(error: grpc.aio.AioRpcError) -> list[protobuf.Message]:
    """Return the details of a failed call."""
    metadata: Any = error.trailing_metadata()
    status = status_pb2.Status.FromString(dict(metadata)["grpc-status-details-bin"])
    found: list[protobuf.Message] = []
    for packed in status.details:
        for kind in (error_details_pb2.ErrorInfo, error_details_pb2.BadRequest, error_details_pb2.RetryInfo):
            detail = kind()
            if packed.Unpack(detail):
                found.append(detail)
    return found
