"""``wadctl top`` and ``wadctl events``: what is shown as it happens."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import termios
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import pytest
import yaml
from structlog.testing import capture_logs
from typer.testing import CliRunner

from tests.integration.rpc.rpc_fakes import USER, serving
from tests.terminal import COLUMNS, LINES, Terminal
from wad.cli.failures import ExitCode
from wad.cli.wadctl import app
from wad.domain.alerts import Alert, AlertState
from wad.domain.records import AlertEvent
from wad.domain.states import SessionState

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


async def wadctl(served: Served, *arguments: str, columns: int = COLUMNS) -> Result:
    """Run the command against the server, with a terminal's width and without a terminal."""
    command = ["--address", f"unix://{served.socket}", *arguments]
    return await anyio.to_thread.run_sync(
        lambda: CliRunner().invoke(app, command, env={"COLUMNS": str(columns), "LINES": str(LINES)})
    )


def terminal_of(served: Served, *arguments: str) -> Terminal:
    """Return a terminal with a command for the server in it."""
    return Terminal([sys.executable, "-m", "wad.cli.wadctl", "--address", f"unix://{served.socket}", *arguments])


async def test_top_is_live_and_leaves_the_terminal_clean(tmp_path: Path) -> None:
    """It shows a change as it happens, within the lines of the terminal; after Ctrl-C the terminal is as it was.

    An alert, which concerns no session, is none.
    """
    async with serving(tmp_path) as served:
        for number in range(40):
            served.sessions.put(f"session-{number:02}", user=USER)
        with terminal_of(served, "top", "--interval", "0.2") as terminal:
            await terminal.until("session-00")
            await terminal.until("more sessions")
            served.sessions.hub.publish(AlertEvent(1.0, AlertState(Alert.MEMORY_HIGH, active=True)))
            served.sessions.tell(served.sessions.put("session-00", SessionState.RECONNECTING))
            await terminal.until("reconnecting")
            code = await terminal.interrupt()
            after = termios.tcgetattr(terminal.inner)
    assert code == ExitCode.INTERRUPTED
    assert terminal.shown.count("\x1b[?1049h") == terminal.shown.count("\x1b[?1049l") == 1
    assert terminal.shown.rindex("\x1b[?25h") > terminal.shown.rindex("\x1b[?25l")
    assert after == terminal.before
    assert not set(re.findall("Traceback|unspecified", terminal.shown))
    frame = re.split(r"\x1b\[H", terminal.shown)[1]
    lines = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line) for line in frame.split("\n")]
    assert len(lines) <= LINES
    assert all(len(line.rstrip("\r")) <= COLUMNS for line in lines)


@pytest.mark.parametrize("columns", [80, 120])
async def test_top_shows_one_frame_where_there_is_no_terminal(tmp_path: Path, columns: int) -> None:
    """In a pipe it prints sessions and workers once, without an escape sequence or too long a line, and exits 0."""
    async with serving(tmp_path) as served:
        for number in range(40):
            served.sessions.put(f"session-{number:02}", user=USER)
        result = await wadctl(served, "top", columns=columns)
    assert result.exit_code == ExitCode.OK
    assert "\x1b" not in result.stdout
    assert all(f"session-{number:02}" in result.stdout for number in range(40))
    assert "4711" in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) <= columns


async def test_top_sorts_as_it_is_told(tmp_path: Path) -> None:
    """The sessions with the most messages come first when they are asked for so, and by their ids else."""
    async with serving(tmp_path) as served:
        for number, name in enumerate(("ant", "bee", "cat")):
            served.sessions.put(name, messages_sent=number)
        by_messages = await wadctl(served, "top", "--sort", "messages")
        by_id = await wadctl(served, "top")
    found = re.compile(r"^(ant|bee|cat)\b", re.MULTILINE)
    assert found.findall(by_messages.stdout) == ["cat", "bee", "ant"]
    assert found.findall(by_id.stdout) == ["ant", "bee", "cat"]


async def test_top_for_programs_is_one_document(tmp_path: Path) -> None:
    """As JSON or YAML it is one answer with health, counts and sessions."""
    async with serving(tmp_path) as served:
        served.sessions.put("shop")
        as_json = await wadctl(served, "top", "-o", "json")
        as_yaml = await wadctl(served, "top", "-o", "yaml")
    for answer in (json.loads(as_json.stdout), yaml.safe_load(as_yaml.stdout)):
        assert [session["session_id"] for session in answer["sessions"]] == ["shop"]
        assert answer["stats"]["workers"][0]["pid"] == 4711


async def test_top_without_a_daemon_says_so(tmp_path: Path) -> None:
    """When nobody answers it exits 4 and tells how a daemon is started."""
    async with serving(tmp_path) as served:
        pass
    result = await wadctl(served, "top")
    assert result.exit_code == ExitCode.UNREACHABLE
    assert "wad serve" in result.stderr


@pytest.mark.parametrize("output", ["json", "yaml"])
async def test_events_are_one_answer_each(tmp_path: Path, output: str) -> None:
    """Every event of every session comes as a line of JSON, or as a document of YAML."""
    async with serving(tmp_path) as served:
        served.sessions.put("shop")
        command = [
            sys.executable,
            "-m",
            "wad.cli.wadctl",
            "--address",
            f"unix://{served.socket}",
            "events",
            "-o",
            output,
        ]
        async with await anyio.open_process(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            text = ""
            with anyio.fail_after(30):
                while "synced" not in text:
                    text += (await process.stdout.receive()).decode()
                served.sessions.tell(served.sessions.put("shop", SessionState.RECONNECTING))
                while "SESSION_STATE_RECONNECTING" not in text:
                    text += (await process.stdout.receive()).decode()
                process.send_signal(signal.SIGINT)
                text += b"".join([chunk async for chunk in process.stdout]).decode()
                assert await process.wait() == ExitCode.INTERRUPTED
    answers = list(yaml.safe_load_all(text)) if output == "yaml" else [json.loads(line) for line in text.splitlines()]
    assert [next(key for key in answer if key != "token") for answer in answers] == ["snapshot", "synced", "event"]


@pytest.mark.parametrize("command", [("events",), ("session", "watch")], ids=" ".join)
async def test_alerts_are_lines_among_the_events(tmp_path: Path, command: tuple[str, ...]) -> None:
    """People see which alert it is, whether it was raised or resolved, and what was measured and compared."""
    raised = AlertState(Alert.MEMORY_HIGH, active=True, value=2 << 30, threshold=1000 << 20)
    off = AlertState(Alert.CERTIFICATE_EXPIRING, value=60)
    async with serving(tmp_path) as served:
        with terminal_of(served, *command, "--from-now") as terminal:
            await terminal.until("what happens")
            for state in (raised, replace(raised, active=False, value=1 << 20), off):
                served.sessions.hub.publish(AlertEvent(1.0, state))
            await terminal.until("certificate expires")
            assert await terminal.interrupt() == ExitCode.INTERRUPTED
    lines = [line[21:] for line in terminal.screen() if "Wad" in line]
    memory, measures = "WadMemoryHigh             alert", "bytes resident in the daemon and its workers"
    assert lines == [
        f"{memory} raised: 2.0 GiB (threshold > 1000 MiB), {measures}",
        f"{memory} resolved: 1.0 MiB (threshold > 1000 MiB), {measures}",
        "WadCertificateExpiring    alert resolved: 1m (switched off), seconds until the TLS certificate expires",
    ]
