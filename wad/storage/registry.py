"""The registry in SQLite: what is known of every session, on disk before anybody is told."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from wad.domain.errors import StorageError
from wad.storage.database import open_database
from wad.storage.rows import from_row, to_row
from wad.storage.schema import sessions

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from wad.domain.ids import SessionId
    from wad.domain.records import SessionRecord
    from wad.storage.database import Database

_log = logging.getLogger(__name__)

_insert = insert(sessions)
_UPSERT: Final = _insert.on_conflict_do_update(
    index_elements=[sessions.c.session_id],
    set_={column.name: _insert.excluded[column.name] for column in sessions.c},
)


@asynccontextmanager
async def open_registry(path: Path, *, upgrade: bool = True) -> AsyncGenerator[SqlRegistry]:
    """Open the database for its registry alone; see :func:`wad.storage.database.open_database`."""
    async with open_database(path, upgrade=upgrade) as database:
        yield SqlRegistry(database)


class SqlRegistry:
    """Implements :class:`wad.ports.Registry`.

    Args:
        database: Where the records are.
    """

    def __init__(self, database: Database) -> None:
        self._run = database.run

    async def load(self) -> Sequence[SessionRecord]:
        """Return every record, ordered by session id.

        A damaged one is logged and left out, so that it holds up no other; :meth:`get` raises for it.

        Raises:
            StorageError: The database cannot be read.
        """
        records: list[SessionRecord] = []
        for row in await self._run(select(sessions).order_by(sessions.c.session_id)):
            try:
                records.append(from_row(row))
            except StorageError as error:
                _log.error("%s", error, extra={"session_id": str(row.session_id)})
        return records

    async def get(self, session_id: SessionId) -> SessionRecord | None:
        """Return one record, or None when there is none.

        Raises:
            StorageError: The database cannot be read, or the record is damaged.
        """
        rows = await self._run(select(sessions).where(sessions.c.session_id == session_id))
        return from_row(rows[0]) if rows else None

    async def save(self, record: SessionRecord) -> None:
        """Insert the record, or replace the one of the same session id; it is on the disk when this returns.

        Raises:
            StorageError: It could not be written; nothing was changed.
        """
        await self._run(_UPSERT, to_row(record))

    async def delete(self, session_id: SessionId) -> None:
        """Forget the record; an absent one is no error.

        Raises:
            StorageError: It could not be deleted; nothing was changed.
        """
        await self._run(delete(sessions).where(sessions.c.session_id == session_id))
