"""The demo: the main job end to end, against the emulator, through the contract that every client uses.

It starts an emulator and a daemon as two processes, links a session and another one to write to, sends a message,
removes the other one, restarts the daemon, removes the session, and fails loudly at the first thing that is not as it
should be.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import anyio
import grpc.aio
import httpx
from rich.console import Console

from wad.cli.qr import render_qr, takes_colours
from wad.emulator.client import EmulatorClient
from wad.emulator.errors import EmulatorError
from wad.v1 import (
    admin_pb2,
    admin_pb2_grpc,
    event_pb2,
    event_pb2_grpc,
    message_pb2,
    message_pb2_grpc,
    session_pb2,
    session_pb2_grpc,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

SESSION: Final = "demo"
PHONE: Final = "491700000001"
FRIEND: Final = "friend"
FRIENDS_PHONE: Final = "491700000002"
STEP_TIMEOUT: Final = 60.0
"""Seconds that one step may take before the demo gives up; a slow machine needs a tenth of it."""

METRICS: Final = (
    "wad_build_info",
    "wad_sessions{",
    "wad_sessions_limit",
    "wad_session_state_transitions_total{",
    "wad_messages_total{",
)
LINKING: Final = ("connecting", "qr_generated", "pairing_success", "syncing", "connected")

_console = Console(highlight=False)


class DemoError(Exception):
    """A step of the demo did not show what it must show."""


def run_demo(*, keep: bool = False) -> int:
    """Run the demo and return its exit code: 0 only if every step was seen.

    Args:
        keep: Keep the directory with the logs, and say where it is.
    """
    directory = Path(tempfile.mkdtemp(prefix="wad-demo-"))
    try:
        anyio.run(_demo, directory)
    except (DemoError, EmulatorError, grpc.aio.AioRpcError, httpx.HTTPError, TimeoutError) as error:
        what = error.details() if isinstance(error, grpc.aio.AioRpcError) else str(error) or "it took too long"
        _console.print(f"\n[bold red]The demo failed:[/] {what}")
        _console.print(f"The logs of both processes are in {directory}")
        return 1
    if keep:
        _console.print(f"The logs are in {directory}")
    else:
        _discard(directory)
    _console.print("\n[bold green]Every step was seen.[/]")
    return 0


def _discard(directory: Path) -> None:
    import shutil  # noqa: PLC0415 - the last thing the demo does

    shutil.rmtree(directory)


async def _demo(directory: Path) -> None:
    async with _running("emulator", ["emulator", "--dir", str(directory / "emulator")], directory):
        await _until((directory / "emulator" / "emulator.json").exists, "the emulator is ready")
        async with EmulatorClient.of(directory / "emulator") as emulator:
            config = _write_config(directory)
            async with _daemon(config, directory) as channel:
                jid = await _link(channel, emulator)
                friend = await _link_friend(channel, emulator)
                await _write(channel)
                await _show_metrics(directory)
                await _remove(channel, emulator, directory, FRIEND, friend)
            _say("stopped", "the daemon; its files stay")
            async with _daemon(config, directory) as channel:
                await _see_reconnection(channel, jid)
                await _remove(channel, emulator, directory, SESSION, jid)


# ── the two processes ────────────────────────────────────────────────────────────────────────────────────────────────


def _write_config(directory: Path) -> Path:
    announcement = EmulatorClient.of(directory / "emulator").announcement
    config = directory / "wad.toml"
    config.write_text(f"""\
[daemon]
state_dir = "{directory / "state"}"
runtime_dir = "{directory / "run"}"

[http]
port = {_free_port()}

[engine]
allow_custom_upstream = true
proxy_url = "{announcement.proxy_url}"
ca_file = "{announcement.ca_file}"
noise_root_key = "{announcement.noise_root_key}"
""")
    return config


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def _running(name: str, arguments: list[str], directory: Path) -> AsyncGenerator[anyio.abc.Process]:
    """Run a wad command as a process of its own; its end must be an orderly one."""
    _step(f"wad {' '.join(arguments)}")
    with (directory / f"{name}.log").open("ab") as log:
        process = await anyio.open_process(
            [sys.executable, "-m", "wad", *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        yield process
        if process.returncode is not None:
            raise DemoError(f"{name} ended by itself with exit code {process.returncode}.")
        process.send_signal(signal.SIGTERM)
        with anyio.fail_after(STEP_TIMEOUT):
            status = await process.wait()
        if status:
            raise DemoError(f"{name} was asked to stop and ended with exit code {status} instead of 0.")
    finally:
        with anyio.CancelScope(shield=True):
            if process.returncode is None:
                process.kill()
            await process.wait()


@asynccontextmanager
async def _daemon(config: Path, directory: Path) -> AsyncGenerator[grpc.aio.Channel]:
    path = directory / "run" / "wad.sock"
    async with _running("daemon", ["serve", "--config", str(config)], directory) as process:
        await _until(lambda: path.exists() or process.returncode is not None, "the daemon is ready")
        if process.returncode is not None:
            raise DemoError(f"the daemon ended with exit code {process.returncode}.")
        async with grpc.aio.insecure_channel(f"unix:{path}") as channel:
            admin = admin_pb2_grpc.AdminServiceStub(channel)
            health = await admin.GetHealth(admin_pb2.GetHealthRequest(), wait_for_ready=True, timeout=STEP_TIMEOUT)
            _say("health", admin_pb2.HealthStatus.Name(health.status).removeprefix("HEALTH_STATUS_").lower())
            yield channel


# ── the steps ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _link(channel: grpc.aio.Channel, emulator: EmulatorClient) -> str:
    """Link the session; the emulated phone scans exactly the text that the terminal shows."""
    _step(f"LinkSession {SESSION!r}")
    sessions = session_pb2_grpc.SessionServiceStub(channel)
    seen: list[str] = []
    scanned = ""
    user = session_pb2.User()
    request = session_pb2.LinkSessionRequest(session_id=SESSION)
    async for response in sessions.LinkSession(request, timeout=STEP_TIMEOUT):
        state = _state(response.session)
        if not seen or seen[-1] != state:
            seen.append(state)
            _say("state", state)
        if response.WhichOneof("step") == "qr_issued" and not scanned:
            code = response.qr_issued.qr.code
            _console.out(render_qr(code, coloured=takes_colours(sys.stdout, os.environ)), highlight=False)
            scanned = await emulator.scan(code, PHONE, push_name="Ada Lovelace")
            _say("scanned", f"by the emulated phone +{PHONE}")
        if response.WhichOneof("step") == "connected":
            user = response.session.user
    _expect(tuple(seen) == LINKING, f"the states {' → '.join(LINKING)} one after another", " → ".join(seen))
    _expect(user.jid == scanned, f"the session logged in as {scanned}", user.jid)
    for name, value in (("user", user.jid), ("lid", user.lid), ("phone's platform", user.platform)):
        _say(name, value)
    return user.jid


async def _link_friend(channel: grpc.aio.Channel, emulator: EmulatorClient) -> str:
    """Link the session that the first one writes to, without showing its QR."""
    _step(f"LinkSession {FRIEND!r}")
    sessions = session_pb2_grpc.SessionServiceStub(channel)
    jid = ""
    async for response in sessions.LinkSession(session_pb2.LinkSessionRequest(session_id=FRIEND), timeout=STEP_TIMEOUT):
        if response.WhichOneof("step") == "qr_issued" and not jid:
            jid = await emulator.scan(response.qr_issued.qr.code, FRIENDS_PHONE)
    _say("user", jid)
    return jid


async def _write(channel: grpc.aio.Channel) -> None:
    """Send a text, and see that both sessions count it."""
    _step(f"SendMessage {SESSION!r} to +{FRIENDS_PHONE}")
    messages = message_pb2_grpc.MessageServiceStub(channel)
    request = message_pb2.SendMessageRequest(session_id=SESSION, to=FRIENDS_PHONE, text="Hello from the demo.")
    sent = await messages.SendMessage(request, timeout=STEP_TIMEOUT)
    _say("message", sent.message_id)
    sessions = session_pb2_grpc.SessionServiceStub(channel)
    with anyio.fail_after(STEP_TIMEOUT):
        for name, count in ((SESSION, "messages_sent"), (FRIEND, "messages_received")):
            request = session_pb2.GetSessionRequest(session_id=name)
            while not getattr((await sessions.GetSession(request)).session.counters, count):  # noqa: ASYNC110 - counting is no event
                await anyio.sleep(0.02)
            _say(name, f"{count} 1")


async def _show_metrics(directory: Path) -> None:
    url = f"http://127.0.0.1:{_http_port(directory)}/metrics"
    _step(f"GET {url}")
    async with httpx.AsyncClient(timeout=STEP_TIMEOUT) as client:
        response = await client.get(url)
    response.raise_for_status()
    lines = [line for line in response.text.splitlines() if line.startswith(METRICS) and not line.endswith(" 0.0")]
    for line in lines:
        _console.out(f"    {line}")
    _expect('wad_sessions{state="connected"} 2.0' in lines, "two connected sessions in the metrics", "another number")


def _http_port(directory: Path) -> int:
    import tomllib  # noqa: PLC0415 - needed once

    port: int = tomllib.loads((directory / "wad.toml").read_text())["http"]["port"]
    return port


async def _see_reconnection(channel: grpc.aio.Channel, jid: str) -> None:
    """Watch the session come back by itself: nobody creates it, and no QR is shown."""
    _step("WatchEvents after the restart")
    events = event_pb2_grpc.EventServiceStub(channel)
    request = event_pb2.WatchEventsRequest(session_ids=[SESSION])
    async for response in events.WatchEvents(request, timeout=STEP_TIMEOUT):
        item = response.WhichOneof("item")
        if item not in ("snapshot", "event"):
            continue
        session = response.snapshot if item == "snapshot" else response.event.session
        _say("state", _state(session))
        _expect(not session.HasField("qr"), "no QR", "a QR")
        if session.state == session_pb2.SESSION_STATE_CONNECTED:
            _expect(session.auto_reconnected, "auto_reconnected", "a session that was linked anew")
            _expect(session.user.jid == jid, f"the same device {jid}", session.user.jid)
            _say("auto_reconnected", "true, as the same device and without a QR")
            return
    raise DemoError("the watch ended before the session was connected again.")


async def _remove(
    channel: grpc.aio.Channel, emulator: EmulatorClient, directory: Path, session_id: str, jid: str
) -> None:
    _step(f"RemoveSession {session_id!r}, reason logout")
    home = directory / "state" / "sessions" / session_id
    _expect((home / "creds.db").exists(), f"the credentials in {home}", "no file")
    sessions = session_pb2_grpc.SessionServiceStub(channel)
    request = session_pb2.RemoveSessionRequest(session_id=session_id, reason=session_pb2.REMOVAL_REASON_LOGOUT)
    await sessions.RemoveSession(request, timeout=STEP_TIMEOUT)
    _expect(not home.exists(), f"{home} is gone", "it is still there")
    _say("directory", "gone")
    await emulator.wait_unlinked(jid, within=STEP_TIMEOUT)
    _say("emulator", f"{jid} is linked no more")


# ── telling ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _state(session: session_pb2.Session) -> str:
    return session_pb2.SessionState.Name(session.state).removeprefix("SESSION_STATE_").lower()


def _step(text: str) -> None:
    _console.print(f"\n[bold]▶ {text}[/]")


def _say(what: str, value: str) -> None:
    _console.print(f"  [cyan]{what:<16}[/] {value}")


def _expect(holds: bool, wanted: str, found: str) -> None:  # noqa: FBT001 - the condition is the point
    if not holds:
        raise DemoError(f"expected {wanted}, but found: {found or 'nothing'}.")


async def _until(holds: Callable[[], bool], what: str) -> None:
    try:
        with anyio.fail_after(STEP_TIMEOUT):
            while not holds():  # noqa: ASYNC110 - another process's doing, which tells nobody
                await anyio.sleep(0.02)
    except TimeoutError:
        raise DemoError(f"waited {STEP_TIMEOUT:.0f} s in vain until {what}.") from None
