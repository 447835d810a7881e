"""``python -m wad.worker --socket PATH --worker-id ID``, with the settings as JSON on standard input.

Says ``ready`` on standard output when it can be dialled. Exits with 0 when it was told to end, or when no daemon has
been attached for ``adopt_grace`` seconds; its clients are closed first in either case.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from wad.domain.errors import EngineIncompatible
from wad.wire.settings import WorkerSettings
from wad.worker.engine import Engine
from wad.worker.logfile import LogFile, LogHandler, Redirection
from wad.worker.outbox import Outbox
from wad.worker.server import Server
from wad.worker.sessions import Sessions

_DRAIN_SECONDS = 8.0
_GRACE_POLL_SECONDS = 1.0

_log = logging.getLogger("wad.worker")


def main() -> None:
    """Run the worker until it is told to end, then leave without waiting for the library's threads."""
    arguments = _arguments()
    os.umask(0o077)
    settings = WorkerSettings.from_json(sys.stdin.read())
    ready = os.dup(1)
    log = LogFile(Path(settings.log_file))
    redirection = Redirection(log, Path(settings.log_file).with_suffix(".stderr"))
    logging.basicConfig(handlers=[LogHandler(log)], level=logging.INFO)
    code = 0
    try:
        run = _run(arguments.worker_id, arguments.socket, settings, log=log, redirection=redirection, ready=ready)
        asyncio.run(run)
    except Exception:  # noqa: BLE001 - whatever it was, it is in the log, and the exit code tells the daemon
        _log.exception("the worker failed")
        code = 1
    redirection.close()
    # Threads of the library that never return would keep a normal exit waiting for ever.
    os._exit(code)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="wad.worker", description="A worker process of wad; started by the daemon.")
    parser.add_argument("--socket", required=True, help="path of the unix socket to listen on")
    parser.add_argument("--worker-id", required=True, help="name of this worker")
    return parser.parse_args()


async def _run(
    worker_id: str, socket: str, settings: WorkerSettings, *, log: LogFile, redirection: Redirection, ready: int
) -> None:
    outbox = Outbox()
    engine, sessions, engine_error = None, None, ""
    try:
        engine = Engine(settings, log)
        sessions = Sessions(engine, settings.sessions_dir, outbox.append)
    except EngineIncompatible as error:
        engine_error = str(error)
        _log.error("the engine cannot be used: %s", engine_error)
    server = Server(worker_id, engine, engine_error, sessions, outbox)
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


if __name__ == "__main__":
    main()
