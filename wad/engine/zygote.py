"""The daemon's end of the process that workers are forked from."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Final

import anyio
import anyio.to_thread
import structlog

from wad.engine.process import WorkerProcess, open_log
from wad.wire.forking import LONGEST_MESSAGE, ForkRequest

if TYPE_CHECKING:
    from pathlib import Path

    from wad.engine.settings import EngineSettings

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_MODULE: Final = "wad.worker.zygote"
_PATIENCE: Final = 10.0
"""Seconds for an answer; the first one comes when the zygote has imported everything, half a second after its start."""
_END_SECONDS: Final = 2.0
_PADDING: Final = " " * 64
"""Room for what a worker's command line has that the zygote's has not: the names of its options, and its own."""


class Zygote:
    """Starts workers by forking them from one process; it is started for the first of them.

    A worker that is forked is ready sooner and shares memory with the others. One without the other is worth nothing to
    its users, so whatever goes wrong here is logged, and the worker is started as a process of its own. A zygote that
    has died is replaced when the next worker is started; its workers go on.

    Whoever has one calls :meth:`aclose`.

    Args:
        settings: How workers are run.
    """

    def __init__(self, settings: EngineSettings) -> None:
        self.settings = settings
        """How its workers are run."""
        self._running: _Running | None = None
        self._turn = anyio.Lock()

    @property
    def pid(self) -> int:
        """Its process id, 0 while there is none."""
        return self._running.process.pid if self._running is not None else 0

    async def spawn(self, worker_id: str, socket_path: Path, settings: EngineSettings) -> WorkerProcess:
        """Start a worker, as :meth:`WorkerProcess.spawn` does.

        Raises:
            EngineUnavailable: The system refuses.
        """
        # Shielded: were this cancelled half-way, the worker would run without an owner.
        with anyio.CancelScope(shield=True):
            async with self._turn:
                try:
                    return await self._fork(worker_id, socket_path, settings)
                except (OSError, EOFError) as error:
                    _log.warning("zygote.failed", pid=self.pid, worker=worker_id, error=str(error))
                    await self._end()
        return await WorkerProcess.spawn(worker_id, socket_path, settings)

    async def aclose(self) -> None:
        """Let it end; its workers go on."""
        with anyio.CancelScope(shield=True):
            await self._end()

    async def _fork(self, worker_id: str, socket_path: Path, settings: EngineSettings) -> WorkerProcess:
        running = await self._present()
        request = ForkRequest(worker_id, str(socket_path), settings.worker(worker_id).to_json())
        with ExitStack() as given, ExitStack() as kept:
            word, word_end = os.pipe()
            kept.callback(os.close, word)
            given.callback(os.close, word_end)
            log = open_log(settings.log_file(worker_id))
            given.callback(os.close, log)
            socket.send_fds(running.socket, [request.to_json()], [word_end, log])
            pid, pidfd = await running.answer()
            kept.pop_all()
            return WorkerProcess(pid, worker_id, pidfd, word)

    async def _present(self) -> _Running:
        if self._running is not None and self._running.process.poll() is not None:
            _log.warning("zygote.died", pid=self.pid, code=self._running.process.returncode)
            await self._end()
        if self._running is None:
            self._running = await anyio.to_thread.run_sync(_Running, self.settings)
        return self._running

    async def _end(self) -> None:
        if self._running is not None:
            await anyio.to_thread.run_sync(self._running.end)
            self._running = None


class _Running:
    """A zygote process; whoever has one calls :meth:`end`."""

    def __init__(self, settings: EngineSettings) -> None:
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.setblocking(False)
        command = [sys.executable, "-P", "-m", _MODULE, str(settings.socket_dir), _PADDING]
        try:
            with theirs, os.fdopen(open_log(settings.log_dir / "zygote.log"), "ab") as log:
                log.truncate(0)
                self.process = subprocess.Popen(
                    command,
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=log,
                    env=settings.environment(),
                    start_new_session=True,
                )
        except OSError:
            self.socket.close()
            raise

    async def answer(self) -> tuple[int, int]:
        """Return the process id and the pidfd of the worker that was asked for.

        Raises:
            OSError: The zygote said nothing in time, or could not fork.
            EOFError: It is gone.
        """
        with anyio.move_on_after(_PATIENCE):
            await anyio.wait_readable(self.socket)
            return self._read()
        # What it says in its last moment counts: a worker begins when its process id has been sent.
        self.process.kill()
        await anyio.to_thread.run_sync(self.process.wait)
        return self._read()

    def _read(self) -> tuple[int, int]:
        said, descriptors, _, _ = socket.recv_fds(self.socket, LONGEST_MESSAGE, 1, socket.MSG_CMSG_CLOEXEC)
        if not said:
            raise EOFError("the zygote has ended without an answer")
        if not descriptors:
            raise OSError(said.decode())
        return int(said), descriptors[0]

    def end(self) -> None:
        """Hang up, which ends it; kill it if it does not end."""
        with closing(self.socket):
            pass
        try:
            self.process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
