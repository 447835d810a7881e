"""Streams that go on after a restart of the daemon, which costs no session its connection."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, TypeVar

import grpc

from wad.cli.failures import CallFailure, ExitCode, explain
from wad.v1 import event_pb2, event_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")

PAUSE: Final = 1.0
"""Seconds between two attempts to reach a daemon that has been reached before."""

_PASSING: Final = frozenset({ExitCode.UNREACHABLE, ExitCode.TRY_LATER})
_CUT_OFF: Final = grpc.StatusCode.CANCELLED.name
"""Status of a call that was under way when its daemon ended."""


def passes(failure: CallFailure) -> bool:
    """Return True for a failure that another attempt may not meet."""
    return failure.exit_code in _PASSING or failure.code == _CUT_OFF


def kept_up(open_stream: Callable[[bool], Iterable[T]], say: Callable[[str], None]) -> Iterator[T | None]:
    """Yield what a stream tells, and opens it again whenever it breaks off, without end.

    Args:
        open_stream: Opens it; its argument says whether to wait for the daemon, which has answered before.
        say: Told when the daemon gives no answer any more, and when it does again.

    Yields:
        What it tells; None for each break.

    Raises:
        RpcError: The first stream failed before it told anything, or a later one as it always would.
    """
    told = silent = False
    while True:
        try:
            for response in open_stream(told):
                if silent:
                    say("The daemon answers again.")
                told, silent = True, False
                yield response
            told, why = True, "The daemon has ended the call"
        except grpc.RpcError as error:
            failure = explain(error)
            if not told or not passes(failure):
                raise
            why = "The daemon is going down" if failure.reason == "DRAINING" else "The daemon gives no answer"
        yield None
        if not silent:
            say(f"{why}; it goes on as soon as it can. Ctrl-C ends it.")
            silent = True
        time.sleep(PAUSE)


def resumed(
    channel: grpc.Channel, wanted: event_pb2.WatchEventsRequest, say: Callable[[str], None]
) -> Iterator[event_pb2.WatchEventsResponse]:
    """Yield what a watch tells, without end; where a gap is possible there is a reset.

    Args:
        channel: A channel to the daemon.
        wanted: What to watch; it is changed to what is to be asked for next.
        say: Told when the daemon gives no answer any more, and when it does again.

    Raises:
        RpcError: The first call failed before it said anything, or a later one as it always would.
    """
    stub = event_pb2_grpc.EventServiceStub(channel)
    for response in kept_up(lambda told: stub.WatchEvents(wanted, wait_for_ready=told), say):
        if response is None:
            if not wanted.after_token:
                yield event_pb2.WatchEventsResponse(reset=event_pb2.Reset())  # part of a first snapshot was told
            continue
        if response.token:
            wanted.after_token = response.token
        yield response
