"""For how long a request is known that may come again."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import anyio
import pytest
from structlog.testing import capture_logs

from wad.daemon.clock import FakeClock
from wad.domain.access import Caller, Mechanism, Role
from wad.domain.errors import StorageError
from wad.domain.replies import Reply
from wad.rpc.call import CURRENT, Call
from wad.rpc.repeats import KEPT, Repeats
from wad.storage.memory_calls import MemoryReplies
from wad.v1 import message_pb2

if TYPE_CHECKING:
    from google.protobuf.message import Message

pytestmark = pytest.mark.anyio

METHOD = "wad.v1.MessageService/SendMessage"
CALLER = Caller("ada", Mechanism.PEER_CREDENTIALS, Role.ADMIN)
HOUR = 3600.0


class Sender:
    """Sends messages, one numbered after the other."""

    def __init__(self, clock: FakeClock, book: MemoryReplies) -> None:
        self.repeats = Repeats(book, clock)
        self.sent = 0

    async def work(self) -> Message:
        """Send a message."""
        self.sent += 1
        return message_pb2.SendMessageResponse(message_id=str(self.sent))

    async def call(self, request: message_pb2.SendMessageRequest) -> Message:
        """Answer the request as that of a new call."""
        CURRENT.set(Call("c0", METHOD, CALLER))
        return await self.repeats.answer(request, self.work)


async def test_an_id_is_known_for_a_day_and_no_longer() -> None:
    """For 24 hours the first answer is given again; after that the same request is done anew."""
    sender = Sender(clock := FakeClock(), MemoryReplies())
    request = message_pb2.SendMessageRequest(session_id="shop", request_id=str(uuid4()))
    async with sender.repeats.open():
        first = await sender.call(request)
        await clock.advance(KEPT)
        assert await sender.call(request) == first
        await clock.advance(1)
        assert await sender.call(request) != first


async def test_what_is_too_old_is_cleared_away_at_the_start_and_every_hour() -> None:
    """No request lies about for longer than a day and an hour, also when nobody calls."""
    clock, book = FakeClock(), MemoryReplies()
    begun = {
        age: Reply("c", str(age), METHOD, "f", clock.wall() - age) for age in (KEPT + 1, KEPT - 1, KEPT - 3 * HOUR)
    }
    for reply in begun.values():
        await book.begin(reply, kept_since=0)

    def left() -> list[float]:
        return [age for age, reply in begun.items() if (reply.caller, reply.request_id) in book.kept]

    async with Repeats(book, clock).open():
        await clock.advance(0)
        assert left() == [KEPT - 1, KEPT - 3 * HOUR]
        await clock.advance(HOUR)
        assert left() == [KEPT - 3 * HOUR]
        await clock.advance(3 * HOUR)
        assert left() == []


async def test_a_disk_that_is_full_when_it_is_cleared_ends_nothing() -> None:
    """Clearing away that fails is logged, and tried again an hour later."""
    clock, book = FakeClock(), MemoryReplies()
    await book.begin(Reply("c", "1", METHOD, "f", 0.0), kept_since=0)
    book.failure = StorageError("full")
    with capture_logs() as logged:
        async with Repeats(book, clock).open():
            await clock.advance(0)
            book.failure = None
            await clock.advance(HOUR)
    assert [event["event"] for event in logged] == ["repeats.unwritable"]
    assert not book.kept


async def test_an_error_of_the_server_comes_out_as_it_is() -> None:
    """Whatever ends the server, such as an address in use, is not wrapped into a group."""

    async def fail() -> None:
        async with Repeats(MemoryReplies(), FakeClock()).open():
            await anyio.lowlevel.checkpoint()
            raise StorageError("no")

    with pytest.raises(StorageError):
        await fail()
