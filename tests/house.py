"""A house to test in: the emulator and the daemon as real processes, driven through the contract alone."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import grpc.aio
import httpx
from google.rpc import error_details_pb2  # pyright: ignore[reportMissingTypeStubs] - its stubs lie beside it
from grpc_status import rpc_status

from tests.watch_validator import ValidatedWatch
from wad.emulator.client import EmulatorClient
from wad.v1 import (
    admin_pb2,
    admin_pb2_grpc,
    device_pb2,
    device_pb2_grpc,
    event_pb2,
    event_pb2_grpc,
    message_pb2,
    message_pb2_grpc,
    session_pb2,
    session_pb2_grpc,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping

    from anyio.abc import Process

PATIENCE = 60.0
"""Seconds after which a condition that has not come is a failure; nothing here needs a tenth of it."""


def state_name(session: session_pb2.Session) -> str:
    """Return the session's state as people write it."""
    return session_pb2.SessionState.Name(session.state).removeprefix("SESSION_STATE_").lower()


def error_info(error: grpc.aio.AioRpcError) -> error_details_pb2.ErrorInfo:
    """Return the machine-readable part of an error."""
    return detail(error, error_details_pb2.ErrorInfo)


def detail(error: grpc.aio.AioRpcError, kind: type[Any]) -> Any:
    """Return the error's detail of that kind."""
    status = rpc_status.from_call(error)  # pyright: ignore[reportArgumentType] - the stubs know only synchronous errors
    assert status is not None
    message = kind()
    assert any(found.Unpack(message) for found in status.details if found.Is(kind.DESCRIPTOR)), status
    return message


async def until(holds: Callable[[], Awaitable[bool]] | Callable[[], bool], what: str) -> None:
    """Wait for a condition that another process brings about."""
    with anyio.move_on_after(PATIENCE):
        while True:
            result = holds()
            if result if isinstance(result, bool) else await result:
                return
            await anyio.sleep(0.02)
    raise AssertionError(f"waited in vain until {what}")


_RUNNER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_FIRST_PORT = 10_000 + 2000 * (_RUNNER % 10)
_PORTS = itertools.cycle(random.sample(range(_FIRST_PORT, _FIRST_PORT + 2000), 2000))


def free_port() -> int:
    """Return a TCP port of loopback that is free, and stays so while the daemon that has it is changed for another.

    The kernel gives ports below 32768 to nobody who asks for any (ip_local_port_range), and the other processes that
    run tests have theirs elsewhere.
    """
    for port in _PORTS:
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("the ports never end")


async def spawn(arguments: list[str], log: Path, environment: Mapping[str, str] | None = None) -> Process:
    """Start a wad command as a process of its own."""
    with log.open("ab") as output:
        return await anyio.open_process(
            [sys.executable, "-m", "wad", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # Most systems do not have that variable; where it is set, an engine that was not told of it would find it.
            env={name: value for name, value in os.environ.items() if name != "SSL_CERT_FILE"}
            | dict(environment or {}),
        )


async def finish(process: Process, number: signal.Signals = signal.SIGTERM) -> int:
    """Send a signal and return the exit code."""
    process.send_signal(number)
    with anyio.fail_after(PATIENCE):
        return await process.wait()


async def _fail_with(process: Process, log: Path) -> None:
    """Say what a process has logged, when it ends."""
    code = await process.wait()
    raise AssertionError(f"exit code {code}: {await anyio.Path(log).read_text()}")


@dataclass
class Emulated:
    """A running emulator."""

    directory: Path
    client: EmulatorClient

    @classmethod
    @asynccontextmanager
    async def running(cls, tmp_path: Path, *options: str) -> AsyncGenerator[Emulated]:
        """Run an emulator, with options of its command line."""
        directory = tmp_path / "emulator"
        process = await spawn(["emulator", "--dir", str(directory), *options], tmp_path / "emulator.log")
        try:
            await until((directory / "emulator.json").exists, "the emulator is ready")
            async with EmulatorClient.of(directory) as client:
                yield cls(directory, client)
            assert await finish(process) == 0
        finally:
            await reap(process)


async def reap(process: Process) -> None:
    """End a process if it still runs."""
    with anyio.CancelScope(shield=True):
        if process.returncode is None:
            process.kill()
        await process.wait()


@dataclass
class House:
    """A daemon's directories and configuration; :meth:`daemon` runs it."""

    emulator: EmulatorClient
    root: Path
    run: Path
    settings: dict[str, dict[str, object]] = field(default_factory=dict[str, dict[str, object]])
    environment: dict[str, str] = field(default_factory=dict[str, str])

    @classmethod
    @asynccontextmanager
    async def of(cls, emulated: Emulated, tmp_path: Path) -> AsyncGenerator[House]:
        """Furnish a house beside an emulator."""
        run = Path(tempfile.mkdtemp(prefix="wad-"))  # a unix socket's path must be short
        announcement = emulated.client.announcement
        house = cls(emulated.client, tmp_path, run)
        house.settings = {
            "daemon": {"state_dir": str(tmp_path / "state"), "runtime_dir": str(run)},
            "http": {"port": free_port()},
            "engine": {
                "allow_custom_upstream": True,
                "proxy_url": announcement.proxy_url,
                "ca_file": announcement.ca_file,
                "noise_root_key": announcement.noise_root_key,
            },
        }
        try:
            yield house
        finally:
            shutil.rmtree(run)

    @property
    def sessions(self) -> Path:
        """Directory of the session directories."""
        return self.root / "state" / "sessions"

    @property
    def log(self) -> Path:
        """The daemon's log."""
        return self.root / "daemon.log"

    def write_config(self) -> Path:
        """Write the settings as a configuration file and return its path."""
        lines: list[str] = []
        for section, values in self.settings.items():
            lines.append(f"[{section}]")
            for key, value in values.items():
                text = str(value).lower() if isinstance(value, bool | int) else f'"{value}"'
                lines.append(f"{key} = {text}")
        path = self.root / "wad.toml"
        path.write_text("\n".join(lines) + "\n")
        return path

    async def start(self) -> Process:
        """Start the daemon's process, and wait for nothing."""
        return await spawn(["serve", "--config", str(self.write_config())], self.log, self.environment)

    @asynccontextmanager
    async def daemon(self) -> AsyncGenerator[Daemon]:
        """Run the daemon, ready to be called; it must end in order."""
        process = await self.start()
        try:
            async with Daemon.of(process, self) as daemon:
                yield daemon
            if process.returncode is None:
                assert await finish(process) == 0, self.log.read_text()
        finally:
            await reap(process)


@asynccontextmanager
async def two_houses(tmp_path: Path) -> AsyncGenerator[tuple[House, House]]:
    """Furnish two houses beside one emulator: one for who sends, one for who receives."""
    async with Emulated.running(tmp_path) as emulated:
        places = [tmp_path / name for name in ("sender", "receiver")]
        for place in places:
            place.mkdir()
        async with House.of(emulated, places[0]) as sender, House.of(emulated, places[1]) as receiver:
            yield sender, receiver


@dataclass
class Daemon:
    """A running daemon, seen through its contract."""

    process: Process
    house: House
    channel: grpc.aio.Channel
    sessions: session_pb2_grpc.SessionServiceAsyncStub
    devices: device_pb2_grpc.DeviceServiceAsyncStub
    messages: message_pb2_grpc.MessageServiceAsyncStub
    events: event_pb2_grpc.EventServiceAsyncStub
    admin: admin_pb2_grpc.AdminServiceAsyncStub

    @classmethod
    @asynccontextmanager
    async def of(cls, process: Process, house: House) -> AsyncGenerator[Daemon]:
        """Wait until the daemon answers, and connect to it."""
        path = house.run / "wad.sock"
        await until(lambda: path.exists() or process.returncode is not None, "the daemon is ready")
        assert process.returncode is None, house.log.read_text()
        # Not the connection of another channel to this path: that may be to a daemon that has just been killed.
        options = (("grpc.use_local_subchannel_pool", 1),)
        async with grpc.aio.insecure_channel(f"unix:{path}", options=options) as channel:
            admin: Any = admin_pb2_grpc.AdminServiceStub(channel)
            sessions: Any = session_pb2_grpc.SessionServiceStub(channel)
            devices: Any = device_pb2_grpc.DeviceServiceStub(channel)
            messages: Any = message_pb2_grpc.MessageServiceStub(channel)
            events: Any = event_pb2_grpc.EventServiceStub(channel)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_fail_with, process, house.log)
                await admin.GetHealth(admin_pb2.GetHealthRequest(), wait_for_ready=True, timeout=PATIENCE)
                tasks.cancel_scope.cancel()
            yield cls(process, house, channel, sessions, devices, messages, events, admin)

    async def link(self, session_id: str, phone: str, **scan: str) -> list[session_pb2.Session]:
        """Link a session, letting the emulated phone scan its QR; return every different state that was streamed."""
        seen: list[session_pb2.Session] = []
        scanned = False
        request = session_pb2.LinkSessionRequest(session_id=session_id)
        async for response in self.sessions.LinkSession(request, timeout=PATIENCE):
            if not seen or seen[-1].state != response.session.state:
                seen.append(response.session)
            seen[-1] = response.session
            if response.HasField("qr_issued") and not scanned:
                scanned = True
                await self.house.emulator.scan(response.qr_issued.qr.code, phone, **scan)
        return seen

    async def link_device(
        self, request: device_pb2.LinkDeviceRequest, scanned_by: str = ""
    ) -> list[device_pb2.LinkDeviceResponse]:
        """Link a device, letting its own phone or another one scan its QR; return every step that was streamed."""
        steps: list[device_pb2.LinkDeviceResponse] = []
        scanned = False
        async for step in self.devices.LinkDevice(request, timeout=PATIENCE):
            steps.append(step)
            if step.HasField("qr_issued") and not scanned:
                scanned = True
                await self.house.emulator.scan(step.qr_issued.qr.code, scanned_by or request.phone_number)
        return steps

    async def get(self, session_id: str) -> session_pb2.Session:
        """Return the session."""
        request = session_pb2.GetSessionRequest(session_id=session_id)
        return (await self.sessions.GetSession(request, timeout=PATIENCE)).session

    async def send(self, session_id: str, to: str, text: str) -> str:
        """Send a text and return the message's id."""
        request = message_pb2.SendMessageRequest(session_id=session_id, to=to, text=text)
        return (await self.messages.SendMessage(request, timeout=PATIENCE)).message_id

    async def list(self) -> list[session_pb2.Session]:
        """Return the live sessions."""
        return list((await self.sessions.ListSessions(session_pb2.ListSessionsRequest(), timeout=PATIENCE)).sessions)

    async def remove(self, session_id: str, reason: session_pb2.RemovalReason.ValueType) -> session_pb2.Session:
        """Remove the session."""
        request = session_pb2.RemoveSessionRequest(session_id=session_id, reason=reason)
        return (await self.sessions.RemoveSession(request, timeout=PATIENCE)).session

    async def watch_until(
        self,
        session_id: str,
        holds: Callable[[session_pb2.Session], bool],
        what: str,
        *,
        after: Callable[[], Awaitable[object]] | None = None,
    ) -> list[session_pb2.Session]:
        """Watch one session until it looks as wanted; return it as it looked at each step.

        Args:
            session_id: The session.
            holds: Says whether it looks as wanted.
            what: The same in words.
            after: Done once the watch is live; only what follows counts.
        """
        seen: list[session_pb2.Session] = []
        request = event_pb2.WatchEventsRequest(session_ids=[session_id])
        call = ValidatedWatch(self.events, request, timeout=PATIENCE)
        try:
            async for response in call:
                item = response.WhichOneof("item")
                if item == "synced" and after is not None:
                    await after()
                    seen.clear()
                if item in ("snapshot", "event"):
                    seen.append(response.snapshot if item == "snapshot" else response.event.session)
                    if (after is None or item == "event") and holds(seen[-1]):
                        return seen
        except grpc.aio.AioRpcError as error:
            states = " → ".join(state_name(session) for session in seen)
            raise AssertionError(f"waited in vain until {what}; seen: {states}") from error
        finally:
            call.cancel()
        raise AssertionError(f"the watch ended before {what}")

    async def until_state(
        self, session_id: str, name: str, *, after: Callable[[], Awaitable[object]] | None = None
    ) -> list[session_pb2.Session]:
        """Watch one session until it is in that state."""
        what = f"{session_id} is {name}"
        return await self.watch_until(session_id, lambda s: state_name(s) == name, what, after=after)

    async def http(self, path: str) -> httpx.Response:
        """GET a path of the daemon's HTTP side."""
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            return await client.get(f"http://127.0.0.1:{self.house.settings['http']['port']}{path}")
