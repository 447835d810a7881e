"""A client that is dead and has not said so: the session does not go on saying that it is connected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from google.protobuf.duration_pb2 import Duration

from tests.house import PATIENCE
from wad.emulator.faults import RefuseConnection
from wad.v1 import error_pb2, session_pb2

if TYPE_CHECKING:
    from tests.faults.toll import Tolls
    from tests.house import House

pytestmark = pytest.mark.anyio

PHONE = "491700000001"


async def test_a_client_that_died_without_an_event_is_found_and_replaced(house: House, tolls: Tolls) -> None:
    """The poll of the engine finds a dead client; its session says what is wrong, and connects when the fault ends.

    After a 515 the engine closes its connection and makes one attempt to connect anew; when that fails it logs an
    error, reports nothing, and never tries again (whatsmeow `connectionevents.go`, `handleStreamError`).
    """
    async with house.daemon() as daemon:
        policy = session_pb2.Policy(reconnecting=Duration(seconds=2), backoff_cap=Duration(seconds=1))
        request = session_pb2.CreateSessionRequest(session_id="sales", policy=policy)
        qr = (await daemon.sessions.CreateSession(request, timeout=PATIENCE)).session.qr.code
        scanned = await daemon.until_state("sales", "connected", after=lambda: house.emulator.scan(qr, PHONE))
        jid = scanned[-1].user.jid

        async def kill() -> None:
            await house.emulator.add_fault(RefuseConnection())
            await house.emulator.stream_error(jid, 515)

        async with tolls.of(house, "zombie connection", connections=1):
            lost = (await daemon.until_state("sales", "reconnecting", after=kill))[-1]
            assert lost.last_error.reason == error_pb2.ERROR_REASON_CONNECTION_LOST
            assert lost.last_error.message == "The engine is no longer connected, and did not say so."
            await house.emulator.clear_faults()
            seen = await daemon.until_state("sales", "connected")
        assert seen[-1].user.jid == jid
        assert seen[-1].generation > lost.generation
        assert not any(session.HasField("qr") for session in seen)
