"""Workers that are forked from a zygote: they are workers like any other, and need neither it nor its daemon."""

from __future__ import annotations

import os
import signal
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import psutil
import pytest

from tests.contract.engine.worlds import PATIENCE, Recorder, real_world, running, workers_alive
from wad.domain import events
from wad.engine.host import WorkerEngine
from wad.engine.settings import EngineSettings
from wad.engine.zygote import Zygote

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.contract.engine.worlds import RealWorld
    from wad.domain.ids import SessionId
    from wad.engine.process import WorkerProcess

pytestmark = pytest.mark.anyio


async def link(world: RealWorld, name: str) -> SessionId:
    """Link a session."""
    session_id = world.prepare(name)
    await world.engine.start(session_id, 1)
    shown = await world.sink.until(session_id, events.QrIssued)
    await world.scan(session_id, shown.code)
    await world.sink.until(session_id, events.ConnectionOpened)
    return session_id


async def gone(pid: int) -> None:
    """Wait until a process is no more, or is only waiting to be reaped."""
    with anyio.fail_after(PATIENCE):
        while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:  # noqa: ASYNC110 - it is not ours
            await anyio.sleep(0.01)


def maps(pid: int) -> str:
    """Return what files a process has in its memory."""
    return Path(f"/proc/{pid}/maps").read_text()


def pipes_and_sockets(pid: int) -> set[str]:
    """Return the pipes and sockets that a process has open."""
    ends = {str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir()}
    return {end for end in ends if end.startswith(("pipe:", "socket:"))}


async def test_a_forked_worker_serves_a_session(room: Path) -> None:
    """The worker of a session is a child of the zygote, and the session links, connects and stops."""
    async with real_world(room) as world:
        session_id = await link(world, "one")
        worker = psutil.Process(world.pid_of(session_id))
        assert worker.ppid() == world.workers.zygote.pid
        assert os.getsid(worker.pid) == worker.pid
        await world.engine.stop(session_id, 1)


async def test_a_forked_worker_is_listed_as_a_worker(room: Path) -> None:
    """Whoever lists the machine's processes sees the same command line as that of a worker started by itself."""
    async with real_world(room) as world:
        (worker,) = world.workers.workers()
        line = [part for part in psutil.Process(worker.pid).cmdline() if part]
        socket = str(room / "run" / "workers" / "w1.sock")
        assert line[1:] == ["-P", "-m", "wad.worker", "--socket", socket, "--worker-id", "w1"]


async def test_the_zygote_has_one_thread_and_neither_the_library_nor_grpc(room: Path) -> None:
    """What would not survive a fork is not in the process that forks; the library is in its workers."""
    async with real_world(room, sessions_per_worker=1) as world:
        await link(world, "one")
        await link(world, "two")
        zygote = world.workers.zygote.pid
        assert psutil.Process(zygote).num_threads() == 1
        assert "neonize-linux" not in maps(zygote)
        assert "cygrpc" not in maps(zygote)
        for worker in world.workers.workers():
            assert "neonize-linux" in maps(worker.pid)


async def test_a_forked_worker_inherits_nothing_of_the_zygotes(room: Path) -> None:
    """A worker holds no descriptor of another worker, nor the zygote's socket."""
    async with real_world(room, sessions_per_worker=1) as world:
        for name in ("one", "two"):
            await world.engine.start(world.prepare(name), 1)
        first, second = (pipes_and_sockets(worker.pid) for worker in world.workers.workers())
        zygotes = pipes_and_sockets(world.workers.zygote.pid)
        assert len(zygotes) >= 3
        assert not first & second
        assert not (first | second) & zygotes


async def test_a_worker_outlives_its_zygote_which_is_replaced(room: Path) -> None:
    """When the zygote is killed its workers go on, and the next worker is forked from a new one."""
    async with real_world(room, sessions_per_worker=1) as world:
        first = await link(world, "first")
        zygote = world.workers.zygote.pid
        os.kill(zygote, signal.SIGKILL)
        await gone(zygote)
        second = await link(world, "second")
        assert world.workers.zygote.pid not in {0, zygote}
        assert psutil.Process(world.pid_of(second)).ppid() == world.workers.zygote.pid
        await world.lose(first)
        await world.sink.until(first, events.ConnectionOpened)


async def test_an_orphan_of_a_dead_zygote_is_reported_when_it_ends(room: Path) -> None:
    """Without the zygote the end of its worker is still noticed, only its exit code is lost."""
    async with real_world(room) as world:
        session_id = await link(world, "one")
        zygote = world.workers.zygote.pid
        os.kill(zygote, signal.SIGKILL)
        await gone(zygote)
        world.kill_worker_of(session_id)
        exited = await world.sink.until(session_id, events.WorkerExited)
        assert exited.status == "ended with an exit code that nobody passed on"


async def test_a_zygote_that_is_stuck_is_killed_and_done_without(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that the zygote does not fork in time is started by itself, and no second one comes later."""
    async with real_world(room, sessions_per_worker=1) as world:
        await link(world, "first")
        zygote = world.workers.zygote.pid
        os.kill(zygote, signal.SIGSTOP)
        with monkeypatch.context() as impatient:
            impatient.setattr("wad.engine.zygote._PATIENCE", 0.2)
            second = await link(world, "second")
        assert psutil.Process(world.pid_of(second)).ppid() == os.getpid()
        assert not psutil.pid_exists(zygote)
        third = await link(world, "third")
        assert psutil.Process(world.pid_of(third)).ppid() == world.workers.zygote.pid


async def test_without_a_zygote_workers_are_started_by_themselves(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A zygote that cannot be started costs nobody a session."""
    monkeypatch.setattr("wad.engine.zygote._MODULE", "wad.worker.absent")
    async with real_world(room) as world:
        session_id = await link(world, "one")
        assert psutil.Process(world.pid_of(session_id)).ppid() == os.getpid()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR2])
async def test_signals_that_are_meant_for_the_daemon_do_not_end_the_zygote(room: Path, number: signal.Signals) -> None:
    """Whoever signals all of the daemon's processes leaves the zygote to report how the workers end."""
    async with real_world(room) as world:
        session_id = await link(world, "one")
        zygote = world.workers.zygote.pid
        assert os.getsid(zygote) == zygote
        os.kill(zygote, number)
        world.kill_worker_of(session_id)
        exited = await world.sink.until(session_id, events.WorkerExited)
        assert exited.status == "signal 9 (SIGKILL)"
        assert world.workers.zygote.pid == zygote


@asynccontextmanager
async def forked(room: Path) -> AsyncGenerator[tuple[Zygote, WorkerProcess]]:
    """Fork a worker that has no sessions, and see that it has ended afterwards."""
    settings = EngineSettings(sessions_dir=room / "sessions", runtime_dir=room / "run", log_dir=room / "logs")
    settings.socket_dir.mkdir(parents=True)
    settings.log_dir.mkdir()
    zygote = Zygote(settings)
    worker = await zygote.spawn("w1", settings.socket_dir / "w1.sock", settings)
    try:
        yield zygote, worker
    finally:
        await worker.end(0)
        await zygote.aclose()


async def test_a_worker_that_dies_at_once_is_known_with_its_exit_code(room: Path) -> None:
    """However soon a worker dies, its number cannot have been given to another process before the daemon holds it."""
    async with forked(room) as (_, worker):
        os.kill(worker.pid, signal.SIGKILL)
        assert await worker.end(PATIENCE) == "signal 9 (SIGKILL)"


async def test_a_terminated_worker_passes_its_exit_code_on(room: Path) -> None:
    """A worker takes the signals again that its zygote ignores, and its parent reports how it ended."""
    async with forked(room) as (_, worker):
        await worker.ready(room / "logs" / "worker-w1.log")
        worker.terminate()
        assert await worker.end(PATIENCE) == "exit code 0"


async def test_a_zygote_ends_with_its_daemon_and_its_workers_do_not(room: Path) -> None:
    """When the daemon hangs up, as its death does, the zygote is gone, and its worker listens on."""
    async with forked(room) as (zygote, worker):
        await worker.ready(room / "logs" / "worker-w1.log")
        pid = zygote.pid
        await zygote.aclose()
        assert not psutil.pid_exists(pid)
        async with await anyio.connect_unix(room / "run" / "workers" / "w1.sock") as stream:
            assert await stream.receive()


async def test_an_orphan_is_adopted_and_no_zygote_is_started_for_it(room: Path) -> None:
    """The worker of a dead daemon's dead zygote is taken over, and ends in order when it is told to."""
    async with forked(room) as (zygote, worker):
        await worker.ready(zygote.settings.log_file("w1"))
        await zygote.aclose()
        engine = WorkerEngine(zygote.settings)
        async with running(engine, Recorder()):
            await engine.resume()
            assert [info.pid for info in engine.workers()] == [worker.pid]
            assert engine.zygote.pid == 0
    assert not workers_alive(room)
