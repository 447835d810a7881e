"""What a session is told, in order, and which call each of it comes from."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Generic, TypeVar

import anyio
import structlog

from wad import tracing

_T = TypeVar("_T")
_REQUEST_ID = "request_id"


@dataclass(frozen=True, slots=True)
class Cause:
    """The call on whose behalf something is done; log lines name it, and spans belong to it.

    Attributes:
        request_id: Its id; None when no call asked for it.
        span: Its span.
    """

    request_id: str | None
    span: object

    @classmethod
    def present(cls) -> Cause:
        """Return on whose behalf the present task works."""
        return cls(structlog.contextvars.get_contextvars().get(_REQUEST_ID), tracing.present())

    def resume(self) -> None:
        """Let the present task work on its behalf."""
        if self.request_id is None:
            structlog.contextvars.unbind_contextvars(_REQUEST_ID)
        else:
            structlog.contextvars.bind_contextvars(**{_REQUEST_ID: self.request_id})
        tracing.resume(self.span)


class Mailbox(Generic[_T]):
    """A queue with one reader; writing to it never blocks."""

    def __init__(self) -> None:
        self._items: deque[tuple[_T, Cause]] = deque()
        self._mail = anyio.Event()

    def __len__(self) -> int:
        """Return how many items nobody has read yet."""
        return len(self._items)

    def put(self, item: _T) -> None:
        """Put *item* behind the others."""
        self._items.append((item, Cause.present()))
        self._mail.set()

    def put_first(self, item: _T) -> None:
        """Put *item* before the others."""
        self._items.appendleft((item, Cause.present()))
        self._mail.set()

    async def take(self) -> _T:
        """Wait for an item and return it; the present task works on behalf of who has put it, from then on."""
        while not self._items:
            self._mail = anyio.Event()
            await self._mail.wait()
        item, cause = self._items.popleft()
        cause.resume()
        return item
