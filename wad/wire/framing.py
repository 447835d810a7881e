"""Frames on a byte stream: four bytes of length, big endian, then one serialised ``Frame``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from wad.wire.v1 import worker_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = 4
MAX_FRAME_BYTES = 1 << 20
"""Longest frame that is sent or taken; the longest that is ever made, a Hello of many sessions, is far below it."""


class FrameError(Exception):
    """The other side's bytes are not frames; the connection is of no more use."""


def encode(frame: pb.Frame) -> bytes:
    """Return *frame* as the bytes that travel.

    Raises:
        FrameError: The frame is longer than ``MAX_FRAME_BYTES``.
    """
    payload = frame.SerializeToString()
    if len(payload) > MAX_FRAME_BYTES:
        raise FrameError(f"A frame of {len(payload)} bytes is longer than the limit of {MAX_FRAME_BYTES}.")
    return len(payload).to_bytes(_PREFIX, "big") + payload


class FrameBuffer:
    """Makes frames of bytes that arrive in pieces of any size."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[pb.Frame]:
        """Take in *data* and yield every frame that is now complete.

        Raises:
            FrameError: A length is over the limit, or a payload is no frame.
        """
        self._bytes += data
        while len(self._bytes) >= _PREFIX:
            length = int.from_bytes(self._bytes[:_PREFIX], "big")
            if length > MAX_FRAME_BYTES:
                raise FrameError(
                    f"The other side announced a frame of {length} bytes; the limit is {MAX_FRAME_BYTES}. "
                    "Something that is not wad speaks on this socket."
                )
            end = _PREFIX + length
            if len(self._bytes) < end:
                return
            payload = bytes(self._bytes[_PREFIX:end])
            del self._bytes[:end]
            yield _decode(payload)


def _decode(payload: bytes) -> pb.Frame:
    try:
        return pb.Frame.FromString(payload)
    except DecodeError as error:
        raise FrameError(
            f"{len(payload)} bytes that should be a frame are none; the other side is not wad, or of another version."
        ) from error
