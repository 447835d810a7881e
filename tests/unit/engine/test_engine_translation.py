"""Every fact of the wire is known to the domain, and every failure has its error."""

import pytest

from wad.domain import events
from wad.domain.errors import EngineError, EngineIncompatible, EngineUnavailable, SessionBusy
from wad.domain.messages import Message, MessageKind, MessageStatus, Receipt
from wad.engine.translation import error_from_wire, event_from_wire
from wad.wire.v1 import worker_pb2 as pb

FACTS = [field.name for field in pb.Event.DESCRIPTOR.oneofs_by_name["fact"].fields]


@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_becomes_an_event_of_its_generation(fact: str) -> None:
    """No fact is lost between the wire and the domain, and none loses its generation."""
    event = pb.Event(session_id="s", generation=7)
    getattr(event, fact).SetInParent()
    translated = event_from_wire(event)
    assert translated is not None
    assert translated.generation == 7


def test_a_users_fields_all_arrive() -> None:
    """A connected client says who it is, complete."""
    user = pb.User(jid="1:2@s.whatsapp.net", lid="3:2@lid", push_name="P", platform="android", business_name="B")
    event = pb.Event(generation=1, connection_opened=pb.ConnectionOpened(user=user))
    identity = events.UserIdentity("1:2@s.whatsapp.net", "3:2@lid", "P", "android", "B")
    assert event_from_wire(event) == events.ConnectionOpened(1, identity)


def test_a_client_that_lost_its_store_is_told_apart() -> None:
    """The end of a client says whether our own side is to blame."""
    ended = pb.ClientEnded(message="its file is gone", store_lost=True)
    assert event_from_wire(pb.Event(generation=1, client_ended=ended)) == events.ClientEnded(
        1, "its file is gone", store_lost=True
    )
    assert event_from_wire(pb.Event(generation=1, client_ended=pb.ClientEnded())) == events.ClientEnded(1, "")


def test_received_messages_arrive_by_kind() -> None:
    """Each count stays that of its kind, and together they are all messages."""
    event = pb.Event(generation=1, message_received=pb.MessageReceived(text=3, media=2, other=1))
    assert (received := event_from_wire(event)) == events.MessageReceived(1, text=3, media=2, other=1)
    assert isinstance(received, events.MessageReceived)
    assert received.count == 6


def test_messages_and_receipts_arrive_whole() -> None:
    """What a message says and who has got one are as the worker tells them; a kind that is not known is another."""
    mail = pb.MessageReceived(
        messages=[
            pb.Message(
                message_id="M1",
                chat="1@g.us",
                sender="2@lid",
                push_name="Ann",
                kind=pb.MESSAGE_KIND_MEDIA,
                text="look",
                sent_at_unix_ms=1500,
            ),
            pb.Message(message_id="M2"),
        ],
        receipts=[pb.Receipt(message_ids=["S1", "S2"], chat="1@g.us", sender="2@lid", read=True, at_unix_ms=2000)],
    )
    received = event_from_wire(pb.Event(generation=1, message_received=mail))
    assert isinstance(received, events.MessageReceived)
    assert received.messages == (
        Message("M1", "1@g.us", sender="2@lid", push_name="Ann", kind=MessageKind.MEDIA, text="look", sent_at=1.5),
        Message("M2", "", kind=MessageKind.OTHER),
    )
    assert received.receipts == (Receipt(("S1", "S2"), "1@g.us", "2@lid", MessageStatus.READ, 2.0),)
    assert "look" not in repr(received)


def test_an_unknown_fact_is_passed_over() -> None:
    """A newer worker's fact that this daemon does not know is no event, and no error."""
    assert event_from_wire(pb.Event(generation=1)) is None


@pytest.mark.parametrize(
    ("reason", "error"),
    [
        (pb.FAILURE_REASON_SESSION_BUSY, SessionBusy),
        (pb.FAILURE_REASON_ENGINE_INCOMPATIBLE, EngineIncompatible),
        (pb.FAILURE_REASON_REFUSED, EngineError),
        (pb.FAILURE_REASON_TIMEOUT, EngineUnavailable),
        (pb.FAILURE_REASON_STORAGE, EngineUnavailable),
        (pb.FAILURE_REASON_SHUTTING_DOWN, EngineUnavailable),
        (pb.FAILURE_REASON_BAD_REQUEST, EngineUnavailable),
    ],
)
def test_every_failure_is_raised_as_its_error(reason: pb.FailureReason, error: type[Exception]) -> None:
    """The port promises certain errors; a worker's failure becomes one of them and keeps its words."""
    raised = error_from_wire(pb.Failure(reason=reason, message="words"))
    assert type(raised) is error
    assert str(raised) == "words"
