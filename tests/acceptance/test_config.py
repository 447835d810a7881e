"""The configuration of a real daemon: shown, changed while it runs, read again, and checked before it starts."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
import grpc.aio
import pytest

from tests.house import PATIENCE, error_info, until
from wad.v1 import admin_pb2, session_pb2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio


async def command(house: House, module: str, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command line of the house to its end."""
    environment = {**os.environ, **house.environment, **environ}
    process = [sys.executable, "-m", module, *arguments]
    return await anyio.to_thread.run_sync(
        lambda: subprocess.run(process, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE)
    )


async def wadctl(house: House, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run wadctl against the house's daemon."""
    return await command(house, "wad.cli.wadctl", "--address", f"unix://{house.run}/wad.sock", *arguments)


def logged(house: House, event: str) -> list[dict[str, Any]]:
    """Return the lines of the daemon's log of that event."""
    lines = (json.loads(line) for line in house.log.read_text().splitlines() if line.startswith("{"))
    return [line for line in lines if line["event"] == event]


async def values(daemon: Daemon) -> Mapping[str, tuple[object, str]]:
    """Return the value and the origin of every key, as the daemon tells them."""
    response = await daemon.admin.GetConfig(admin_pb2.GetConfigRequest(), timeout=PATIENCE)
    return {
        one.key: (one.value.number_value or one.value.string_value or one.value.bool_value, one.origin)
        for one in response.settings
    }


async def reload(house: House, daemon: Daemon, event: str = "config.reloaded") -> dict[str, Any]:
    """Have the daemon read its file again, and return what it logs of it."""
    before = len(logged(house, event))
    daemon.process.send_signal(signal.SIGHUP)
    await until(lambda: len(logged(house, event)) > before, f"{event} is logged")
    return logged(house, event)[-1]


async def create(daemon: Daemon, session_id: str) -> session_pb2.Session:
    """Make a session that is not linked."""
    request = session_pb2.CreateSessionRequest(session_id=session_id, wait=session_pb2.CREATE_WAIT_NONE)
    return (await daemon.sessions.CreateSession(request, timeout=PATIENCE)).session


async def test_a_changed_file_is_read_at_sighup_and_takes_effect(house: House) -> None:
    """New limits hold for the next session, the linked one stays connected, and what needs a restart is named."""
    house.settings["sessions"] = {"idle": "15m"}
    async with house.daemon() as daemon:
        assert logged(house, "daemon.starting")[0]["config_file"].endswith(".toml")
        await daemon.link("shop", "491701234567")
        house.settings["sessions"] = {"idle": "20m", "max_sessions": 2, "restore_concurrency": 3}
        house.settings["daemon"]["log_level"] = "debug"
        house.write_config()
        line = await reload(house, daemon)
        assert line["changes"] == {
            "daemon.log_level": {"old": "info", "new": "debug"},
            "sessions.idle": {"old": 900.0, "new": 1200.0},
            "sessions.max_sessions": {"old": 50, "new": 2},
        }
        await until(lambda: bool(logged(house, "config.restart_required")), "what needs a restart is logged")
        assert logged(house, "config.restart_required")[-1]["keys"] == ["sessions.restore_concurrency"]
        second = await create(daemon, "second")
        assert second.policy.idle.ToSeconds() == 1200
        shop = await daemon.get("shop")
        assert (shop.state, shop.policy.idle.ToSeconds()) == (session_pb2.SESSION_STATE_CONNECTED, 900)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await create(daemon, "third")
        assert error_info(caught.value).reason == "SESSION_LIMIT_REACHED"
        assert (await values(daemon))["sessions.idle"][1].startswith(f"{house.root}/wad.toml:")


async def test_a_broken_file_at_sighup_changes_nothing(house: House) -> None:
    """The daemon goes on as it was, and its log names every problem with its line."""
    async with house.daemon() as daemon:
        before = await values(daemon)
        (house.root / "wad.toml").write_text('[sessions]\nidle = "soon"\nidel = 3\n[access]\ngrants = "everybody"\n')
        line = await reload(house, daemon, "config.unusable")
        assert len(line["problems"]) == 3
        assert all(f"{house.root}/wad.toml:" in problem for problem in line["problems"])
        assert await values(daemon) == before
        (house.root / "wad.toml").unlink()
        await reload(house, daemon, "config.unusable")
        assert await values(daemon) == before


async def test_wadctl_changes_a_running_daemon_until_it_reloads(house: House) -> None:
    """A value that was set holds at once, and ends with the next reload; one that needs a restart is refused."""
    async with house.daemon() as daemon:
        done = await wadctl(house, "config", "set", "sessions.idle=20m", "daemon.stop_timeout=10s")
        assert done.returncode == 0, done.stderr
        assert (await create(daemon, "shop")).policy.idle.ToSeconds() == 1200
        assert (await values(daemon))["sessions.idle"] == (1200, "UpdateConfig")
        refused = await wadctl(house, "config", "set", "sessions.idle=30m", "http.port=1")
        assert refused.returncode == 1
        assert "http.port takes effect only when the daemon starts" in refused.stderr
        assert (await values(daemon))["sessions.idle"] == (1200, "UpdateConfig")
        unset = await wadctl(house, "config", "unset", "daemon.stop_timeout", "-o", "json")
        assert json.loads(unset.stdout)["settings"][0]["value"] == 30
        line = await reload(house, daemon)
        assert line["changes"] == {"sessions.idle": {"old": 1200.0, "new": 900.0}}


async def test_the_service_manager_is_told_of_a_reload(house: House) -> None:
    """RELOADING=1 with the monotonic time comes first and READY=1 after it, as Type=notify-reload wants it."""
    path = house.run / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        manager.setblocking(False)
        house.environment["NOTIFY_SOCKET"] = str(path)
        told: list[str] = []

        def hear(wanted: str) -> bool:
            while True:
                try:
                    told.append(manager.recv(4096).decode())
                except BlockingIOError:
                    return any(one.startswith(wanted) for one in told)

        async with house.daemon() as daemon:
            await until(lambda: hear("READY=1"), "the daemon says that it is ready")
            told.clear()
            await reload(house, daemon)
            await until(lambda: hear("READY=1"), "the daemon says that it has reloaded")
            states = [one for one in told if not one.startswith("STATUS=")]
            reloading = states[0].splitlines()
            assert (reloading[0], states[1]) == ("RELOADING=1", "READY=1")
            assert reloading[1].removeprefix("MONOTONIC_USEC=").isdecimal()


async def test_a_configuration_is_checked_and_shown_without_a_daemon(house: House) -> None:
    """The check's exit code says whether a daemon would start; what is shown has origins and no secret."""
    house.settings["engine"]["proxy_url"] = "http://user:hunter2@127.0.0.1:1"
    path = str(house.write_config())
    good = await command(house, "wad", "config", "check", "--config", path)
    assert good.returncode == 0, good.stderr
    shown = await command(
        house, "wad", "config", "show", "--changed", "--config", path, "-o", "json", WAD_SESSIONS__IDLE="20m"
    )
    found = {one["key"]: one for one in json.loads(shown.stdout)["settings"]}
    assert found["engine.proxy_url"]["value"] == "(secret)"
    assert "hunter2" not in shown.stdout + good.stdout
    assert (found["sessions.idle"]["value"], found["sessions.idle"]["origin"]) == (
        1200,
        "environment variable WAD_SESSIONS__IDLE",
    )
    grants = '[{"user": "nobody-of-that-name", "role": "viewer"}]'
    doubtful = await command(house, "wad", "config", "check", "--config", path, WAD_ACCESS__GRANTS=grants)
    assert doubtful.returncode == 0
    assert doubtful.stderr.startswith("Warning: environment variable WAD_ACCESS__GRANTS: access.grants[0].user")
    house.settings["grpc"] = {"tcp": "0.0.0.0:7600", "tls_client_ca_file": "/absent"}
    house.settings["sessions"] = {"idel": 1}
    house.write_config()
    bad = await command(house, "wad", "config", "check", "--config", path)
    assert bad.returncode == os.EX_CONFIG
    assert "did you mean sessions.idle?" in bad.stderr
    assert "without TLS" in bad.stderr
    assert "grpc.tls_client_ca_file = '/absent': it cannot be read" in bad.stderr
    assert (await command(house, "wad", "config", "show", "sesions", "--config", path)).returncode == os.EX_CONFIG
