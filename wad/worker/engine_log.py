"""What the engine logs, on its way into the worker's log and to the daemon."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from wad.wire.v1 import worker_pb2 as pb
from wad.worker.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wad.worker.logfile import LogFile

CAPACITY = 256
"""Lines kept for the daemon; a flood of them must neither fill the memory nor hold up what sessions report."""


class EngineLog:
    """Takes the lines of the engine's log.

    Args:
        log: The worker's log, which takes every line.
        news: Called with each line that is there for the daemon.
        capacity: Most lines that are kept for it; then the oldest is dropped.
    """

    def __init__(self, log: LogFile, news: Callable[[], None] = lambda: None, capacity: int = CAPACITY) -> None:
        self._log = log
        self._news = news
        self._capacity = capacity
        self._lines: deque[pb.LogLine] = deque()

    def add(self, session_id: str, level: str, module: str, text: str) -> None:
        """Take one line of a session's client; whatever secret it holds is redacted."""
        self._log.write("engine", f"{level} {module} {session_id}: {text}")
        now = int(time.time() * 1000)
        line = pb.LogLine(level=level, module=module, text=redact(text.rstrip()), at_unix_ms=now, session_id=session_id)
        if len(self._lines) >= self._capacity:
            lost = self._lines.popleft().dropped + 1
            (self._lines[0] if self._lines else line).dropped += lost
        self._lines.append(line)
        self._news()

    def take(self) -> Iterator[pb.LogLine]:
        """Take the lines that wait for the daemon, oldest first."""
        while self._lines:
            yield self._lines.popleft()
