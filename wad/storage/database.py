"""The daemon's database in SQLite: one file, one statement at a time, each on the disk when it is answered."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import anyio
from anyio import to_thread
from sqlalchemy import URL, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from wad.domain.errors import StorageError
from wad.storage.revision import is_current, make_private, migrate_apart

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Engine, Executable, RowMapping
    from sqlalchemy.pool import ConnectionPoolEntry

_PRAGMAS: Final = (
    # A commit is synced to the disk. NORMAL would survive the daemon's death too, but not the host's, and then a
    # session that was stopped would come back. It costs one sync for each change of a session's state.
    "PRAGMA synchronous = FULL",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what a message said is gone with it, and not left in a free page
)


@asynccontextmanager
async def open_database(path: Path, *, upgrade: bool = True) -> AsyncGenerator[Database]:
    """Open the database, made or migrated as needed, and close it at the end.

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
        yield Database(engine, path)
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


class Database:
    """An open database; :func:`open_database` makes one.

    SQLite blocks, so statements run in a thread, one at a time: it has one writer at a time anyway, and a queue is
    fairer than its busy handler. A call that is cancelled while it waits has done nothing; once its statement has
    begun, the statement runs to its end, within the busy time-out.
    """

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self._path = path
        self._turn = anyio.CapacityLimiter(1)

    @property
    def under_way(self) -> int:
        """How many statements are under way or wait for their turn."""
        turns = self._turn.statistics()
        return turns.borrowed_tokens + turns.tasks_waiting

    async def run(self, statement: Executable, row: Mapping[str, object] | None = None) -> Sequence[RowMapping]:
        """Execute one statement and return its rows; what it changed is on the disk then.

        Raises:
            StorageError: It could not be executed; nothing was changed.
        """
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
