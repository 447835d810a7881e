"""Frames: how payloads are cut out of the byte stream that WebSocket messages carry."""

from collections.abc import Iterator

from wad.emulator.errors import WireError
from wad.emulator.tokens import DICTIONARY_VERSION

HEADER = b"WA\x06" + bytes([DICTIONARY_VERSION])
"""What the first client message begins with: magic, protocol 6, version of the token dictionary."""

MAX_PAYLOAD_BYTES = (1 << 24) - 1
_LENGTH_BYTES = 3


def frame(payload: bytes) -> bytes:
    """Return a payload with its length before it.

    Raises:
        ValueError: the payload is longer than `MAX_PAYLOAD_BYTES`.
    """
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise ValueError(f"a frame holds at most {MAX_PAYLOAD_BYTES} bytes, not {len(payload)}")
    return len(payload).to_bytes(_LENGTH_BYTES, "big") + payload


class FrameSplitter:
    """Collects what a client sends and gives back its frames, however they were split or joined on the way."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._header_seen = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Add received bytes and yield the payload of every frame that is now complete.

        Raises:
            WireError: the stream does not begin with `HEADER`.
        """
        self._buffer += data
        if not self._header_seen and not self._take_header():
            return
        while len(self._buffer) >= _LENGTH_BYTES:
            end = _LENGTH_BYTES + int.from_bytes(self._buffer[:_LENGTH_BYTES], "big")
            if len(self._buffer) < end:
                return
            payload = bytes(self._buffer[_LENGTH_BYTES:end])
            del self._buffer[:end]
            yield payload

    def _take_header(self) -> bool:
        start = bytes(self._buffer[: len(HEADER)])
        if not HEADER.startswith(start):
            raise WireError(
                f"the stream begins with {start.hex()} instead of {HEADER.hex()}: not a client of dictionary "
                f"version {DICTIONARY_VERSION}"
            )
        if len(start) < len(HEADER):
            return False
        del self._buffer[: len(HEADER)]
        self._header_seen = True
        return True
