"""The worker's log: what wad says, what the engine logs, and all that the library prints, in one bounded file.

What the library prints to standard output, the pairing code included, goes through a pipe whose reader redacts each
line. Standard error goes to a file of its own beside the log: the library prints the reason of a crash there in its
last millisecond, in which no thread of the same process would still get to read a pipe. It is taken over into the
log, redacted, when it has grown, at the end, and, after a crash, by the next worker of that name.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from typing import TYPE_CHECKING

from wad.worker.redaction import redact

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 4 << 20
"""At this size the file is renamed to ``<name>.1``, replacing an older one, and a new one is begun."""

STDERR_BYTES = 64 << 10
"""Standard error is taken over into the log when it has said more than this."""

_LONGEST_LINE = 64 << 10
_DRAIN_SECONDS = 1.0


class LogFile:
    """A file, readable only by its owner, that takes redacted lines and never grows beyond its bound.

    A full disk or a lost directory must not take the sessions down: a line that cannot be written is dropped.

    Args:
        path: The file; it is made if it is absent.
        max_bytes: Size at which it is rotated.
    """

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._fd = self._open()
        self._size = os.fstat(self._fd).st_size

    def write(self, source: str, text: str) -> None:
        """Append *text*, redacted, with the time and its *source* in front."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        line = f"{stamp} {source} {redact(text.rstrip())}\n".encode("utf-8", "replace")
        with self._lock:
            try:
                if self._size + len(line) > self._max_bytes:
                    self._rotate()
                self._size += os.write(self._fd, line)
            except OSError:
                return

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def _rotate(self) -> None:
        self._path.replace(self._path.with_name(self._path.name + ".1"))
        fd = self._open()
        os.close(self._fd)
        self._fd, self._size = fd, 0


class LogHandler(logging.Handler):
    """Sends what wad's own code logs to the file."""

    def __init__(self, log: LogFile) -> None:
        super().__init__()
        self._log = log
        self.setFormatter(logging.Formatter("%(levelname)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        self._log.write("wad", self.format(record))


class Redirection:
    """Descriptors 1 and 2 of this process, on their way into the log, from construction to ``close``.

    Args:
        log: Where every line goes.
        stderr_file: File that takes standard error until it is absorbed.
    """

    def __init__(self, log: LogFile, stderr_file: Path) -> None:
        self._log = log
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._stderr = os.open(stderr_file, flags, 0o600)
        self.absorb(0)
        reading, writing = os.pipe()
        os.dup2(writing, 1)
        os.close(writing)
        os.dup2(self._stderr, 2)
        self._thread = threading.Thread(target=self._read, args=(reading,), name="library output", daemon=True)
        self._thread.start()

    def absorb(self, beyond: int = STDERR_BYTES) -> None:
        """Take what standard error has said over into the log, if it is more than *beyond* bytes."""
        if os.fstat(self._stderr).st_size <= beyond:
            return
        said = os.pread(self._stderr, MAX_BYTES, 0).decode("utf-8", "replace")
        os.ftruncate(self._stderr, 0)
        for line in said.splitlines():
            if line.strip():
                self._log.write("library", line)

    def close(self) -> None:
        """Write what is left into the log and send anything later nowhere."""
        sys.stdout.flush()
        sys.stderr.flush()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for descriptor in (1, 2):
            os.dup2(nowhere, descriptor)
        os.close(nowhere)
        self._thread.join(_DRAIN_SECONDS)
        self.absorb(0)

    def _read(self, reading: int) -> None:
        with os.fdopen(reading, "rb", buffering=_LONGEST_LINE) as pipe:
            while line := pipe.readline(_LONGEST_LINE):
                text = line.decode("utf-8", "replace")
                if text.strip():
                    self._log.write("library", text)
