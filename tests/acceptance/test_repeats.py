"""Requests that are sent again because their answer was lost, with a daemon that dies in between."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING
from uuid import uuid4

import grpc
import grpc.aio
import pytest

from tests.house import PATIENCE, error_info, finish
from wad.emulator.faults import Slow
from wad.v1 import admin_pb2, message_pb2, session_pb2

if TYPE_CHECKING:
    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

ADA, BOB = "491700000001", "491700000002"


async def sent(house: House) -> int:
    """Return how many messages devices have sent."""
    return (await house.emulator.counters())["messages_total"]


async def unanswered(daemon: Daemon, request: message_pb2.SendMessageRequest) -> grpc.aio.AioRpcError:
    """Send the request, and return the error that comes in place of its answer."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await daemon.messages.SendMessage(request, timeout=PATIENCE)
    return caught.value


async def test_a_request_that_is_sent_again_after_a_crash_is_done_once(house: House) -> None:
    """What was answered before the daemon was killed is answered alike by the next one, which sends nothing again."""
    create = session_pb2.CreateSessionRequest(session_id="new", request_id=str(uuid4()))
    send = message_pb2.SendMessageRequest(session_id="ada", to=BOB, text="hello", request_id=str(uuid4()))
    async with house.daemon() as daemon:
        await daemon.link("ada", ADA)
        await daemon.link("bob", BOB)
        created = await daemon.sessions.CreateSession(create, timeout=PATIENCE)
        answer = await daemon.messages.SendMessage(send, timeout=PATIENCE)
        before = await sent(house)
        await finish(daemon.process, signal.SIGKILL)
    async with house.daemon() as daemon:
        again = await daemon.sessions.CreateSession(create, timeout=PATIENCE)
        await daemon.until_state("ada", "connected")
        assert await daemon.messages.SendMessage(send, timeout=PATIENCE) == answer
        assert await sent(house) == before
        send.text = "goodbye"
        error = await unanswered(daemon, send)
        records = await daemon.admin.ListAuditRecords(admin_pb2.ListAuditRecordsRequest(target="ada"), timeout=PATIENCE)
    for response in (created, again):
        response.session.ClearField("qr")  # it may have expired by then
    assert created == again
    assert error_info(error).reason == "REQUEST_ID_REUSED"
    assert [record.method.rpartition("/")[2] for record in records.records[-2:]] == ["SendMessage", "LinkSession"]


async def test_a_message_is_not_sent_again_by_the_daemon_after_the_one_that_died_sending_it(house: House) -> None:
    """A message that was under way when its daemon was killed is unconfirmed for the next, and no second is sent."""
    send = message_pb2.SendMessageRequest(session_id="ada", to=BOB, text="hello", request_id=str(uuid4()))
    async with house.daemon() as daemon:
        jid = (await daemon.link("ada", ADA))[-1].user.jid
        await daemon.link("bob", BOB)
        before = await sent(house)
        await house.emulator.add_fault(Slow(target=jid, delay_ms=2000))
        call = daemon.messages.SendMessage(send, timeout=PATIENCE)
        await house.emulator.wait_state(lambda state: state["counters"]["messages_total"] > before, "it is under way")
        await finish(daemon.process, signal.SIGKILL)
        with pytest.raises(grpc.aio.AioRpcError):
            await call
    await house.emulator.clear_faults()
    async with house.daemon() as daemon:
        await daemon.until_state("ada", "connected")
        for _ in range(2):
            error = await unanswered(daemon, send)
            assert (error.code(), error_info(error).reason) == (grpc.StatusCode.UNKNOWN, "MESSAGE_UNCONFIRMED")
        assert await sent(house) == before + 1
