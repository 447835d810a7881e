"""Messages in memory, for tests."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from wad.domain.errors import StorageError
from wad.domain.messages import Delivery, Direction, Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wad.domain.ids import SessionId
    from wad.domain.messages import MessageStatus


class MemoryMessages:
    """Implements :class:`wad.managers.ports.MessageStore`.

    Attributes:
        broken: Everything fails as with a full disk.
    """

    def __init__(self) -> None:
        self.broken = False
        self._kept: dict[int, tuple[SessionId, Message]] = {}
        self._last = 0

    async def add(self, added: Sequence[tuple[SessionId, Message]]) -> None:
        """Keep messages; one that is there already stays as it is."""
        self._check()
        names = {_name(*kept) for kept in self._kept.values()}
        for session_id, message in added:
            if _name(session_id, message) not in names:
                names.add(_name(session_id, message))
                self._last += 1
                self._kept[self._last] = session_id, message

    async def unacknowledged(self, after: int, sessions: Sequence[SessionId], limit: int) -> Sequence[Delivery]:
        """Return received messages in the order of their numbers."""
        self._check()
        found = [
            Delivery(number, session_id, message)
            for number, (session_id, message) in self._kept.items()
            if number > after and message.direction is Direction.RECEIVED and (not sessions or session_id in sessions)
        ]
        return found[:limit]

    async def sessions_of(self, delivery_ids: Sequence[int]) -> Mapping[int, SessionId]:
        """Return whose each of these received messages is; an absent one is left out."""
        self._check()
        return {
            number: self._kept[number][0]
            for number in delivery_ids
            if number in self._kept and self._kept[number][1].direction is Direction.RECEIVED
        }

    async def forget(self, delivery_ids: Sequence[int]) -> None:
        """Forget messages by their numbers; an absent one is no error."""
        self._check()
        for number in delivery_ids:
            self._kept.pop(number, None)

    async def forget_session(self, session_id: SessionId) -> None:
        """Forget every message of a session."""
        self._check()
        self._kept = {number: kept for number, kept in self._kept.items() if kept[0] != session_id}

    async def forget_old(self, before: float, most: int) -> int:
        """Forget what is too old and what is too much; return how many were received."""
        self._check()
        counts: Counter[tuple[SessionId, Direction]] = Counter()
        received = 0
        for number, (session_id, message) in sorted(self._kept.items(), reverse=True):
            counts[session_id, message.direction] += 1
            if message.stored_at < before or counts[session_id, message.direction] > most:
                del self._kept[number]
                received += message.direction is Direction.RECEIVED
        return received

    async def wipe(self) -> None:
        """There is no disk."""
        self._check()

    async def raise_status(
        self, session_id: SessionId, message_ids: Sequence[str], status: MessageStatus
    ) -> Sequence[str]:
        """Note how far messages that were sent have come; return the ids of those that had not come so far."""
        self._check()
        raised: list[str] = []
        for number, message in self._sent(session_id, message_ids):
            if message.status is not None and message.status < status:
                self._kept[number] = session_id, replace(message, status=status)
                raised.append(message.message_id)
        return raised

    async def sent_ids(self, session_id: SessionId, message_ids: Sequence[str]) -> Sequence[str]:
        """Return which of these messages are known to have been sent."""
        self._check()
        return [message.message_id for _, message in self._sent(session_id, message_ids)]

    async def find(self, session_id: SessionId, message_id: str) -> Message | None:
        """Return a message, None when it is not there."""
        self._check()
        found = [kept for owner, kept in self._kept.values() if (owner, kept.message_id) == (session_id, message_id)]
        return max(found, key=lambda message: message.direction, default=None)

    def _sent(self, session_id: SessionId, message_ids: Sequence[str]) -> list[tuple[int, Message]]:
        return [
            (number, message)
            for number, (owner, message) in self._kept.items()
            if owner == session_id and message.message_id in message_ids and message.direction is Direction.SENT
        ]

    def _check(self) -> None:
        if self.broken:
            raise StorageError("The disk is full.")


def _name(session_id: SessionId, message: Message) -> tuple[str, ...]:
    return session_id, message.message_id, message.chat, message.sender
