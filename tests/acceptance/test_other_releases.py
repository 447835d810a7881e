"""An upgrade of the daemon under its workers: which of another release are driven on, and which are ended."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
import grpc
import grpc.aio
import pytest

from tests.acceptance.test_workers import connections, listed, metric, places, replaced
from tests.house import PATIENCE, error_info, reap, state_name, until
from wad.engine.connection import WorkerConnection
from wad.engine.settings import CustomUpstream, EngineSettings
from wad.v1 import admin_pb2, session_pb2
from wad.wire import PROTOCOL_VERSION
from wad.wire.v1 import worker_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from anyio.abc import Process

    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

LAUNCHER = """
import sys
from wad.domain.errors import InvalidInput
from wad.worker import __main__, server

version = int(sys.argv.pop(1))
server.PROTOCOL_VERSION = version
today_hello, today_do = server.Server._hello, server._do_to

def hello(self):
    told = today_hello(self)
    for session in told.sessions:
        session.ClearField("latest")
    return told

async def do(sessions, request, response):
    if request.WhichOneof("action") in {"probe", "send_text"}:
        raise InvalidInput("action", "The request has no action that this worker knows.")
    await today_do(sessions, request, response)

if version < 2:
    server.Server._hello, server._do_to = hello, do
__main__.main()
"""
"""Runs a worker of another version of the protocol; version 1 had no latest facts, probes or sending."""


@dataclass
class Other:
    """A worker of another release, with connected sessions and without a daemon."""

    process: Process
    jids: dict[str, str]


async def linked(house: House, names: tuple[str, ...]) -> dict[str, tuple[str, int]]:
    """Link sessions with a daemon that then stops; return jid and generation of each."""
    async with house.daemon() as daemon:
        for number, name in enumerate(names):
            await daemon.link(name, f"49170000000{number}")
        return {session.session_id: (session.user.jid, session.generation) for session in await daemon.list()}


@asynccontextmanager
async def worker_of(version: int, house: House, *names: str) -> AsyncGenerator[Other]:
    """Run a worker that speaks that version and has these sessions connected, as its daemon would leave it."""
    sessions = await linked(house, names)
    server = house.emulator.announcement
    settings = EngineSettings(
        sessions_dir=house.sessions,
        runtime_dir=house.run,
        log_dir=house.root / "state" / "log",
        upstream=CustomUpstream(server.proxy_url, str(server.ca_file), server.noise_root_key),
    )
    socket = settings.socket_dir / "w1.sock"
    command = [sys.executable, "-c", LAUNCHER, str(version), "--socket", str(socket), "--worker-id", "w1"]
    process = await anyio.open_process(command, env=settings.environment(), stderr=None, start_new_session=True)
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        await process.stdin.send(settings.worker("w1").to_json().encode())
        await process.stdin.aclose()
        assert await process.stdout.receive() == b"ready\n"
        connection = await WorkerConnection.dial(socket, "w1")
        await connection.hello()
        await connection.attach(0)
        opened: set[str] = set()

        def take(event: pb.Event) -> None:
            if event.HasField("connection_opened"):
                opened.add(event.session_id)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(connection.read, take)
            for name, (_, generation) in sessions.items():
                start = pb.Start(session_id=name, generation=generation + 1)
                await connection.request(pb.Request(start=start), PATIENCE)
            await until(lambda: opened == set(names), "the sessions are connected")
            tasks.cancel_scope.cancel()
        await connection.aclose()
        yield Other(process, {name: jid for name, (jid, _) in sessions.items()})
    finally:
        await reap(process)
        await process.aclose()


async def states(daemon: Daemon) -> dict[str, str]:
    """Return the state of every session."""
    return {session.session_id: state_name(session) for session in await daemon.list()}


async def test_a_worker_of_the_version_before_is_driven_on(house: House) -> None:
    """Its sessions keep their connections; they can be stopped, started and unlinked there, and moved away."""
    async with worker_of(1, house, "kept", "gone") as other:
        before = await connections(house)
        async with house.daemon() as daemon:
            assert await states(daemon) == {"kept": "connected", "gone": "connected"}
            assert {session.session_id: session.user.jid for session in await daemon.list()} == other.jids
            assert await connections(house) == before
            [worker] = (await listed(daemon)).values()
            assert (worker.pid, worker.protocol_version) == (other.process.pid, 1)

            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await daemon.send("kept", "491700000001", "hello")
            assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
            info = error_info(caught.value)
            assert (info.reason, dict(info.metadata)) == ("WORKER_OUTDATED", {"worker_id": "w1"})

            await daemon.remove("gone", session_pb2.REMOVAL_REASON_LOGOUT)
            await house.emulator.wait_unlinked(other.jids["gone"])
            await daemon.sessions.StopSession(session_pb2.StopSessionRequest(session_id="kept"), timeout=PATIENCE)
            await house.emulator.wait_offline(other.jids["kept"])
            request = session_pb2.ReconnectSessionRequest(session_id="kept")
            await daemon.sessions.ReconnectSession(request, timeout=PATIENCE)
            await daemon.until_state("kept", "connected")

            steps = await replaced(daemon)
            assert [step.move.outcome for step in steps if step.HasField("move")] == [admin_pb2.MOVE_OUTCOME_MOVED]
            assert await other.process.wait() == 0
            [worker] = (await listed(daemon)).values()
            assert (list(worker.session_ids), worker.protocol_version) == (["kept"], PROTOCOL_VERSION)
            assert (await daemon.get("kept")).user.jid == other.jids["kept"]
            assert await daemon.send("kept", "491700000001", "hello")


@pytest.mark.parametrize("version", [0, PROTOCOL_VERSION + 1])
async def test_a_worker_of_any_other_version_ends_in_order(
    house: House, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its process closes the sessions and exits by itself; they connect anew, as the same devices, in a new worker."""
    monkeypatch.setattr("wad.engine.connection.OLDEST_PROTOCOL_VERSION", 0)  # only the daemon is to refuse it
    monkeypatch.setattr("wad.engine.connection.PROTOCOL_VERSION", version)
    async with worker_of(version, house, "one") as other:
        before = await connections(house)
        async with house.daemon() as daemon:
            assert await other.process.wait() == 0
            await daemon.until_state("one", "connected")
            assert (await daemon.get("one")).user.jid == other.jids["one"]
            assert await connections(house) == before + 1
            assert other.process.pid not in (await places(daemon)).values()
            assert await metric(daemon, 'wad_worker_adoptions_total{outcome="incompatible"}') == 1
