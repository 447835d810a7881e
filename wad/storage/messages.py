"""Messages of sessions in the daemon's database."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, delete, func, or_, select, text, update
from sqlalchemy.dialects.sqlite import insert

from wad.domain.messages import Delivery, Direction, Message, MessageKind, MessageStatus
from wad.storage.schema import messages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import RowMapping

    from wad.domain.ids import SessionId
    from wad.storage.database import Database

_ROWS: Final = 500
"""Messages in one statement: SQLite takes 32,766 values (SQLITE_MAX_VARIABLE_NUMBER), and a row has eleven."""

MOST_CHARACTERS: Final = 65_536
"""Of texts that are read at one go, unless one is longer: they are held for a caller who may take his time."""

_LATEST: Final = 253_402_300_799.0
"""Seconds since the epoch; the contract's times end here."""

_columns = messages.c


class SqlMessages:
    """Implements :class:`wad.managers.ports.MessageStore`.

    Args:
        database: Where they are.
    """

    def __init__(self, database: Database) -> None:
        self._run = database.run

    async def add(self, added: Sequence[tuple[SessionId, Message]]) -> None:
        """Keep messages; one that is there already stays as it is.

        Raises:
            StorageError: They could not be written; some may have been.
        """
        rows = [_row(session_id, message) for session_id, message in added]
        for start in range(0, len(rows), _ROWS):
            await self._run(insert(messages).values(rows[start : start + _ROWS]).on_conflict_do_nothing())

    async def unacknowledged(self, after: int, sessions: Sequence[SessionId], limit: int) -> Sequence[Delivery]:
        """Return received messages in the order of their numbers.

        Raises:
            StorageError: They could not be read.
        """
        wanted = and_(_columns.delivery_id > after, _columns.direction == Direction.RECEIVED.value)
        if sessions:
            wanted = and_(wanted, _columns.session_id.in_(sessions))
        sized = select(_columns.delivery_id, func.length(_columns.text).label("size")).where(wanted)
        page = await self._run(sized.order_by(_columns.delivery_id).limit(limit))
        sizes = accumulate(row["size"] for row in page)
        numbers = [row["delivery_id"] for row, total in zip(page, sizes, strict=True) if total <= MOST_CHARACTERS]
        chosen = numbers or [row["delivery_id"] for row in page[:1]]
        rows = await self._run(select(messages).where(_columns.delivery_id.in_(chosen)).order_by(_columns.delivery_id))
        return [Delivery(row["delivery_id"], row["session_id"], _message(row)) for row in rows]

    async def sessions_of(self, delivery_ids: Sequence[int]) -> dict[int, SessionId]:
        """Return whose each of these received messages is; an absent one is left out.

        Raises:
            StorageError: They could not be read.
        """
        wanted = and_(_columns.delivery_id.in_(delivery_ids), _columns.direction == Direction.RECEIVED.value)
        rows = await self._run(select(_columns.delivery_id, _columns.session_id).where(wanted))
        return {row["delivery_id"]: row["session_id"] for row in rows}

    async def forget(self, delivery_ids: Sequence[int]) -> None:
        """Forget messages by their numbers; an absent one is no error.

        Raises:
            StorageError: They could not be forgotten.
        """
        await self._run(delete(messages).where(_columns.delivery_id.in_(delivery_ids)))

    async def forget_session(self, session_id: SessionId) -> None:
        """Forget every message of a session.

        Raises:
            StorageError: They could not be forgotten.
        """
        await self._run(delete(messages).where(_columns.session_id == session_id))

    async def forget_old(self, before: float, most: int) -> int:
        """Forget what was stored before a time, and what is more than the *most* newest of a session and a direction.

        Returns:
            How many of them were received, and were not acknowledged.

        Raises:
            StorageError: They could not be forgotten.
        """
        one = (_columns.session_id, _columns.direction)
        rank = func.row_number().over(partition_by=one, order_by=_columns.delivery_id.desc())
        ranked = select(_columns.delivery_id, rank.label("rank")).subquery()
        surplus = select(ranked.c.delivery_id).where(ranked.c.rank > most)
        old = delete(messages).where(or_(_columns.stored_at < before, _columns.delivery_id.in_(surplus)))
        gone = await self._run(old.returning(_columns.direction))
        return sum(row["direction"] == Direction.RECEIVED.value for row in gone)

    async def wipe(self) -> None:
        """Have what was forgotten disappear from the disk, too: until then SQLite's journal may hold it.

        Raises:
            StorageError: It could not be done.
        """
        await self._run(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    async def raise_status(
        self, session_id: SessionId, message_ids: Sequence[str], status: MessageStatus
    ) -> Sequence[str]:
        """Note how far messages that were sent have come; return the ids of those that had not come so far.

        Raises:
            StorageError: It could not be written.
        """
        lower = and_(_sent(session_id, message_ids), _columns.status < int(status))
        raised = update(messages).where(lower).values(status=int(status)).returning(_columns.message_id)
        return [row["message_id"] for row in await self._run(raised)]

    async def sent_ids(self, session_id: SessionId, message_ids: Sequence[str]) -> Sequence[str]:
        """Return which of these messages are known to have been sent.

        Raises:
            StorageError: They could not be read.
        """
        rows = await self._run(select(_columns.message_id).where(_sent(session_id, message_ids)))
        return [row["message_id"] for row in rows]

    async def find(self, session_id: SessionId, message_id: str) -> Message | None:
        """Return a message, None when it is not there; of two of one id the one that was sent.

        Raises:
            StorageError: It could not be read.
        """
        wanted = and_(_columns.session_id == session_id, _columns.message_id == message_id)
        rows = await self._run(select(messages).where(wanted).order_by(_columns.direction.desc()).limit(1))
        return _message(rows[0]) if rows else None


def _sent(session_id: SessionId, message_ids: Sequence[str]) -> Any:
    return and_(
        _columns.session_id == session_id,
        _columns.message_id.in_(message_ids),
        _columns.direction == Direction.SENT.value,
    )


def _row(session_id: SessionId, message: Message) -> dict[str, object]:
    return {
        "session_id": session_id,
        "message_id": message.message_id,
        "direction": message.direction.value,
        "chat": message.chat,
        "sender": message.sender,
        "push_name": message.push_name,
        "kind": message.kind.value,
        "text": message.text,
        "sent_at": message.sent_at,
        "stored_at": message.stored_at,
        "status": None if message.status is None else int(message.status),
    }


def _message(row: RowMapping) -> Message:
    status: int | None = row["status"]
    return Message(
        row["message_id"],
        row["chat"],
        direction=Direction(row["direction"]),
        sender=row["sender"],
        push_name=row["push_name"],
        kind=MessageKind(row["kind"]),
        text=row["text"].encode(errors="replace").decode(),  # a damaged text must not end the call that reads it
        sent_at=min(max(row["sent_at"], 0.0), _LATEST),
        stored_at=row["stored_at"],
        status=None if status is None else MessageStatus(status),
    )
