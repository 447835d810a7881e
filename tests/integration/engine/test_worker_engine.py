"""Worker processes under the host: how many there are, how they end, and who holds what."""

from __future__ import annotations

import os
import random
import re
import signal
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.contract.engine.worlds import PATIENCE, RealWorld, Recorder, real_world, running, settings_for, workers_alive
from wad.domain import events
from wad.domain.errors import EngineIncompatible, EngineUnavailable, SessionBusy
from wad.engine.host import WorkerEngine
from wad.engine.settings import EngineSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wad.domain.ids import SessionId

pytestmark = pytest.mark.anyio


async def link(world: RealWorld, session_id: SessionId, generation: int = 1) -> None:
    """Link a session."""
    await world.engine.start(session_id, generation)
    shown = await world.sink.until(session_id, events.QrIssued)
    await world.scan(session_id, shown.code)
    await world.sink.until(session_id, events.ConnectionOpened)


async def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for a condition that another process brings about."""
    with anyio.move_on_after(30):
        while not holds():  # noqa: ASYNC110 - nobody sets an event when a process ends
            await anyio.sleep(0.02)
        return
    raise AssertionError(f"waited in vain until {what}")


async def test_twenty_concurrent_starts_make_two_workers(room: Path) -> None:
    """Concurrent starts share the workers that are on their way, and none takes more than its number."""
    async with real_world(room) as world:
        ids = [world.prepare(f"s{number}") for number in range(20)]
        async with anyio.create_task_group() as tasks:
            for session_id in ids:
                tasks.start_soon(world.engine.start, session_id, 1)
        assert [len(worker.sessions) for worker in world.workers.workers()] == [10, 10]
        assert {s for worker in world.workers.workers() for s in worker.sessions} == set(ids)


async def test_a_place_is_free_again_after_a_stop(room: Path) -> None:
    """A stopped session's place is taken before another worker is started."""
    async with real_world(room, sessions_per_worker=1) as world:
        first, second = world.prepare("first"), world.prepare("second")
        await world.engine.start(first, 1)
        await world.engine.stop(first, 1)
        await world.engine.start(second, 1)
        (worker,) = world.workers.workers()
        assert worker.sessions == (second,)


async def test_two_daemons_cannot_run_one_session(room: Path) -> None:
    """A second engine on the same directory is refused the session, and told by which process."""
    async with real_world(room) as world:
        session_id = world.prepare("shared")
        await link(world, session_id)
        other = WorkerEngine(replace(settings_for(room, world.emulator), runtime_dir=room / "run2"))
        async with running(other, Recorder()):
            with pytest.raises(SessionBusy, match=f"in use by process {world.pid_of(session_id)};"):
                await other.start(session_id, 1)
            await world.engine.stop(session_id, 1)
            await other.start(session_id, 2)


async def test_a_second_client_in_the_same_engine_is_refused(room: Path) -> None:
    """While a generation lives, another cannot be started."""
    async with real_world(room) as world:
        session_id = world.prepare("one")
        await world.engine.start(session_id, 1)
        with pytest.raises(SessionBusy, match="generation 1"):
            await world.engine.start(session_id, 2)


async def test_the_end_of_the_engine_leaves_credentials_and_no_process(room: Path) -> None:
    """When the engine is cancelled its workers close their clients and end by themselves; the files stay."""
    async with real_world(room) as world:
        session_id = world.prepare("kept")
        await link(world, session_id)
        jid = world.jids[session_id]
    assert not workers_alive(room)
    assert not list((room / "run" / "workers").iterdir())
    assert "worker w1 ends" in (room / "logs" / "worker-w1.log").read_text()
    assert not [e for e in world.sink.of(session_id) if isinstance(e, events.WorkerExited)]
    async with real_world(room) as world:
        # The emulator keeps its linked devices in the same room, as WhatsApp would.
        await world.engine.start(session_id, 2)
        assert (await world.sink.until(session_id, events.ConnectionOpened)).user.jid == jid


async def test_what_a_worker_writes_is_private(room: Path) -> None:
    """Credentials, locks and logs can be read by their owner alone."""
    async with real_world(room) as world:
        session_id = world.prepare("private")
        await link(world, session_id)
        files = [*(room / "sessions" / "private").iterdir(), *(room / "logs").iterdir()]
        assert {path.name for path in files} >= {"creds.db", "lock", "worker-w1.log"}
        assert {path.stat().st_mode & 0o077 for path in files} == {0}
        assert (room / "run" / "workers").stat().st_mode & 0o077 == 0


async def test_the_store_is_in_wal_mode(room: Path) -> None:
    """The path that is passed to the library has put its store into WAL mode."""
    async with real_world(room) as world:
        session_id = world.prepare("one")
        await world.engine.start(session_id, 1)
        await world.sink.until(session_id, events.QrIssued)
        header = (room / "sessions" / "one" / "creds.db").read_bytes()[18:20]
    assert header == b"\x02\x02"  # SQLite file format, offset 18: write and read version, 2 for WAL


async def test_no_secret_reaches_a_log(room: Path) -> None:
    """Even at the most talkative level neither a QR text nor a part of one is in the worker's log."""
    async with real_world(room, log_level="DEBUG") as world:
        session_id = world.prepare("secret")
        await link(world, session_id)
        codes = [e.code for e in world.sink.of(session_id) if isinstance(e, events.QrIssued)]
    logs = "".join(path.read_text() for path in (room / "logs").iterdir())
    assert "Emitting QR code [redacted QR]" in logs
    for code in codes:
        for part in re.split(r"[#,]", code):
            assert len(part) < 20 or "linked_devices" in part or part not in logs


async def test_an_unreachable_server_ends_the_client_and_frees_the_credentials(room: Path) -> None:
    """A client whose server cannot be reached reports its end with the cause, and can be started again at once."""
    async with real_world(room) as world:
        session_id = world.prepare("offline")
        server = settings_for(room, world.emulator)
        assert server.upstream is not None
        nowhere = replace(server.upstream, proxy_url="http://127.0.0.1:1")
        engine, sink = WorkerEngine(replace(server, runtime_dir=room / "run2", upstream=nowhere)), Recorder()
        async with running(engine, sink):
            for generation in (1, 2):
                await engine.start(session_id, generation)
                ended = await sink.until(session_id, events.ClientEnded)
                assert ended.generation == generation
                assert "connection refused" in ended.message
            assert [worker.sessions for worker in engine.workers()] == [()]


async def test_an_unusable_library_stops_the_engine_with_a_clear_error(room: Path) -> None:
    """An engine that cannot work says so when it is started, not when the first session comes."""
    settings = EngineSettings(
        sessions_dir=room / "s", runtime_dir=room / "r", log_dir=room / "l", library=str(room / "absent.so")
    )
    with pytest.raises(EngineIncompatible, match="does not exist"):
        await WorkerEngine(settings).run(Recorder())
    assert not workers_alive(room)


async def test_a_runtime_directory_that_is_too_long_is_refused(room: Path) -> None:
    """A path that no unix socket can have is named as the reason."""
    settings = EngineSettings(sessions_dir=room / "s", runtime_dir=room / ("r" * 100), log_dir=room / "l")
    with pytest.raises(EngineUnavailable, match="shorter"):
        await WorkerEngine(settings).run(Recorder())


async def test_a_worker_without_sessions_is_retired(room: Path) -> None:
    """A worker that has been idle for its grace ends, and the next session gets a new one."""
    async with real_world(room, idle_worker_grace=0.1) as world:
        await until(lambda: not world.workers.workers(), "the idle worker is gone")
        session_id = world.prepare("late")
        await world.engine.start(session_id, 1)
        await world.sink.until(session_id, events.QrIssued)


async def test_a_hung_worker_is_killed(room: Path) -> None:
    """A worker that answers no more is killed, its sessions are told, and they can be started elsewhere."""
    async with real_world(room, ping_interval=0.05, ping_timeout=0.5) as world:
        session_id = world.prepare("hung")
        await link(world, session_id)
        os.kill(world.pid_of(session_id), signal.SIGSTOP)
        exited = await world.sink.until(session_id, events.WorkerExited)
        assert exited.status == "signal 9 (SIGKILL)"
        await world.engine.start(session_id, 2)
        await world.sink.until(session_id, events.ConnectionOpened)


async def test_a_start_on_a_worker_that_dies_fails_and_is_not_reported_twice(room: Path) -> None:
    """Who waits for a start that its worker does not survive is told by the exception alone."""
    async with real_world(room, start_timeout=0.5) as world:
        session_id = world.prepare("unlucky")
        (worker,) = world.workers.workers()
        os.kill(worker.pid, signal.SIGSTOP)
        with pytest.raises(EngineUnavailable):
            await world.engine.start(session_id, 1)
        assert not world.sink.of(session_id)
        assert not world.workers.workers()
        await world.engine.start(session_id, 2)
        await world.sink.until(session_id, events.QrIssued)


async def test_a_stop_that_meets_a_dying_worker_succeeds(room: Path) -> None:
    """A client that went with its worker is closed: stopping it is no error."""
    async with real_world(room) as world:
        session_id = world.prepare("dying")
        await link(world, session_id)
        world.kill_worker_of(session_id)
        await world.engine.stop(session_id, 1)
        await world.engine.start(session_id, 2)
        await world.sink.until(session_id, events.ConnectionOpened)


async def test_a_worker_full_of_leaked_threads_gets_no_sessions_and_ends_when_it_is_empty(room: Path) -> None:
    """Each unscanned client leaves a thread behind; at the limit a new worker takes over, and the old one may rest."""
    async with real_world(room, max_leaked_threads=1) as world:
        kept, unscanned = world.prepare("kept"), world.prepare("unscanned")
        for session_id in (kept, unscanned):
            await world.engine.start(session_id, 1)
            await world.sink.until(session_id, events.QrIssued)
        await world.engine.stop(unscanned, 1)
        assert [(w.id, w.usage.leaked_threads) for w in world.workers.workers()] == [("w1", 1)]
        fresh = world.prepare("fresh")
        await world.engine.start(fresh, 1)
        assert [(w.id, w.sessions) for w in world.workers.workers()] == [("w1", (kept,)), ("w2", (fresh,))]
        await world.engine.stop(kept, 1)
        with anyio.fail_after(PATIENCE):
            while [w.id for w in world.workers.workers()] != ["w2"]:  # noqa: ASYNC110 - a worker's end tells nobody
                await anyio.sleep(0.02)


async def test_starts_and_stops_in_any_order_leave_nothing_behind(room: Path) -> None:
    """However starts and stops are interleaved and cancelled, each session can be started in the end."""
    dice = random.Random(20261122)  # noqa: S311 - a repeatable course of events, not a secret
    async with real_world(room, sessions_per_worker=3) as world:

        async def torment(session_id: SessionId) -> None:
            for generation in range(1, 8):
                with anyio.move_on_after(dice.choice((0.0, 0.01, 0.05, 0.5))), suppress(EngineUnavailable):
                    await world.engine.start(session_id, generation)
                    await anyio.sleep(dice.random() / 10)
                await world.engine.stop(session_id, generation)

        ids = [world.prepare(f"s{number}") for number in range(6)]
        async with anyio.create_task_group() as tasks:
            for session_id in ids:
                tasks.start_soon(torment, session_id)
        for session_id in ids:
            await world.engine.start(session_id, 99)
        for session_id in ids:
            await world.sink.until_true(
                lambda s=session_id: any(e.generation == 99 for e in world.sink.of(s)), "each shows a code"
            )
        assert all(len(worker.sessions) <= 3 for worker in world.workers.workers())


async def test_a_suspected_session_gets_a_worker_that_takes_no_other(room: Path) -> None:
    """A session that is started alone stays alone."""
    async with real_world(room) as world:
        alone, other = world.prepare("alone"), world.prepare("other")
        await world.engine.start(alone, 1, alone=True)
        await world.engine.start(other, 1)
        assert [worker.sessions for worker in world.workers.workers() if alone in worker.sessions] == [(alone,)]
