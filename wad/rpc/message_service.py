"""MessageService: see ``protos/wad/v1/message.proto``."""

# ruff: noqa: ARG002, N802 - names and signatures of the methods stand in the contract

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from wad.domain.errors import InvalidInput
from wad.domain.ids import parse_session_id
from wad.rpc import convert, convert_messages
from wad.rpc.requests import listed_ids
from wad.v1 import message_pb2, message_pb2_grpc

if TYPE_CHECKING:
    from wad.domain.ids import SessionId
    from wad.managers.reception import Reception
    from wad.ports import Clock
    from wad.rpc.ports import Context, Messages

_MOST_ACKNOWLEDGED: Final = 1000
_MOST_UNACKNOWLEDGED: Final = 1000
_UNACKNOWLEDGED: Final = 100
_MESSAGE_ID: Final = re.compile(r"[!-~]{1,128}", re.ASCII)
_LARGEST_ID: Final = 2**63 - 1

_Requests = AsyncIterator[message_pb2.ReceiveMessagesRequest]


class MessageService(message_pb2_grpc.MessageServiceServicer):
    """Sends messages through sessions, and hands out what they receive.

    Args:
        messages: Those who do it.
        clock: Tells when a message was taken.
    """

    def __init__(self, messages: Messages, clock: Clock) -> None:
        self._messages = messages
        self._clock = clock

    async def SendMessage(
        self, request: message_pb2.SendMessageRequest, context: Context
    ) -> message_pb2.SendMessageResponse:
        """Send a text."""
        message_id = await self._messages.send_text(parse_session_id(request.session_id), request.to, request.text)
        return message_pb2.SendMessageResponse(message_id=message_id, send_time=convert.timestamp(self._clock.wall()))

    async def ReceiveMessages(
        self,
        request_iterator: Any,  # the stubs also allow for synchronous servers
        context: Context,
    ) -> AsyncGenerator[message_pb2.ReceiveMessagesResponse]:
        """Hand out messages until they are acknowledged."""
        sessions, most = await _begin(request_iterator)
        with self._messages.receive(sessions) as reception:
            async with _acknowledging(request_iterator, reception) as reading:
                while True:
                    while reception.receipts:
                        yield convert_messages.receipt(reception.receipts.popleft())
                    deliveries = await reception.next(most - len(reception.handed))
                    for found in deliveries:
                        yield convert_messages.delivery(found)
                    if reading.done():
                        reading.result()  # what was wrong with a request
                        return
                    if not deliveries and not reception.receipts:
                        await reception.wait()

    async def GetMessage(
        self, request: message_pb2.GetMessageRequest, context: Context
    ) -> message_pb2.GetMessageResponse:
        """Tell what is known of one message."""
        session_id = parse_session_id(request.session_id)
        if _MESSAGE_ID.fullmatch(request.message_id) is None:
            raise InvalidInput(
                "message_id", "This is not the id of a message: SendMessage and ReceiveMessages tell it."
            )
        found = await self._messages.get(session_id, request.message_id)
        return message_pb2.GetMessageResponse(message=convert_messages.message(session_id, found))


async def _begin(requests: _Requests) -> tuple[list[SessionId], int]:
    """Return what the first request asks for: whose messages, and how many may be unacknowledged."""
    first = await anext(requests, None)
    if first is None or first.WhichOneof("action") != "receive":
        raise InvalidInput("receive", "The call's first request has `receive`: it says whose messages to hand out.")
    receive = first.receive
    if receive.max_unacknowledged > _MOST_UNACKNOWLEDGED:
        raise InvalidInput("receive.max_unacknowledged", f"At most {_MOST_UNACKNOWLEDGED}.")
    return listed_ids("receive.session_ids", receive.session_ids), receive.max_unacknowledged or _UNACKNOWLEDGED


@asynccontextmanager
async def _acknowledging(requests: _Requests, reception: Reception) -> AsyncGenerator[asyncio.Task[None]]:
    """Take the acknowledgements while this context lasts.

    A task group would cancel whoever is handed a message, which is not ours to do; so the task is ended here by hand.
    """
    task = asyncio.create_task(_acknowledge(requests, reception))
    task.add_done_callback(lambda _: reception.wake())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # whoever was to be told has been, or has gone


async def _acknowledge(requests: _Requests, reception: Reception) -> None:
    async for request in requests:
        if request.WhichOneof("action") != "acknowledge":
            raise InvalidInput("acknowledge", "Every request of the call but the first has `acknowledge`.")
        numbers = request.acknowledge.delivery_ids
        if len(numbers) > _MOST_ACKNOWLEDGED:
            raise InvalidInput("acknowledge.delivery_ids", f"At most {_MOST_ACKNOWLEDGED} in one request.")
        if any(not 0 < number <= _LARGEST_ID for number in numbers):
            raise InvalidInput("acknowledge.delivery_ids", "There is no such delivery; `delivery_id` tells the number.")
        await reception.acknowledge(list(numbers))
