"""The main job, over the contract, with the real engine: link, come back, lose the connection, leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import grpc.aio
import pytest

from tests.house import PATIENCE, error_info, state_name, until
from tests.watch_validator import ValidatedWatch
from wad.emulator.faults import CloseAfterLinking
from wad.v1 import error_pb2, session_pb2

if TYPE_CHECKING:
    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

PHONE = "491700000001"


async def expect_absent(daemon: Daemon, session_id: str) -> None:
    """Assert that the daemon knows no such session."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await daemon.get(session_id)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert error_info(caught.value).reason == "SESSION_NOT_FOUND"


async def test_linking_streams_every_state_and_ends_connected(house: House) -> None:
    """A login screen needs one call: it gets each state in order, the QR, and who logged in."""
    async with house.daemon() as daemon:
        seen = await daemon.link("sales", PHONE, push_name="Ada")
        assert [state_name(session) for session in seen] == [
            "connecting",
            "qr_generated",
            "pairing_success",
            "syncing",
            "connected",
        ]
        user = seen[-1].user
        assert user.jid in await house.emulator.devices()
        assert user.jid.startswith(PHONE)
        assert user.lid
        assert user.platform
        assert not seen[-1].auto_reconnected


async def test_a_session_comes_back_by_itself_after_a_restart(house: House) -> None:
    """After a stop and a start the session is connected again as the same device, and no QR was shown."""
    async with house.daemon() as daemon:
        jid = (await daemon.link("sales", PHONE))[-1].user.jid
    await house.emulator.wait_offline(jid)
    async with house.daemon() as daemon:
        seen = await daemon.until_state("sales", "connected")
        assert seen[-1].auto_reconnected
        assert seen[-1].user.jid == jid
        assert not any(session.HasField("qr") for session in seen)


async def test_creating_a_connected_session_restarts_nothing(house: House) -> None:
    """A second creation of a linked session is answered with its present state."""
    async with house.daemon() as daemon:
        before = (await daemon.link("sales", PHONE))[-1]
        request = session_pb2.CreateSessionRequest(session_id="sales")
        answer = await daemon.sessions.CreateSession(request, timeout=PATIENCE)
        assert answer.already_connected
        assert answer.session.generation == before.generation
        assert (await house.emulator.counters())["registrations_total"] == 1


async def test_a_kept_session_is_reconnected_without_a_qr(house: House) -> None:
    """Creating a session whose credentials are stored connects with them."""
    async with house.daemon() as daemon:
        jid = (await daemon.link("sales", PHONE))[-1].user.jid
        await daemon.remove("sales", session_pb2.REMOVAL_REASON_STUCK)
        assert (house.sessions / "sales" / "creds.db").exists()
        request = session_pb2.CreateSessionRequest(session_id="sales", wait=session_pb2.CREATE_WAIT_CONNECTED)
        answer = await daemon.sessions.CreateSession(request, timeout=PATIENCE)
        assert state_name(answer.session) == "connected"
        assert answer.session.auto_reconnected
        assert not answer.already_connected
        assert answer.session.user.jid == jid


async def test_logout_unlinks_the_device_and_deletes_its_files(house: House) -> None:
    """After a logout WhatsApp knows the device no more, and its directory is gone."""
    async with house.daemon() as daemon:
        jid = (await daemon.link("sales", PHONE))[-1].user.jid
        removed = await daemon.remove("sales", session_pb2.REMOVAL_REASON_LOGOUT)
        assert state_name(removed) == "logged_out"
        await house.emulator.wait_unlinked(jid)
        assert not (house.sessions / "sales").exists()
        await expect_absent(daemon, "sales")


async def test_a_session_revoked_on_the_phone_is_logged_out(house: House) -> None:
    """When the phone removes the device, the watchers see a logout, and the session is over."""
    async with house.daemon() as daemon:
        jid = (await daemon.link("sales", PHONE))[-1].user.jid
        await daemon.until_state("sales", "logged_out", after=lambda: house.emulator.revoke(jid))
        await until(lambda: not (house.sessions / "sales").exists(), "the directory is gone")


async def test_credentials_refused_at_creation_give_way_to_a_qr(house: House) -> None:
    """Stored credentials that WhatsApp refuses go to the trash, and the same call shows a QR."""
    async with house.daemon() as daemon:
        jid = (await daemon.link("sales", PHONE))[-1].user.jid
        await daemon.remove("sales", session_pb2.REMOVAL_REASON_STUCK)
        await house.emulator.revoke(jid)
        request = session_pb2.CreateSessionRequest(session_id="sales")
        answer = await daemon.sessions.CreateSession(request, timeout=PATIENCE)
        assert state_name(answer.session) == "qr_generated"
        assert any((house.sessions / ".trash").glob("sales-*/creds.db"))


async def test_a_dropped_connection_is_restored(house: House) -> None:
    """A lost connection is reported, restored, and counted."""
    async with house.daemon() as daemon:
        jid = (await daemon.link("sales", PHONE))[-1].user.jid
        seen = await daemon.until_state("sales", "connected", after=lambda: house.emulator.drop(jid))
        assert [state_name(session) for session in seen] == ["reconnecting", "connected"]
        assert seen[-1].counters.reconnects == 1


async def test_a_replaced_session_gives_way(house: House) -> None:
    """A session whose stream another client took says so, and does not fight for it."""
    async with house.daemon() as daemon:
        jid = (await daemon.link("sales", PHONE))[-1].user.jid
        seen = await daemon.until_state("sales", "disconnected", after=lambda: house.emulator.replace(jid))
        assert seen[-1].last_error.reason == error_pb2.ERROR_REASON_REPLACED


async def test_twenty_sessions_survive_the_race_after_pairing(house: House) -> None:
    """The server closes 0 to 50 ms after it asked for a new login, twenty times at once: all twenty connect."""
    await house.emulator.add_fault(CloseAfterLinking(min_ms=0, max_ms=50))
    ends: dict[str, str] = {}

    async def link(daemon: Daemon, number: int) -> None:
        ends[f"s{number}"] = state_name((await daemon.link(f"s{number}", f"4917000001{number:02}"))[-1])

    async with house.daemon() as daemon:
        async with anyio.create_task_group() as tasks:
            for number in range(20):
                tasks.start_soon(link, daemon, number)
        assert set(ends.values()) == {"connected"}
        assert len(ends) == 20
        assert sum(device["online"] for device in (await house.emulator.devices()).values()) == 20


async def test_a_watch_begins_with_a_snapshot_and_the_current_qr(house: House) -> None:
    """A late watcher gets what there is, with the QR to show, before what happens next."""
    async with house.daemon() as daemon:
        await daemon.sessions.CreateSession(session_pb2.CreateSessionRequest(session_id="sales"), timeout=PATIENCE)
        call = ValidatedWatch(daemon.events, timeout=PATIENCE)
        first = await call.read()
        assert state_name(first.snapshot) == "qr_generated"
        assert first.snapshot.qr.code.startswith("https://wa.me/")
        assert (await call.read()).HasField("synced")
        call.cancel()
