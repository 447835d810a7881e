"""The streams that are open: they end by themselves or with their caller, or all together when the daemon goes down."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import anyio

from wad.domain.access_errors import TokenExpired, TokenRevoked
from wad.domain.errors import Draining

if TYPE_CHECKING:
    from collections.abc import Generator

    from wad.domain.access import Caller
    from wad.domain.errors import WadError
    from wad.ports import Clock


class _Stream:
    """One open stream."""

    def __init__(self, caller: Caller, scope: anyio.CancelScope) -> None:
        self.caller = caller
        self.scope = scope
        self.cause: WadError = TokenExpired()  # what ends it when nobody else does

    def end(self, cause: WadError) -> None:
        """End it with an error."""
        self.cause = cause
        self.scope.cancel()


class OpenStreams:
    """Keeps a way to end every open stream.

    Args:
        clock: Tells when tokens end.

    Attributes:
        draining: No new stream may begin, and nothing may be changed any more.
    """

    def __init__(self, clock: Clock) -> None:
        self.draining = False
        self._clock = clock
        self._streams: set[_Stream] = set()

    @contextmanager
    def enter(self, caller: Caller) -> Generator[None]:
        """Run one stream of a caller inside this context.

        Raises:
            Draining: The streams were ended from outside, or no new one may begin.
            TokenRevoked, TokenExpired: The caller's token is good no more.
        """
        if self.draining:
            raise Draining
        stream = _Stream(caller, anyio.CancelScope())
        if caller.expires_at is not None:
            stream.scope.deadline = anyio.current_time() + caller.expires_at - self._clock.wall()
        self._streams.add(stream)
        with stream.scope:
            try:
                yield
            finally:
                self._streams.discard(stream)
        if stream.scope.cancelled_caught:
            raise stream.cause

    def end_all(self) -> None:
        """End every open stream, and let no new one begin."""
        self.draining = True
        for stream in self._streams:
            stream.end(Draining())

    def end_token(self, token_id: str) -> None:
        """End every stream that was opened with a token that has been revoked."""
        for stream in self._streams:
            if stream.caller.token_id == token_id:
                stream.end(TokenRevoked())
