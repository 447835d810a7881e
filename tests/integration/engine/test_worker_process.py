"""A single worker process, spoken to over its socket as a daemon does."""

from __future__ import annotations

import os
import signal
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import anyio
import psutil
import pytest

from tests.contract.engine.worlds import PATIENCE, Recorder, running, settings_for, workers_alive
from wad.domain import events
from wad.domain.ids import SessionId
from wad.emulator.client import EmulatorClient
from wad.emulator.server import Emulator
from wad.engine.connection import NoAnswer, WorkerConnection
from wad.engine.host import WorkerEngine
from wad.engine.process import WorkerProcess
from wad.wire import PROTOCOL_VERSION
from wad.wire.framing import FrameBuffer, encode
from wad.wire.v1 import worker_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from wad.engine.settings import EngineSettings

pytestmark = pytest.mark.anyio


@dataclass
class Daemon:
    """A connection to the worker, and the events that came over it."""

    connection: WorkerConnection
    hello: pb.Hello
    events: list[pb.Event] = field(default_factory=list[pb.Event])

    async def until(self, fact: str) -> pb.Event:
        """Wait for an event with that fact."""
        with anyio.move_on_after(PATIENCE):
            while not (  # noqa: ASYNC110 - whoever fills the list knows nothing of who waits for it
                found := [event for event in self.events if event.WhichOneof("fact") == fact]
            ):
                await anyio.sleep(0.01)
            return found[-1]
        raise AssertionError(f"no {fact} came; there were {[e.WhichOneof('fact') for e in self.events]}")


@dataclass
class Bench:
    """A worker process and all that is needed to speak with it."""

    process: WorkerProcess
    socket: Path
    settings: EngineSettings
    emulator: EmulatorClient

    @asynccontextmanager
    async def daemon(self, resume_after: int = 0) -> AsyncGenerator[Daemon]:
        """Attach as a daemon that acknowledges what it is told, and hang up in the end."""
        connection = await WorkerConnection.dial(self.socket, "w1")
        try:
            daemon = Daemon(connection, await connection.hello())
            await connection.attach(resume_after)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(connection.read, daemon.events.append)
                yield daemon
                tasks.cancel_scope.cancel()
        finally:
            await connection.aclose()


@asynccontextmanager
async def bench(room: Path, **changes: Any) -> AsyncGenerator[Bench]:
    """Start a worker with one session's directory, and see that it has ended afterwards."""
    async with Emulator(room / "emulator") as emulator, EmulatorClient(emulator.announcement) as control:
        settings = replace(settings_for(room, control), **changes)
        (settings.sessions_dir / "one").mkdir(parents=True)
        settings.socket_dir.mkdir(parents=True)
        settings.log_dir.mkdir()
        socket = settings.socket_dir / "w1.sock"
        process = await WorkerProcess.spawn("w1", socket, settings)
        try:
            await process.ready(settings.log_file("w1"))
            yield Bench(process, socket, settings, control)
        finally:
            await process.end(0)


def start(generation: int = 1) -> pb.Request:
    """Return the request to start the session."""
    return pb.Request(start=pb.Start(session_id="one", generation=generation))


async def tell_without_acknowledging(socket: Path) -> None:
    """Attach, start the session, and hang up at its first event without a word."""
    buffer = FrameBuffer()
    request = start()
    request.id = 1
    async with await anyio.connect_unix(socket) as stream:
        await stream.send(encode(pb.Frame(attach=pb.Attach(protocol_version=PROTOCOL_VERSION))))
        await stream.send(encode(pb.Frame(request=request)))
        while not any(frame.HasField("event") for frame in buffer.feed(await stream.receive())):
            pass


async def test_a_worker_that_is_told_to_end_exits_with_zero(room: Path) -> None:
    """Shutdown closes the clients, removes the socket and ends the process by itself."""
    async with bench(room) as worker:
        async with worker.daemon() as daemon:
            await daemon.connection.request(start(), 10)
            await daemon.connection.request(pb.Request(shutdown=pb.Shutdown(timeout_seconds=5)), 10)
            assert await worker.process.end(PATIENCE) == "exit code 0"
        assert not worker.socket.exists()


async def test_a_terminated_worker_closes_its_clients(room: Path) -> None:
    """SIGTERM ends a worker as Shutdown does, and its linked session is offline at once."""
    async with bench(room) as worker, worker.daemon() as daemon:
        await daemon.connection.request(start(), 10)
        shown = await daemon.until("qr_issued")
        jid = await worker.emulator.scan(shown.qr_issued.code, "4915112345678")
        await daemon.until("connection_opened")
        worker.process.terminate()
        assert await worker.process.end(PATIENCE) == "exit code 0"
        await worker.emulator.wait_offline(jid)


async def test_a_worker_that_nobody_attaches_to_ends(room: Path) -> None:
    """Without a daemon a worker closes its clients and exits with 0 once its grace is over."""
    async with bench(room, adopt_grace=0.2) as worker:
        async with worker.daemon() as daemon:
            await daemon.connection.request(start(), 10)
        assert await worker.process.end(PATIENCE) == "exit code 0"


async def test_an_event_that_was_not_acknowledged_is_told_again(room: Path) -> None:
    """What one daemon did not acknowledge the next is told, with the same number, and what it has seen it is not."""
    async with bench(room) as worker:
        await tell_without_acknowledging(worker.socket)
        async with worker.daemon() as second:
            again = await second.until("qr_issued")
            assert again.sequence == 1
            assert second.hello.oldest_sequence == second.hello.newest_sequence == 1
            (session,) = second.hello.sessions
            assert (session.session_id, session.generation, session.logged_in) == ("one", 1, False)
        async with worker.daemon() as third:
            assert third.hello.oldest_sequence == 0  # the second has acknowledged it
            await third.connection.request(pb.Request(ping=pb.Ping()), 10)
            assert not third.events


async def test_a_linked_session_outlives_its_daemon(room: Path) -> None:
    """When the daemon's connection is gone the WhatsApp connection stays, and the next daemon finds it."""
    async with bench(room) as worker:
        async with worker.daemon() as daemon:
            await daemon.connection.request(start(), 10)
            shown = await daemon.until("qr_issued")
            jid = await worker.emulator.scan(shown.qr_issued.code, "4915112345678")
            await daemon.until("connection_opened")
        async with worker.daemon(resume_after=daemon.events[-1].sequence) as heir:
            (session,) = heir.hello.sessions
            assert (session.connected, session.logged_in) == (True, True)
            await worker.emulator.drop(jid)
            await heir.until("connection_lost")
            await heir.until("connection_opened")


async def test_a_second_daemon_is_turned_away(room: Path) -> None:
    """While one daemon is attached another is hung up on, and the first notices nothing."""
    async with bench(room) as worker, worker.daemon() as daemon:
        other = await WorkerConnection.dial(worker.socket, "w1")
        with pytest.raises(Exception, match="hung up"):
            await other.hello()
        await other.aclose()
        await daemon.connection.request(pb.Request(ping=pb.Ping()), 10)


async def test_a_daemon_of_another_version_is_turned_away(room: Path) -> None:
    """A daemon that speaks another version of the protocol gets no answers, and the worker goes on."""
    async with bench(room) as worker:
        stream = await anyio.connect_unix(worker.socket)
        async with stream:
            await stream.receive()
            await stream.send(b"\x00\x00\x00\x04" + pb.Frame(attach=pb.Attach(protocol_version=99)).SerializeToString())
            with pytest.raises(anyio.EndOfStream):
                await stream.receive()
        async with worker.daemon() as daemon:
            await daemon.connection.request(pb.Request(ping=pb.Ping()), 10)


@pytest.mark.parametrize("request_", [pb.Request(), pb.Request(start=pb.Start(session_id="../x", generation=1))])
async def test_a_senseless_request_is_refused(room: Path, request_: pb.Request) -> None:
    """What makes no sense is answered with a failure, and nothing is touched."""
    async with bench(room) as worker, worker.daemon() as daemon:
        with pytest.raises(Exception, match=r"no action|not a session id"):
            await daemon.connection.request(request_, 10)


async def test_a_worker_does_not_hear_the_terminals_signals(room: Path) -> None:
    """A worker leads a session of its own, so a Ctrl+C in the daemon's terminal does not reach it."""
    async with bench(room) as worker:
        assert os.getsid(worker.process.pid) == worker.process.pid != os.getsid(0)


async def test_the_settings_are_not_on_the_command_line(room: Path) -> None:
    """Whoever lists the machine's processes sees neither the proxy nor anything else of the settings."""
    async with bench(room) as worker:
        line = " ".join(psutil.Process(worker.process.pid).cmdline())
        assert worker.settings.upstream is not None
        assert worker.settings.upstream.proxy_url not in line
        assert worker.settings.upstream.noise_root_key not in line


async def test_a_worker_of_a_dead_daemon_is_taken_over_with_its_client(room: Path) -> None:
    """A new daemon goes on with the worker that a dead one left; nothing is started anew."""
    async with bench(room) as worker:
        async with worker.daemon() as daemon:
            await daemon.connection.request(start(), 10)
            await daemon.until("qr_issued")
        sink = Recorder()
        engine = WorkerEngine(worker.settings)
        async with running(engine, sink):
            [left] = engine.left_clients()
            assert (left.session_id, left.generation, left.ended) == ("one", 1, False)
            assert isinstance(left.latest, events.QrIssued)
            assert 0 < left.latest.valid_for <= 60
            await engine.resume()
            assert [info.pid for info in engine.workers()] == [worker.process.pid]
            await worker.emulator.scan(left.latest.code, "4915100000001")
            await sink.until(SessionId("one"), events.ConnectionOpened)
            await engine.stop(SessionId("one"), 1)
        assert await worker.process.end(PATIENCE) == "exit code 0"
    assert not workers_alive(room)


async def test_a_client_that_was_stopped_is_not_told_of_to_the_next_daemon(room: Path) -> None:
    """What the daemon before has stopped looks alive to none after it, and can be started again at once."""
    async with bench(room) as worker:
        async with worker.daemon() as daemon:
            await daemon.connection.request(start(), 10)
            await daemon.until("qr_issued")
            await daemon.connection.request(
                pb.Request(stop=pb.Stop(session_id="one", generation=1, timeout_seconds=10)), 10
            )
        sink = Recorder()
        engine = WorkerEngine(worker.settings)
        async with running(engine, sink):
            assert engine.left_clients() == ()
            await engine.resume()
            await engine.start(SessionId("one"), 2)
            await sink.until(SessionId("one"), events.QrIssued)
            await engine.stop(SessionId("one"), 2)
        assert await worker.process.end(PATIENCE) == "exit code 0"


async def test_a_worker_is_left_running_when_the_daemon_detaches(room: Path) -> None:
    """Detaching closes nothing: the client goes on, and what it reports is kept for the next daemon."""
    async with bench(room) as worker:
        first, second = WorkerEngine(worker.settings), WorkerEngine(worker.settings)
        async with running(first, Recorder(), dismisses=False):
            await first.resume()
            await first.start(SessionId("one"), 7)
            first.leave_events()
        sink = Recorder()
        async with running(second, sink):
            await second.resume()
            assert [client.generation for client in second.left_clients()] == [7]
            assert [info.pid for info in second.workers()] == [worker.process.pid]


async def test_a_mute_worker_is_killed_and_holds_up_no_start(room: Path) -> None:
    """A worker that says nothing within its time is ended, for it would hold its sessions for ever."""
    async with bench(room) as worker:
        os.kill(worker.process.pid, signal.SIGSTOP)
        engine = WorkerEngine(replace(worker.settings, adopt_timeout=0.5))
        async with running(engine, Recorder()):
            assert worker.process.pid not in [info.pid for info in engine.workers()]
        assert await worker.process.end(PATIENCE) == "signal 9 (SIGKILL)"


async def test_a_socket_that_nobody_listens_on_is_removed(room: Path) -> None:
    """What a killed worker has left does not disturb the next start."""
    async with bench(room) as worker:
        os.kill(worker.process.pid, signal.SIGKILL)
        assert await worker.process.end(PATIENCE) == "signal 9 (SIGKILL)"
        assert worker.socket.exists()
        engine = WorkerEngine(worker.settings)
        async with running(engine, Recorder()):
            assert engine.left_clients() == ()
            assert [info.id for info in engine.workers()] == ["w1"]


async def test_a_request_to_a_dead_worker_fails_at_once(room: Path) -> None:
    """Nobody waits for the answer of a process that is no more."""
    async with bench(room) as worker, worker.daemon() as daemon:
        os.kill(worker.process.pid, signal.SIGKILL)
        with pytest.raises(NoAnswer, match="away"):
            await daemon.connection.request(start(), PATIENCE)
