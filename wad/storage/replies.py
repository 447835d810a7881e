"""Requests that may come again, and their answers, in the daemon's database."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from wad.domain.replies import Reply
from wad.storage.schema import replies

if TYPE_CHECKING:
    from wad.storage.database import Database


class SqlReplies:
    """Implements :class:`wad.rpc.ports.ReplyBook`.

    Args:
        database: Where they are.
    """

    def __init__(self, database: Database) -> None:
        self._run = database.run

    async def begin(self, reply: Reply, *, kept_since: float) -> Reply | None:
        """Note that a request is begun, unless one is there; return that one then.

        Raises:
            StorageError: It could not be noted; nothing was changed.
        """
        row = asdict(reply)
        statement = (
            insert(replies)
            .values(row)
            .on_conflict_do_update(
                index_elements=[replies.c.caller, replies.c.request_id],
                set_=row,
                where=replies.c.began_at < kept_since,
            )
            .returning(replies.c.caller)
        )
        if await self._run(statement):
            return None
        found = await self._run(select(replies).where(_named(reply.caller, reply.request_id)))
        return Reply(**found[0]) if found else await self.begin(reply, kept_since=kept_since)  # it has just gone

    async def answer(self, caller: str, request_id: str, response: bytes) -> None:
        """Keep the answer of a request that was begun.

        Raises:
            StorageError: It could not be kept; the request is one without an answer.
        """
        await self._run(update(replies).where(_named(caller, request_id)).values(response=response))

    async def withdraw(self, caller: str, request_id: str) -> None:
        """Forget a request; an absent one is no error.

        Raises:
            StorageError: It could not be forgotten.
        """
        await self._run(delete(replies).where(_named(caller, request_id)))

    async def forget(self, before: float) -> None:
        """Forget the requests that were begun before a time.

        Raises:
            StorageError: They could not be forgotten.
        """
        await self._run(delete(replies).where(replies.c.began_at < before))


def _named(caller: str, request_id: str) -> ColumnElement[bool]:
    return and_(replies.c.caller == caller, replies.c.request_id == request_id)
