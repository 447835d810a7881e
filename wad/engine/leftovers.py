"""Workers that a daemon which died has left behind."""

from __future__ import annotations

from pathlib import Path

import anyio
import structlog

from wad.domain.errors import EngineError
from wad.engine.connection import WorkerConnection

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


async def retire_leftovers(socket_dir: Path, patience: float) -> None:
    """End every worker that listens in *socket_dir*, and remove the sockets of those that are no more.

    They hold their sessions' locks, so none of these sessions could be started before they have ended.

    Args:
        socket_dir: Directory that holds one socket per worker.
        patience: Seconds for each to close its clients and end.
    """
    async with anyio.create_task_group() as tasks:
        async for socket in anyio.Path(socket_dir).glob("*.sock"):
            tasks.start_soon(_retire, Path(socket), patience)


async def _retire(socket: Path, patience: float) -> None:
    try:
        connection = await WorkerConnection.dial(socket, socket.stem)
    except EngineError:
        await anyio.Path(socket).unlink(missing_ok=True)
        return
    hung_up = False
    try:
        with anyio.move_on_after(patience):
            hello = await connection.hello()
            _log.warning(
                "worker.left_over", worker=hello.worker_id, pid=hello.pid, message="An earlier daemon's; it ends."
            )
            await connection.attach(hello.newest_sequence)
            await connection.say_shutdown(patience)
            await connection.read(lambda _: None)
            hung_up = True
    except EngineError as error:
        _log.warning("worker.left_over_cannot_be_ended", worker=socket.stem, error=str(error))
    finally:
        await connection.aclose()
    if hung_up:
        await anyio.Path(socket).unlink(missing_ok=True)
