"""An inbox goes on by itself where that makes sense, and its acknowledgements arrive."""

from __future__ import annotations

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc import error_details_pb2, status_pb2  # pyright: ignore[reportMissingTypeStubs] - its stubs lie beside it

from wad_client import Client, Inbox, WadError
from wad_client.v1 import message_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

Request = message_pb2.ReceiveMessagesRequest
Response = message_pb2.ReceiveMessagesResponse

PATIENCE = 60.0
"""Seconds after which what has not come is a failure."""

RECEIVE = Request(receive=message_pb2.Receive(session_ids=["ada"], max_unacknowledged=2))
RECEIPT = Response(receipt=message_pb2.MessageReceipt(session_id="ada", message_id="A"))


def delivery(number: int) -> Response:
    """Return what hands out that message."""
    return Response(delivery=message_pb2.Delivery(delivery_id=number, message=message_pb2.Message(session_id="ada")))


def acknowledged(*numbers: int) -> Request:
    """Return what acknowledges those messages."""
    return Request(acknowledge=message_pb2.Acknowledge(delivery_ids=numbers))


class Refusal(Exception):
    """How the daemon ends a call; without a reason, as whoever is not the daemon would."""

    def __init__(self, code: grpc.StatusCode, reason: str = "", retry_after: int = 0) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.retry_after = retry_after

    def end(self, context: Any) -> None:
        """End a call so."""
        if self.reason:
            retry = error_details_pb2.RetryInfo()
            retry.retry_delay.seconds = self.retry_after
            details = [AnyMessage() for _ in range(2)]
            details[0].Pack(error_details_pb2.ErrorInfo(reason=self.reason, domain="wad.v1"))
            details[1].Pack(retry)
            status = status_pb2.Status(code=self.code.value[0], details=details)
            context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(self.code, self.reason)


ASKED = object()
"""The daemon waits for one more request."""

LOST = Refusal(grpc.StatusCode.UNAVAILABLE)
DRAINING = Refusal(grpc.StatusCode.UNAVAILABLE, "DRAINING")
LONG_GONE = Refusal(grpc.StatusCode.UNAVAILABLE, "DRAINING", retry_after=3600)
REVOKED = Refusal(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_REVOKED")


class Daemon:
    """Answers one call after another as it was told, then waits until no more is asked; keeps what was asked."""

    def __init__(self, acts: tuple[list[Any], ...]) -> None:
        self._acts = iter(acts)
        self.asked: list[list[Request]] = []
        self.ended = threading.Event()

    def serve(self, address: str, threads: ThreadPoolExecutor) -> grpc.Server:
        """Begin to answer, and return what does so."""
        library: Any = grpc  # its handlers are generic in the stubs alone
        receive = library.stream_stream_rpc_method_handler(
            self._receive_messages, Request.FromString, Response.SerializeToString
        )
        handler = library.method_handlers_generic_handler("wad.v1.MessageService", {"ReceiveMessages": receive})
        server: grpc.Server = library.server(threads, handlers=[handler])
        server.add_insecure_port(address)
        server.start()
        return server

    def _receive_messages(self, request_iterator: Iterator[Request], context: Any) -> Iterator[Response]:
        context.add_callback(self.ended.set)
        context.send_initial_metadata((("x-request-id", "1"),))
        asked = [next(request_iterator)]
        self.asked.append(asked)
        for step in next(self._acts):
            if step is ASKED:
                asked.append(next(request_iterator))
            elif isinstance(step, Refusal):
                step.end(context)
            else:
                yield step
        asked.extend(request_iterator)


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Callable[..., tuple[Daemon, Inbox]]]:
    """Return what has a daemon play acts, and opens an inbox there; when all is over no thread is left."""
    before = set(threading.enumerate())
    address = f"unix://{tmp_path}/wad.sock"
    servers: list[grpc.Server] = []
    with ThreadPoolExecutor() as threads, Client(address) as client:

        def play(*acts: list[Any]) -> tuple[Daemon, Inbox]:
            daemon = Daemon(acts)
            servers.append(daemon.serve(address, threads))
            return daemon, client.receive(session_ids=["ada"], max_unacknowledged=2)

        yield play
        client.close()
        for server in servers:
            server.stop(None).wait()
    deadline = time.monotonic() + PATIENCE
    while left := set(threading.enumerate()) - before:
        assert time.monotonic() < deadline, left
        time.sleep(0.01)


@contextmanager
def soon(act: Callable[[], object]) -> Generator[None]:
    """Have another thread do something in a moment."""
    timer = threading.Timer(0.05, act)
    timer.start()
    yield
    timer.join()


@pytest.mark.parametrize("interruption", [[LOST], [DRAINING]], ids=["lost", "draining"])
def test_what_was_not_acknowledged_comes_again(play: Any, interruption: list[Any]) -> None:
    """Whatever interrupts an inbox, it asks for the same again, and gives out what the daemon then hands out."""
    daemon, inbox = play([delivery(1), RECEIPT, delivery(2), ASKED, *interruption], [delivery(2)])
    with inbox:
        told = [next(inbox) for _ in range(3)]
        inbox.acknowledge(told[0].delivery)
        assert [*told, next(inbox)] == [delivery(1), RECEIPT, delivery(2), delivery(2)]
    assert daemon.asked == [[RECEIVE, acknowledged(1)], [RECEIVE]]


def test_what_came_before_an_interruption_can_be_acknowledged_after_it(play: Any) -> None:
    """A delivery stays good for its acknowledgement; a receipt, which has none, is left alone."""
    daemon, inbox = play([delivery(1), LOST], [RECEIPT])
    with inbox:
        first, receipt = next(inbox), next(inbox)
        inbox.acknowledge(receipt.delivery)
        inbox.acknowledge(first.delivery)
    assert daemon.asked == [[RECEIVE], [RECEIVE, acknowledged(1)]]


def test_any_number_is_acknowledged_at_once(play: Any) -> None:
    """What is more than one request may acknowledge is acknowledged by several."""
    daemon, inbox = play([delivery(1)])
    numbers = range(1, 1002)
    with inbox:
        next(inbox)
        inbox.acknowledge(*(delivery(number).delivery for number in numbers))
    assert daemon.asked == [[RECEIVE, acknowledged(*numbers[:1000]), acknowledged(*numbers[1000:])]]


def test_the_last_acknowledgements_arrive(play: Any) -> None:
    """What was acknowledged before an inbox is closed is acknowledged, however many messages wait to be handed out."""
    daemon, inbox = play([delivery(number) for number in range(1, 100)])
    with inbox:
        for item in inbox:
            inbox.acknowledge(item.delivery)
            if item.delivery.delivery_id == 3:
                break
    assert daemon.asked == [[RECEIVE, acknowledged(1), acknowledged(2), acknowledged(3)]]
    inbox.acknowledge(delivery(3).delivery)
    assert list(inbox) == []


def test_a_daemon_that_was_there_before_the_first_message_is_waited_for(play: Any) -> None:
    """A connection that breaks while there is nothing to tell is made again."""
    _, inbox = play([LOST], [delivery(1)])
    with inbox:
        assert next(inbox) == delivery(1)


def test_what_waiting_cannot_mend_ends_an_inbox(play: Any) -> None:
    """A refusal ends an inbox, with the daemon's reason."""
    _, inbox = play([delivery(1), REVOKED])
    next(inbox)
    with pytest.raises(WadError) as ended:
        next(inbox)
    assert ended.value.reason == "TOKEN_REVOKED"
    assert list(inbox) == []


@pytest.mark.parametrize("act", [[], [LONG_GONE]], ids=["for a message", "for the daemon"])
def test_another_thread_ends_an_inbox_that_waits(play: Any, act: list[Any]) -> None:
    """An inbox that waits ends when it is closed, whatever it waits for."""
    _, inbox = play(act)
    with soon(inbox.close):
        assert list(inbox) == []


def test_a_signal_ends_an_inbox_that_waits(play: Any) -> None:
    """An inbox can be closed by the handler of a signal that interrupts the very thread that iterates."""
    _, inbox = play([])

    def handle(*_: object) -> None:
        inbox.close()

    before = signal.signal(signal.SIGUSR1, handle)
    try:
        with soon(lambda: signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)):
            assert list(inbox) == []
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_an_inbox_that_is_forgotten_ends(play: Any) -> None:
    """The call of an inbox that nobody has closed and nobody holds any more is ended."""
    daemon, inbox = play([delivery(1)])
    next(inbox)
    del inbox
    assert daemon.ended.wait(PATIENCE)
