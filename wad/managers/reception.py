"""One who receives: what was handed out to it, and what is next."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import anyio

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Sequence

    from wad.domain.errors import WadError
    from wad.domain.ids import SessionId
    from wad.domain.messages import Delivery, Receipt
    from wad.managers.ports import MessageStore

_PAGE: Final = 100
_MOST_RECEIPTS: Final = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """A message that a session has sent has come further.

    Attributes:
        session_id: The session.
        message_id: The message.
        receipt: Who says so, and when.
    """

    session_id: SessionId
    message_id: str
    receipt: Receipt


class Reception:
    """One who receives; see :meth:`Inbox.receive`.

    Args:
        store: Where the messages are.
        sessions: Whose to hand out; of all when it is empty.
        covers: Says of each session whether whoever receives may reach it.
        forgotten: Told of the messages that were acknowledged here.

    Attributes:
        handed: Numbers of what was handed out and is not acknowledged by anybody, with their sessions.
        ended: Why nothing is handed out any more.
        receipts: What is to be told next; when nobody takes it, the oldest are left out.
    """

    def __init__(
        self,
        store: MessageStore,
        sessions: Sequence[SessionId],
        covers: Callable[[SessionId], bool],
        forgotten: Callable[[Collection[int]], None],
    ) -> None:
        self.handed: dict[int, SessionId] = {}
        self.ended: WadError | None = None
        self.receipts: deque[Told] = deque(maxlen=_MOST_RECEIPTS)
        self._store = store
        self._sessions = frozenset(sessions)
        self._covers = covers
        self._forgotten = forgotten
        self._position = 0
        self._news = anyio.Event()

    async def next(self, limit: int) -> Sequence[Delivery]:
        """Return the next messages, at most *limit*; none when there are no more.

        Raises:
            StorageError: They could not be read.
            MessagesNotKept: The daemon keeps none any more.
        """
        sessions = tuple(self._sessions)
        while limit > 0:
            if self.ended is not None:
                raise self.ended
            page = await self._store.unacknowledged(self._position, sessions, min(limit, _PAGE))
            if not page:
                break
            self._position = page[-1].delivery_id
            if found := [delivery for delivery in page if self.wants(delivery.session_id)]:
                self.handed.update((delivery.delivery_id, delivery.session_id) for delivery in found)
                return found
        return ()

    async def acknowledge(self, delivery_ids: Sequence[int]) -> None:
        """Have messages forgotten; those of sessions that are not received from stay.

        Raises:
            StorageError: They could not be forgotten.
        """
        owners = await self._store.sessions_of(delivery_ids)
        mine = [number for number, owner in owners.items() if self.wants(owner)]
        await self._store.forget(mine)
        self._forgotten(mine)
        self.drop([number for number in delivery_ids if number not in owners])  # somebody else was quicker

    def drop(self, delivery_ids: Collection[int]) -> None:
        """Note that messages are forgotten: nobody has to acknowledge them any more."""
        before = len(self.handed)
        for number in delivery_ids:
            self.handed.pop(number, None)
        if len(self.handed) < before:
            self.wake()

    def end(self, why: WadError) -> None:
        """Hand nothing out any more."""
        self.ended = why
        self.wake()

    def wants(self, session_id: SessionId) -> bool:
        """Return True for a session whose messages are handed out here."""
        return (not self._sessions or session_id in self._sessions) and self._covers(session_id)

    def notice(self, session_ids: Generator[SessionId]) -> None:
        """Wake whoever waits when one of these sessions, which have new messages, is wanted."""
        if any(self.wants(session_id) for session_id in session_ids):
            self.wake()

    def tell(self, told: Told) -> None:
        """Have a receipt told."""
        if self.wants(told.session_id):
            self.receipts.append(told)
            self.wake()

    def wake(self) -> None:
        """Let whoever waits look again."""
        self._news.set()

    async def wait(self) -> None:
        """Return when there is news since the last time."""
        await self._news.wait()
        self._news = anyio.Event()
