"""A watch that resumes by itself."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Self

from wad_client.errors import WadError
from wad_client.resuming import Resumption
from wad_client.v1 import event_pb2

if TYPE_CHECKING:
    from collections.abc import Callable

_Response = event_pb2.WatchEventsResponse


class Watch:
    """What happens to sessions, in order, without gap or duplicate: snapshots, ``synced``, then events; endless.

    When the daemon restarts, the connection breaks, or the caller was too slow, the watch resumes by itself. Where that
    would leave a gap there is a ``reset`` instead: forget what is known, a new snapshot follows.

    Iterating raises :class:`WadError` for anything else, and when no daemon can be reached at the very beginning. One
    thread iterates; any may call :meth:`close`, which ends the iteration.

    Attributes:
        token: What a later watch with the same filters continues after, also in another process; empty before the
            first ``synced``.
    """

    def __init__(self, watch_events: Callable[[event_pb2.WatchEventsRequest], Any], request: Any) -> None:
        self.token: str = request.after_token
        self._watch_events = watch_events
        self._request = request
        self._call: Any = None
        self._closed = threading.Event()
        self._partial = False  # part of a first snapshot was given out, to which no token leads back
        self._resumption = Resumption(self._closed)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> _Response:
        while not self._closed.is_set():
            try:
                response: _Response = next(self._call or self._open())
            except StopIteration:  # a watch has no end of its own
                self._pause(0)
            except WadError as error:
                if self._closed.is_set():
                    break
                if not self._resumption.helps(error):
                    self.close()
                    raise
                self._pause(error.retry_after or 0)
            else:
                self._take(response)
                if not response.HasField("bookmark"):
                    return response
                continue
            if self._partial:
                self._partial = False
                return _Response(reset=event_pb2.Reset())
        raise StopIteration

    def close(self) -> None:
        """End the watch and its iteration, if it is still under way."""
        self._closed.set()
        if self._call is not None:
            self._call.cancel()

    def _open(self) -> Any:
        request = event_pb2.WatchEventsRequest()
        request.CopyFrom(self._request)
        if self.token:
            request.after_token = self.token
        self._call = self._watch_events(request)
        if self._closed.is_set():  # just now, by another thread that did not see this call yet
            self._call.cancel()
        return self._call

    def _take(self, response: _Response) -> None:
        self.token = response.token or self.token
        self._partial = not self.token
        self._resumption.told()

    def _pause(self, asked_for: float) -> None:
        self._call = None
        self._resumption.pause(asked_for)
