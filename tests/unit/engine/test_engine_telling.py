"""How loudly the daemon's log tells of workers and of what their engines say."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from wad.engine.observer import Restart
from wad.engine.process import ENDED_IN_ORDER, LEFT
from wad.engine.telling import tell_engine_line, tell_exit
from wad.wire.v1 import worker_pb2 as pb


@pytest.mark.parametrize(
    ("level", "module", "shown"),
    [
        ("ERROR", "Client", "warning"),
        ("ERROR", "Database", "warning"),
        ("ERROR", "Client/Socket", "info"),
        ("WARN", "Client", "info"),
        ("INFO", "Client", "info"),
        ("DEBUG", "Client/Recv", "debug"),
        ("DEBUG", "Client/Socket", "debug"),
    ],
)
def test_engine_s_errors_are_warnings_and_the_end_of_a_connection_is_not(level: str, module: str, shown: str) -> None:
    """What the engine thinks of it is kept in a field, and the session of its client is named."""
    with capture_logs() as lines:
        tell_engine_line("w1", pb.LogLine(level=level, module=module, text="EOF", session_id="ada"))
    (line,) = lines
    assert (line["log_level"], line["engine_level"], line["session_id"]) == (shown, level, "ada")


def test_a_line_of_an_earlier_release_names_no_session() -> None:
    """A worker that does not say whose line it is has no empty name in its place."""
    with capture_logs() as lines:
        tell_engine_line("w1", pb.LogLine(level="INFO", module="Client", text="hello"))
    assert "session_id" not in lines[0]


@pytest.mark.parametrize(
    ("status", "sessions", "restart", "told"),
    [
        (ENDED_IN_ORDER, (), None, ("worker.exited", "info")),
        (LEFT, ("ada",), Restart.CRASHED, ("worker.left", "info")),
        ("signal 9 (SIGKILL)", ("ada",), Restart.CRASHED, ("worker.exited", "warning")),
        ("signal 9 (SIGKILL)", (), Restart.CRASHED, ("worker.exited", "warning")),
    ],
)
def test_a_worker_s_end_is_told_and_a_crash_is_a_warning(
    status: str, sessions: tuple[str, ...], restart: Restart | None, told: tuple[str, str]
) -> None:
    """Every worker that is gone, or left to the next daemon, has one line with its pid and how it ended."""
    worker: Any = SimpleNamespace(id="w1", pid=4711, status=status, sessions=sessions, restart=restart)
    with capture_logs() as lines:
        tell_exit(worker, Path("worker.log"))
    (line,) = lines
    assert (line["event"], line["log_level"]) == told
    assert (line["worker"], line["pid"], line["status"]) == ("w1", 4711, status)
