"""The daemon that is fuzzed: real, with the real engine, and with two tenants of whom one attacks."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import anyio
import grpc.aio

from tests.fuzz.callers import Sender
from tests.fuzz.garbage import Known
from tests.house import PATIENCE, Emulated, House, free_port, state_name
from wad.daemon.config.keys import KEYS, SECTIONS
from wad.v1 import access_pb2, access_pb2_grpc, admin_pb2, device_pb2, event_pb2, session_pb2

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from tests.house import Daemon

MINE: Final = ("mine-1", "mine-2", "mine-3")
"""Sessions that the attacking tenant may reach; the first is linked."""

THEIRS: Final = "theirs-1"
"""The other tenant's session, linked. Nothing that is sent here may cost it its credentials."""

THEIR_PHONE: Final = "491700000077"
MY_PHONE: Final = "491700000001"
THEIR_DEVICE: Final = f"{THEIR_PHONE}_till"


_GRPC_LINE: Final = re.compile(rb"[EWI]\d{4} [\d:.]+ +\d+ [a-z0-9_]+\.cc:\d+\] [ -~]{1,200}$")
"""What gRPC's core writes by itself."""


@dataclass(repr=False)
class Target:
    """The daemon under fire.

    Attributes:
        daemon: The daemon.
        known: What the attacker has found out.
        admin: The daemon's own user, over the unix socket.
        tenant: An operator whose token reaches only its own sessions.
        nobody: One who shows nothing, over TCP.
        tcp: The daemon's TCP address.
        jid: Whose the other tenant's session is.
        probe: One who asks for it all the time.
    """

    daemon: Daemon
    known: Known
    admin: Sender
    tenant: Sender
    nobody: Sender
    tcp: tuple[str, int]
    jid: str
    probe: subprocess.Popen[str]

    @property
    def senders(self) -> tuple[Sender, Sender, Sender]:
        """All who call."""
        return self.admin, self.tenant, self.nobody

    @property
    def socket(self) -> Path:
        """The unix socket."""
        return self.daemon.house.run / "wad.sock"

    @classmethod
    @asynccontextmanager
    async def set_up(cls, directory: Path) -> AsyncGenerator[Target]:
        """Run a daemon in *directory*, with its emulator and its tenants, and see at the end that all is well."""
        async with Emulated.running(directory) as emulated, House.of(emulated, directory) as house:
            port = free_port()
            house.settings["grpc"] = {"tcp": f"127.0.0.1:{port}"}
            house.settings["sessions"] = {"max_sessions": 9}
            async with house.daemon() as daemon, grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
                jid = await _settle(daemon)
                target = await cls._of(daemon, channel, ("127.0.0.1", port), jid)
                try:
                    yield target
                    await target.check()
                finally:
                    target.probe.kill()
                    target.probe.communicate()

    @classmethod
    async def _of(cls, daemon: Daemon, channel: grpc.aio.Channel, tcp: tuple[str, int], jid: str) -> Target:
        house, secret = daemon.house, await _token(daemon)
        places = tuple(str(place).encode() for place in (house.root, house.run))
        foreign = (THEIRS.encode(), THEIR_PHONE.encode())
        shows = (("authorization", f"Bearer {secret}"),)
        socket = f"unix:{house.run}/wad.sock"
        probe = subprocess.Popen(  # noqa: ASYNC220 - it runs beside the tests, whose loop need not wait for it
            [sys.executable, "-m", "tests.fuzz.probe", socket, THEIRS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        await anyio.sleep(1.5)  # what it measures now is what the daemon needs when nobody disturbs it
        _next_phase(probe)
        return cls(
            daemon,
            await _learn(daemon),
            Sender("admin", daemon.channel, places=places),
            Sender("tenant", channel, shows, foreign, places),
            Sender("nobody", channel, (), foreign, places),
            tcp,
            jid,
            probe,
        )

    async def check(self) -> None:
        """See that the daemon lives and serves, that the log shows no defect, and that nobody lost anything."""
        process, house = self.daemon.process, self.daemon.house
        assert process.returncode is None, house.log.read_text()[-5000:]
        self._check_probe()
        self._check_files()
        self._check_log()
        await self.restore()

    async def restore(self) -> None:
        """Undo what was done: forget the configuration's changes, remove what was made, connect what was linked.

        That the other tenant's session is connected again, as the same user and without a QR, is also what proves that
        it has its credentials.
        """
        reset = admin_pb2.UpdateConfigRequest()
        reset.update_mask.paths.extend(self.known.live)
        await self.daemon.admin.UpdateConfig(reset, timeout=PATIENCE)
        for session in await self.daemon.list():
            if session.session_id not in {MINE[0], THEIRS}:
                await self.daemon.remove(session.session_id, session_pb2.REMOVAL_REASON_MANUAL)
        request = session_pb2.CreateSessionRequest(session_id=THEIRS, wait=session_pb2.CREATE_WAIT_CONNECTED)
        found = (await self.daemon.sessions.CreateSession(request, timeout=PATIENCE)).session
        assert (found.session_id, found.user.jid, state_name(found)) == (THEIRS, self.jid, "connected")
        await self.daemon.link(MINE[0], MY_PHONE)

    def _check_probe(self) -> None:
        output, _ = self.probe.communicate(timeout=PATIENCE)
        told = json.loads(output)
        assert told["failures"] == []
        quiet, busy = told["phases"]
        assert busy["answered"] > 0
        if quiet["answered"]:
            ratio = {name: round(busy[name] / quiet[name], 1) for name in busy if name != "answered"}
            print(f"\nwho asked meanwhile: quiet {quiet}, under fire {busy}, ratio {ratio}")  # noqa: T201 - a measure

    def _check_files(self) -> None:
        house = self.daemon.house
        outside = [
            path
            for name in ("creds.db", "passwd", "*evil*")
            for path in house.root.rglob(name)
            if house.sessions not in path.parents and "emulator" not in path.parts
        ]
        assert outside == []
        assert (house.sessions / THEIRS / "creds.db").exists()

    def _check_log(self) -> None:
        lines = self.daemon.house.log.read_bytes().split(b"\n")[:-1]
        signs = (b"rpc.defect", b"Traceback", b"never retrieved")
        defects = [line for line in lines if any(sign in line for sign in signs)]
        assert not defects, defects[0].decode()
        for line in lines:
            assert _GRPC_LINE.match(line) or isinstance(json.loads(line), dict), line
            assert not any(byte < 32 for byte in line), line


async def _settle(daemon: Daemon) -> str:
    """Let both tenants link their phones; return the jid of the one that is attacked."""
    await daemon.link(MINE[0], MY_PHONE)
    steps = await daemon.link(THEIRS, THEIR_PHONE)
    for name in ("till", "desk"):
        request = device_pb2.CreateDeviceRequest(
            phone_number=THEIR_PHONE, device_id=name, wait=session_pb2.CREATE_WAIT_NONE
        )
        await daemon.devices.CreateDevice(request, timeout=PATIENCE)
    return steps[-1].user.jid


async def _token(daemon: Daemon) -> str:
    stub: Any = access_pb2_grpc.AccessServiceStub(daemon.channel)
    secret = ""
    for name in ("neighbour", "attacker"):
        request = access_pb2.CreateTokenRequest(
            name=name, role=access_pb2.ROLE_OPERATOR, session_patterns=["mine-*", f"{MY_PHONE}_*"]
        )
        secret = (await stub.CreateToken(request, timeout=PATIENCE)).secret
    return secret


async def _learn(daemon: Daemon) -> Known:
    """Return what an attacker may know, and more: tokens of lists and watches of the administrator's."""
    access: Any = access_pb2_grpc.AccessServiceStub(daemon.channel)
    sessions = await daemon.sessions.ListSessions(session_pb2.ListSessionsRequest(page_size=1))
    devices = await daemon.devices.ListDevices(device_pb2.ListDevicesRequest(page_size=1))
    given = await access.ListTokens(access_pb2.ListTokensRequest(page_size=1))
    records = await daemon.admin.ListAuditRecords(admin_pb2.ListAuditRecordsRequest(page_size=1))
    pages = [found.next_page_token for found in (sessions, devices, given, records)]
    watch = daemon.events.WatchEvents(event_pb2.WatchEventsRequest(from_now=event_pb2.FromNow()))
    first: Any = await watch.read()
    pages.append(first.token)
    watch.cancel()
    assert all(pages)
    ids = [*MINE, THEIRS, THEIR_DEVICE, f"{MY_PHONE}_app"]
    phones = [MY_PHONE, THEIR_PHONE, f"+{MY_PHONE}", "0123", "4915112345678901"]
    texts = {
        "session_id": ids,
        "session_ids": ids,
        "device_session_id": ids,
        "target": ids,
        "phone_number": phones,
        "to": [*phones, f"{MY_PHONE}@s.whatsapp.net", "1@g.us", "120363012345678901@g.us", "status@broadcast"],
        "device_id": ["app", "till", "..", "a/b"],
        "request_id": [
            *[""] * 9,
            "123e4567-e89b-12d3-a456-426614174000",
            "123e4567-e89b-12d3-a456-426614174001",
            "no-uuid",
        ],
        "session_patterns": ["*", "mine-*", "theirs-*", "[a-z]*", "*" * 64, "a*" * 32],
        "token_id": ["00000000", "zzzzzzzz"],
        "worker_id": ["w1", "w2", "w99", "w-1"],
        "paths": [*KEYS, *SECTIONS, "sessions.nothing", "daemon..state_dir", "../daemon.state_dir"],
        "public_keys": ["age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqs5nt8a4", "AGE-SECRET-KEY-1QQQQ"],
        "identities": ["AGE-SECRET-KEY-1QQQQ", "age1xyz"],
        "service": ["", "wad.v1.SessionService", "wad.v1.Nothing"],
        "name": ["till 7", "shop"],
        "text": ["hello", "مرحبا", "x" * 65_536, " "],
        "passphrase": ["correct horse"],
        "string_value": ["15m", "-1s", "0", "1e9", "99999999999d", "info", "DEBUG", "9" * 400 + "GiB", "true"],
    }
    config = await daemon.admin.GetConfig(admin_pb2.GetConfigRequest())
    return Known(texts, pages, [setting.key for setting in config.settings if setting.live])


def _next_phase(probe: subprocess.Popen[str]) -> None:
    assert probe.stdin is not None
    probe.stdin.write("\n")
    probe.stdin.flush()
