"""What the inbox needs of the outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wad.domain.ids import SessionId
    from wad.domain.messages import Delivery, Message, MessageStatus


class MessageStore(Protocol):
    """Keeps messages; each method raises ``StorageError`` when it cannot, and has changed nothing then."""

    async def add(self, added: Sequence[tuple[SessionId, Message]]) -> None:
        """Keep messages; one that is there already stays as it is."""
        ...

    async def unacknowledged(self, after: int, sessions: Sequence[SessionId], limit: int) -> Sequence[Delivery]:
        """Return received messages in the order of their numbers: at least one, unless there are no more.

        Args:
            after: Only those with a higher number.
            sessions: Only those of these sessions; of all when it is empty.
            limit: Not more than so many.
        """
        ...

    async def sessions_of(self, delivery_ids: Sequence[int]) -> Mapping[int, SessionId]:
        """Return whose each of these received messages is; an absent one is left out."""
        ...

    async def forget(self, delivery_ids: Sequence[int]) -> None:
        """Forget messages by their numbers; an absent one is no error."""
        ...

    async def forget_session(self, session_id: SessionId) -> None:
        """Forget every message of a session."""
        ...

    async def forget_old(self, before: float, most: int) -> int:
        """Forget what was stored before a time, and what is more than the *most* newest of a session and a direction.

        Returns:
            How many of them were received, and were not acknowledged.
        """
        ...

    async def wipe(self) -> None:
        """Have what was forgotten disappear from the disk, too."""
        ...

    async def raise_status(
        self, session_id: SessionId, message_ids: Sequence[str], status: MessageStatus
    ) -> Sequence[str]:
        """Note how far messages that were sent have come; return the ids of those that had not come so far."""
        ...

    async def sent_ids(self, session_id: SessionId, message_ids: Sequence[str]) -> Sequence[str]:
        """Return which of these messages are known to have been sent."""
        ...

    async def find(self, session_id: SessionId, message_id: str) -> Message | None:
        """Return a message, None when it is not there."""
        ...
