"""The event hub: one log of what happened, and any number of readers.

A reader is a position in the log, not a queue: an event is held once, however many watch, and a slow reader costs
nothing until it has fallen behind the log's whole length. A reader that waits is woken for what it wants to know only.
"""

from __future__ import annotations

import secrets
from collections import deque
from enum import StrEnum
from typing import TYPE_CHECKING, Self

import anyio

from wad.domain.errors import SlowConsumer

if TYPE_CHECKING:
    from collections.abc import Callable

    from wad.domain.records import WatchEvent
    from wad.ports import EventSink

    Wants = Callable[[WatchEvent], bool]


class WatchEnd(StrEnum):
    """Why a watch has ended."""

    CALLER = "caller"
    DRAINING = "draining"
    SLOW_CONSUMER = "slow_consumer"
    TOKEN = "token"  # noqa: S105 - it is no secret
    ERROR = "error"


def _everything(_event: WatchEvent) -> bool:
    return True


class EventHub:
    """The log of events.

    Args:
        retention: How many events the log holds. A reader further behind than that has lost events and is told so.
        sinks: Who else is told of each event, at once and in the same order.

    Attributes:
        epoch: Names this log; positions of another daemon's log mean nothing in it.
        last: Sequence number of the newest event; 0 before the first.
        retention: How many events the log holds at most.
        readers: Who reads the log.
    """

    def __init__(self, retention: int = 16_384, sinks: tuple[EventSink, ...] = ()) -> None:
        self.epoch = secrets.token_hex(8)
        self.last = 0
        self.retention = retention
        self.readers: set[Subscription] = set()
        self._log: deque[WatchEvent] = deque(maxlen=retention)
        self._sinks = sinks
        self._waiting: set[Subscription] = set()

    @property
    def watchers(self) -> int:
        """How many readers there are."""
        return len(self.readers)

    @property
    def held(self) -> int:
        """How many events the log holds now."""
        return len(self._log)

    def publish(self, event: WatchEvent) -> None:
        """Append one event, and wake the readers that want it."""
        self.last += 1
        self._log.append(event)
        for sink in self._sinks:
            sink.publish(event)
        for reader in tuple(self._waiting):
            if reader.offer(event):
                self._waiting.discard(reader)

    def subscribe(self, after: int | None = None, wants: Wants = _everything, *, name: str = "") -> Subscription:
        """Return a reader of the events that follow sequence number *after*, or of those still to come.

        Args:
            after: Where to begin; None for the log's present end.
            wants: Says of an event whether the reader is to get it. Pure, and quick: it is asked for each event.
            name: The reader's name, for whoever looks for a fault.

        Raises:
            SlowConsumer: The log no longer reaches back to *after*, or has never been there.
        """
        position = self.last if after is None else after
        if not self.last - len(self._log) <= position <= self.last:
            raise SlowConsumer
        return Subscription(self, position, wants, name)

    def following(self, position: int) -> WatchEvent | None:
        """Return the event that follows *position*, or None when it has not happened yet.

        Raises:
            SlowConsumer: It is no longer in the log.
        """
        if position >= self.last:
            return None
        index = position - (self.last - len(self._log))
        if index < 0:
            raise SlowConsumer
        return self._log[index]

    async def wait(self, reader: Subscription) -> None:
        """Wait until an event has happened that a reader, who stands at the log's end, wants."""
        self._waiting.add(reader)
        try:
            await reader.woken.wait()
        finally:
            self._waiting.discard(reader)


class Subscription:
    """One reader's place in the log; iterate over it for ``(sequence, event)``.

    Use it as a context manager, so that the number of watchers is true.

    Attributes:
        name: Its name, for whoever looks for a fault.
        position: Sequence number up to which it has been told all that it wants.
        woken: Set when something has happened that it waits for.
    """

    def __init__(self, hub: EventHub, position: int, wants: Wants, name: str) -> None:
        self.name = name
        self.position = position
        self.woken = anyio.Event()
        self._hub = hub
        self._wants = wants

    def __enter__(self) -> Self:
        self._hub.readers.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._hub.readers.discard(self)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> tuple[int, WatchEvent]:
        while (found := self.take()) is None:
            await self.wait()
        return found

    def take(self) -> tuple[int, WatchEvent] | None:
        """Return the next wanted event of those that have happened, with its number, or None when there is none.

        Raises:
            SlowConsumer: Events were lost to this reader.
        """
        while (event := self._hub.following(self.position)) is not None:
            self.position += 1
            if self._wants(event):
                return self.position, event
        return None

    async def wait(self) -> None:
        """Wait for the next wanted event, once :meth:`take` has found none."""
        self.woken = anyio.Event()
        await self._hub.wait(self)

    def offer(self, event: WatchEvent) -> bool:
        """Take note of the newest event while waiting, and return True when that ends the wait."""
        if not self._wants(event):
            self.position += 1  # whoever waits has read all that went before
            return False
        self.woken.set()
        return True
