"""Connections that speak something else than gRPC, or speak it badly."""

from __future__ import annotations

import os
import re
import secrets
from typing import TYPE_CHECKING, Final

import anyio
import grpc
import psutil
import pytest

from tests.fuzz import wire
from tests.fuzz.target import THEIRS
from tests.fuzz.wire import End, Kind, Wire, call_headers, envelope, frame
from tests.house import PATIENCE
from wad.v1 import session_pb2

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from anyio.from_thread import BlockingPortal

    from tests.fuzz.target import Target

pytestmark = pytest.mark.timeout(600)

GET: Final = "/wad.v1.SessionService/GetSession"
BODY: Final = envelope(session_pb2.GetSessionRequest(session_id=THEIRS).SerializeToString())
UNANSWERED: Final = 1.0
"""Seconds after which a call by hand is given up that need not be answered."""

NO_GRPC: Final = {
    "http/1.1": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "http/1.1 upgrade": b"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
    "http/1.1 without end": b"POST / HTTP/1.1\r\nX: " + b"a" * 300_000,
    "tls hello": bytes.fromhex("16030100c8010000c40303") + secrets.token_bytes(192),
    "zeros": bytes(100_000),
    "preface cut": wire.PREFACE[:-3] + b"xx\r\n",
    "frame too large": wire.PREFACE + wire.settings() + b"\xff\xff\xff\x00\x00\x00\x00\x00\x01",
    "data on stream 0": wire.PREFACE + wire.settings() + frame(Kind.DATA, 0, 0, b"x"),
    "headers on an even stream": wire.PREFACE
    + wire.settings()
    + frame(Kind.HEADERS, 5, 2, wire.block(call_headers(GET))),
    "continuation of nothing": wire.PREFACE + wire.settings() + frame(Kind.CONTINUATION, 4, 1, b"x"),
    "settings of seven bytes": wire.PREFACE + frame(Kind.SETTINGS, 0, 0, bytes(7)),
    "window of nothing": wire.PREFACE + wire.settings() + frame(Kind.WINDOW_UPDATE, 0, 0, bytes(4)),
    "bad header table": wire.PREFACE + wire.settings() + frame(Kind.HEADERS, 5, 1, b"\xff\xff\xff\xff\xff\xff\xff"),
}
"""What is no gRPC at all; the daemon need not answer it, but must live with it."""


@pytest.fixture(params=["unix", "tcp"])
def address(request: pytest.FixtureRequest, target: Target) -> Path | tuple[str, int]:
    """Return either of the daemon's addresses."""
    return target.socket if request.param == "unix" else target.tcp


@pytest.mark.parametrize("name", NO_GRPC)
def test_what_is_no_grpc_is_told_nothing(portal: BlockingPortal, address: Path | tuple[str, int], name: str) -> None:
    """Whoever speaks another protocol, or breaks this one, learns nothing of the daemon, and troubles nobody."""

    async def speak() -> bytes:
        async with Wire.to(address, greets=False) as other:
            await other.send(NO_GRPC[name])
            await other.stream.send_eof()
            return await other.rest()

    told = portal.call(speak)
    assert not re.search(rb"wad|python|Traceback|/tmp", told), told


def test_noise_is_survived(portal: BlockingPortal, address: Path | tuple[str, int]) -> None:
    """Random bytes, before and after the preface, end their own connection at most."""

    async def speak(number: int) -> None:
        async with Wire.to(address, greets=bool(number % 2)) as other:
            noise = os.urandom(1 + number * 37)
            await other.send(noise if number % 3 else frame(number % 12, number * 7 % 256, number % 5, noise[:16_000]))
            await other.stream.send_eof()
            await other.rest()

    async def speak_all() -> None:
        async with anyio.create_task_group() as tasks:
            for number in range(100):
                tasks.start_soon(speak, number)

    portal.call(speak_all)


BAD_CALLS: Final[dict[str, Callable[[], tuple[list[tuple[bytes, bytes]], bytes]]]] = {
    "content type": lambda: (swapped(b"content-type", b"text/html"), BODY),
    "no content type": lambda: (without(b"content-type"), BODY),
    "json": lambda: (swapped(b"content-type", b"application/grpc+json"), BODY),
    "no te": lambda: (without(b"te"), BODY),
    "method GET": lambda: (swapped(b":method", b"GET"), BODY),
    "method CONNECT": lambda: (swapped(b":method", b"CONNECT"), BODY),
    "no path": lambda: (without(b":path"), BODY),
    "path of slashes": lambda: (swapped(b":path", b"//"), BODY),
    "path traversal": lambda: (swapped(b":path", b"/wad.v1.SessionService/../AdminService/GetHealth"), BODY),
    "path escaped": lambda: (swapped(b":path", b"/wad.v1.SessionService/Get%53ession"), BODY),
    "path with a zero": lambda: (swapped(b":path", GET.encode() + b"\0"), BODY),
    "unknown method": lambda: (swapped(b":path", b"/wad.v1.SessionService/DropTables"), BODY),
    "unknown service": lambda: (swapped(b":path", b"/wad.v2.Nothing/GetSession"), BODY),
    "two paths": lambda: ([*call_headers(GET), (b":path", b"/wad.v1.AdminService/Drain")], BODY),
    "authority of an attacker": lambda: (swapped(b":authority", b"evil.example/%0d%0a"), BODY),
    "unknown encoding": lambda: ([*call_headers(GET), (b"grpc-encoding", b"zstd")], b"\1" + BODY[1:]),
    "bad gzip": lambda: ([*call_headers(GET), (b"grpc-encoding", b"gzip")], b"\1" + BODY[1:]),
    "compressed without encoding": lambda: (call_headers(GET), b"\1" + BODY[1:]),
    "flags": lambda: (call_headers(GET), b"\xff" + BODY[1:]),
    "length of 4 GiB": lambda: (call_headers(GET), b"\0\xff\xff\xff\xff" + BODY[5:]),
    "length beyond the end": lambda: (call_headers(GET), b"\0\0\0\1\0" + BODY[5:]),
    "cut envelope": lambda: (call_headers(GET), b"\0\0"),
    "no message": lambda: (call_headers(GET), b""),
    "two messages": lambda: (call_headers(GET), BODY + BODY),
    "timeout of letters": lambda: ([*call_headers(GET), (b"grpc-timeout", b"abc")], BODY),
    "timeout below zero": lambda: ([*call_headers(GET), (b"grpc-timeout", b"-1S")], BODY),
    "timeout of ages": lambda: ([*call_headers(GET), (b"grpc-timeout", b"99999999999999H")], BODY),
    "timeout of nothing": lambda: ([*call_headers(GET), (b"grpc-timeout", b"")], BODY),
    "trailers of its own": lambda: ([*call_headers(GET), (b"grpc-status", b"0"), (b"grpc-message", b"x")], BODY),
}


def swapped(name: bytes, value: bytes) -> list[tuple[bytes, bytes]]:
    """Return a call's headers, one of them changed."""
    return [(one, value if one == name else old) for one, old in call_headers(GET)]


def without(name: bytes) -> list[tuple[bytes, bytes]]:
    """Return a call's headers without one of them."""
    return [(one, old) for one, old in call_headers(GET) if one != name]


@pytest.mark.parametrize("name", BAD_CALLS)
def test_bad_calls_end_their_own_call_at_most(portal: BlockingPortal, target: Target, name: str) -> None:
    """A call that breaks gRPC's rules ends, gives nothing away, and the next call on the daemon is answered."""
    headers, body = BAD_CALLS[name]()
    end = portal.call(one_call, target.tcp, headers, body)
    assert end.grpc_status != 0
    assert end.data == b""
    told = b"".join(value for _, value in end.headers)
    assert not re.search(rb"Traceback|\.py|/tmp|" + THEIRS.encode(), told)
    good = portal.call(next_call, target.tcp)
    assert good.grpc_status == grpc.StatusCode.UNAUTHENTICATED.value[0]


async def one_call(address: Path | tuple[str, int], headers: list[tuple[bytes, bytes]], body: bytes) -> End:
    """Return how one call by hand ended, on a connection of its own; one that is not answered is given up."""
    async with Wire.to(address) as other:
        with anyio.move_on_after(UNANSWERED):
            return await other.call(headers, body)
    return End(closed=True)


async def next_call(address: Path | tuple[str, int]) -> End:
    """Return how a good call ended, once there is anybody to take it."""
    with anyio.fail_after(PATIENCE):
        while True:
            try:
                end = await one_call(address, call_headers(GET), BODY)
            except OSError:
                end = End(closed=True)
            if not end.closed:
                return end
            await anyio.sleep(0.1)


HEADERS: Final[dict[str, list[tuple[bytes, bytes]]]] = {
    "line ends in a value": [(b"x-request-id", b"a\r\nx-smuggled: 1\r\n\r\n{}")],
    "line end in a name": [(b"x-a\r\nauthorization", b"Bearer x")],
    "zero": [(b"x-request-id", b"a\0b")],
    "escape": [(b"x-request-id", b"\x1b[2Jgone")],
    "delete": [(b"x-request-id", b"a\x7f\x7f\x7fb")],
    "latin-1": [(b"x-request-id", b"\xff\xfe")],
    "json": [(b"x-request-id", b'","level":"error","x":"')],
    "long": [(b"x-request-id", b"a" * 4000)],
    "twice": [(b"x-request-id", b"one"), (b"x-request-id", b"two")],
    "binary": [(b"x-request-id-bin", b"!!! no base64 !!!")],
    "upper case": [(b"X-Request-Id", b"A")],
    "space": [(b"x request id", b"a")],
    "empty name": [(b"", b"a")],
    "connection": [(b"connection", b"keep-alive"), (b"transfer-encoding", b"chunked")],
    "unknown pseudo header": [(b":wad", b"1")],
    "two tokens": [(b"authorization", b"Bearer a"), (b"authorization", b"Bearer b")],
    "token with line end": [(b"authorization", b"Bearer wad_00000000_" + b"A" * 43 + b"\r\n")],
    "token of bytes": [(b"authorization", bytes(range(128, 256)))],
    "another caller": [
        (b"x-forwarded-for", b"127.0.0.1"),
        (b"x-forwarded-user", b"superuser"),
        (b"forwarded", b"for=::1"),
    ],
    "span of nonsense": [(b"traceparent", b"00-zz-zz-01"), (b"tracestate", b"\x01" * 500)],
    "9 KiB": [(b"x-a", b"a" * 9 * 1024)],
    "17 KiB": [(b"x-a", b"a" * 17 * 1024)],
    "1 MiB": [(b"x-a", b"a" * 1024 * 1024)],
    "2,000 headers": [(b"x-%d" % number, b"a") for number in range(2000)],
    "20,000 headers": [(b"x-%d" % number, b"a") for number in range(20_000)],
}


@pytest.mark.parametrize("name", HEADERS)
def test_metadata_smuggles_nothing(portal: BlockingPortal, target: Target, name: str) -> None:
    """Odd metadata lets nobody in who is not, and stands nowhere as it came, neither in an answer nor in the log."""
    before = len(target.daemon.house.log.read_bytes())
    end = portal.call(one_call, target.tcp, [*call_headers(GET), *HEADERS[name]], BODY)
    assert end.grpc_status != 0
    assert end.data == b""
    logged = target.daemon.house.log.read_bytes()[before:]
    for one, value in HEADERS[name]:
        if len(value) > 3 or not value.isalnum():
            assert value not in logged, one
            assert value not in b"".join(back for _, back in end.headers), one
    assert b"smuggled" not in logged


def test_headers_without_end_fill_no_memory(portal: BlockingPortal, target: Target) -> None:
    """Whoever sends headers for ever, 200 MiB of them, takes the daemon next to nothing of its memory."""
    process = psutil.Process(target.daemon.process.pid)
    before = process.memory_info().rss

    async def flood() -> None:
        async with Wire.to(target.tcp) as other:
            await other.send(frame(Kind.HEADERS, 0, 1, wire.block([*call_headers(GET), (b"x-a", b"a" * 8000)])))
            for number in range(26_000):
                if not await other.send(frame(Kind.CONTINUATION, 0, 1, wire.block([(b"x-%d" % number, b"a" * 8000)]))):
                    return

    portal.call(flood)
    assert process.memory_info().rss - before < 64 * 1024 * 1024
