"""Workers that an earlier daemon has left: they are taken over with the connections that they keep."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import structlog

from wad.domain.errors import EngineError, EngineIncompatible
from wad.engine.connection import WorkerConnection
from wad.engine.observer import Adoption
from wad.engine.process import WorkerProcess
from wad.engine.worker import Worker

if TYPE_CHECKING:
    from wad.domain.ids import SessionId
    from wad.engine.observer import EngineObserver
    from wad.engine.settings import EngineSettings

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


async def adopt_workers(settings: EngineSettings, observer: EngineObserver) -> list[Worker]:
    """Return the workers that listen in the socket directory and can be driven; see that the others end.

    All of it takes at most ``settings.adopt_timeout`` and what a kill takes: a worker that says nothing within that
    time is killed, for its sessions can be started nowhere else as long as it lives.
    """
    found: list[Worker] = []
    async with anyio.create_task_group() as tasks:
        async for socket in anyio.Path(settings.socket_dir).glob("*.sock"):
            tasks.start_soon(_adopt, Path(socket), settings, observer, found)
    settle_claims(found)
    return found


def settle_claims(found: list[Worker]) -> None:
    """Let a session be where its latest client is: only one can have its lock, so an older one has been stopped."""
    newest: dict[SessionId, int] = {}
    for worker in found:
        for session_id, generation in worker.sessions.items():
            newest[session_id] = max(generation, newest.get(session_id, 0))
    for worker in found:
        for session_id, generation in tuple(worker.sessions.items()):
            if generation < newest[session_id]:
                worker.release(session_id, generation)


async def _adopt(socket: Path, settings: EngineSettings, observer: EngineObserver, found: list[Worker]) -> None:
    try:
        connection = await WorkerConnection.dial(socket, socket.stem)
    except EngineError:
        outcome = Adoption.GONE
    else:
        outcome = await _meet(socket, connection, settings, found)
    if outcome is not Adoption.ADOPTED:
        await anyio.Path(socket).unlink(missing_ok=True)
    _log.info("worker.left_over", worker=socket.stem, outcome=outcome)
    observer.worker_left_over(outcome)


async def _meet(socket: Path, connection: WorkerConnection, settings: EngineSettings, found: list[Worker]) -> Adoption:
    try:
        process = WorkerProcess.adopt(connection.peer_pid, socket.stem)
    except ProcessLookupError:
        await connection.aclose()
        return Adoption.GONE
    outcome = Adoption.MUTE
    try:
        with anyio.move_on_after(settings.adopt_timeout):
            hello = await connection.hello()
            found.append(Worker.adopted(settings, process, connection, hello))
            return Adoption.ADOPTED
    except EngineIncompatible as error:
        outcome = Adoption.INCOMPATIBLE
        _log.warning("worker.incompatible", worker=socket.stem, error=str(error))
    except EngineError as error:
        _log.warning("worker.speechless", worker=socket.stem, error=str(error))
    await connection.aclose()
    if outcome is Adoption.INCOMPATIBLE:
        process.terminate()  # it closes its sessions in order
        await process.end(settings.stop_timeout)
    else:
        with suppress(ProcessLookupError):
            await process.end(0)
    return outcome
