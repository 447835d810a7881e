"""Frames: lengths are kept however the bytes are split on their way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wad.emulator.errors import WireError
from wad.emulator.framing import HEADER, MAX_PAYLOAD_BYTES, FrameSplitter, frame


@given(st.lists(st.binary(max_size=50), max_size=10), st.lists(st.integers(1, 20), min_size=1))
def test_frames_survive_any_split(payloads: list[bytes], steps: list[int]) -> None:
    """The same frames come out whether the bytes arrive one by one or all at once."""
    data = HEADER + b"".join(map(frame, payloads))
    splitter, received, at = FrameSplitter(), list[bytes](), 0
    while at < len(data):
        step = steps[at % len(steps)]
        received += splitter.feed(data[at : at + step])
        at += step
    assert received == payloads


@pytest.mark.parametrize("start", [b"GET / HTTP/1.1", b"WA\x06\x02", b"WA\x05\x03"])
def test_another_protocol_is_refused(start: bytes) -> None:
    """A stream of another protocol, or of another dictionary version, is refused with what it began with."""
    with pytest.raises(WireError, match=start[:4].hex()):
        list(FrameSplitter().feed(start))


def test_a_frame_has_a_limit() -> None:
    """A payload whose length does not fit into three bytes is refused."""
    with pytest.raises(ValueError, match="at most"):
        frame(bytes(MAX_PAYLOAD_BYTES + 1))
