"""``wadctl debug``: what the daemon is doing, for people and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import anyio.to_thread
import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from tests.integration.rpc.rpc_fakes import serving
from wad.cli.failures import ExitCode
from wad.cli.wadctl import app

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from typer.testing import Result

    from tests.integration.rpc.rpc_fakes import Served

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def silent_server() -> Generator[None]:
    """Keep the server's log out of the command's output: both run in this process."""
    with capture_logs():
        yield


async def wadctl(served: Served, *arguments: str) -> Result:
    """Run the command against the server."""
    command = ["--address", f"unix://{served.socket}", *arguments]
    return await anyio.to_thread.run_sync(lambda: CliRunner().invoke(app, command))


async def test_debug_shows_all_there_is(tmp_path: Path) -> None:
    """People see tasks with where they wait, timers, queues, workers with pid and memory, and calls."""
    async with serving(tmp_path) as served:
        result = await wadctl(served, "debug")
    assert result.exit_code == ExitCode.OK, result.output
    for text in (
        "session bar, session shop",
        "SessionRunner.run:180",
        "-0.5 s",
        "cleanup",
        "watcher c0ffee",
        "4711",
        "64 MiB",
    ):
        assert text in result.stdout
    assert "WatchEvents" in result.stdout
    assert "billing" in result.stdout


async def test_debug_shows_only_what_was_asked_for(tmp_path: Path) -> None:
    """Named sections are shown alone, for programs too."""
    async with serving(tmp_path) as served:
        shown = await wadctl(served, "debug", "timers")
        answer = await wadctl(served, "debug", "timers", "queues", "-o", "json")
    assert "timers (2)" in shown.stdout
    assert "tasks" not in shown.stdout
    found = json.loads(answer.stdout)
    assert [bool(found[key]) for key in ("tasks", "timers", "queues", "workers", "calls")] == [
        False,
        True,
        True,
        False,
        False,
    ]
    assert found["timers"][0] == {"session_id": "shop", "kind": "qr", "due_in": "-0.500s"}
