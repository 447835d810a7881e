"""``wadctl`` against a server on real sockets."""

from __future__ import annotations

import json
import signal
import sys
import time
from dataclasses import replace
from subprocess import PIPE
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from tests.integration.rpc.rpc_fakes import USER, fresh_code, fresh_qr, serving
from wad.cli.failures import ExitCode
from wad.cli.qr import render_qr
from wad.cli.wadctl import app
from wad.domain.errors import SessionLimitReached
from wad.domain.records import EventKind, SessionEvent, SessionView
from wad.domain.states import RemovalReason, SessionState

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


def drawn(text: str) -> str:
    """Return the QR as it is shown where there is no terminal."""
    return render_qr(text, coloured=False)


def link_script(base: SessionView, end: EventKind) -> list[SessionEvent]:
    """Return the steps of a link that shows two QRs and then ends."""
    shown = replace(base, record=replace(base.record, state=SessionState.QR_GENERATED), qr=fresh_qr("2@one"))
    rotated = replace(shown, qr=fresh_qr("2@two", 2))
    done = replace(base, record=replace(base.record, state=SessionState.CONNECTED, user=USER))
    if end is EventKind.REMOVED:
        done = replace(
            base, record=replace(base.record, state=SessionState.QR_EXPIRED, removal=RemovalReason.QR_EXPIRED)
        )
    now = time.time()
    return [
        SessionEvent(EventKind.STATE_CHANGED, now, base),
        SessionEvent(EventKind.QR_ISSUED, now, shown),
        SessionEvent(EventKind.QR_ISSUED, now, rotated),
        SessionEvent(EventKind.STATE_CHANGED, now, done, SessionState.SYNCING),
        SessionEvent(end, now, done),
    ]


async def test_link_shows_every_qr_and_ends_well(tmp_path: Path) -> None:
    """A link shows each QR as one that scans, writes the last one as a picture, and exits 0 once connected."""
    async with serving(tmp_path) as served:
        served.sessions.script = link_script(
            served.sessions.put("shop", SessionState.CONNECTING), EventKind.AUTH_SUCCESS
        )
        result = await wadctl(served, "session", "link", "shop", "--image", str(tmp_path / "qr.png"))
    assert result.exit_code == ExitCode.OK
    assert drawn("2@one") in result.stdout
    assert drawn("2@two") in result.stdout
    assert "Connected as +491701234567 Ada." in result.stdout
    assert (tmp_path / "qr.png").exists()


async def test_link_by_phone_number_shows_the_code_with_the_qr(tmp_path: Path) -> None:
    """With a phone number a link hands it to the daemon and shows the pairing code, and what to do with it."""
    async with serving(tmp_path) as served:
        script = link_script(served.sessions.put("shop", SessionState.CONNECTING), EventKind.AUTH_SUCCESS)
        coded = replace(script[2].view, pairing_code=fresh_code())
        script.insert(3, SessionEvent(EventKind.PAIRING_CODE_ISSUED, time.time(), coded))
        served.sessions.script = script
        result = await wadctl(served, "session", "link", "shop", "--phone", "+4915112345678")
        _, arguments = served.sessions.calls[0]
    assert result.exit_code == ExitCode.OK
    assert arguments["phone_number"] == "+4915112345678"
    assert "Pairing code: ABCD-1234" in result.stdout
    assert "the phone +4915112345678: Linked devices" in result.stdout
    assert result.stdout.count(drawn("2@two")) == 2


async def test_pair_code_shows_the_code(tmp_path: Path) -> None:
    """The command hands id and phone to the daemon and shows the code; for programs it is in the session."""
    async with serving(tmp_path) as served:
        served.sessions.put("shop", SessionState.QR_GENERATED)
        result = await wadctl(served, "session", "pair-code", "shop", "+4915112345678")
        answer = await wadctl(served, "session", "pair-code", "shop", "4915112345678", "-o", "json")
        _, arguments = served.sessions.calls[0]
    assert result.exit_code == ExitCode.OK
    assert arguments == {"session_id": "shop", "phone_number": "+4915112345678"}
    assert "Pairing code: ABCD-1234" in result.stdout
    assert json.loads(answer.stdout)["session"]["pairing_code"]["code"] == "ABCD-1234"


async def test_link_that_fails_exits_with_failure(tmp_path: Path) -> None:
    """A link whose session is over before it was connected says why and exits 1."""
    async with serving(tmp_path) as served:
        served.sessions.script = link_script(served.sessions.put("shop", SessionState.CONNECTING), EventKind.REMOVED)
        result = await wadctl(served, "session", "link", "shop")
    assert result.exit_code == ExitCode.FAILED
    assert "Not linked: qr_expired." in result.stdout


async def test_link_for_programs_is_one_object_a_line(tmp_path: Path) -> None:
    """With JSON a link prints one object for each step, with the QR's text in it."""
    async with serving(tmp_path) as served:
        served.sessions.script = link_script(
            served.sessions.put("shop", SessionState.CONNECTING), EventKind.AUTH_SUCCESS
        )
        result = await wadctl(served, "session", "link", "shop", "-o", "json")
    steps = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == ExitCode.OK
    assert [step["session"]["qr"]["code"] for step in steps if "qr" in step["session"]] == ["2@one", "2@two"]
    assert "connected" in steps[-1]


@pytest.mark.parametrize("command", ["link", "create"])
async def test_picture_without_a_directory_is_refused_before_the_session_is_made(tmp_path: Path, command: str) -> None:
    """A picture file that cannot be written is wrong usage, told in a sentence before the daemon is asked."""
    async with serving(tmp_path) as served:
        result = await wadctl(served, "session", command, "shop", "--png", str(tmp_path / "none" / "qr.png"))
        assert served.sessions.calls == []
    assert result.exit_code == ExitCode.USAGE
    assert "There is no directory" in result.stderr


async def test_create_passes_on_limits_and_labels(tmp_path: Path) -> None:
    """A creation hands limits and labels to the daemon and shows the QR it got."""
    async with serving(tmp_path) as served:
        result = await wadctl(served, "session", "create", "shop", "--limit", "idle=0", "-l", "team=sales")
        _, arguments = served.sessions.calls[0]
    assert result.exit_code == ExitCode.OK
    assert drawn("2@secret") in result.stdout
    assert getattr(arguments["policy"], "idle", None) == 0
    assert arguments["labels"] == {"team": "sales"}


async def test_list_goes_through_every_page(tmp_path: Path) -> None:
    """A list holds all sessions, however many pages they take, and the filters hold."""
    async with serving(tmp_path) as served:
        for number in range(150):
            served.sessions.put(f"s{number:03}", labels={"parity": str(number % 2)})
        result = await wadctl(served, "session", "list", "-o", "json")
        odd = await wadctl(served, "session", "list", "--label", "parity=1", "-o", "json")
    assert len(json.loads(result.stdout)["sessions"]) == 150
    assert len(json.loads(odd.stdout)["sessions"]) == 75


async def test_tables_name_the_session_and_its_user(tmp_path: Path) -> None:
    """Tables for people show id, state and user; a name with an escape sequence in it cannot drive the terminal."""
    async with serving(tmp_path) as served:
        served.sessions.put("shop", user=replace(USER, push_name="Ada\x1b[2J[bold]"))
        listed = await wadctl(served, "session", "list")
        shown = await wadctl(served, "session", "get", "shop")
    for result in (listed, shown):
        assert result.exit_code == ExitCode.OK
        assert "shop" in result.stdout
        assert "+491701234567" in result.stdout
        assert "\x1b[2J" not in result.stdout
    assert "[bold]" in shown.stdout


async def test_missing_session_exits_three(tmp_path: Path) -> None:
    """A session that does not exist is told with its reason, and exits 3."""
    async with serving(tmp_path) as served:
        result = await wadctl(served, "session", "get", "shop")
        for_programs = await wadctl(served, "-o", "json", "session", "get", "shop")
    assert result.exit_code == for_programs.exit_code == ExitCode.NOT_FOUND
    assert "no session 'shop'" in result.stderr
    assert "SESSION_NOT_FOUND" in result.stderr
    assert json.loads(for_programs.stderr)["error"]["reason"] == "SESSION_NOT_FOUND"


async def test_refused_input_names_the_field(tmp_path: Path) -> None:
    """Input that the daemon refuses exits 2, with the field for programs."""
    async with serving(tmp_path) as served:
        result = await wadctl(served, "-o", "json", "session", "get", "../etc")
    assert result.exit_code == ExitCode.USAGE
    assert "session_id" in json.loads(result.stderr)["error"]["fields"]


async def test_full_daemon_says_when_to_try_again(tmp_path: Path) -> None:
    """At the limit the user reads what is full and when to try again, and the command exits 5."""
    async with serving(tmp_path) as served:
        served.sessions.error = SessionLimitReached(50)
        result = await wadctl(served, "session", "create", "shop")
    assert result.exit_code == ExitCode.TRY_LATER
    assert "limit reached (50)" in result.stderr
    assert "Try again in 30 s." in result.stderr


async def test_wait_that_is_over_says_that_the_session_lives_on(tmp_path: Path) -> None:
    """When the user's time is up, the command exits 5 and says that the daemon goes on."""
    async with serving(tmp_path) as served:
        result = await wadctl(served, "session", "create", "shop", "--wait", "connected", "--timeout", "0.2")
    assert result.exit_code == ExitCode.TRY_LATER
    assert "goes on in the daemon" in result.stderr


async def test_daemon_that_is_gone_exits_four(tmp_path: Path) -> None:
    """When nobody answers, the user reads where it was tried and how a daemon is started, and the command exits 4."""
    async with serving(tmp_path) as served:
        pass
    result = await wadctl(served, "health")
    assert result.exit_code == ExitCode.UNREACHABLE
    assert str(served.socket) in result.stderr
    assert "wad serve" in result.stderr


async def test_remove_demands_a_reason(tmp_path: Path) -> None:
    """A removal without a reason is wrong usage; with one it reaches the daemon."""
    async with serving(tmp_path) as served:
        served.sessions.put("shop")
        without = await wadctl(served, "session", "remove", "shop")
        asked = list(served.sessions.calls)
        result = await wadctl(served, "session", "remove", "shop", "--reason", "logout")
    assert without.exit_code == ExitCode.USAGE
    assert asked == []
    assert result.exit_code == ExitCode.OK
    assert served.sessions.calls[0][1]["reason"] is RemovalReason.LOGOUT


async def test_health_shows_the_check_that_fails(tmp_path: Path) -> None:
    """Health names status, sessions and each check, also over TCP."""
    async with serving(tmp_path) as served:
        result = await anyio.to_thread.run_sync(
            lambda: CliRunner().invoke(app, ["health"], env={"WAD_ADDRESS": served.tcp})
        )
    assert result.exit_code == ExitCode.OK
    for text in ("degraded", "0 of 50", "FAILED No worker runs."):
        assert text in result.stdout


@pytest.mark.parametrize("output", ["table", "json"])
async def test_watch_prints_what_happens_until_interrupted(tmp_path: Path, output: str) -> None:
    """A watch prints a line for each session and event as it happens, and Ctrl-C ends it with 130 and no traceback."""
    async with serving(tmp_path) as served:
        served.sessions.put("shop")
        command = [sys.executable, "-m", "wad.cli.wadctl", "--address", f"unix://{served.socket}", "session", "watch"]
        async with await anyio.open_process([*command, "-o", output], stdout=PIPE, stderr=PIPE) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            text = ""
            with anyio.fail_after(30):
                while text.count("\n") < 2:
                    text += (await process.stdout.receive()).decode()
                served.sessions.tell(served.sessions.put("shop", SessionState.RECONNECTING))
                while text.count("\n") < 3:
                    text += (await process.stdout.receive()).decode()
                process.send_signal(signal.SIGINT)
                complaints = b"".join([chunk async for chunk in process.stderr])
                code = await process.wait()
    snapshot, synced, event = text.splitlines()
    assert "shop" in snapshot
    assert "connected" in snapshot.lower()
    assert synced
    assert "reconnecting" in event.lower()
    assert (code, complaints) == (ExitCode.INTERRUPTED, b"")
