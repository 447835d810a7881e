"""A daemon is made ready to be stopped, and stopped."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING, Any

import grpc.aio
import pytest

from tests.house import PATIENCE, error_info, finish, state_name
from tests.watch_validator import ValidatedWatch
from wad.v1 import admin_pb2, session_pb2

if TYPE_CHECKING:
    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

PHONE = "491700000001"


async def drained(daemon: Daemon, *, close_sessions: bool = False) -> admin_pb2.DrainResponse:
    """Drain, and return the last response."""
    last: Any = None
    async for step in daemon.admin.Drain(admin_pb2.DrainRequest(close_sessions=close_sessions), timeout=PATIENCE):
        last = step
    assert last.phase == admin_pb2.DRAIN_PHASE_DRAINED
    return last


async def test_a_drained_daemon_says_so_everywhere_and_keeps_its_sessions(house: House) -> None:
    """Health, readiness and metrics tell of the drain, watches end with where to go on, and a restart drops nobody."""
    async with house.daemon() as daemon:
        jid = (await daemon.link("sales", PHONE))[-1].user.jid
        watch = ValidatedWatch(daemon.events, timeout=PATIENCE)
        while not (await watch.read()).HasField("synced"):
            pass
        last = await drained(daemon)
        assert (last.calls_left, last.sessions_left) == (0, 1)
        assert error_info(await watch.failure()).reason == "DRAINING"
        health = await daemon.admin.GetHealth(admin_pb2.GetHealthRequest(), timeout=PATIENCE)
        assert health.status == admin_pb2.HEALTH_STATUS_NOT_SERVING
        (serving,) = (check for check in health.checks if check.name == "serving")
        assert re.fullmatch(r"drained by \w+ at \S+Z; it takes calls again when .*", serving.message)
        assert (await daemon.http("/readyz")).status_code == 503
        assert (await daemon.http("/livez")).status_code == 200
        metrics = (await daemon.http("/metrics")).text
        assert "wad_draining 1.0" in metrics
        assert 'wad_watch_ended_total{reason="draining"} 1.0' in metrics
        before = await daemon.get("sales")
        assert await finish(daemon.process, signal.SIGUSR2) == 0
    assert (await house.emulator.devices())[jid]["online"]
    async with house.daemon() as daemon:
        after = (await daemon.until_state("sales", "connected"))[-1]
        assert after.generation == before.generation
        assert "wad_draining 0.0" in (await daemon.http("/metrics")).text


async def test_sessions_that_a_drain_has_closed_come_back_with_the_next_start(house: House) -> None:
    """Their files are kept: after the stop and a start they are connected again, without a QR."""
    async with house.daemon() as daemon:
        jid = (await daemon.link("sales", PHONE))[-1].user.jid
        last = await drained(daemon, close_sessions=True)
        assert last.sessions_left == 0
        await house.emulator.wait_offline(jid)
        assert (house.sessions / "sales" / "creds.db").exists()
        assert await finish(daemon.process) == 0
    async with house.daemon() as daemon:
        session = (await daemon.until_state("sales", "connected"))[-1]
        assert session.auto_reconnected
        assert session.user.jid == jid


async def test_a_stop_does_not_wait_for_a_drain(house: House) -> None:
    """SIGTERM in the midst of a drain that waits for a call stops the daemon in order."""
    async with house.daemon() as daemon:
        await daemon.link("sales", PHONE)
        request = session_pb2.CreateSessionRequest(session_id="slow", wait=session_pb2.CREATE_WAIT_CONNECTED)
        slow = daemon.sessions.CreateSession(request, timeout=PATIENCE)
        await daemon.until_state("slow", "qr_generated")
        drain: Any = daemon.admin.Drain(admin_pb2.DrainRequest(close_sessions=True), timeout=PATIENCE)
        step = await drain.read()
        assert (step.phase, step.calls_left) == (admin_pb2.DRAIN_PHASE_FINISHING_CALLS, 1)
        assert await finish(daemon.process) == 0
        with pytest.raises(grpc.aio.AioRpcError):
            await slow
    async with house.daemon() as daemon:
        assert state_name((await daemon.until_state("sales", "connected"))[-1]) == "connected"
