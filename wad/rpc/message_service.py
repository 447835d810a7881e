"""MessageService: see ``protos/wad/v1/message.proto``."""

# ruff: noqa: ARG002, N802 - names and signatures of the methods stand in the contract

from __future__ import annotations

from typing import TYPE_CHECKING

from wad.domain.ids import parse_session_id
from wad.rpc import convert
from wad.v1 import message_pb2, message_pb2_grpc

if TYPE_CHECKING:
    from wad.ports import Clock
    from wad.rpc.ports import Context, Messages


class MessageService(message_pb2_grpc.MessageServiceServicer):
    """Sends messages through sessions.

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
