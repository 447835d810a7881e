"""Bytes that are no requests, or as many of them as are taken: each is refused properly, and nobody else waits long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import grpc
import pytest
from google.protobuf.descriptor import FieldDescriptor
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.callers import all_ends, judge, send
from tests.fuzz.garbage import UNHURRIED, described, kind_of, requests_of
from tests.house import PATIENCE
from wad.rpc.server import LARGEST_MESSAGE, METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anyio.from_thread import BlockingPortal

    from tests.fuzz.target import Target

pytestmark = pytest.mark.timeout(1800)

CODE = grpc.StatusCode
KINDS: Final = {f"{service}/{name}": kind_of(described(f"{service}/{name}")) for service, name in METHODS}
OTHERS: Final = {
    "grpc.health.v1.Health/Check": "unary_unary",
    "grpc.health.v1.Health/Watch": "unary_stream",
    "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": "stream_stream",
}
HARMLESS: Final = sorted(set(KINDS) - {"wad.v1.AdminService/Drain", "wad.v1.AdminService/ReplaceWorkers"})
WAIT_SECONDS: Final = 0.3
ROOM: Final = LARGEST_MESSAGE - 16


@st.composite
def broken(draw: Any, method: str, known: Any) -> bytes:
    """Return a request that is cut off, changed or doubled; or no request at all."""
    if method not in KINDS or draw(st.booleans()):
        return draw(st.binary(max_size=300))
    raw = draw(requests_of(described(method).input_type, known)).SerializeToString()
    place = draw(st.integers(0, len(raw)))
    match draw(st.sampled_from(["cut", "changed", "doubled", "longer"])):
        case "cut":
            return raw[:place]
        case "changed":
            return raw[:place] + draw(st.binary(min_size=1, max_size=3)) + raw[place + 1 :]
        case "doubled":
            return raw[place:] + raw
        case _:
            return raw + draw(st.binary(max_size=20))


@settings(max_examples=settings().max_examples * 3, suppress_health_check=UNHURRIED)
@given(data=st.data())
def test_bytes_that_are_no_request_are_refused_properly(target: Target, portal: BlockingPortal, data: Any) -> None:
    """Broken requests are refused as such, whoever sends them, and cost nobody anything."""
    method = data.draw(st.sampled_from([*HARMLESS, *OTHERS]))
    kind = KINDS.get(method) or OTHERS[method]
    raw = data.draw(broken(method, target.known))
    removes = any(word in method for word in ("Remove", "SetAside", "Restore"))
    senders = target.senders[1:] if removes else target.senders
    answers = portal.call(all_ends, senders, f"/{method}", [raw], kind, WAIT_SECONDS)
    for sender, answer in zip(senders, answers, strict=True):
        if method in KINDS:
            judge(sender, answer, raw, may_wait=True)


@pytest.mark.parametrize("depth", [10, 90, 110, 10_000, 200_000])
def test_nesting_is_bounded(target: Target, portal: BlockingPortal, depth: int) -> None:
    """However deep a value is nested, it is refused before it can take the daemon's stack."""
    path = "/wad.v1.AdminService/UpdateConfig"
    mask = b"\x12\x0f\n\rsessions.idle"
    for kind in (b"\x32", b"\x2a"):
        raw = b"\x0a" + _sized(_entry(b"sessions", _entry(b"idle", _nested(depth, kind), struct=True))) + mask
        answer = portal.call(send, target.admin, path, [raw], "unary_unary", PATIENCE)
        judge(target.admin, answer, raw, may_wait=False)
        assert answer.code is CODE.INVALID_ARGUMENT


@pytest.mark.parametrize("method", HARMLESS)
def test_the_largest_requests_hold_nobody_up(target: Target, portal: BlockingPortal, method: str) -> None:
    """A request that is as large as may be, full of one field or of none that is known, is answered."""
    waits = method.endswith("WatchEvents")
    for raw in _largest(described(method).input_type):
        answer = portal.call(
            send, target.admin, f"/{method}", [raw], KINDS[method], WAIT_SECONDS if waits else PATIENCE
        )
        judge(target.admin, answer, raw, may_wait=waits)


def test_a_value_of_millions_holds_nobody_up(target: Target, portal: BlockingPortal) -> None:
    """A configuration that is as large as a request may be is refused before it is looked at part by part."""
    value = b"\x32" + _sized(b"\x0a\x00" * (ROOM // 2 - 50))
    raw = b"\x0a" + _sized(_entry(b"sessions", _entry(b"idle", value, struct=True))) + b"\x12\x0f\n\rsessions.idle"
    answer = portal.call(send, target.admin, "/wad.v1.AdminService/UpdateConfig", [raw], "unary_unary", PATIENCE)
    judge(target.admin, answer, raw, may_wait=False)
    assert answer.code is CODE.INVALID_ARGUMENT


def test_a_request_that_is_too_large_is_refused(target: Target, portal: BlockingPortal) -> None:
    """A request beyond the limit is refused by gRPC itself, unread."""
    raw = b"\x0a" + _sized(b"x" * LARGEST_MESSAGE)
    answer = portal.call(send, target.admin, "/wad.v1.SessionService/GetSession", [raw], "unary_unary", PATIENCE)
    judge(target.admin, answer, raw, may_wait=False)
    assert answer.code is CODE.RESOURCE_EXHAUSTED


def _largest(kind: Any) -> Iterator[bytes]:
    """Yield requests that are full of one field, or of none that is known."""
    yield b"\xf8\x3f\x01" * (ROOM // 3)
    for field in kind.fields:
        number = field.number << 3
        if field.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE:
            if field.is_repeated:
                entries = (bytes([number | 2]) + _sized(b"\x0a\x06%06x" % place) for place in range(ROOM // 10))
                yield b"".join(entries)
            else:
                for raw in _largest(field.message_type):
                    yield bytes([number | 2]) + _sized(raw[: ROOM - 10])
        elif field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
            yield bytes([number | 2]) + _sized(b"a" * (ROOM - 10))
            if field.is_repeated:
                yield bytes([number | 2, 0]) * (ROOM // 2)
        elif field.is_repeated:
            yield bytes([number | 2]) + _sized(b"\x01" * (ROOM - 10))


def _nested(depth: int, kind: bytes) -> bytes:
    """Return a ``google.protobuf.Value`` of lists (0x32) or structures (0x2a) within each other."""
    heads, size = [b"\x20\x01"], 2
    for _ in range(depth):  # from the inside, so that each head knows what it holds
        for head in (b"\x0a",) if kind == b"\x32" else (b"\x12", b"\x0a\x01a", b"\x0a"):
            heads.append(head if len(head) > 1 else head + _size(size))
            size += len(heads[-1])
        heads.append(kind + _size(size))
        size += len(heads[-1])
    return b"".join(reversed(heads))


def _entry(key: bytes, value: bytes, *, struct: bool = False) -> bytes:
    entry = b"\x0a" + _sized(b"\x0a" + _sized(key) + b"\x12" + _sized(value))
    return b"\x2a" + _sized(entry) if struct else entry


def _sized(raw: bytes) -> bytes:
    return _size(len(raw)) + raw


def _size(size: int) -> bytes:
    encoded = bytearray()
    while size > 127:
        encoded.append(size & 127 | 128)
        size >>= 7
    return bytes([*encoded, size])
