"""A watch resumes by itself where that makes sense; played without a daemon."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from wad_client import WadError, Watch
from wad_client.v1 import event_pb2, session_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

Request = event_pb2.WatchEventsRequest
Response = event_pb2.WatchEventsResponse

SNAPSHOT = Response(snapshot=session_pb2.Session(session_id="one"))
SYNCED = Response(token="1", synced=event_pb2.Synced())
EVENT = Response(token="2", event=event_pb2.Event(sequence=7))
BOOKMARK = Response(token="3", bookmark=event_pb2.Bookmark())
RESET = Response(reset=event_pb2.Reset())

LOST = WadError(grpc.StatusCode.UNAVAILABLE, "socket closed")
DRAINING = WadError(grpc.StatusCode.UNAVAILABLE, "going down", reason="DRAINING", retry_after=0.01)
SLOW = WadError(grpc.StatusCode.RESOURCE_EXHAUSTED, "too slow", reason="SLOW_CONSUMER", retry_after=0.01)
REFUSED = WadError(grpc.StatusCode.UNAUTHENTICATED, "no such token", reason="TOKEN_REVOKED")


class Daemon:
    """Answers one watch after another as it was told, and keeps the requests."""

    def __init__(self, *answers: list[Response | WadError]) -> None:
        self._answers = iter(answers)
        self.requests: list[Request] = []

    def watch_events(self, request: Request) -> Any:
        """Take a watch."""
        self.requests.append(request)
        return Call(next(self._answers))


class Call:
    """One watch's stream."""

    def __init__(self, answers: list[Response | WadError]) -> None:
        self._answers = iter(answers)

    def __next__(self) -> Response:
        answer = next(self._answers)
        if isinstance(answer, WadError):
            raise answer
        return answer

    def cancel(self) -> None:
        """Do nothing: it is over when it is over."""


def told(watch: Iterator[Response], count: int) -> list[Response]:
    """Return the next items."""
    return [next(watch) for _ in range(count)]


@pytest.mark.parametrize("interruption", [[LOST], [DRAINING], [SLOW], []], ids=["lost", "draining", "slow", "over"])
def test_resumes_after_the_last_token(interruption: list[Response | WadError]) -> None:
    """Whatever interrupts a watch, it goes on after the last token that it was told, a bookmark's too."""
    daemon = Daemon([SNAPSHOT, SYNCED, EVENT, BOOKMARK, *interruption], [EVENT])
    watch = Watch(daemon.watch_events, Request(session_ids=["one"]))
    assert told(watch, 4) == [SNAPSHOT, SYNCED, EVENT, EVENT]
    assert daemon.requests == [Request(session_ids=["one"]), Request(session_ids=["one"], after_token="3")]


def test_a_snapshot_that_broke_off_begins_anew_with_a_reset() -> None:
    """No token leads back into a first snapshot: what was told of it is to be forgotten."""
    daemon = Daemon([SNAPSHOT, LOST], [SNAPSHOT, SYNCED])
    watch = Watch(daemon.watch_events, Request())
    assert told(watch, 4) == [SNAPSHOT, RESET, SNAPSHOT, SYNCED]
    assert daemon.requests == [Request(), Request()]


@pytest.mark.parametrize("end", [LOST, REFUSED], ids=["nobody answers", "refused"])
def test_what_waiting_cannot_mend_ends_a_watch(end: WadError) -> None:
    """A daemon that cannot be reached at the very beginning ends a watch, and a refusal always."""
    daemon = Daemon([end])
    watch = Watch(daemon.watch_events, Request())
    with pytest.raises(WadError) as ended:
        next(watch)
    assert ended.value is end
    assert list(watch) == []


def test_a_daemon_that_is_going_down_is_waited_for() -> None:
    """A daemon that answers at all, if only that it goes down, will be back."""
    daemon = Daemon([DRAINING], [SYNCED], [REFUSED])
    watch = Watch(daemon.watch_events, Request(from_now=event_pb2.FromNow()))
    assert told(watch, 1) == [SYNCED]
    with pytest.raises(WadError):
        next(watch)
    assert [request.WhichOneof("start") for request in daemon.requests] == ["from_now", "from_now", "after_token"]


def test_another_thread_ends_a_watch_that_waits() -> None:
    """A watch that waits for its next try ends at once when it is closed."""
    asked = WadError(grpc.StatusCode.UNAVAILABLE, "going down", reason="DRAINING", retry_after=3600)
    watch = Watch(Daemon([asked]).watch_events, Request())
    closer = threading.Timer(0.05, watch.close)
    closer.start()
    assert list(watch) == []
    closer.join()
