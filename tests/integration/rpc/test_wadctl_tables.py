"""Tables of ``wadctl`` as people read them: at 80 columns, in pipes, and with what is left out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import anyio.to_thread
import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from tests.integration.rpc.rpc_fakes import USER, fresh_qr, serving
from tests.integration.rpc.test_wadctl import link_script
from tests.integration.rpc.test_wadctl_live import terminal_of
from tests.terminal import COLUMNS
from wad.cli.failures import ExitCode
from wad.cli.wadctl import app
from wad.domain.devices import Device
from wad.domain.errors import CreateFailed
from wad.domain.ids import SessionId
from wad.domain.records import EventKind
from wad.domain.states import RemovalReason, SessionState

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from typer.testing import Result

    from tests.integration.rpc.rpc_fakes import Served

pytestmark = pytest.mark.anyio

LONG = "shop-in-the-north-of-berlin-" + "x" * 20


@pytest.fixture(autouse=True)
def silent_server() -> Generator[None]:
    """Keep the server's log out of the command's output: both run in this process."""
    with capture_logs():
        yield


async def wadctl(served: Served, *arguments: str, columns: int | None = None) -> Result:
    """Run the command against the server, in a pipe; with a number of columns as if for such a terminal."""
    command = ["--address", f"unix://{served.socket}", *arguments]
    environment = {"COLUMNS": None if columns is None else str(columns)}
    return await anyio.to_thread.run_sync(lambda: CliRunner().invoke(app, command, env=environment))


@pytest.mark.parametrize(
    "command",
    [
        ("session", "list"),
        ("session", "get", LONG),
        ("session", "inspect", LONG),
        ("workers", "list"),
        ("config", "get"),
        ("alerts",),
        ("audit",),
        ("debug",),
        ("stats",),
        ("health",),
        ("top",),
        ("cleanup", "run"),
    ],
    ids=" ".join,
)
async def test_lines_in_a_pipe_do_not_end_in_blanks(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Whoever compares or cuts the output of a pipe finds nothing behind the last text of a line."""
    async with serving(tmp_path) as served:
        served.sessions.put(LONG, user=USER)
        served.sessions.put("shop")
        await wadctl(served, "session", "touch", "shop")
        lines = (await wadctl(served, *command)).stdout.splitlines()
    assert lines
    assert [line for line in lines if line != line.rstrip()] == []


async def test_audit_shows_whole_outcomes_at_80_columns(tmp_path: Path) -> None:
    """At 80 columns a reason can be read to its end, for it is what the reader looks for."""
    async with serving(tmp_path) as served:
        await wadctl(served, "session", "touch", LONG)
        shown = await wadctl(served, "audit", columns=COLUMNS)
    assert "SESSION_NOT_FOUND" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= COLUMNS


async def test_debug_shows_whole_names_at_80_columns(tmp_path: Path) -> None:
    """At 80 columns the names of tasks and what a queue holds take another line rather than being cut off."""
    async with serving(tmp_path) as served:
        shown = await wadctl(served, "debug", "tasks", "queues", "calls", columns=COLUMNS)
    assert "…" not in shown.stdout
    assert "SessionRunner.run:180" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= COLUMNS


async def test_top_shows_all_its_figures_at_80_columns(tmp_path: Path) -> None:
    """At 80 columns nothing of the title is cut off, also with sessions in many states."""
    async with serving(tmp_path) as served:
        for state in SessionState:
            served.sessions.put(f"in-{state}".replace("_", "-"), state)
        shown = (await wadctl(served, "top", columns=COLUMNS)).stdout
    title = shown.partition("WORKER")[0]
    for text in ("memory 32 MiB", "session timers", "watcher", *SessionState):
        assert text in title
    assert max(map(len, title.splitlines())) <= COLUMNS


async def test_list_says_that_there_are_stopped_sessions(tmp_path: Path) -> None:
    """At a terminal the list of live sessions tells how many more there are and how to see them; a pipe gets rows."""
    async with serving(tmp_path) as served:
        for name in ("ant", "bee", "cat"):
            served.sessions.put(name)
        for name in ("ant", "bee"):
            await wadctl(served, "session", "stop", name)
        with terminal_of(served, "session", "list") as terminal:
            assert await terminal.ended() == ExitCode.OK
        with terminal_of(served, "session", "list", "--all") as everything:
            assert await everything.ended() == ExitCode.OK
        piped = (await wadctl(served, "session", "list")).stdout.splitlines()
    assert terminal.screen()[1:] == [terminal.screen()[1], "2 out of service: --all shows them."]
    assert terminal.screen()[1].startswith("cat ")
    assert len(everything.screen()) == 4
    assert [line.split()[0] for line in piped] == ["SESSION", "cat"]


async def test_list_of_devices_says_that_there_are_stopped_ones(tmp_path: Path) -> None:
    """The same holds for devices."""
    device = Device("491701234567", "till-1")
    async with serving(tmp_path) as served:
        view = served.sessions.put(device.session_id, device=device)
        served.sessions.views[device.session_id] = replace(
            view, record=replace(view.record, active=False, removal=RemovalReason.STOPPED)
        )
        with terminal_of(served, "device", "list") as terminal:
            assert await terminal.ended() == ExitCode.OK
    assert terminal.screen()[1:] == ["1 out of service: --all shows it."]


async def test_state_that_says_why_stands_alone(tmp_path: Path) -> None:
    """A reason is added to a state only where it says something else."""
    async with serving(tmp_path) as served:
        for name, state, reason in (
            ("ant", SessionState.QR_EXPIRED, RemovalReason.QR_EXPIRED),
            ("bee", SessionState.CONNECTED, RemovalReason.STOPPED),
        ):
            view = served.sessions.put(name, state)
            served.sessions.views[SessionId(name)] = replace(
                view, record=replace(view.record, active=False, removal=reason)
            )
        shown = (await wadctl(served, "session", "list", "--all")).stdout
    assert "qr_expired" in shown
    assert "(qr_expired)" not in shown
    assert "connected (stopped)" in shown


@pytest.mark.parametrize("cause", ["STORAGE_ERROR", "SESSION_BUSY", "ENGINE_UNAVAILABLE", "ENGINE_INCOMPATIBLE"])
async def test_failed_creation_sends_nobody_to_a_session_that_is_gone(tmp_path: Path, cause: str) -> None:
    """What was begun has been undone, so no advice leads to the session itself."""
    async with serving(tmp_path) as served:
        served.sessions.error = CreateFailed(cause, "the disk is full")
        result = await wadctl(served, "session", "create", "shop")
    assert cause in result.stderr
    assert "session get" not in result.stderr


async def test_link_in_a_small_terminal_can_be_left(tmp_path: Path) -> None:
    """At 80 by 24 the hint stands in place of the QR; Ctrl-C ends the command, and tells that the session goes on."""
    async with serving(tmp_path) as served:
        begun = served.sessions.put("shop", SessionState.CONNECTING)
        served.sessions.script = [
            replace(event, view=replace(event.view, qr=fresh_qr(event.view.qr.code * 40, event.view.qr.attempt)))
            for event in link_script(begun, EventKind.AUTH_SUCCESS)[:3]
            if event.view.qr is not None
        ]
        with terminal_of(served, "session", "link", "shop") as terminal:
            await terminal.until("Code 2")
            code = await terminal.interrupt()
    assert code == ExitCode.INTERRUPTED
    for text in ("The QR needs", "and this terminal has 80 and 24", "--phone NUMBER"):
        assert text in " ".join(terminal.shown.split())
    assert "The session lives on in the daemon" in terminal.shown
    assert "Traceback" not in terminal.shown
