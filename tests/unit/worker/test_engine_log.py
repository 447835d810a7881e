"""What the engine logs goes into the worker's log and to the daemon, bounded and without secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wad.worker.engine_log import EngineLog
from wad.worker.logfile import LogFile

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def log(tmp_path: Path) -> LogFile:
    """Return the worker's log."""
    return LogFile(tmp_path / "worker.log")


def test_each_line_goes_to_both(tmp_path: Path, log: LogFile) -> None:
    """A line stands in the file and waits for the daemon, which is called for it and takes it once."""
    calls: list[None] = []
    engine_log = EngineLog(log, lambda: calls.append(None))
    engine_log.add("ada", "WARN", "Client/Socket", "the connection was lost\n")
    assert "engine WARN Client/Socket ada: the connection was lost" in (tmp_path / "worker.log").read_text()
    (line,) = engine_log.take()
    assert (line.session_id, line.level, line.module) == ("ada", "WARN", "Client/Socket")
    assert line.text == "the connection was lost"
    assert line.at_unix_ms > 0
    assert (len(calls), list(engine_log.take())) == (1, [])


def test_flood_is_bounded_and_counted(log: LogFile) -> None:
    """Of more lines than there is room for the latest are kept, and the first of them says how many are missing."""
    engine_log = EngineLog(log, capacity=3)
    for number in range(10):
        engine_log.add("ada", "INFO", "Client", str(number))
    assert [(line.text, line.dropped) for line in engine_log.take()] == [("7", 7), ("8", 0), ("9", 0)]


def test_no_secret_is_sent(log: LogFile) -> None:
    """What the file does not hold is not sent either: QR texts, pairing codes, other people's numbers."""
    engine_log = EngineLog(log)
    for text in ("2@Zm9vYmFyYmF6Zm9vYmFyYmF6,abc", "Pairing code: ABCD-1234", "from 4915112345678@s.whatsapp.net"):
        engine_log.add("ada", "DEBUG", "Client", text)
    told = " ".join(line.text for line in engine_log.take())
    assert not [secret for secret in ("Zm9v", "ABCD-1234", "4915112345678") if secret in told]
