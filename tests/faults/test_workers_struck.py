"""Workers die, abort, run out of memory, hang, and do it again: who pays for it, and how much."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import anyio
import psutil
import pytest

from tests.faults.witnesses import comes_back, is_undisturbed, link_all, states, until_states, worker_of, workers
from tests.house import PATIENCE, state_name, until
from wad.v1 import error_pb2, session_pb2

if TYPE_CHECKING:
    from collections.abc import Generator

    from tests.faults.toll import Tolls
    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

PHONES = {f"s{number}": f"4917000000{number:02}" for number in range(4)}
SHORT_STOP = 5.0
"""Seconds for which a worker stands still and is not given up: a daemon waits 30 s for an answer."""


@pytest.fixture(autouse=True)
def two_sessions_per_worker(house: House) -> None:
    """Let four sessions be on two workers, and attempts follow one another closely."""
    house.settings["engine"]["sessions_per_worker"] = 2
    house.settings["sessions"] = {"backoff_cap": "1s"}


async def link_on_two_workers(daemon: Daemon) -> tuple[int, list[session_pb2.Session], list[session_pb2.Session]]:
    """Link four sessions; return the pid of one worker, its sessions, and those of the other."""
    await link_all(daemon, PHONES)
    homes = {name: await worker_of(daemon.house, name) for name in PHONES}
    victim = homes["s0"]
    sessions = await daemon.list()
    struck = [session for session in sessions if homes[session.session_id] == victim]
    others = [session for session in sessions if homes[session.session_id] != victim]
    assert (len(struck), len(others)) == (2, 2)
    return victim, struck, others


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
async def test_a_worker_that_dies_costs_each_of_its_sessions_one_connection_and_the_others_none(
    house: House, tolls: Tolls, number: signal.Signals
) -> None:
    """However a worker ends, its sessions log in once more as the devices they are; nobody else does."""
    async with house.daemon() as daemon:
        victim, struck, others = await link_on_two_workers(daemon)
        async with tolls.of(house, f"{number.name} of a worker with 2 sessions", connections=2):
            os.kill(victim, number)
            for session in struck:
                await comes_back(daemon, session)
        for session in others:
            await is_undisturbed(daemon, session)
        assert f"signal {number.value} ({number.name})" in house.log.read_text()


ABORTING: Final = """
import ctypes
import os
import signal
from pathlib import Path


def abort(*_):
    maps = Path("/proc/self/maps").read_text().splitlines()
    library = next(line.split()[-1] for line in maps if "neonize" in line and line.endswith(".so"))
    ctypes.CDLL(library).GetMe(b"nobody")


os.register_at_fork(after_in_child=lambda: signal.signal(signal.SIGRTMIN, abort))
"""
"""Python runs this in every process first: a signal has a worker ask the engine for a client that it does not have."""


async def test_an_abort_of_the_engines_library_costs_only_the_sessions_of_its_worker(
    house: House, tolls: Tolls
) -> None:
    """The library ends the process when it is asked for a client that it does not know; the worker is replaced."""
    place = house.root / "aborting"
    place.mkdir()
    (place / "sitecustomize.py").write_text(ABORTING)
    house.environment["PYTHONPATH"] = str(place)
    async with house.daemon() as daemon:
        victim, struck, others = await link_on_two_workers(daemon)
        async with tolls.of(house, "abort of the engine's library under 2 sessions", connections=2):
            os.kill(victim, signal.SIGRTMIN)
            for session in struck:
                await comes_back(daemon, session)
        for session in others:
            await is_undisturbed(daemon, session)
    words = "".join(path.read_text(errors="replace") for path in (house.root / "state" / "log").iterdir())
    assert "goroutine" in words, "it was Go's runtime that ended the worker, and its last words are kept"


@contextmanager
def memory_limit(pid: int) -> Generator[Path]:
    """Put a process into a control group of its own that may use hardly any more memory."""
    own = next(
        (line.split(":")[2] for line in Path("/proc/self/cgroup").read_text().splitlines() if ":memory:" in line), ""
    )
    group = Path("/sys/fs/cgroup/memory", own.lstrip("/"), f"wad-{pid}")
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"no control group for memory can be made here: {error}")
    try:
        # What the process holds already stays its parent's; only what it takes from now on counts.
        (group / "memory.limit_in_bytes").write_text("65536")
        (group / "cgroup.procs").write_text(str(pid))
        yield group
    finally:
        with suppress(OSError):
            group.rmdir()


async def test_a_worker_that_the_kernel_kills_for_want_of_memory_costs_only_its_own_sessions(
    house: House, tolls: Tolls
) -> None:
    """The kernel's out-of-memory killer ends one worker; its sessions come back in one that has memory."""
    async with house.daemon() as daemon:
        victim, struck, others = await link_on_two_workers(daemon)
        async with tolls.of(house, "out-of-memory kill of a worker with 2 sessions", connections=3):
            with memory_limit(victim) as group:
                with suppress(Exception):  # what makes it need memory: a connection that is made anew
                    await house.emulator.drop(struck[0].user.jid)
                await until(lambda: not psutil.pid_exists(victim), "the kernel has killed the worker")
                assert "oom_kill 1" in (group / "memory.oom_control").read_text()
            for session in struck:
                await comes_back(daemon, session)
        for session in others:
            await is_undisturbed(daemon, session)
        assert "SIGKILL" in house.log.read_text()


async def test_a_worker_that_hangs_is_given_up_and_its_sessions_go_on_in_another(house: House, tolls: Tolls) -> None:
    """A worker that does not answer for 30 s is killed; its sessions log in again, the others do not."""
    async with house.daemon() as daemon:
        victim, struck, others = await link_on_two_workers(daemon)
        async with tolls.of(house, "hang of a worker with 2 sessions", connections=2):
            os.kill(victim, signal.SIGSTOP)
            for session in struck:
                await comes_back(daemon, session)
        assert victim not in workers(house)
        for session in others:
            await is_undisturbed(daemon, session)


async def test_a_worker_that_stands_still_for_a_moment_costs_nothing(house: House, tolls: Tolls) -> None:
    """Stopped for seconds and continued, it goes on where it was, and carries out what it was asked meanwhile."""
    async with house.daemon() as daemon:
        victim, struck, others = await link_on_two_workers(daemon)
        async with tolls.of(house, f"a worker stands still for {SHORT_STOP:g} s", connections=0):
            os.kill(victim, signal.SIGSTOP)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(daemon.send, struck[0].session_id, PHONES[others[0].session_id], "hello")
                await anyio.sleep(SHORT_STOP)  # this is the fault itself
                os.kill(victim, signal.SIGCONT)

            async def arrived() -> bool:
                return (await daemon.get(others[0].session_id)).counters.messages_received == 1

            await until(arrived, "the text has arrived")
        for session in (*struck, *others):
            await is_undisturbed(daemon, session)
        assert victim in workers(house)


async def test_a_session_whose_worker_dies_again_and_again_ends_alone_and_reconnects_by_hand(
    house: House, tolls: Tolls
) -> None:
    """From its second crash on it has a worker of its own; after its sixth it waits for somebody to reconnect it."""
    house.settings["engine"]["sessions_per_worker"] = 10
    async with house.daemon() as daemon:
        await link_all(daemon, PHONES)
        neighbours: list[session_pb2.Session] = []
        async with tolls.of(house, "6 crashes in a row under one session of 4", connections=12):
            for crash in range(1, 7):
                sick = await daemon.get("s0")
                os.kill(await worker_of(house, "s0"), signal.SIGKILL)
                if crash < 6:
                    await comes_back(daemon, sick)
                    await until_states(daemon, dict.fromkeys(PHONES, "connected"))
                if crash == 2:
                    neighbours = [session for session in await daemon.list() if session.session_id != "s0"]
            ended = (await daemon.watch_until("s0", is_given_up, "it is given up"))[-1]
            assert state_name(ended) == "disconnected"
            assert ended.active
            for session in neighbours:
                await is_undisturbed(daemon, session)
            request = session_pb2.ReconnectSessionRequest(session_id="s0")
            await daemon.sessions.ReconnectSession(request, timeout=PATIENCE)
            await comes_back(daemon, ended)
        for session in neighbours:
            await is_undisturbed(daemon, session)
        assert len(await states(daemon)) == len(PHONES)


def is_given_up(session: session_pb2.Session) -> bool:
    """Say whether a session waits because its workers have crashed too often."""
    return session.last_error.reason == error_pb2.ERROR_REASON_CRASH_LOOP
