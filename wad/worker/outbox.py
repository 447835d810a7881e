"""Events that the daemon has not acknowledged, kept so that a daemon that comes back misses nothing."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wad.wire.v1 import worker_pb2 as pb

CAPACITY = 1024
"""Events kept without a daemon: at two or three a minute from each of ten sessions, several hours' worth."""


class Outbox:
    """A bounded queue of numbered events.

    When it is full, QR codes that a newer one of the same session has superseded are dropped first, then the oldest
    event. Hello names the oldest sequence that is kept, so a daemon can tell that it has missed something.

    Messages that a client received are added to the event that says so, as long as that has not been sent: a client has
    at most one such event that waits.

    Args:
        capacity: Most events that are kept.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._events: deque[pb.Event] = deque()
        self._counts: dict[tuple[str, int], pb.Event] = {}
        self.newest = 0
        """Sequence of the newest event ever made."""
        self.news = asyncio.Event()
        """Set by every append; whoever waits for it clears it."""

    @property
    def oldest(self) -> int:
        """Sequence of the oldest event that is kept, 0 when none is."""
        return self._events[0].sequence if self._events else 0

    def __len__(self) -> int:
        return len(self._events)

    def append(self, event: pb.Event) -> None:
        """Number *event* and keep it, unless it only adds to one that waits."""
        if event.WhichOneof("fact") == "message_received" and self._is_added(event):
            return
        self.newest += 1
        event.sequence = self.newest
        self._events.append(event)
        self.news.set()
        if len(self._events) > self._capacity:
            self._make_room()

    def acknowledge(self, sequence: int) -> None:
        """Forget every event up to *sequence*."""
        while self._events and self._events[0].sequence <= sequence:
            self._events.popleft()

    def after(self, sequence: int) -> Iterator[pb.Event]:
        """Yield the kept events that follow *sequence*, oldest first."""
        return iter([event for event in self._events if event.sequence > sequence])

    def sent(self, event: pb.Event) -> None:
        """Note that *event* is on its way: it changes no more."""
        key = event.session_id, event.generation
        if self._counts.get(key) is event:
            del self._counts[key]

    def _is_added(self, event: pb.Event) -> bool:
        waiting = self._counts.setdefault((event.session_id, event.generation), event)
        if waiting is event:
            return False
        add_messages(waiting.message_received, event.message_received)
        waiting.at_unix_ms = event.at_unix_ms
        return True

    def _make_room(self) -> None:
        shown: set[str] = set()
        kept: deque[pb.Event] = deque()
        for event in reversed(self._events):
            if event.WhichOneof("fact") == "qr_issued":
                if event.session_id in shown:
                    continue
                shown.add(event.session_id)
            kept.appendleft(event)
        while len(kept) > self._capacity:
            self.sent(kept.popleft())  # dropped, which is as final
        self._events = kept


def add_messages(total: pb.MessageReceived, more: pb.MessageReceived) -> None:
    """Add the counts of *more* to those of *total*."""
    total.text += more.text
    total.media += more.media
    total.other += more.other
