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


LARGEST_MAIL = 256 * 1024
"""Bytes to which one event of messages grows; with one more message it is still far below the longest frame."""

MAIL_CAPACITY = 16 * 1024 * 1024
"""Bytes of messages and receipts kept until a daemon has stored them: some 30,000 short texts."""

EVENT_BYTES = 256
"""What an event takes besides, measured for a short text."""


class Outbox:
    """A bounded queue of numbered events.

    When it is full, QR codes that a newer one of the same session has superseded are dropped first, then what only
    counts messages, then the oldest event. Hello names the oldest sequence that is kept, so a daemon can tell that it
    has missed something.

    Messages that a client received are added to the event that says so, as long as that has not been sent and is not
    too large. Events with messages are never dropped; when they take too much memory, messages that come are counted,
    and left out.

    Args:
        capacity: Most events without messages that are kept.
        mail_capacity: Most bytes of messages and receipts that are kept.
    """

    def __init__(self, capacity: int = CAPACITY, mail_capacity: int = MAIL_CAPACITY) -> None:
        self._capacity = capacity
        self._mail_capacity = mail_capacity
        self._events: deque[pb.Event] = deque()
        self._open: dict[tuple[str, int], pb.Event] = {}
        self._mail: dict[int, int] = {}
        self._mail_bytes = 0
        self.newest = 0
        """Sequence of the newest event ever made."""
        self.news = asyncio.Event()
        """Set by every append; whoever waits for it clears it."""
        self._acknowledged = asyncio.Event()

    @property
    def oldest(self) -> int:
        """Sequence of the oldest event that is kept, 0 when none is."""
        return self._events[0].sequence if self._events else 0

    def __len__(self) -> int:
        return len(self._events)

    def append(self, event: pb.Event) -> None:
        """Number *event* and keep it, unless it only adds to one that waits."""
        is_mail = event.WhichOneof("fact") == "message_received"
        size = self._weighed(event.message_received) if is_mail else 0
        if is_mail and self._is_added(event, size):
            return
        self.newest += 1
        event.sequence = self.newest
        self._events.append(event)
        if is_mail:
            self._open[event.session_id, event.generation] = event
        if size:
            self._mail[event.sequence] = size
            self._mail_bytes += size
        self.news.set()
        if len(self._events) - len(self._mail) > self._capacity:
            self._make_room()

    def acknowledge(self, sequence: int) -> None:
        """Forget every event up to *sequence*."""
        while self._events and self._events[0].sequence <= sequence:
            self._forget(self._events.popleft())
        self._acknowledged.set()

    async def delivered(self, session_id: str) -> None:
        """Return when no message of that session is kept any more: a daemon has them all on its disk."""
        while any(event.sequence in self._mail for event in self._events if event.session_id == session_id):
            self._acknowledged.clear()
            await self._acknowledged.wait()

    def after(self, sequence: int) -> Iterator[pb.Event]:
        """Yield the kept events that follow *sequence*, oldest first."""
        return iter([event for event in self._events if event.sequence > sequence])

    def sent(self, event: pb.Event) -> None:
        """Note that *event* is on its way: it changes no more."""
        key = event.session_id, event.generation
        if self._open.get(key) is event:
            del self._open[key]

    def _weighed(self, mail: pb.MessageReceived) -> int:
        """Return how many bytes messages take; those for which there is no room are left out, and only counted."""
        size = mail.ByteSize() + EVENT_BYTES
        if self._mail_bytes + size > self._mail_capacity:
            mail.ClearField("messages")
            mail.ClearField("receipts")
        return size if mail.messages or mail.receipts else 0

    def _is_added(self, event: pb.Event, size: int) -> bool:
        waiting = self._open.get((event.session_id, event.generation))
        if waiting is None or self._mail.get(waiting.sequence, 0) + size > LARGEST_MAIL:
            return False
        mail, more = waiting.message_received, event.message_received
        mail.text += more.text
        mail.media += more.media
        mail.other += more.other
        mail.messages.extend(more.messages)
        mail.receipts.extend(more.receipts)
        waiting.at_unix_ms = event.at_unix_ms
        if size:
            self._mail[waiting.sequence] = self._mail.get(waiting.sequence, 0) + size
            self._mail_bytes += size
        return True

    def _forget(self, event: pb.Event) -> None:
        self.sent(event)  # what is forgotten is as final
        self._mail_bytes -= self._mail.pop(event.sequence, 0)

    def _make_room(self) -> None:
        shown: set[str] = set()
        kept: deque[pb.Event] = deque()
        for event in reversed(self._events):
            if event.WhichOneof("fact") == "qr_issued":
                if event.session_id in shown:
                    continue
                shown.add(event.session_id)
            kept.appendleft(event)
        surplus = len(kept) - len(self._mail) - self._capacity
        droppable = [event for event in kept if event.sequence not in self._mail]
        droppable.sort(key=lambda event: event.WhichOneof("fact") != "message_received")  # it keeps the order otherwise
        for event in droppable[: max(surplus, 0)]:
            kept.remove(event)
            self._forget(event)
        self._events = kept
