"""A worker as a process: started, or found running; awaited, ended, or left to the next daemon."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import anyio
import anyio.to_thread

from wad.domain.errors import EngineUnavailable
from wad.wire.forking import ENDED

if TYPE_CHECKING:
    from pathlib import Path

    from wad.engine.settings import EngineSettings

_READY: Final = b"ready\n"
_READ_BYTES: Final = 64
_REPORT_SECONDS: Final = 1.0
"""For which the exit code of an ended process is waited for; its parent writes it within a millisecond, or is gone."""


class WorkerProcess:
    """A worker process, held by a descriptor that stays its own when its number is given to another process.

    Whoever has one calls :meth:`end` or :meth:`let_go` on it.

    Args:
        pid: Process id.
        worker_id: The worker's name, for messages.
        pidfd: Descriptor of the process.
        word: Descriptor on which the process says that it can be dialled, and on which its parent, unless that is this
            very process, says with what exit code it has ended; -1 when nothing is to come.
        is_child: It is a child of this very process, which reaps it.
    """

    def __init__(self, pid: int, worker_id: str, pidfd: int, word: int = -1, *, is_child: bool = False) -> None:
        self.pid = pid
        self._pidfd = pidfd
        self._worker_id = worker_id
        self._word = word
        self._said = b""
        self._is_child = is_child
        self._status: str | None = None

    @classmethod
    async def spawn(cls, worker_id: str, socket: Path, settings: EngineSettings) -> WorkerProcess:
        """Start a process.

        It leads a session of its own, so that signals of the daemon's terminal do not reach it.

        Raises:
            EngineUnavailable: The system refuses.
        """
        command = [sys.executable, "-P", "-m", "wad.worker", "--socket", str(socket), "--worker-id", worker_id]
        document = settings.worker(worker_id).to_json().encode()
        try:
            # Shielded: were this cancelled half-way, the process would run without an owner.
            with anyio.CancelScope(shield=True):
                process = await anyio.to_thread.run_sync(
                    _spawn, worker_id, command, settings.environment(), settings.log_file(worker_id), document
                )
        except OSError as error:
            raise EngineUnavailable(f"Worker {worker_id} could not be started: {error}") from error
        return process  # pyright: ignore[reportPossiblyUnboundVariable] - a scope nobody cancels swallows nothing

    @classmethod
    def adopt(cls, pid: int, worker_id: str) -> WorkerProcess:
        """Take over a process that an earlier daemon has started.

        Raises:
            ProcessLookupError: It has ended.
        """
        return cls(pid, worker_id, os.pidfd_open(pid))

    async def ready(self, log_file: Path) -> None:
        """Return when the worker can be dialled.

        Raises:
            EngineUnavailable: It ended before that.
        """
        while self._word >= 0 and _READY not in self._said:
            if not await self._hear():
                raise EngineUnavailable(
                    f"Worker {self._worker_id} ended before it was ready; its last words are in {log_file}."
                )
        if self._is_child:
            self._close_word()

    async def end(self, patience: float) -> str:
        """Wait for the end, kill the process after *patience* seconds, and return its status as a text.

        Of one that has ended so before, it returns the same.
        """
        if self._status is not None:
            return self._status
        try:
            with anyio.CancelScope(shield=True):
                with anyio.move_on_after(patience):
                    await anyio.wait_readable(self._pidfd)
                self._signal(signal.SIGKILL)  # of no effect on one that has ended
                await anyio.wait_readable(self._pidfd)
                self._status = status_text(await self._exit_code())
        finally:
            self.let_go()
        return self._status  # pyright: ignore[reportReturnType] - a scope nobody cancels swallows nothing

    def terminate(self) -> None:
        """Ask a process that cannot be dialled to end."""
        self._signal(signal.SIGTERM)

    def let_go(self) -> None:
        """Give the process up and leave it running."""
        if self._pidfd >= 0:
            os.close(self._pidfd)
            self._pidfd = -1
        self._close_word()

    def _close_word(self) -> None:
        if self._word >= 0:
            os.close(self._word)
            self._word = -1

    async def _hear(self) -> bool:
        """Take in what is said; return False when nothing more will be."""
        await anyio.wait_readable(self._word)
        heard = os.read(self._word, _READ_BYTES)
        self._said += heard
        return bool(heard)

    async def _exit_code(self) -> int | None:
        if self._is_child:
            return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])  # noqa: ASYNC222 - it has ended
        with anyio.move_on_after(_REPORT_SECONDS):
            while self._word >= 0 and await self._hear():
                pass
        _, ended, code = self._said.rpartition(ENDED)
        return int(code) if ended else None

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, number)


def _spawn(
    worker_id: str, command: list[str], environment: dict[str, str], log_file: Path, document: bytes
) -> WorkerProcess:
    log = open_log(log_file)
    ready, write_end = os.pipe()
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=write_end, stderr=log, env=environment, start_new_session=True
        )
    except OSError:
        os.close(ready)
        raise
    finally:
        os.close(log)
        os.close(write_end)
    assert process.stdin is not None  # noqa: S101 - it was asked for as a pipe
    with process.stdin, suppress(BrokenPipeError):  # then the process has ended, which whoever waits for it learns
        process.stdin.write(document)
    pid, process.returncode = process.pid, 0  # the descriptor keeps it from here on; Popen is to forget it
    return WorkerProcess(pid, worker_id, os.pidfd_open(pid), ready, is_child=True)


def open_log(path: Path) -> int:
    """Open the file that takes what a process says before it has opened its log itself."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


ENDED_IN_ORDER: Final = "exit code 0"
"""The status of a worker that ended as it was told to."""


LEFT: Final = "left to the next daemon"
"""What stands in place of a status for a worker that goes on running."""


def status_text(code: int | None) -> str:
    """Say in words how a process ended.

    Args:
        code: Its return code; a negative one stands for a signal, None is not known.
    """
    if code is None:
        return "ended with an exit code that nobody passed on"
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {-code} ({signal.Signals(-code).name})"
    except ValueError:
        return f"signal {-code}"
