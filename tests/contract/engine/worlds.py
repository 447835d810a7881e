"""The same world twice: an engine, and what the phone and WhatsApp can do to its sessions."""

from __future__ import annotations

import os
import signal
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import anyio
import psutil

from wad.domain import events
from wad.domain.events import UserIdentity
from wad.domain.ids import SessionId
from wad.emulator.client import ControlError, EmulatorClient
from wad.emulator.faults import Stall
from wad.emulator.server import Emulator
from wad.engine.host import WorkerEngine
from wad.engine.settings import CustomUpstream, EngineSettings
from wad.engine.simulated import SimulatedEngine
from wad.worker.locking import SessionLock

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator
    from pathlib import Path

    from anyio.abc import TaskStatus

    from wad.domain.events import EngineEvent
    from wad.engine.observer import EngineObserver
    from wad.ports import Engine, MessagingEngine, PairingCodeEngine, ProbingEngine

PATIENCE = 30.0
"""Seconds after which an event that has not come is a failure."""


def new_phones() -> Iterator[str]:
    """Return the numbers of phones that nobody else has."""
    return map(str, range(4_915_100_000_001, 4_915_199_999_999))


E = TypeVar("E", bound=events.EngineEvent)


class Recorder:
    """A sink that keeps every event and lets a test wait for the next one of a kind."""

    def __init__(self) -> None:
        self.events: list[tuple[SessionId, EngineEvent]] = []
        self._read = 0
        self._news = anyio.Event()

    def deliver(self, session_id: SessionId, event: EngineEvent) -> None:
        """Take one event."""
        self.events.append((session_id, event))
        self._news.set()

    def of(self, session_id: SessionId) -> list[EngineEvent]:
        """Return every event of one session so far."""
        return [event for owner, event in self.events if owner == session_id]

    async def until(self, session_id: SessionId, kind: type[E]) -> E:
        """Return the session's first event of that kind that no earlier call has passed."""
        with anyio.move_on_after(PATIENCE):
            while True:
                while self._read < len(self.events):
                    owner, event = self.events[self._read]
                    self._read += 1
                    if owner == session_id and isinstance(event, kind):
                        return event
                self._news = anyio.Event()
                await self._news.wait()
        told = [type(event).__name__ for event in self.of(session_id)]
        raise AssertionError(f"no {kind.__name__} of {session_id} came; there were {told}")

    async def until_true(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until a condition on the events holds."""
        with anyio.move_on_after(PATIENCE):
            while not holds():
                self._news = anyio.Event()
                await self._news.wait()
            return
        raise AssertionError(f"waited in vain until {what}")


class World(Protocol):
    """An engine under test and its surroundings."""

    engine: Engine
    pairing: PairingCodeEngine
    probing: ProbingEngine
    messaging: MessagingEngine
    sink: Recorder

    def prepare(self, name: str) -> SessionId:
        """Make a session's directory."""
        ...

    async def scan(self, session_id: SessionId, code: str) -> None:
        """Scan a QR code with a phone of the session's own."""
        ...

    async def type_code(self, session_id: SessionId, code: str, phone_number: str) -> bool:
        """Type a pairing code into a phone; return True when the phone took it."""
        ...

    async def lose(self, session_id: SessionId) -> None:
        """Break the session's connection; the engine restores it by itself."""
        ...

    async def replace(self, session_id: SessionId) -> None:
        """Let a foreign client take the session's stream."""
        ...

    async def revoke(self, session_id: SessionId) -> None:
        """Unlink the session on its phone."""
        ...

    async def fall_mute(self, session_id: SessionId) -> None:
        """Let WhatsApp answer the session no more; its connection stays."""
        ...

    async def speak_again(self, session_id: SessionId) -> None:
        """Let WhatsApp answer again."""
        ...

    def hold(self, session_id: SessionId) -> None:
        """Let someone else hold the session's credentials."""
        ...

    def kill_worker_of(self, session_id: SessionId) -> None:
        """Kill the process that runs the session's client."""
        ...


class SimulatedWorld:
    """The simulation."""

    def __init__(self) -> None:
        self.simulation = SimulatedEngine()
        self.engine: Engine = self.simulation
        self.pairing: PairingCodeEngine = self.simulation
        self.probing: ProbingEngine = self.simulation
        self.messaging: MessagingEngine = self.simulation
        self._phones = new_phones()
        self.sink = Recorder()

    def prepare(self, name: str) -> SessionId:
        """Nothing has to be made."""
        return SessionId(name)

    async def scan(self, session_id: SessionId, code: str) -> None:
        """Scan with a new phone."""
        assert code == self.simulation.clients[session_id].qr_codes[-1]
        self.simulation.scan(session_id, UserIdentity(jid=f"{next(self._phones)}:1@s.whatsapp.net"))

    async def type_code(self, session_id: SessionId, code: str, phone_number: str) -> bool:
        """Type the code."""
        return self.simulation.type_code(session_id, code, UserIdentity(jid=f"{phone_number}:1@s.whatsapp.net"))

    async def lose(self, session_id: SessionId) -> None:
        """Break and restore."""
        self.simulation.lose(session_id)
        self.simulation.restore(session_id)

    async def replace(self, session_id: SessionId) -> None:
        """Take the stream."""
        self.simulation.replace(session_id)

    async def revoke(self, session_id: SessionId) -> None:
        """Unlink."""
        self.simulation.logout(session_id)

    async def fall_mute(self, session_id: SessionId) -> None:
        """Answer no more."""
        self.simulation.fall_mute(session_id)

    async def speak_again(self, session_id: SessionId) -> None:
        """Answer again."""
        self.simulation.speak_again(session_id)

    def hold(self, session_id: SessionId) -> None:
        """Hold the credentials."""
        self.simulation.hold(session_id)

    def kill_worker_of(self, session_id: SessionId) -> None:
        """Kill the worker."""
        self.simulation.kill_worker(session_id)


class RealWorld:
    """Worker processes with the real library, against the emulator."""

    def __init__(self, engine: WorkerEngine, emulator: EmulatorClient, sessions_dir: Path) -> None:
        self.workers = engine
        self.engine: Engine = engine
        self.pairing: PairingCodeEngine = engine
        self.probing: ProbingEngine = engine
        self.messaging: MessagingEngine = engine
        self.sink = Recorder()
        self.emulator = emulator
        self.sessions_dir = sessions_dir
        self.jids: dict[SessionId, str] = {}
        self._phones = new_phones()
        self._locks: list[SessionLock] = []

    def prepare(self, name: str) -> SessionId:
        """Make the directory."""
        (self.sessions_dir / name).mkdir(mode=0o700, parents=True)
        return SessionId(name)

    async def scan(self, session_id: SessionId, code: str) -> None:
        """Scan with a new phone."""
        self.jids[session_id] = await self.emulator.scan(code, next(self._phones))

    async def type_code(self, session_id: SessionId, code: str, phone_number: str) -> bool:
        """Type the code into the emulated phone."""
        try:
            self.jids[session_id] = await self.emulator.pair(code, phone_number)
        except ControlError:
            return False
        return True

    async def lose(self, session_id: SessionId) -> None:
        """Close the connection at the server."""
        await self.emulator.drop(self.jids[session_id])

    async def replace(self, session_id: SessionId) -> None:
        """End the stream as if another client had logged in."""
        await self.emulator.replace(self.jids[session_id])

    async def revoke(self, session_id: SessionId) -> None:
        """Unlink."""
        await self.emulator.revoke(self.jids[session_id])

    async def fall_mute(self, session_id: SessionId) -> None:
        """Leave everything that the device asks unanswered."""
        await self.emulator.add_fault(Stall(target=self.jids[session_id]))

    async def speak_again(self, session_id: SessionId) -> None:
        """Answer again what is asked from now on."""
        await self.emulator.clear_faults()

    def hold(self, session_id: SessionId) -> None:
        """Lock the session's directory, as another process would."""
        self._locks.append(SessionLock(self.sessions_dir / session_id))

    def release_all(self) -> None:
        """Give up what ``hold`` has taken."""
        for lock in self._locks:
            lock.release()

    def pid_of(self, session_id: SessionId) -> int:
        """Return the pid of the worker that runs the session's client."""
        return next(worker.pid for worker in self.workers.workers() if session_id in worker.sessions)

    def kill_worker_of(self, session_id: SessionId) -> None:
        """Kill the process."""
        os.kill(self.pid_of(session_id), signal.SIGKILL)


@asynccontextmanager
async def running(
    engine: WorkerEngine | SimulatedEngine, sink: Recorder, *, dismisses: bool = True
) -> AsyncGenerator[None]:
    """Run an engine; it ends with its clients, or leaves them to the next one."""
    async with anyio.create_task_group() as tasks:

        async def run(*, task_status: TaskStatus[None]) -> None:
            await engine.run(sink, task_status=task_status)

        await tasks.start(run)
        try:
            yield
        finally:
            if dismisses:
                engine.dismiss()
            tasks.cancel_scope.cancel()


@asynccontextmanager
async def simulated_world() -> AsyncGenerator[SimulatedWorld]:
    """Run the simulation."""
    world = SimulatedWorld()
    async with running(world.simulation, world.sink):
        yield world


@asynccontextmanager
async def real_world(room: Path, observer: EngineObserver | None = None, **changes: Any) -> AsyncGenerator[RealWorld]:
    """Run worker processes and an emulator in the directory *room*; afterwards no process of theirs is left."""
    async with Emulator(room / "emulator") as emulator, EmulatorClient(emulator.announcement) as control:
        world = RealWorld(
            WorkerEngine(replace(settings_for(room, control), **changes), observer), control, room / "sessions"
        )
        async with running(world.workers, world.sink):
            yield world
        world.release_all()
        assert not workers_alive(room)


def settings_for(room: Path, emulator: EmulatorClient) -> EngineSettings:
    """Return settings for workers that use the emulator."""
    server = emulator.announcement
    return EngineSettings(
        sessions_dir=room / "sessions",
        runtime_dir=room / "run",
        log_dir=room / "logs",
        log_level="INFO",
        upstream=CustomUpstream(server.proxy_url, str(server.ca_file), server.noise_root_key),
    )


def workers_alive(room: Path) -> list[psutil.Process]:
    """Return the workers and zygotes of the daemons in *room*, and what this test process has not reaped."""
    everyone = psutil.process_iter(["cmdline", "ppid", "status"])
    return [process for process in everyone if is_worker(process, room) or is_unreaped(process)]


def is_worker(process: psutil.Process, room: Path) -> bool:
    """Return True for a worker or a zygote of a daemon in *room*."""
    line: list[str] = process.info["cmdline"] or []
    return bool({"wad.worker", "wad.worker.zygote"} & set(line)) and any(str(room) in part for part in line)


def is_unreaped(process: psutil.Process) -> bool:
    """Return True for an ended child of this process that nobody has reaped."""
    return process.info["ppid"] == os.getpid() and process.info["status"] == psutil.STATUS_ZOMBIE
