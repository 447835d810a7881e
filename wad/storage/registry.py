"""The registry in SQLite: what is known of every session, on disk before anybody is told."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import anyio
from anyio import to_thread
from sqlalchemy import URL, create_engine, delete, event, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError

from wad.domain.errors import StorageError
from wad.storage.revision import is_current, make_private, migrate_apart
from wad.storage.rows import from_row, to_row
from wad.storage.schema import sessions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Engine, Executable, RowMapping
    from sqlalchemy.pool import ConnectionPoolEntry

    from wad.domain.ids import SessionId
    from wad.domain.records import SessionRecord

_log = logging.getLogger(__name__)

_PRAGMAS: Final = (
    # A commit is synced to the disk. NORMAL would survive the daemon's death too, but not the host's, and then a
    # session that was stopped would come back. It costs one sync for each change of a session's state.
    "PRAGMA synchronous = FULL",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA foreign_keys = ON",
)

_insert = insert(sessions)
_UPSERT: Final = _insert.on_conflict_do_update(
    index_elements=[sessions.c.session_id],
    set_={column.name: _insert.excluded[column.name] for column in sessions.c},
)


@asynccontextmanager
async def open_registry(path: Path, *, upgrade: bool = True) -> AsyncGenerator[SqlRegistry]:
    """Open the registry, made or migrated as needed, and close it at the end.

    Args:
        path: The database's file; its directory exists.
        upgrade: False next to a running daemon: the database is opened only as it is.

    Raises:
        ConfigurationError: A newer program made the database, or it must stay as it is and has another schema.
        StorageError: It cannot be opened; nothing was changed.
    """
    await to_thread.run_sync(_see_to_schema, path, upgrade)
    # Every operation is a single statement, which in autocommit is a transaction of its own.
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        isolation_level="AUTOCOMMIT",
        pool_size=1,
        max_overflow=0,
        hide_parameters=True,  # an error's text must not carry a user's name or number into the log
    )
    event.listen(engine, "connect", _prepare)
    try:
        yield SqlRegistry(engine, path)
    finally:
        with anyio.CancelScope(shield=True):
            await to_thread.run_sync(engine.dispose)


def _see_to_schema(path: Path, upgrade: bool) -> None:  # noqa: FBT001 - a thread takes no keywords
    if upgrade:
        make_private(path)
    if is_current(path):
        return
    if upgrade:
        migrate_apart(path)
    else:
        from wad.storage.migrate import require_current  # noqa: PLC0415 - see wad.storage.revision

        require_current(path)


def _prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.text_factory = _decode
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _decode(text: bytes) -> str:
    """Read text that is no UTF-8 too: it must damage its own row only, not the reading of all rows."""
    return text.decode("utf-8", "surrogateescape")


class SqlRegistry:
    """Implements :class:`wad.ports.Registry`; :func:`open_registry` makes one.

    SQLite blocks, so statements run in a thread, one at a time: it has one writer at a time anyway, and a queue is
    fairer than its busy handler. A call that is cancelled while it waits has done nothing; once its statement has
    begun, the statement runs to its end, within the busy time-out.
    """

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self._path = path
        self._turn = anyio.CapacityLimiter(1)

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
                _log.error("%s", error)
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

    async def _run(self, statement: Executable, row: Mapping[str, object] | None = None) -> Sequence[RowMapping]:
        return await to_thread.run_sync(self._execute, statement, row, limiter=self._turn)

    def _execute(self, statement: Executable, row: Mapping[str, object] | None) -> Sequence[RowMapping]:
        try:
            with self._engine.connect() as connection:
                result = connection.execute(statement, row)
                return result.mappings().all() if result.returns_rows else ()
        except (SQLAlchemyError, UnicodeError, OverflowError) as error:
            raise StorageError(
                f"The registry {self._path} could not be read or written: {getattr(error, 'orig', None) or error}. "
                "Look for a full disk, wrong permissions, or another program that holds the file."
            ) from error
