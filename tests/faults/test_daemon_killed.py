"""The daemon dies, restarts or is upgraded: its workers go on, and no connection to WhatsApp is dropped."""

from __future__ import annotations

import signal
import sqlite3
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.faults.witnesses import connections, states, until_states, workers
from tests.house import PATIENCE, finish
from wad.v1 import session_pb2

if TYPE_CHECKING:
    from tests.faults.toll import Tolls
    from tests.house import House

pytestmark = pytest.mark.anyio

PHONES = {f"s{number}": f"4917000000{number:02}" for number in range(3)}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGUSR2])
async def test_a_daemon_that_ends_leaves_its_connections_to_the_next(
    house: House, tolls: Tolls, number: signal.Signals
) -> None:
    """After a kill or a restart the same workers hold the same connections, and every session is what it was."""
    jids: dict[str, str] = {}
    async with house.daemon() as daemon:
        for session_id, phone in PHONES.items():
            jids[session_id] = (await daemon.link(session_id, phone))[-1].user.jid
        before, linked = await connections(house), workers(house)
        what = "restart (SIGUSR2)" if number == signal.SIGUSR2 else "SIGKILL"
        async with tolls.of(house, f"{what} of the daemon, 3 sessions", connections=0) as recovered:
            await finish(daemon.process, number)
            assert workers(house) == linked
            async with house.daemon() as successor:
                assert await states(successor) == dict.fromkeys(PHONES, "connected")
                recovered()
                assert {session.session_id: session.user.jid for session in await successor.list()} == jids
                assert workers(house) == linked
                assert await connections(house) == before
                for jid in jids.values():
                    await house.emulator.wait_online(jid)
    assert workers(house) == set()
    assert await connections(house) == before


async def test_what_happens_while_there_is_no_daemon_is_acted_upon_by_the_next(house: House) -> None:
    """A logout, a QR that is scanned, and a removal that was asked for are not lost with the daemon."""
    async with house.daemon() as daemon:
        revoked = (await daemon.link("revoked", "491700000010"))[-1].user.jid
        await daemon.link("stays", "491700000011")
        request = session_pb2.CreateSessionRequest(session_id="scanned")
        qr = (await daemon.sessions.CreateSession(request, timeout=PATIENCE)).session.qr.code
        await finish(daemon.process, signal.SIGKILL)
    await house.emulator.revoke(revoked)
    await house.emulator.wait_online(await house.emulator.scan(qr, "491700000012"))
    async with house.daemon() as daemon:
        await until_states(daemon, {"stays": "connected", "scanned": "connected"})
        assert not (house.sessions / "revoked").exists()
        assert (house.sessions / "scanned" / "creds.db").exists()


async def test_a_qr_that_is_shown_is_shown_on_by_the_next_daemon(house: House) -> None:
    """The very code that a user is about to scan stays good over a restart, with its true expiry."""
    async with house.daemon() as daemon:
        request = session_pb2.CreateSessionRequest(session_id="one")
        before = (await daemon.sessions.CreateSession(request, timeout=PATIENCE)).session
        await finish(daemon.process, signal.SIGUSR2)
    async with house.daemon() as daemon:
        after = await daemon.get("one")
        assert after.qr.code == before.qr.code
        assert abs(after.qr.expire_time.ToMilliseconds() - before.qr.expire_time.ToMilliseconds()) < 2000
        await daemon.until_state("one", "connected", after=lambda: house.emulator.scan(after.qr.code, "491700000001"))


async def test_a_mute_worker_costs_its_own_sessions_a_new_connection_and_no_more(house: House, tolls: Tolls) -> None:
    """A worker that hangs while the daemon starts is replaced; its sessions log in again, the others stay."""
    house.settings["engine"]["sessions_per_worker"] = 1
    async with house.daemon() as daemon:
        mute = (await daemon.link("mute", "491700000001"))[-1].user.jid
        first = workers(house)
        await daemon.link("well", "491700000002")
        before = await connections(house)
        fault = "SIGKILL of the daemon, hang of 1 of 2 workers"
        async with tolls.of(house, fault, connections=1) as recovered:
            await finish(daemon.process, signal.SIGKILL)
            [stopped] = first
            psutil.Process(stopped).suspend()
            async with house.daemon() as successor:
                assert (await successor.get("well")).state == session_pb2.SESSION_STATE_CONNECTED
                await until_states(successor, {"mute": "connected", "well": "connected"})
                recovered()
                assert (await successor.get("mute")).user.jid == mute
                assert stopped not in workers(house)
                assert await connections(house) == before + 1


async def test_a_worker_that_died_with_its_daemon_costs_a_new_connection(house: House, tolls: Tolls) -> None:
    """When both are killed the sessions are restored from their credentials, without a QR."""
    async with house.daemon() as daemon:
        jid = (await daemon.link("one", "491700000001"))[-1].user.jid
        pids = workers(house)
        async with tolls.of(house, "SIGKILL of the daemon and its worker with 1 session", connections=1) as recovered:
            await finish(daemon.process, signal.SIGKILL)
            for pid in pids:
                psutil.Process(pid).kill()
            async with house.daemon() as successor:
                await until_states(successor, {"one": "connected"})
                recovered()
                back = await successor.get("one")
                assert (back.user.jid, back.auto_reconnected) == (jid, True)


async def test_a_session_that_is_not_wanted_any_more_is_ended_at_the_start(house: House) -> None:
    """A client whose session the registry does not want is closed, and its credentials stay."""
    async with house.daemon() as daemon:
        jid = (await daemon.link("one", "491700000001"))[-1].user.jid
        await finish(daemon.process, signal.SIGKILL)
    with sqlite3.connect(house.root / "state" / "registry.db") as registry:
        registry.execute("UPDATE sessions SET desired = 'stopped', active = 0, removal = 'stopped'")
    async with house.daemon() as daemon:
        await house.emulator.wait_offline(jid)
        assert await daemon.list() == []
        assert (house.sessions / "one" / "creds.db").exists()
