"""Stop, reconnect, touch, inspect, sweeps and counts, over the contract and on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import grpc
import grpc.aio
import pytest
from structlog.testing import capture_logs

from tests.integration.rpc.rpc_fakes import USER, connected, error_info, serving
from tests.integration.rpc.test_wadctl import wadctl
from wad.cli.failures import ExitCode
from wad.domain.errors import CredentialsDamaged, CredentialsSound, SessionNotLinked
from wad.domain.states import SessionState
from wad.v1 import admin_pb2, admin_pb2_grpc, session_pb2, session_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from wad.domain.errors import WadError

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def silent_server() -> Generator[None]:
    """Keep the server's log out of the command's output: both run in this process."""
    with capture_logs():
        yield


@pytest.mark.parametrize("command", ["stop", "reconnect", "touch", "set-aside"])
async def test_session_commands_reach_the_daemon_and_show_the_session(tmp_path: Path, command: str) -> None:
    """Each command calls its one method with the session's id and shows what became of it."""
    async with serving(tmp_path) as served:
        served.sessions.put("shop")
        result = await wadctl(served, "session", command, "shop")
        missing = await wadctl(served, "session", command, "nowhere")
    assert result.exit_code == ExitCode.OK
    assert "shop" in result.stdout
    assert served.sessions.calls[0] == (command.replace("-", "_"), {"session_id": "shop"})
    assert missing.exit_code == ExitCode.NOT_FOUND


async def test_reconnect_says_whether_it_did_anything(tmp_path: Path) -> None:
    """A program can tell a new attempt from a session that was connected."""
    async with serving(tmp_path) as served:
        served.sessions.put("up")
        served.sessions.put("down", SessionState.DISCONNECTED)
        up = await wadctl(served, "session", "reconnect", "up", "-o", "json")
        down = await wadctl(served, "session", "reconnect", "down", "-o", "json")
    assert json.loads(up.stdout)["attempted"] is False
    assert json.loads(down.stdout)["attempted"] is True


async def test_a_session_that_is_not_linked_is_told_apart(tmp_path: Path) -> None:
    """The error's reason and metadata name what is missing and of which session."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.error = SessionNotLinked("shop")
        stub: Any = session_pb2_grpc.SessionServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.ReconnectSession(session_pb2.ReconnectSessionRequest(session_id="shop"))
    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    info = error_info(caught.value)
    assert (info.reason, dict(info.metadata)) == ("SESSION_NOT_LINKED", {"session_id": "shop"})


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (CredentialsSound("shop"), "remove the session"),
        (CredentialsDamaged("shop", "file is not a database"), "set them aside"),
    ],
    ids=lambda value: getattr(value, "reason", ""),
)
async def test_damaged_and_sound_credentials_say_the_way_on(tmp_path: Path, error: WadError, said: str) -> None:
    """Neither passes by waiting: the status says so, the reason is for programs, the text says what to do."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.error = error
        stub: Any = session_pb2_grpc.SessionServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.SetAsideCredentials(session_pb2.SetAsideCredentialsRequest(session_id="shop"))
        shown = await wadctl(served, "session", "set-aside", "shop")
    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    info = error_info(caught.value)
    assert (info.reason, dict(info.metadata)) == (error.reason, {"session_id": "shop"})
    assert said in shown.stderr


async def test_set_aside_explains_itself(tmp_path: Path) -> None:
    """The help says for what it is, what is refused, and gives an example."""
    async with serving(tmp_path) as served:
        shown = await wadctl(served, "session", "set-aside", "--help")
    for text in ("DAMAGED", "sound ones are refused", "Restore a backup instead", "set-aside shop && wadctl"):
        assert text in " ".join(shown.stdout.split())


async def test_an_inspection_shows_device_counts_files_and_user(tmp_path: Path) -> None:
    """The table has whose credentials these are, how many keys, which files, and who uses them."""
    async with serving(tmp_path) as served:
        served.sessions.put("shop")
        result = await wadctl(served, "session", "inspect", "shop")
        for_programs = await wadctl(served, "session", "inspect", "shop", "-o", "json")
    for text in (USER.jid, "812, 811 of them uploaded", "creds.db", "120 KiB", "process 4242", "20261122T2359"):
        assert text in result.stdout
    assert json.loads(for_programs.stdout)["counts"]["pre_keys"] == 812


@pytest.mark.parametrize("dry_run", [False, True])
async def test_a_sweep_shows_what_was_removed_and_why(tmp_path: Path, dry_run: bool) -> None:  # noqa: FBT001 - pytest passes it
    """Every session that the sweep dealt with has a line with its reason; a dry run says that it is one."""
    async with serving(tmp_path) as served:
        result = await wadctl(served, "cleanup", "run", *(["--dry-run"] if dry_run else []))
        swept = served.sessions.sweeper.swept
    assert result.exit_code == ExitCode.OK
    assert swept == [dry_run]
    for text in ("old", "idle", "lost", "stray", "3 entries of the trash", "240 KiB", "1.0 GiB"):
        assert text in result.stdout
    assert ("WOULD BE" in result.stdout) == dry_run


async def test_the_scheduler_is_stopped_and_started(tmp_path: Path) -> None:
    """Both commands answer with the scheduler as it is then."""
    async with serving(tmp_path) as served:
        stopped = await wadctl(served, "cleanup", "stop")
        was_running = served.sessions.sweeper.running
        started = await wadctl(served, "cleanup", "start", "-o", "json")
    assert "stopped" in stopped.stdout
    assert not was_running
    scheduler = json.loads(started.stdout)["cleanup"]
    assert (scheduler["running"], scheduler["interval"]) == (True, "300s")


async def test_stats_show_workers_timers_and_the_sweep(tmp_path: Path) -> None:
    """The daemon's counts are complete, for people and for programs."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.put("shop")
        result = await wadctl(served, "stats")
        stub: Any = admin_pb2_grpc.AdminServiceStub(channel)
        stats = await stub.GetStats(admin_pb2.GetStatsRequest())
    for text in ("1 of 50", "1 QR, 2 session", "4711", "64 MiB", "every 5m", "1 removed, 1 deactivated, 3 purged"):
        assert text in result.stdout
    assert [(worker.pid, worker.sessions) for worker in stats.workers] == [(4711, 1)]
    assert stats.watchers == 3
    assert stats.cleanup.last.trash_purged == 3


async def test_alerts_are_shown_with_value_threshold_and_time(tmp_path: Path) -> None:
    """A raised alert stands out, and what is switched off or cannot be measured says so."""
    async with serving(tmp_path) as served:
        table = await wadctl(served, "alerts")
        listed = await wadctl(served, "alerts", "-o", "json")
    assert table.exit_code == ExitCode.OK
    rows = {line.split()[0]: line.split()[1:] for line in table.stdout.splitlines() if line.startswith("Wad")}
    assert rows["WadSessionUtilizationHigh"][:4] == ["RAISED", "0.9", ">", "0.8"]
    assert rows["WadCertificateExpiring"][:4] == ["quiet", "-", "<", "14d"]
    assert rows["WadMemoryHigh"][0] == "off"
    found = json.loads(listed.stdout)
    assert [alert["name"] for alert in found["alerts"] if alert["active"]] == ["WadSessionUtilizationHigh"]
    assert found["alerts"] == sorted(found["alerts"], key=lambda alert: alert["name"])
    assert "threshold" not in found["alerts"][1]
    assert (found["look_time"], found["interval"]) == ("2027-01-15T08:01:00Z", "300s")
