"""What others send, until it is acknowledged."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Final, Self

from wad_client.errors import WadError
from wad_client.resuming import Resumption
from wad_client.v1 import message_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_Request = message_pb2.ReceiveMessagesRequest
_Response = message_pb2.ReceiveMessagesResponse
_Ids = SimpleQueue[list[int] | None]

_MOST_IDS: Final = 1000
"""Deliveries that one request may acknowledge."""

_GRACE: Final = 5.0
"""Seconds that the daemon has for the last acknowledgements when a call ends; it takes milliseconds."""


class Inbox:
    """What others send to sessions, as ``delivery``, and what became of what these have sent, as ``receipt``; endless.

    Each message comes at least once: again and again until it is acknowledged, with every new inbox, and when the
    daemon restarts or the connection breaks, after which the inbox goes on by itself. So whoever gets a message may
    have had it before; its ``delivery_id`` is then the same.

    Iterating raises :class:`WadError` for anything else, and when no daemon can be reached at the very beginning. One
    thread iterates; any may call :meth:`acknowledge`, and :meth:`close`, which ends the iteration.
    """

    def __init__(self, receive_messages: Callable[[Iterator[_Request]], Any], receive: message_pb2.Receive) -> None:
        self._receive_messages = receive_messages
        self._receive = receive
        self._call: _Call | None = None
        self._closed = threading.Event()
        self._resumption = Resumption(self._closed)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> _Response:
        while not self._closed.is_set():
            call, response, asked_for = self._call or self._open(), None, 0.0
            try:
                response = call.read()
            except WadError as error:
                self._resumption.reached |= call.reached
                if not (self._closed.is_set() or self._resumption.helps(error)):
                    self.close()
                    raise
                asked_for = error.retry_after or 0
            if self._closed.is_set():
                break
            if response is not None:
                self._resumption.told()
                return response
            self._call = None  # an inbox has no end of its own
            self._resumption.pause(asked_for)
        self.close()  # again, if another thread did so: what it could not wait for is over now
        raise StopIteration

    def acknowledge(self, *deliveries: message_pb2.Delivery) -> None:
        """Have messages forgotten: they need not come again.

        This waits for nothing. While the connection is broken it does nothing: the messages come again. A receipt has
        no delivery, which is left alone.
        """
        if (call := self._call) is not None:
            call.acknowledge([delivery.delivery_id for delivery in deliveries if delivery.delivery_id])

    def close(self) -> None:
        """End the inbox and its iteration, once the daemon has taken the acknowledgements that are on their way."""
        self._closed.set()
        if (call := self._call) is not None:
            call.finish()

    def _open(self) -> _Call:
        self._call = call = _Call(self._receive_messages, self._receive)
        if self._closed.is_set():  # just now, by another thread that did not see this call yet
            call.finish()
        return call


class _Call:
    """One call of ReceiveMessages."""

    def __init__(self, receive_messages: Callable[[Iterator[_Request]], Any], receive: message_pb2.Receive) -> None:
        self._ids = _Ids()
        self._reading = threading.Lock()
        self._reader = 0
        self._call = receive_messages(_requests(receive, self._ids))
        end = partial(self._ids.put, None)
        if not self._call.add_callback(end):  # else the thread in which gRPC waits for requests would stay for ever
            end()

    @property
    def reached(self) -> bool:
        """True if the daemon has answered this call, which is over: it does so before there is any message."""
        return bool(self._call.initial_metadata())

    def read(self) -> _Response | None:
        """Return the next response, or None when the daemon has no more to say.

        Raises:
            WadError: The call failed.
        """
        with self._reading:
            self._reader = threading.get_ident()
            try:
                return next(self._call, None)
            finally:
                self._reader = 0

    def acknowledge(self, ids: list[int]) -> None:
        """Acknowledge these deliveries, of this call or an earlier one."""
        for begin in range(0, len(ids), _MOST_IDS):
            self._ids.put(ids[begin : begin + _MOST_IDS])

    def finish(self) -> None:
        """Say that there is no further request, and wait until the daemon ends the call, as it does then."""
        self._ids.put(None)
        too_long = threading.Timer(_GRACE, self._call.cancel)
        if not self._call.add_callback(too_long.cancel):
            return  # it is over
        too_long.start()
        if self._reader == threading.get_ident():
            return  # this is a signal's handler, and the reading that it has interrupted goes on to the end
        with suppress(WadError):  # nobody is interested any more
            while self.read() is not None:
                pass


def _requests(receive: message_pb2.Receive, acknowledged: _Ids) -> Iterator[_Request]:
    yield _Request(receive=receive)
    while (ids := acknowledged.get()) is not None:
        yield _Request(acknowledge=message_pb2.Acknowledge(delivery_ids=ids))
