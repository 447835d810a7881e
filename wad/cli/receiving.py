"""How ``wadctl message receive`` receives: what was shown is acknowledged, and nothing else."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, Final

import typer

from wad.cli.resuming import kept_up
from wad.cli.text import local_time, printable
from wad.v1 import message_pb2, message_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import grpc

_KINDS: Final[dict[int, str]] = {message_pb2.MESSAGE_KIND_MEDIA: "[media] ", message_pb2.MESSAGE_KIND_OTHER: "[other] "}
_STATUSES: Final[dict[int, str]] = {
    message_pb2.MESSAGE_STATUS_SENT: "sent",
    message_pb2.MESSAGE_STATUS_DELIVERED: "delivered",
    message_pb2.MESSAGE_STATUS_READ: "read",
}


class _Requests:
    """The requests of a call, as they are made; it ends when the call is to end."""

    def __init__(self, first: message_pb2.Receive) -> None:
        self._queue: queue.SimpleQueue[message_pb2.ReceiveMessagesRequest | None] = queue.SimpleQueue()
        self._queue.put(message_pb2.ReceiveMessagesRequest(receive=first))

    def __iter__(self) -> Iterator[message_pb2.ReceiveMessagesRequest]:
        return iter(self._queue.get, None)

    def acknowledge(self, delivery_id: int) -> None:
        """Have a message forgotten."""
        acknowledge = message_pb2.Acknowledge(delivery_ids=[delivery_id])
        self._queue.put(message_pb2.ReceiveMessagesRequest(acknowledge=acknowledge))

    def end(self) -> None:
        """End the call, once the daemon has taken what was acknowledged."""
        self._queue.put(None)


def receive(
    channel: grpc.Channel,
    wanted: message_pb2.Receive,
    show: Callable[[message_pb2.ReceiveMessagesResponse], None],
    *,
    most: int,
    acknowledge: bool,
) -> None:
    """Show what comes, and acknowledge each message that was shown; it goes on after a restart of the daemon.

    Args:
        channel: A channel to the daemon.
        wanted: Whose messages.
        show: Shows one response.
        most: Ends after so many messages; 0 for none.
        acknowledge: False to leave the messages for the next one who receives.
    """
    stub, requests, shown = message_pb2_grpc.MessageServiceStub(channel), _Requests(wanted), 0

    def open_stream(told: bool) -> Iterable[message_pb2.ReceiveMessagesResponse]:  # noqa: FBT001 - as is called
        nonlocal requests
        requests.end()
        requests = _Requests(wanted)
        return stub.ReceiveMessages(iter(requests), wait_for_ready=told)

    try:
        for response in kept_up(open_stream, lambda note: typer.echo(f"wadctl: {note}", err=True)):
            if most and shown >= most:
                if response is None:
                    return  # the daemon has taken what was acknowledged
                continue
            if response is None:
                continue
            show(response)
            if not response.HasField("delivery"):
                continue
            shown += 1
            if acknowledge:
                requests.acknowledge(response.delivery.delivery_id)
            if shown == most:
                requests.end()
    finally:
        requests.end()


def line(response: message_pb2.ReceiveMessagesResponse) -> str:
    """Return a response as people read it."""
    if response.HasField("receipt"):
        receipt = response.receipt
        what = f"{printable(receipt.message_id)} {status(receipt.status)}"
        return f"{local_time(receipt.time)}  {receipt.session_id}  {what}"
    message = response.delivery.message
    text = "\n    ".join(map(printable, message.text.splitlines()))
    what = f"{sender(message)}: {_KINDS.get(message.kind, '')}{text}"
    return f"{local_time(message.send_time)}  {message.session_id}  {what}"


def sender(message: message_pb2.Message) -> str:
    """Return who sent a message, and in which group."""
    who = printable(message.sender.partition("@")[0])
    name = f"{printable(message.push_name)} ({who})" if message.push_name else who
    return name if message.chat == message.sender else f"{name} in {printable(message.chat)}"


def status(found: message_pb2.MessageStatus.ValueType) -> str:
    """Return how far a message has come, in a word."""
    return _STATUSES.get(found, "-")
