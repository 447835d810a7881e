"""HTTP/2 by hand: what gRPC's own client would never send (RFC 9113 and 7541)."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Final

import anyio

from tests.house import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable
    from pathlib import Path

    from anyio.abc import ByteStream

PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
END_STREAM: Final = 0x1
END_HEADERS: Final = 0x4
ACK: Final = 0x1

_HEADER_TABLE_SIZE: Final = 1
_INITIAL_WINDOW_SIZE: Final = 4
_STATUSES: Final = {8: b"200", 9: b"204", 10: b"206", 11: b"304", 12: b"400", 13: b"404", 14: b"500"}


class Kind(IntEnum):
    """Kinds of frames."""

    DATA = 0
    HEADERS = 1
    RST_STREAM = 3
    SETTINGS = 4
    PING = 6
    GOAWAY = 7
    WINDOW_UPDATE = 8
    CONTINUATION = 9


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """Return a frame."""
    return len(payload).to_bytes(3) + bytes([kind, flags]) + stream.to_bytes(4) + payload


def settings(**values: int) -> bytes:
    """Return a frame of settings; with no header table a peer's headers can be read without remembering any."""
    numbers = {"table": _HEADER_TABLE_SIZE, "window": _INITIAL_WINDOW_SIZE}
    pairs = {"table": 0, **values}
    return frame(
        Kind.SETTINGS, 0, 0, b"".join(numbers[name].to_bytes(2) + value.to_bytes(4) for name, value in pairs.items())
    )


def block(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return a header block in which every header is written out."""
    return b"".join(b"\0" + _text(name) + _text(value) for name, value in headers)


def call_headers(path: str, *extra: tuple[bytes, bytes], authority: bytes = b"localhost") -> list[tuple[bytes, bytes]]:
    """Return the headers of a gRPC call."""
    return [
        (b":method", b"POST"),
        (b":scheme", b"http"),
        (b":path", path.encode()),
        (b":authority", authority),
        (b"te", b"trailers"),
        (b"content-type", b"application/grpc"),
        *extra,
    ]


def envelope(raw: bytes) -> bytes:
    """Return a message as gRPC frames it."""
    return b"\0" + len(raw).to_bytes(4) + raw


def _text(text: bytes) -> bytes:
    return _number(len(text), 7, 0) + text


def _number(value: int, bits: int, first: int) -> bytes:
    most = (1 << bits) - 1
    if value < most:
        return bytes([first | value])
    encoded, value = bytearray([first | most]), value - most
    while value >= 128:
        encoded.append(value % 128 | 128)
        value //= 128
    encoded.append(value)
    return bytes(encoded)


def unpack(data: bytes) -> list[tuple[bytes, bytes]]:
    """Return the headers of a block whose writer has no table to refer to; texts in Huffman's code stay in it."""
    found: list[tuple[bytes, bytes]] = []
    while data:
        first = data[0]
        if first & 0x80:
            index, data = _take_number(data, 7)
            found.append((b":status", _STATUSES.get(index, b"?")))
            continue
        bits = 6 if first & 0x40 else 5 if first & 0x20 else 4
        index, data = _take_number(data, bits)
        if bits == 5:  # the size of the table
            continue
        name = b"#%d" % index
        if not index:
            name, data = _take_text(data)
        value, data = _take_text(data)
        found.append((b":status" if name in {b"#8", b"#9"} else name, value))
    return found


def _take_number(data: bytes, bits: int) -> tuple[int, bytes]:
    most = (1 << bits) - 1
    value, place = data[0] & most, 1
    if value == most:
        shift = 0
        while True:
            value += (data[place] & 127) << shift
            shift, place = shift + 7, place + 1
            if data[place - 1] < 128:
                break
    return value, data[place:]


def _take_text(data: bytes) -> tuple[bytes, bytes]:
    size, rest = _take_number(data, 7)
    return rest[:size], rest[size:]


@dataclass
class End:
    """How a call over a connection by hand ended.

    Attributes:
        headers: All headers and trailers, as they came.
        data: What was answered.
        reset: The code of the stream's reset; None when it was not reset.
        closed: True when the connection ended first.
    """

    headers: list[tuple[bytes, bytes]] = field(default_factory=list["tuple[bytes, bytes]"])
    data: bytes = b""
    reset: int | None = None
    closed: bool = False

    @property
    def grpc_status(self) -> int | None:
        """The status of gRPC, if there is one."""
        value = dict(self.headers).get(b"grpc-status")
        return None if value is None else int(value)

    @property
    def http_status(self) -> bytes:
        """The status of HTTP; empty when there was no answer."""
        return dict(self.headers).get(b":status", b"")


class Wire:
    """A connection by hand.

    Args:
        stream: The bytes.
    """

    def __init__(self, stream: ByteStream) -> None:
        self.stream = stream
        self._buffer = b""

    @classmethod
    @asynccontextmanager
    async def to(cls, address: Path | tuple[str, int], *, greets: bool = True, **sets: int) -> AsyncGenerator[Wire]:
        """Connect; with *greets* say what HTTP/2 begins with.

        Args:
            address: Path of a unix socket, or host and port.
            greets: Send the preface and settings.
            **sets: Settings, by the names of :func:`settings`.
        """
        raw = anyio.connect_tcp(*address) if isinstance(address, tuple) else anyio.connect_unix(address)
        async with await raw as stream:
            wire = cls(stream)
            if greets:
                await wire.send(PREFACE + settings(**sets))
            yield wire

    async def send(self, data: bytes) -> bool:
        """Send bytes; return False when the other end takes no more."""
        try:
            with anyio.fail_after(PATIENCE):
                await self.stream.send(data)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            return False
        return True

    async def receive(self) -> bytes:
        """Return what comes next; nothing at the end."""
        try:
            with anyio.fail_after(PATIENCE):
                return await self.stream.receive()
        except (anyio.EndOfStream, anyio.BrokenResourceError):
            return b""

    async def rest(self) -> bytes:
        """Return all that comes until the other end closes."""
        found = b""
        while data := await self.receive():
            found += data
        return found

    async def frame(self) -> tuple[int, int, int, bytes] | None:
        """Return the kind, the flags, the stream and the content of the next frame; None at the end."""
        while len(self._buffer) < 9 or len(self._buffer) < 9 + int.from_bytes(self._buffer[:3]):
            data = await self.receive()
            if not data:
                return None
            self._buffer += data
        size = int.from_bytes(self._buffer[:3])
        head, payload = self._buffer[:9], self._buffer[9 : 9 + size]
        self._buffer = self._buffer[9 + size :]
        return head[3], head[4], int.from_bytes(head[5:9]), payload

    async def call(self, headers: Iterable[tuple[bytes, bytes]], body: bytes, *, stream: int = 1) -> End:
        """Make a call and return how it ended.

        Args:
            headers: Its headers.
            body: Its data, framed.
            stream: Number of the stream.
        """
        packed = block(headers)
        parts = [packed[place : place + 16_000] for place in range(0, len(packed), 16_000)] or [b""]
        frames = b""
        for number, part in enumerate(parts):
            kind = Kind.CONTINUATION if number else Kind.HEADERS
            frames += frame(kind, END_HEADERS if number == len(parts) - 1 else 0, stream, part)
        await self.send(frames + frame(Kind.DATA, END_STREAM, stream, body))
        return await self.end_of(stream)

    async def end_of(self, stream: int) -> End:
        """Return how the call on a stream ends, answering what HTTP/2 wants answered."""
        end = End()
        while True:
            got = await self.frame()
            if got is None:
                end.closed = True
                return end
            kind, flags, number, payload = got
            if kind == Kind.SETTINGS and not flags & ACK:
                await self.send(frame(Kind.SETTINGS, ACK, 0))
            elif kind == Kind.PING and not flags & ACK:
                await self.send(frame(Kind.PING, ACK, 0, payload))
            elif number != stream:
                continue
            elif kind == Kind.HEADERS:
                end.headers += unpack(payload)
            elif kind == Kind.DATA:
                end.data += payload
            elif kind == Kind.RST_STREAM:
                end.reset = int.from_bytes(payload)
                return end
            if kind in {Kind.HEADERS, Kind.DATA} and flags & END_STREAM:
                return end
