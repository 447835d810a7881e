"""The engine's process dies: its sessions say so and come back, and nobody else notices."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.faults import witnesses

if TYPE_CHECKING:
    from tests.faults.toll import Tolls
    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio


def workers(daemon: Daemon) -> set[int]:
    """Return the pids of the daemon's worker processes."""
    return witnesses.workers(daemon.house)


async def test_a_killed_worker_is_reported_and_the_daemon_lives(house: House, tolls: Tolls) -> None:
    """After SIGKILL of its worker a session is disconnected and connected again; the cause and the count stay."""
    async with house.daemon() as daemon:
        jid = (await daemon.link("sales", "491700000001"))[-1].user.jid
        (victim,) = workers(daemon)

        async def kill() -> None:
            os.kill(victim, signal.SIGKILL)

        async with tolls.of(house, "SIGKILL of a worker with 1 session", connections=1):
            lost = (await daemon.until_state("sales", "disconnected", after=kill))[-1]
            assert "SIGKILL" in lost.last_error.message
            back = (await daemon.until_state("sales", "connected"))[-1]
        assert back.user.jid == jid
        assert back.auto_reconnected
        assert (back.last_error, back.counters.reconnects) == (lost.last_error, 1)
        assert 'wad_session_reconnects_total{outcome="success"} 1.0' in (await daemon.http("/metrics")).text
        assert daemon.process.returncode is None
