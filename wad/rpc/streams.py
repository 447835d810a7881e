"""What is under way: streams, which the daemon may have to end, and calls that change something, which it waits for."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import anyio

from wad.domain.access_errors import AccessError, PermissionDenied, TokenExpired, TokenRevoked
from wad.domain.errors import Draining, SlowConsumer
from wad.managers.hub import WatchEnd

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from wad.domain.errors import WadError
    from wad.ports import Clock
    from wad.rpc.call import Call

DRAIN: Final = "wad.v1.AdminService/Drain"
"""The one method that changes something and may still be called, and followed, while the daemon drains."""

_WATCH: Final = "wad.v1.EventService/WatchEvents"
_FOLLOWING: Final = frozenset(
    {
        _WATCH,
        "wad.v1.SessionService/LinkSession",
        "wad.v1.DeviceService/LinkDevice",
        "wad.v1.MessageService/ReceiveMessages",
    }
)
"""Methods whose streams only tell what happens, and may last: a drain ends them, and waits for the others."""


class _Stream:
    """One open stream."""

    def __init__(self, call: Call, scope: anyio.CancelScope, *, lasts: bool) -> None:
        self.call = call
        self.scope = scope
        self.lasts = lasts
        self.cause: WadError = TokenExpired()  # what ends it when nobody else does

    def end(self, cause: WadError) -> None:
        """End it with an error."""
        self.cause = cause
        self.scope.cancel()


class OpenStreams:
    """Keeps a way to end every open stream, and counts the calls that a drain waits for.

    Args:
        clock: Tells when tokens end.
        watch_ended: Told of the end of each watch.

    Attributes:
        draining: No new stream may begin, and nothing may be changed any more.
        calls: Calls under way that change something.
        calls_changed: Told when that number has changed.
    """

    def __init__(self, clock: Clock, watch_ended: Callable[[WatchEnd], None] = lambda _end: None) -> None:
        self.draining = False
        self.calls = 0
        self.calls_changed: Callable[[], None] = lambda: None
        self._clock = clock
        self._watch_ended = watch_ended
        self._streams: set[_Stream] = set()
        self._under_way: dict[int, tuple[Call, float]] = {}

    @contextmanager
    def enter(self, call: Call, *, lasts: bool = True) -> Generator[None]:
        """Run one stream inside this context, or a call of one response.

        Args:
            call: The call.
            lasts: It is a stream of responses, which ends when the daemon goes down.

        Raises:
            Draining: The streams were ended from outside, or no new one may begin.
            TokenRevoked, TokenExpired: The caller's token is good no more.
            PermissionDenied: What the caller may do was changed.
        """
        if lasts and self.draining and call.method != DRAIN:
            raise Draining
        stream = _Stream(call, anyio.CancelScope(), lasts=lasts)
        if call.caller is not None and call.caller.expires_at is not None:
            stream.scope.deadline = anyio.current_time() + call.caller.expires_at - self._clock.wall()
        self._streams.add(stream)
        with self._told(call):
            try:
                with stream.scope:
                    yield
            finally:
                self._streams.discard(stream)
            if stream.scope.cancelled_caught:
                raise stream.cause

    @contextmanager
    def known(self, call: Call) -> Generator[None]:
        """Run any call inside this context, so that it can be found by whoever looks for a fault."""
        self._under_way[id(call)] = call, self._clock.monotonic()
        try:
            yield
        finally:
            del self._under_way[id(call)]

    def under_way(self) -> list[tuple[Call, float]]:
        """Return every call under way, with its beginning in monotonic seconds."""
        return list(self._under_way.values())

    @contextmanager
    def counted(self) -> Generator[None]:
        """Run a call that changes something inside this context."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def turn_away(self) -> None:
        """Let nothing new begin, and end the streams that follow sessions."""
        self.draining = True
        for stream in self._streams:
            if stream.lasts and stream.call.method in _FOLLOWING:
                stream.end(Draining())

    def end_all(self, *, drains: bool = False) -> None:
        """Let nothing new begin, and end every open stream.

        Args:
            drains: End also those that follow a drain.
        """
        self.draining = True
        for stream in self._streams:
            if stream.lasts and (drains or stream.call.method != DRAIN):
                stream.end(Draining())

    def recognise_again(self) -> None:
        """End every call whose caller may now do other things than when it began: a token or a grant has changed."""
        for stream in self._streams:
            if stream.call.recognise is None:
                continue
            try:
                same = stream.call.recognise() == stream.call.caller
            except AccessError as error:
                stream.end(error)
            else:
                if not same:
                    stream.end(PermissionDenied("What you may do has been changed; begin again."))

    @contextmanager
    def _told(self, call: Call) -> Generator[None]:
        """Tell of the end of what runs inside this context, if it is a watch."""
        cause: BaseException | None = None
        try:
            yield
        except BaseException as error:
            cause = error
            raise
        finally:
            if call.method == _WATCH:
                self._watch_ended(_end_of(cause))

    def _count(self, change: int) -> None:
        self.calls += change
        self.calls_changed()


def _end_of(cause: BaseException | None) -> WatchEnd:
    match cause:
        case None | asyncio.CancelledError():
            return WatchEnd.CALLER
        case Draining():
            return WatchEnd.DRAINING
        case SlowConsumer():
            return WatchEnd.SLOW_CONSUMER
        case TokenExpired() | TokenRevoked():
            return WatchEnd.TOKEN
        case _:
            return WatchEnd.ERROR
