"""A worker's life, from its settings to its end, however its process came to be."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from wad.domain.errors import EngineIncompatible
from wad.worker.engine import Engine
from wad.worker.engine_log import EngineLog
from wad.worker.logfile import LogFile, LogHandler, Redirection
from wad.worker.outbox import Outbox
from wad.worker.server import Server
from wad.worker.sessions import Sessions

if TYPE_CHECKING:
    from typing import NoReturn

    from wad.wire.settings import WorkerSettings

_DRAIN_SECONDS = 8.0
_GRACE_POLL_SECONDS = 1.0

_log = logging.getLogger("wad.worker")


def live(worker_id: str, socket: str, settings: WorkerSettings) -> NoReturn:
    """Be a worker until it is told to end, then leave without waiting for the library's threads.

    ``ready`` is said on standard output, which then goes into the log with standard error.

    Args:
        worker_id: Name of the worker.
        socket: Path of the socket to listen on.
        settings: Everything else.
    """
    os.umask(0o077)
    ready = os.dup(1)
    log = LogFile(Path(settings.log_file))
    redirection = Redirection(log, Path(settings.log_file).with_suffix(".stderr"))
    logging.basicConfig(handlers=[LogHandler(log)], level=logging.INFO)
    code = 0
    try:
        asyncio.run(_run(worker_id, socket, settings, log=log, redirection=redirection, ready=ready))
    except Exception:  # noqa: BLE001 - whatever it was, it is in the log, and the exit code tells the daemon
        _log.exception("the worker failed")
        code = 1
    redirection.close()
    # Threads of the library that never return would keep a normal exit waiting for ever.
    os._exit(code)


async def _run(
    worker_id: str, socket: str, settings: WorkerSettings, *, log: LogFile, redirection: Redirection, ready: int
) -> None:
    outbox = Outbox()
    engine_log = EngineLog(log, outbox.news.set)
    engine, sessions, engine_error = None, None, ""
    try:
        engine = Engine(settings, engine_log)
        sessions = Sessions(engine, settings.sessions_dir, outbox.append)
    except EngineIncompatible as error:
        engine_error = str(error)
        _log.error("the engine cannot be used: %s", engine_error)
    server = Server(worker_id, engine, engine_error, sessions, outbox, engine_log=engine_log)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _end, server)
    listener = await asyncio.start_unix_server(server.serve, socket)
    os.write(ready, b"ready\n")
    os.close(ready)
    _log.info("worker %s is ready, engine %s", worker_id, engine.version if engine else "unusable")
    serving = asyncio.create_task(sessions.run()) if sessions else None
    seconds = await _until_told(server, serving, redirection, settings.adopt_grace)
    if sessions is not None:
        await sessions.drain(seconds)
    listener.close()
    await server.hang_up()
    Path(socket).unlink(missing_ok=True)  # noqa: ASYNC240 - nothing else runs in this loop any more
    _log.info("worker %s ends", worker_id)


def _end(server: Server) -> None:
    if not server.shutdown.done():
        server.shutdown.set_result(_DRAIN_SECONDS)


async def _until_told(
    server: Server, serving: asyncio.Task[None] | None, redirection: Redirection, adopt_grace: float
) -> float:
    """Wait for the end and return the seconds that the clients have for closing.

    Raises:
        Exception: Serving the clients failed, which is a defect; the process must not live on without it.
    """
    loop = asyncio.get_running_loop()
    waiting = {server.shutdown, serving} if serving else {server.shutdown}
    while True:
        await asyncio.wait(waiting, timeout=_GRACE_POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if serving is not None and serving.done():
            serving.result()
        if server.shutdown.done():
            return server.shutdown.result()
        redirection.absorb()
        if not server.attached and loop.time() - server.last_attached > adopt_grace:
            _log.warning("no daemon was attached for %.0f s; the worker ends", adopt_grace)
            return _DRAIN_SECONDS
