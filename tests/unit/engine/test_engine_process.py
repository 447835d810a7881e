"""What a worker is told, and how its end is described."""

from pathlib import Path

import pytest

from wad.engine.process import status_text
from wad.engine.settings import CustomUpstream, EngineSettings
from wad.wire.settings import WorkerSettings


@pytest.mark.parametrize(
    ("code", "text"),
    [(0, "exit code 0"), (2, "exit code 2"), (-9, "signal 9 (SIGKILL)"), (-63, "signal 63")],
)
def test_an_exit_status_is_told_in_words(code: int, text: str) -> None:
    """People read signals by name."""
    assert status_text(code) == text


def test_settings_reach_the_worker_unchanged() -> None:
    """What the daemon writes to a worker's standard input is what the worker reads."""
    upstream = CustomUpstream("http://127.0.0.1:1", "/ca.pem", "ab" * 32)
    settings = EngineSettings(
        sessions_dir=Path("/s"), runtime_dir=Path("/r"), log_dir=Path("/l"), platform="DESKTOP", upstream=upstream
    )
    told = WorkerSettings.from_json(settings.worker("w1").to_json())
    assert told == settings.worker("w1")
    assert told.upstream == upstream
    assert told.log_file == "/l/worker-w1.log"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"sessions_dir": "x", "log_file": "y", "colour": "red"}'])
def test_nonsense_is_no_settings(text: str) -> None:
    """A worker that is told nonsense says so."""
    with pytest.raises(ValueError, match="not the settings"):
        WorkerSettings.from_json(text)
