"""Events are kept, in order and within bounds, until they are acknowledged."""

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wad.wire.framing import MAX_FRAME_BYTES
from wad.wire.v1 import worker_pb2 as pb
from wad.worker.outbox import LARGEST_MAIL, Outbox

pytestmark = pytest.mark.anyio


def qr(session: str, code: str) -> pb.Event:
    """Return a QR event."""
    return pb.Event(session_id=session, qr_issued=pb.QrIssued(code=code))


def opened(session: str) -> pb.Event:
    """Return an event that nothing supersedes."""
    return pb.Event(session_id=session, connection_opened=pb.ConnectionOpened())


@given(st.lists(st.one_of(st.none(), st.integers(0, 40)), max_size=60))
def test_every_unacknowledged_event_is_replayed_once_in_order(steps: list[int | None]) -> None:
    """Below its bound the outbox yields exactly the events after the last acknowledgement."""
    outbox = Outbox(capacity=100)
    acknowledged = 0
    for step in steps:
        if step is None:
            outbox.append(opened("a"))
        else:
            outbox.acknowledge(step)
            acknowledged = max(acknowledged, min(step, outbox.newest))
    assert [event.sequence for event in outbox.after(0)] == list(range(acknowledged + 1, outbox.newest + 1))


def test_superseded_qr_codes_are_the_first_to_go() -> None:
    """When it is full, old QR codes make room, and no other event is lost."""
    outbox = Outbox(capacity=3)
    for event in (opened("a"), qr("b", "1"), qr("b", "2"), qr("c", "1")):
        outbox.append(event)
    assert [(e.session_id, e.qr_issued.code) for e in outbox.after(0)] == [("a", ""), ("b", "2"), ("c", "1")]


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=50), st.integers(1, 10))
def test_the_outbox_is_bounded(sessions: list[str], capacity: int) -> None:
    """Without a daemon the worker's memory does not grow, and the newest events are those that are kept."""
    outbox = Outbox(capacity)
    for session in sessions:
        outbox.append(opened(session))
    assert len(outbox) == min(capacity, len(sessions))
    assert outbox.newest == len(sessions)
    assert [e.sequence for e in outbox.after(0)] == list(range(len(sessions) - len(outbox) + 1, len(sessions) + 1))


def test_a_daemon_that_has_seen_some_gets_the_rest() -> None:
    """Events up to the position of the daemon are not sent again."""
    outbox = Outbox()
    for session in "abc":
        outbox.append(opened(session))
    assert [event.session_id for event in outbox.after(2)] == ["c"]


def messages(session: str, generation: int = 1, *, text: int = 0, media: int = 0, other: int = 0) -> pb.Event:
    """Return an event about received messages."""
    received = pb.MessageReceived(text=text, media=media, other=other)
    return pb.Event(session_id=session, generation=generation, message_received=received)


def letter(session: str, text: str) -> pb.Event:
    """Return an event about a text and what it says."""
    received = pb.MessageReceived(text=1, messages=[pb.Message(text=text)], receipts=[pb.Receipt(message_ids=["S1"])])
    return pb.Event(session_id=session, generation=1, message_received=received)


def contents(outbox: Outbox) -> list[list[str]]:
    """Return what the messages of each event say."""
    return [[message.text[:1] for message in e.message_received.messages] for e in outbox.after(0)]


def test_messages_are_gathered_up_to_a_size() -> None:
    """One event holds several messages and receipts, in their order, and never grows too long for a frame."""
    outbox = Outbox()
    for letters in "abc":
        outbox.append(letter("a", letters))
    outbox.append(letter("a", "d" * LARGEST_MAIL))
    outbox.append(letter("a", "e" * 200))
    assert contents(outbox) == [["a", "b", "c"], ["d"], ["e"]]
    assert [len(e.message_received.receipts) for e in outbox.after(0)] == [3, 1, 1]
    assert all(e.ByteSize() < MAX_FRAME_BYTES for e in outbox.after(0))


def test_messages_take_bounded_memory_and_the_rest_is_counted() -> None:
    """What there is no room for is counted all the same; an acknowledgement makes room again."""
    outbox = Outbox(mail_capacity=1500)
    for letters in "abc":
        outbox.append(letter("a", letters * 400))
    assert contents(outbox) == [["a", "b"]]
    (event,) = outbox.after(0)
    assert event.message_received.text == 3
    outbox.sent(event)
    outbox.acknowledge(event.sequence)
    outbox.append(letter("a", "d" * 400))
    assert contents(outbox) == [["d"]]


def test_messages_that_wait_are_one_event() -> None:
    """Counts of one client are added up as long as they have not been sent, and keep the place of the first."""
    outbox = Outbox()
    for event in (messages("a", text=1), opened("b"), messages("a", text=2, media=1), messages("a", 2, other=1)):
        outbox.append(event)
    kept = [(e.sequence, e.session_id, e.message_received) for e in outbox.after(0)]
    assert kept == [
        (1, "a", pb.MessageReceived(text=3, media=1)),
        (2, "b", pb.MessageReceived()),
        (3, "a", pb.MessageReceived(other=1)),
    ]


def test_what_has_been_sent_changes_no_more() -> None:
    """Messages that come after an event has been sent are an event of their own."""
    outbox = Outbox()
    outbox.append(messages("a", text=1))
    (first,) = outbox.after(0)
    outbox.sent(first)
    outbox.append(messages("a", text=1))
    assert [e.message_received.text for e in outbox.after(0)] == [1, 1]


@given(st.lists(st.one_of(st.sampled_from(["a", "b"]), st.none()), max_size=60))
def test_no_message_is_lost_or_told_twice(steps: list[str | None]) -> None:
    """Whenever events are sent and acknowledged, each message is in exactly one of them."""
    outbox = Outbox()
    told = {"a": 0, "b": 0}
    for step in [*steps, None]:
        if step is not None:
            outbox.append(messages(step, text=1))
            continue
        for event in outbox.after(0):
            outbox.sent(event)
            told[event.session_id] += event.message_received.text
            outbox.acknowledge(event.sequence)
    assert told == {"a": steps.count("a"), "b": steps.count("b")}


def test_a_flood_of_messages_takes_one_place() -> None:
    """Without a daemon, any number of messages drives no other event out."""
    outbox = Outbox(capacity=2)
    outbox.append(opened("a"))
    for _ in range(1000):
        outbox.append(messages("a", text=1))
    assert [e.message_received.text for e in outbox.after(0)] == [0, 1000]


def test_messages_drive_nothing_out_and_are_not_driven_out() -> None:
    """With a daemon that takes all and stores nothing, each message is an event of its own, and none is dropped."""
    outbox = Outbox(capacity=3)
    outbox.append(opened("x"))
    for number in range(50):
        outbox.append(letter("a", chr(ord("A") + number % 26)))
        for event in outbox.after(0):
            outbox.sent(event)
    for session in "bcd":
        outbox.append(opened(session))
    assert len([texts for texts in contents(outbox) if texts]) == 50
    assert [e.session_id for e in outbox.after(0) if e.HasField("connection_opened")] == ["b", "c", "d"]


def test_what_only_counts_goes_before_what_says_something() -> None:
    """When messages have no room and nobody acknowledges, their counts do not drive facts out."""
    outbox = Outbox(capacity=3, mail_capacity=0)
    outbox.append(opened("x"))
    for _ in range(20):
        outbox.append(letter("a", "text"))
        for event in outbox.after(0):
            outbox.sent(event)
    assert len(outbox) == 3
    assert [e.session_id for e in outbox.after(0)] == ["x", "a", "a"]


async def test_whoever_ends_a_session_waits_until_its_messages_are_stored() -> None:
    """A message is delivered when it is acknowledged; those of other sessions are not waited for."""
    outbox = Outbox()
    outbox.append(letter("a", "one"))
    outbox.append(letter("b", "two"))
    async with anyio.create_task_group() as tasks:
        done = anyio.Event()

        async def wait() -> None:
            await outbox.delivered("a")
            done.set()

        tasks.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        assert not done.is_set()
        outbox.acknowledge(1)
        await done.wait()
    await outbox.delivered("c")
