"""The engine's process dies: its sessions say so and come back, and nobody else notices."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.house import state_name, until

if TYPE_CHECKING:
    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio


def workers(daemon: Daemon) -> set[int]:
    """Return the pids of the daemon's worker processes."""
    found: set[int] = set()
    for child in psutil.Process(daemon.process.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it is just ending; a zombie is one of these
            if "wad.worker" in child.cmdline():
                found.add(child.pid)
    return found


async def test_a_killed_worker_is_reported_and_the_daemon_lives(house: House) -> None:
    """After SIGKILL of its worker a session is disconnected, with the cause, and then connected again."""
    async with house.daemon() as daemon:
        jid = (await daemon.link("sales", "491700000001"))[-1].user.jid
        (victim,) = workers(daemon)

        async def kill() -> None:
            os.kill(victim, signal.SIGKILL)

        lost = (await daemon.until_state("sales", "disconnected", after=kill))[-1]
        assert "SIGKILL" in lost.last_error.message
        back = (await daemon.until_state("sales", "connected"))[-1]
        assert back.user.jid == jid
        assert back.auto_reconnected
        assert daemon.process.returncode is None


async def test_sessions_of_other_workers_do_not_notice(house: House) -> None:
    """A worker's death costs its own sessions alone."""
    house.settings["engine"]["sessions_per_worker"] = 1
    async with house.daemon() as daemon:
        await daemon.link("first", "491700000001")
        (first,) = workers(daemon)
        await daemon.link("second", "491700000002")
        before = await daemon.get("second")
        os.kill(first, signal.SIGKILL)
        await until(lambda: first not in workers(daemon), "the worker is gone")
        await daemon.watch_until("first", lambda s: state_name(s) == "connected" and s.generation > 1, "first is back")
        after = await daemon.get("second")
        assert after.generation == before.generation
        assert state_name(after) == "connected"
        assert after.connect_time == before.connect_time
