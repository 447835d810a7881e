"""One who receives the messages of sessions, over the contract."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio

from tests.house import PATIENCE
from wad.v1 import message_pb2

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from wad.v1 import message_pb2_grpc


@dataclass
class Receiver:
    """A call of ReceiveMessages.

    Attributes:
        deliveries: What was handed out.
        receipts: What has become of messages that sessions have sent.
    """

    _call: Any
    deliveries: list[message_pb2.Delivery] = field(default_factory=list[message_pb2.Delivery])
    receipts: list[message_pb2.MessageReceipt] = field(default_factory=list[message_pb2.MessageReceipt])

    @classmethod
    @asynccontextmanager
    async def of(
        cls,
        messages: message_pb2_grpc.MessageServiceAsyncStub,
        *session_ids: str,
        most: int = 0,
        metadata: tuple[tuple[str, str], ...] = (),
    ) -> AsyncGenerator[Receiver]:
        """Receive from these sessions, or from all."""
        stub: Any = messages  # its own stubs want the requests before there are any
        call = stub.ReceiveMessages(metadata=metadata, timeout=PATIENCE)
        receive = message_pb2.Receive(session_ids=session_ids, max_unacknowledged=most)
        await call.write(message_pb2.ReceiveMessagesRequest(receive=receive))
        try:
            yield cls(call)
        finally:
            call.cancel()

    @property
    def texts(self) -> list[str]:
        """What the messages say."""
        return [delivery.message.text for delivery in self.deliveries]

    async def read(self) -> None:
        """Take the next response.

        Raises:
            grpc.aio.AioRpcError: The call has ended with an error.
        """
        response: message_pb2.ReceiveMessagesResponse = await self._call.read()
        if response.HasField("delivery"):
            self.deliveries.append(response.delivery)
        else:
            self.receipts.append(response.receipt)

    async def until(self, holds: Callable[[Receiver], bool]) -> None:
        """Read until what was read is as wanted."""
        with anyio.fail_after(PATIENCE):
            while not holds(self):
                await self.read()

    async def acknowledge(self, *delivery_ids: int) -> None:
        """Acknowledge deliveries; all by default."""
        numbers = delivery_ids or tuple(delivery.delivery_id for delivery in self.deliveries)
        acknowledge = message_pb2.Acknowledge(delivery_ids=numbers)
        await self.send(message_pb2.ReceiveMessagesRequest(acknowledge=acknowledge))

    async def send(self, request: message_pb2.ReceiveMessagesRequest) -> None:
        """Send any request."""
        await self._call.write(request)
