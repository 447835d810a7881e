"""``wadctl`` over a restart of the daemon, which costs no session its connection."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import anyio
import pytest
from structlog.testing import capture_logs

from tests.integration.rpc.rpc_fakes import serving
from tests.integration.rpc.test_wadctl_live import terminal_of
from tests.terminal import PATIENCE
from wad.cli.failures import ExitCode

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def silent_server() -> Generator[None]:
    """Keep the server's log out of the command's output: both run in this process."""
    with capture_logs():
        yield


@pytest.mark.parametrize("command", [("events",), ("session", "watch")], ids=" ".join)
async def test_watch_goes_on_after_a_restart(tmp_path: Path, command: tuple[str, ...]) -> None:
    """A watch says that the daemon is gone, waits for the next one, and shows its sessions, until Ctrl-C."""
    async with AsyncExitStack() as daemon:
        served = await daemon.enter_async_context(serving(tmp_path))
        served.sessions.put("before")
        with terminal_of(served, *command) as terminal:
            await terminal.until("what happens")
            await daemon.aclose()
            await terminal.until("goes on as soon as it can")
            async with serving(tmp_path) as served:
                served.sessions.put("after")
                await terminal.until("answers again")
                await terminal.until("after ")
                assert await terminal.interrupt() == ExitCode.INTERRUPTED
    assert "Traceback" not in terminal.shown
    assert terminal.shown.count("goes on as soon") == 1


async def test_programs_are_told_of_a_gap(tmp_path: Path) -> None:
    """Where a restart may have hidden something, programs get a reset and then the sessions of the moment."""
    command = [sys.executable, "-m", "wad.cli.wadctl", "--address", f"unix://{tmp_path}/run/wad.sock", "events"]
    text = ""
    async with AsyncExitStack() as daemon:
        served = await daemon.enter_async_context(serving(tmp_path))
        served.sessions.put("before")
        process = await anyio.open_process([*command, "-o", "json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        async with process:
            assert process.stdout is not None
            with anyio.fail_after(PATIENCE):
                while "synced" not in text:
                    text += (await process.stdout.receive()).decode()
            await daemon.aclose()
            async with serving(tmp_path) as served:
                served.sessions.put("after")
                with anyio.fail_after(PATIENCE):
                    while text.count("synced") < 2:
                        text += (await process.stdout.receive()).decode()
                process.terminate()
    items = [next(key for key in json.loads(line) if key != "token") for line in text.splitlines()]
    assert items == ["snapshot", "synced", "reset", "snapshot", "synced"]


async def test_top_goes_on_after_a_restart(tmp_path: Path) -> None:
    """The table stays with a note while no daemon answers, and is live again with the next one, until Ctrl-C."""
    async with AsyncExitStack() as daemon:
        served = await daemon.enter_async_context(serving(tmp_path))
        served.sessions.put("before")
        with terminal_of(served, "top", "--interval", "0.2") as terminal:
            await terminal.until("before")
            await daemon.aclose()
            await terminal.until("Trying again")
            async with serving(tmp_path) as served:
                served.sessions.put("after")
                await terminal.until("after ")
                assert await terminal.interrupt() == ExitCode.INTERRUPTED
    assert "Traceback" not in terminal.shown
