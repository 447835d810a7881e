"""The daemon is killed in the midst of things: what it acknowledged holds, what it had begun is finished or undone."""

from __future__ import annotations

import os
import random
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import grpc.aio
import pytest

from tests.faults.witnesses import credentials, is_undisturbed, link_all, record, states, until_states, workers
from tests.house import PATIENCE, finish, state_name, until
from wad.v1 import session_pb2

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.toll import Tolls
    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

CROWD = {f"s{number:02}": f"4917000000{number:02}" for number in range(20)}
LINKING = {f"linking{number}": f"4917000002{number:02}" for number in range(3)}
KILLS = 6
LONGEST_BEGIN = 0.25
"""Seconds into a creation at which the latest kill comes; a creation takes about as long."""


def locks() -> str:
    """Return every file lock of the system, with the number of its file."""
    return Path("/proc/locks").read_text()


class Load:
    """What goes on while the daemon is killed; it remembers what was acknowledged."""

    def __init__(self, daemon: Daemon) -> None:
        self.sent = 0
        self.created: set[str] = set()
        self.removed: set[str] = set()
        self.stopped: set[str] = set()
        self._daemon = daemon

    async def send(self, session_id: str, to: str) -> None:
        """Send texts as long as there is a daemon."""
        with suppress(grpc.aio.AioRpcError):
            while True:
                await self._daemon.send(session_id, to, "hello")
                self.sent += 1

    async def create(self) -> None:
        """Create sessions that nobody scans as long as there is a daemon."""
        with suppress(grpc.aio.AioRpcError):
            while True:
                name = f"new{len(self.created)}"
                await self._daemon.sessions.CreateSession(session_pb2.CreateSessionRequest(session_id=name))
                self.created.add(name)

    async def remove(self, session_ids: list[str]) -> None:
        """Remove these sessions for good, one after another."""
        with suppress(grpc.aio.AioRpcError):
            for session_id in session_ids:
                await self._daemon.remove(session_id, session_pb2.REMOVAL_REASON_LOGOUT)
                self.removed.add(session_id)

    async def stop(self, session_ids: list[str]) -> None:
        """Stop these sessions, one after another."""
        with suppress(grpc.aio.AioRpcError):
            for session_id in session_ids:
                await self._daemon.sessions.StopSession(session_pb2.StopSessionRequest(session_id=session_id))
                self.stopped.add(session_id)


async def test_a_kill_under_load_drops_no_connection_and_forgets_nothing_that_was_acknowledged(
    house: House, tolls: Tolls
) -> None:
    """While 20 sessions send, are linked, made, removed and stopped: every answer that was given is true afterwards."""
    names = list(CROWD)
    staying, leaving, resting = names[:14], names[14:17], names[17:]
    async with house.daemon() as daemon:
        await link_all(daemon, CROWD)
        before = {session.session_id: session for session in await daemon.list()}
        linked, messages = workers(house), (await house.emulator.counters())["messages_total"]
        load = Load(daemon)
        for name in LINKING:
            await daemon.sessions.CreateSession(session_pb2.CreateSessionRequest(session_id=name), timeout=PATIENCE)
        # The one stop that the kill cuts off may have closed its client, and is not written down: it logs in again.
        async with tolls.of(
            house, "SIGKILL of the daemon under load, 20 sessions", connections=1, removed=leaving
        ) as recovered:
            async with anyio.create_task_group() as tasks:
                for name, to in zip(staying, reversed(staying), strict=True):
                    tasks.start_soon(load.send, name, CROWD[to])
                tasks.start_soon(load.create)
                await until(lambda: load.sent >= 20 and bool(load.created), "the load is on")
                tasks.start_soon(load.remove, leaving)
                tasks.start_soon(load.stop, resting)
                await until(lambda: bool(load.removed and load.stopped), "something was removed and stopped")
                for name, phone in LINKING.items():
                    tasks.start_soon(house.emulator.scan, (await daemon.get(name)).qr.code, phone)
                await finish(daemon.process, signal.SIGKILL)
            async with house.daemon() as successor:
                await check(successor, load, before, staying)
                recovered()
                assert linked <= workers(house), "the workers are those that there were"
        assert load.stopped <= set(resting)
        assert (await house.emulator.counters())["messages_total"] - messages >= load.sent
        assert (await house.emulator.counters())["superseded_total"] == 0
    await until(lambda: not workers(house), "no worker is left behind")


async def check(daemon: Daemon, load: Load, before: dict[str, session_pb2.Session], staying: list[str]) -> None:
    """Assert that a new daemon keeps what the one before it has promised."""
    house = daemon.house
    for name in staying:
        await daemon.until_state(name, "connected")
        await is_undisturbed(daemon, before[name])
    for name in LINKING:
        await daemon.until_state(name, "connected")
    live = await states(daemon)
    assert {live[name] for name in load.created} == {"qr_generated"}
    for name in load.removed:
        await until(lambda name=name: not record(house, name), f"{name} is gone")
        assert not (house.sessions / name).exists()
    for name in load.stopped:
        assert name not in live
        stored = record(house, name)
        assert (stored["desired"], stored["removal"]) == ("stopped", "stopped")
        assert name in credentials(house)


async def kill_when(daemon: Daemon, seen: Callable[[], bool]) -> None:
    """Kill the daemon the moment something can be seen; a thread looks without a pause."""

    def look() -> None:
        while daemon.process.returncode is None:
            with suppress(FileNotFoundError):
                if seen():
                    os.kill(daemon.process.pid, signal.SIGKILL)
                    return

    with anyio.fail_after(PATIENCE):
        await anyio.to_thread.run_sync(look)
        await daemon.process.wait()


@pytest.mark.parametrize("point", ["wish recorded", "client closed", "files in the trash"])
async def test_a_removal_that_the_daemons_death_cuts_off_is_finished_by_the_next(
    house: House, tolls: Tolls, point: str
) -> None:
    """Killed after the wish, the client's end or the rename into the trash: it is gone, and its neighbour unharmed."""
    async with house.daemon() as daemon:
        jids = await link_all(daemon, {"gone": "491700000001", "stays": "491700000002"})
        stays = await daemon.get("stays")
        lock = f":{(house.sessions / 'gone' / 'lock').stat().st_ino} "
        assert lock in locks()
        points: dict[str, Callable[[], bool]] = {
            "wish recorded": lambda: record(house, "gone").get("removal") == "logout",
            "client closed": lambda: lock not in locks(),
            "files in the trash": lambda: not (house.sessions / "gone").exists(),
        }
        async with tolls.of(
            house, f"SIGKILL of the daemon in a removal: {point}", connections=0, removed=["gone"]
        ) as recovered:
            async with anyio.create_task_group() as tasks:

                async def remove() -> None:
                    with suppress(grpc.aio.AioRpcError):
                        await daemon.remove("gone", session_pb2.REMOVAL_REASON_LOGOUT)

                tasks.start_soon(kill_when, daemon, points[point])
                tasks.start_soon(remove)
            async with house.daemon() as successor:
                await until(lambda: not record(house, "gone"), "the removal is finished")
                recovered()
                assert not (house.sessions / "gone").exists()
                # What may still lie there waits for the next sweep, and is out of everybody's reach.
                assert all(entry.suffix == ".doomed" for entry in (house.sessions / ".trash").iterdir())
                await until_states(successor, {"stays": "connected"})
                await is_undisturbed(successor, stays)
                await house.emulator.wait_offline(jids["gone"])


async def test_a_creation_that_the_daemons_death_cuts_off_can_be_made_again(house: House, tolls: Tolls) -> None:
    """Killed at any moment of a creation, the next daemon has that session or has none; either way it can be linked."""
    chance = random.Random(20261123)  # noqa: S311 - the moments are to be the same in each run
    async with house.daemon() as daemon:
        await daemon.link("stays", "491700000001")
        stays = await daemon.get("stays")
        await finish(daemon.process, signal.SIGKILL)
    async with tolls.of(house, f"{KILLS} kills of the daemon in a creation", connections=0):
        for number in range(KILLS):
            async with house.daemon() as daemon, anyio.create_task_group() as tasks:

                async def create(daemon: Daemon = daemon, name: str = f"new{number}") -> None:
                    with suppress(grpc.aio.AioRpcError):
                        await daemon.sessions.CreateSession(session_pb2.CreateSessionRequest(session_id=name))

                tasks.start_soon(create)
                await anyio.sleep(chance.uniform(0, LONGEST_BEGIN))  # any moment will do
                await finish(daemon.process, signal.SIGKILL)
        async with house.daemon() as daemon:
            await daemon.until_state("stays", "connected")
    async with house.daemon() as daemon:
        for number in range(KILLS):
            steps = await daemon.link(f"new{number}", f"4917000001{number:02}")
            assert state_name(steps[-1]) == "connected"
        assert (await daemon.get("stays")).user.jid == stays.user.jid
        assert len(await daemon.list()) == KILLS + 1
    await until(lambda: not workers(house), "no worker is left behind")
