"""Frames survive any way in which a stream cuts them up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wad.wire.framing import MAX_FRAME_BYTES, FrameBuffer, FrameError, encode
from wad.wire.v1 import worker_pb2 as pb


def response(number: int, text: str) -> pb.Frame:
    """Return some frame."""
    return pb.Frame(response=pb.Response(id=number, failure=pb.Failure(message=text)))


frames = st.builds(response, st.integers(0, 2**64 - 1), st.text(max_size=300))


@given(st.lists(frames, max_size=8), st.data())
def test_frames_arrive_whole_and_in_order_however_they_are_cut(sent: list[pb.Frame], data: st.DataObject) -> None:
    """Any split or merge of the bytes yields the same frames in the same order."""
    stream = b"".join(encode(frame) for frame in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    buffer = FrameBuffer()
    received: list[pb.Frame] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        received += buffer.feed(stream[start:end])
    assert received == sent


def test_an_oversized_announcement_is_refused_before_it_is_read() -> None:
    """A length over the limit is refused at once, without waiting for so many bytes."""
    with pytest.raises(FrameError, match="not wad"):
        list(FrameBuffer().feed((MAX_FRAME_BYTES + 1).to_bytes(4, "big")))


def test_an_oversized_frame_is_not_sent() -> None:
    """What the other side would refuse is refused by the sender."""
    frame = pb.Frame(response=pb.Response(failure=pb.Failure(message="x" * (MAX_FRAME_BYTES + 1))))
    with pytest.raises(FrameError, match="longer than the limit"):
        encode(frame)


def test_bytes_that_are_no_frame_are_refused() -> None:
    """A payload that is no protobuf message ends the conversation with a clear error."""
    with pytest.raises(FrameError, match="of another version"):
        list(FrameBuffer().feed(b"\x00\x00\x00\x02\xff\xff"))
