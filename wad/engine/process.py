"""One worker as a process: spawned, awaited, ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import anyio

from wad.domain.errors import EngineUnavailable
from wad.engine.connection import BROKEN

if TYPE_CHECKING:
    from pathlib import Path

    from anyio.abc import Process

    from wad.engine.settings import EngineSettings

_READY = b"ready\n"


class WorkerProcess:
    """A worker process, from ``spawn`` to ``end``; whoever spawned it must end it.

    Args:
        process: The process.
        worker_id: The worker's name, for messages.
    """

    def __init__(self, process: Process, worker_id: str) -> None:
        self._process = process
        self._worker_id = worker_id

    @classmethod
    async def spawn(cls, worker_id: str, socket: Path, settings: EngineSettings) -> WorkerProcess:
        """Start the process.

        It leads a session of its own, so that signals of the daemon's terminal do not reach it.

        Raises:
            EngineUnavailable: The system refuses.
        """
        command = [sys.executable, "-m", "wad.worker", "--socket", str(socket), "--worker-id", worker_id]
        try:
            log = _open_log(settings.log_file(worker_id))
            # Shielded: were this cancelled half-way, the process would run without an owner.
            with anyio.CancelScope(shield=True):
                process = await _open(command, log)
        except OSError as error:
            raise EngineUnavailable(f"Worker {worker_id} could not be started: {error}") from error
        return cls(process, worker_id)  # pyright: ignore[reportPossiblyUnboundVariable] - a scope nobody cancels swallows nothing

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    async def configure(self, settings: EngineSettings) -> None:
        """Give the worker its settings and return when it can be dialled.

        Raises:
            EngineUnavailable: It ended before that.
        """
        assert self._process.stdin is not None  # noqa: S101 - both were asked for as pipes
        assert self._process.stdout is not None  # noqa: S101 - likewise
        said = b""
        try:
            await self._process.stdin.send(settings.worker(self._worker_id).to_json().encode())
            await self._process.stdin.aclose()
            while not said.endswith(_READY):
                said += await self._process.stdout.receive()
        except BROKEN as error:
            raise EngineUnavailable(
                f"Worker {self._worker_id} ended before it was ready; its last words are in "
                f"{settings.log_file(self._worker_id)}."
            ) from error

    async def end(self, patience: float) -> str:
        """Wait for the end, kill the process after *patience* seconds, and return its status as a text."""
        with anyio.CancelScope(shield=True):
            with anyio.move_on_after(patience):
                await self._process.wait()
            if self._process.returncode is None:
                self._process.kill()
            await self._process.aclose()
        return status_text(self._process.returncode or 0)

    def terminate(self) -> None:
        """Ask a process that cannot be dialled to end."""
        if self._process.returncode is None:
            self._process.terminate()


def _open_log(path: Path) -> int:
    """Open the file that takes what the worker says before it has opened the same file itself."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


async def _open(command: list[str], log: int) -> Process:
    try:
        return await anyio.open_process(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True
        )
    finally:
        os.close(log)


ENDED_IN_ORDER: Final = "exit code 0"
"""The status of a worker that ended as it was told to."""


def status_text(code: int) -> str:
    """Say in words how a process with return code *code* ended; a negative one stands for a signal."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {-code} ({signal.Signals(-code).name})"
    except ValueError:
        return f"signal {-code}"
