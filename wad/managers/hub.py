"""The event hub: one log of what happened, and any number of readers.

A reader is a position in the log, not a queue: an event is held once, however many watch, and a slow reader costs
nothing until it has fallen behind the log's whole length.
"""

from __future__ import annotations

import secrets
from collections import deque
from typing import TYPE_CHECKING, Self

import anyio

from wad.domain.errors import SlowConsumer

if TYPE_CHECKING:
    from wad.domain.records import SessionEvent
    from wad.ports import EventSink


class EventHub:
    """The log of session events.

    Args:
        retention: How many events the log holds. A reader further behind than that has lost events and is told so.
        sinks: Who else is told of each event, at once and in the same order.

    Attributes:
        epoch: Names this log; positions of another daemon's log mean nothing in it.
        last: Sequence number of the newest event; 0 before the first.
    """

    def __init__(self, retention: int = 16_384, sinks: tuple[EventSink, ...] = ()) -> None:
        self.epoch = secrets.token_hex(8)
        self.last = 0
        self._log: deque[SessionEvent] = deque(maxlen=retention)
        self._sinks = sinks
        self._news = anyio.Event()
        self.watchers = 0

    def publish(self, event: SessionEvent) -> None:
        """Append one event and wake the readers."""
        self.last += 1
        self._log.append(event)
        for sink in self._sinks:
            sink.publish(event)
        self._news.set()
        self._news = anyio.Event()

    def subscribe(self, after: int | None = None) -> Subscription:
        """Return a reader of the events that follow sequence number *after*, or of those still to come.

        Raises:
            SlowConsumer: The log no longer reaches back to *after*, or has never been there.
        """
        position = self.last if after is None else after
        if not self.last - len(self._log) <= position <= self.last:
            raise SlowConsumer
        return Subscription(self, position)

    async def next(self, position: int) -> SessionEvent:
        """Return the event that follows *position*, once it has happened.

        Raises:
            SlowConsumer: It is no longer in the log.
        """
        while position >= self.last:
            await self._news.wait()
        index = position - (self.last - len(self._log))
        if index < 0:
            raise SlowConsumer
        return self._log[index]


class Subscription:
    """One reader's place in the log; iterate over it for ``(sequence, event)``.

    Use it as a context manager, so that the number of watchers is true.
    """

    def __init__(self, hub: EventHub, position: int) -> None:
        self._hub = hub
        self.position = position

    def __enter__(self) -> Self:
        self._hub.watchers += 1
        return self

    def __exit__(self, *_: object) -> None:
        self._hub.watchers -= 1

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> tuple[int, SessionEvent]:
        event = await self._hub.next(self.position)
        self.position += 1
        return self.position, event
