"""Something is in the way of a daemon that begins: another one, what a dead one has left, a kill in the midst."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

import anyio
import pytest

from tests.faults.witnesses import is_undisturbed, link_all, until_states, workers
from tests.house import PATIENCE, finish, reap, until
from wad.storage.migrate import SCRIPTS, migrate

if TYPE_CHECKING:
    from pathlib import Path

    from anyio.abc import Process

    from tests.faults.toll import Tolls
    from tests.house import House

pytestmark = pytest.mark.anyio

PHONES = {f"s{number}": f"4917000000{number:02}" for number in range(3)}


async def ends(process: Process) -> int:
    """Return the exit code of a daemon that ends by itself."""
    try:
        with anyio.fail_after(PATIENCE):
            return await process.wait()
    finally:
        await reap(process)


async def test_a_second_daemon_on_one_directory_ends_and_the_firsts_sessions_do_not_notice(
    house: House, tolls: Tolls
) -> None:
    """The second names the first one's pid, and touches neither its workers nor its sockets."""
    async with house.daemon() as daemon:
        await link_all(daemon, PHONES)
        before = await daemon.list()
        async with tolls.of(house, "two daemons at once", connections=0):
            assert await ends(await house.start()) == os.EX_CONFIG
            for session in before:
                await is_undisturbed(daemon, session)
        assert f"pid {daemon.process.pid}" in house.log.read_text()


async def test_sockets_that_nobody_listens_on_are_cleared_away_and_live_workers_kept(
    house: House, tolls: Tolls
) -> None:
    """A dead daemon's socket is replaced, dead workers' are deleted, and those that live are taken over."""
    async with house.daemon() as daemon:
        await link_all(daemon, PHONES)
        before, live = await daemon.list(), workers(house)
        dead = [house.run / "workers" / f"w{number}.sock" for number in (998, 999)]
        async with tolls.of(house, "stale sockets of a daemon and 2 workers", connections=0) as recovered:
            await finish(daemon.process, signal.SIGKILL)
            assert (house.run / "wad.sock").is_socket()
            for path in dead:
                with socket.socket(socket.AF_UNIX) as closed:
                    closed.bind(str(path))
            async with house.daemon() as successor:
                await until(lambda: not any(path.exists() for path in dead), "no dead worker's socket is left")
                await until_states(successor, dict.fromkeys(PHONES, "connected"))
                recovered()
                assert live <= workers(house)
                for session in before:
                    await is_undisturbed(successor, session)


DYING: Final = """
import sys

if "wad.storage.migrate" in sys.orig_argv:
    import os
    import signal
    from sqlite3 import dbapi2

    connect = dbapi2.connect

    def die(statement):
        if statement.startswith("UPDATE alembic_version"):
            os.kill(os.getppid(), signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(*args, **options):
        connection = connect(*args, **options)
        connection.set_trace_callback(die)
        return connection

    dbapi2.connect = watched
"""
"""Python runs this in every process first: whoever migrates dies, with the daemon, between a change and its record."""


def age(registry: Path) -> None:
    """Give a registry the schema that wad had at first, with the sessions that it holds."""
    scripts = registry.with_name("scripts")
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__", "000[2-9]*"))
    aged = registry.with_name("aged.db")
    migrate(aged, scripts)
    with closing(sqlite3.connect(aged)) as database:
        columns = ", ".join(column[1] for column in database.execute("PRAGMA table_info(sessions)"))
        database.execute("ATTACH ? AS present", (str(registry),))
        database.execute(f"INSERT INTO sessions SELECT {columns} FROM present.sessions")  # noqa: S608 - they are its own
        database.commit()
    for leftover in registry.parent.glob(f"{registry.name}-*"):
        leftover.unlink()
    aged.replace(registry)


def schema(registry: Path) -> list[tuple[str, str]]:
    """Return what makes up a database, and the revision that it says it has."""
    with closing(sqlite3.connect(registry)) as database:
        return [
            *database.execute("SELECT name, sql FROM sqlite_master ORDER BY name"),
            *database.execute("SELECT 'revision', version_num FROM alembic_version"),
        ]


async def test_an_upgrade_that_is_killed_while_it_migrates_the_registry_is_made_by_the_next_start(
    house: House, tolls: Tolls
) -> None:
    """Killed with the tables half changed, the registry is what it was; the next daemon migrates it and takes over."""
    registry, place = house.root / "state" / "registry.db", house.root / "dying"
    place.mkdir()
    (place / "sitecustomize.py").write_text(DYING)
    async with house.daemon() as daemon:
        await link_all(daemon, PHONES)
        before, present = await daemon.list(), schema(registry)
        async with tolls.of(house, "SIGKILL of the daemon while it migrates", connections=0) as recovered:
            await finish(daemon.process, signal.SIGUSR2)
            age(registry)
            old = schema(registry)
            house.environment["PYTHONPATH"] = str(place)
            assert await ends(await house.start()) == -signal.SIGKILL
            assert schema(registry) == old != present
            del house.environment["PYTHONPATH"]
            async with house.daemon() as successor:
                await until_states(successor, dict.fromkeys(PHONES, "connected"))
                recovered()
                assert schema(registry) == present
                for session in before:
                    await is_undisturbed(successor, session)


@pytest.mark.parametrize("address", ["http", "grpc"])
async def test_a_restart_that_fails_costs_no_connection(house: House, tolls: Tolls, address: str) -> None:
    """A daemon that cannot serve where it should ends at once, and leaves what it has taken over to the next one."""
    async with house.daemon() as daemon:
        await link_all(daemon, PHONES)
        before, good = await daemon.list(), dict(house.settings)
        async with tolls.of(house, f"a restart whose {address} address is taken", connections=0) as recovered:
            await finish(daemon.process, signal.SIGUSR2)
            with socket.create_server(("127.0.0.1", 0)) as taken:
                port = taken.getsockname()[1]
                house.settings[address] = {"port": port} if address == "http" else {"tcp": f"127.0.0.1:{port}"}
                assert await ends(await house.start()) == os.EX_CONFIG
            house.settings = good
            async with house.daemon() as successor:
                await until_states(successor, dict.fromkeys(PHONES, "connected"))
                recovered()
                for session in before:
                    await is_undisturbed(successor, session)


async def test_a_mistyped_state_directory_costs_no_connection(house: House) -> None:
    """A daemon that finds workers whose sessions it does not know leaves them alone, and says whose they are."""
    async with house.daemon() as daemon:
        await link_all(daemon, PHONES)
        before = await daemon.list()
        await finish(daemon.process, signal.SIGKILL)
    good = house.settings["daemon"]
    house.settings["daemon"] = {**good, "state_dir": str(house.root / "other")}
    assert await ends(await house.start()) == os.EX_CONFIG
    assert f"sessions of {good['state_dir']} still run" in house.log.read_text()
    house.settings["daemon"] = good
    async with house.daemon() as successor:
        await until_states(successor, dict.fromkeys(PHONES, "connected"))
        for session in before:
            await is_undisturbed(successor, session)


async def test_a_start_that_fails_leaves_no_process(house: House) -> None:
    """The first worker, which has no session yet, ends with the daemon that cannot serve."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        house.settings["grpc"] = {"tcp": f"127.0.0.1:{taken.getsockname()[1]}"}
        assert await ends(await house.start()) == os.EX_CONFIG
    assert not workers(house)


DEFECT: Final = """
import sys

if "wad.daemon" in sys.orig_argv:
    import os
    from wad.daemon import service_manager

    def status(text):
        if os.path.exists({sign!r}):
            raise RuntimeError("a defect")

    service_manager.status = status
"""
"""Python runs this first: the daemon has a defect that shows as soon as there is a certain file."""


async def test_a_defect_that_ends_the_daemon_costs_no_connection(house: House, tolls: Tolls) -> None:
    """An error that nobody has thought of ends the daemon as a kill does: its workers go on for the next one."""
    sign, place = house.root / "sign", house.root / "defect"
    place.mkdir()
    (place / "sitecustomize.py").write_text(DEFECT.format(sign=str(sign)))
    house.environment["PYTHONPATH"] = str(place)
    async with house.daemon() as daemon:
        await link_all(daemon, PHONES)
        before = await daemon.list()
        async with tolls.of(house, "a defect ends the daemon", connections=0) as recovered:
            sign.touch()
            assert await ends(daemon.process) == 1
            sign.unlink()
            async with house.daemon() as successor:
                await until_states(successor, dict.fromkeys(PHONES, "connected"))
                recovered()
                for session in before:
                    await is_undisturbed(successor, session)
    assert "a defect" in house.log.read_text()


async def test_a_worker_without_sessions_that_was_left_takes_the_next_one(house: House) -> None:
    """A kill before the first session leaves an empty worker, which is as good as a new one, and ends in order."""
    async with house.daemon() as daemon:
        await finish(daemon.process, signal.SIGKILL)
        left = workers(house)
    async with house.daemon() as daemon:
        await link_all(daemon, {"s0": PHONES["s0"]})
        assert workers(house) == left
        assert await finish(daemon.process, signal.SIGUSR2) == 0
    async with house.daemon() as daemon:
        await until_states(daemon, {"s0": "connected"})
        assert workers(house) == left
    assert "did not end" not in house.log.read_text()
