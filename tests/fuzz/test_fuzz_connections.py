"""Connections without number and without end: what they took is given back, and others are served meanwhile."""

from __future__ import annotations

import socket
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Final

import anyio
import psutil
import pytest

from tests.fuzz import wire
from tests.fuzz.target import MINE
from tests.fuzz.wire import Kind, Wire, call_headers, envelope, frame
from tests.house import PATIENCE, until
from wad.v1 import admin_pb2, event_pb2, session_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from anyio.from_thread import BlockingPortal

    from tests.fuzz.target import Target

pytestmark = pytest.mark.timeout(600)

IN_SEQUENCE: Final = 10_000
HALF_OPEN: Final = 500
STREAMS: Final = 1000
MORE: Final = 16
"""Descriptors and threads that a daemon may have more at one time than at another: pools grow, files are open."""

WATCH: Final = "/wad.v1.EventService/WatchEvents"
RESTORE: Final = "/wad.v1.AdminService/RestoreSession"


@pytest.fixture(params=["unix", "tcp"])
def address(request: pytest.FixtureRequest, target: Target) -> Path | tuple[str, int]:
    """Return either of the daemon's addresses."""
    return target.socket if request.param == "unix" else target.tcp


@pytest.fixture
def returns(target: Target, portal: BlockingPortal) -> Iterator[psutil.Process]:
    """See that a test's connections cost the daemon no descriptors and no threads once they are over."""
    process = psutil.Process(target.daemon.process.pid)
    portal.call(target.daemon.get, MINE[0])
    before = process.num_fds(), process.num_threads()

    def is_back() -> bool:
        return process.num_fds() <= before[0] + MORE and process.num_threads() <= before[1] + MORE

    yield process
    portal.call(until, is_back, f"there are hardly more than {before} descriptors and threads")
    portal.call(target.daemon.get, MINE[0])


def test_ten_thousand_connections_leave_nothing_behind(
    address: Path | tuple[str, int], returns: psutil.Process
) -> None:
    """Connections that come and go at once, with or without a word, take nothing for good."""
    said = (b"", wire.PREFACE[:5], wire.PREFACE, wire.PREFACE + wire.settings())
    family = socket.AF_INET if isinstance(address, tuple) else socket.AF_UNIX
    to = address if isinstance(address, tuple) else str(address)
    for number in range(IN_SEQUENCE):
        with socket.socket(family) as connection:
            connection.connect(to)
            if number % 5:
                connection.sendall(said[number % 4])
    assert returns.is_running()


def test_half_open_connections_keep_nobody_out(
    portal: BlockingPortal, target: Target, address: Path | tuple[str, int], returns: psutil.Process
) -> None:
    """While hundreds have connected and say nothing more, whoever comes new is served."""

    async def crowd() -> None:
        async with AsyncExitStack() as stack:
            for number in range(HALF_OPEN):
                await stack.enter_async_context(Wire.to(address, greets=bool(number % 2)))
            async with Wire.to(target.socket) as newcomer:
                request = session_pb2.GetSessionRequest(session_id=MINE[0])
                path = "/wad.v1.SessionService/GetSession"
                end = await newcomer.call(call_headers(path), envelope(request.SerializeToString()))
            assert end.grpc_status == 0

    portal.call(crowd)
    assert returns.is_running()


def test_streams_that_nobody_reads_hold_nobody_up(
    portal: BlockingPortal, target: Target, returns: psutil.Process
) -> None:
    """A caller with a thousand watches that takes in nothing gets nothing, and everybody else is told what happens."""

    async def watch() -> None:
        body = frame(Kind.DATA, wire.END_STREAM, 1, envelope(event_pb2.WatchEventsRequest().SerializeToString()))[9:]
        headers = wire.block(call_headers(WATCH))
        async with Wire.to(target.socket, window=0) as deaf:
            for number in range(1, 2 * STREAMS, 2):
                opening = frame(Kind.HEADERS, wire.END_HEADERS, number, headers)
                await deaf.send(opening + frame(Kind.DATA, wire.END_STREAM, number, body))
            await until(lambda: _watchers(target, STREAMS // 2), "the watches are open")
            for _ in range(20):
                await target.daemon.sessions.StopSession(session_pb2.StopSessionRequest(session_id=MINE[0]))
                await target.daemon.until_state(MINE[0], "connected", after=lambda: _start(target))
        await until(lambda: _no_watchers(target), "the watches are over")

    portal.call(watch)
    assert returns.is_running()


async def _start(target: Target) -> None:
    request = session_pb2.CreateSessionRequest(session_id=MINE[0], wait=session_pb2.CREATE_WAIT_NONE)
    await target.daemon.sessions.CreateSession(request, timeout=PATIENCE)


async def _watching(target: Target) -> int:
    return (await target.daemon.admin.GetStats(admin_pb2.GetStatsRequest(), timeout=PATIENCE)).watchers


async def _watchers(target: Target, least: int) -> bool:
    return await _watching(target) >= least


async def _no_watchers(target: Target) -> bool:
    return await _watching(target) == 0


def test_slow_uploads_hold_nobody_up(portal: BlockingPortal, target: Target, returns: psutil.Process) -> None:
    """While archives arrive byte by byte, everybody else is served, and what was sent is forgotten with its sender."""

    async def drip() -> None:
        first = admin_pb2.RestoreSessionRequest(options=admin_pb2.RestoreOptions(session_id="mine-9"))
        more = envelope(admin_pb2.RestoreSessionRequest(chunk=b"x").SerializeToString())
        async with Wire.to(target.socket) as slow:
            numbers = range(1, 200, 2)
            for number in numbers:
                await slow.send(frame(Kind.HEADERS, wire.END_HEADERS, number, wire.block(call_headers(RESTORE))))
                await slow.send(frame(Kind.DATA, 0, number, envelope(first.SerializeToString())))
            for _ in range(5):
                for number in numbers:
                    await slow.send(frame(Kind.DATA, 0, number, more))
                await target.daemon.get(MINE[0])
                await anyio.sleep(0.1)  # it is their slowness that is tested

    portal.call(drip)
    assert returns.is_running()
    assert not (target.daemon.house.sessions / "mine-9").exists()
