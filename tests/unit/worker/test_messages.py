"""Which messages of the library count as received, and as what."""

from __future__ import annotations

import pytest
from google.protobuf.json_format import ParseDict
from google.protobuf.message import DecodeError

from wad.wire.v1 import worker_pb2 as pb
from wad.worker.binding import Message, neonize_pb
from wad.worker.messages import MOST_TEXT_BYTES, receipt, received


def jid(server: str, user: str = "4915112345678") -> neonize_pb.JID:
    """Return an address."""
    return neonize_pb.JID(User=user, RawAgent=0, Device=0, Integrator=0, Server=server)


def message(
    kind: str,
    *,
    media: str = "",
    from_me: bool = False,
    server: str = "s.whatsapp.net",
    content: Message | None = None,
    phone: str = "",
) -> bytes:
    """Return a message as the library reports it."""
    nobody = jid("")
    source = neonize_pb.MessageSource(
        Chat=jid(server),
        Sender=jid("lid" if phone else "s.whatsapp.net"),
        IsFromMe=from_me,
        IsGroup=server == "g.us",
        SenderAlt=jid("s.whatsapp.net", phone) if phone else nobody,
        RecipientAlt=nobody,
        BroadcastListOwner=nobody,
    )
    info = neonize_pb.MessageInfo(
        MessageSource=source,
        ID="M1",
        ServerID=0,
        Type=kind,
        Pushname="Ann",
        Timestamp=1,
        Category="",
        Multicast=False,
        MediaType=media,
        Edit="",
    )
    return neonize_pb.Message(
        Info=info,
        Message=content,
        IsEphemeral=False,
        IsViewOnce=False,
        IsViewOnceV2=False,
        IsViewOnceV2Extension=False,
        IsDocumentWithCaption=False,
        IsLottieSticker=False,
        IsEdit=False,
        UnavailableRequestID="",
        RetryCount=0,
    ).SerializeToString()


@pytest.mark.parametrize(
    ("kind", "media", "count"),
    [
        ("text", "", pb.MessageReceived(text=1)),
        ("media", "url", pb.MessageReceived(text=1)),
        ("media", "image", pb.MessageReceived(media=1)),
        ("reaction", "", pb.MessageReceived(other=1)),
        ("poll", "", pb.MessageReceived(other=1)),
    ],
)
def test_a_message_is_counted_by_its_kind(kind: str, media: str, count: pb.MessageReceived) -> None:
    """Texts, media and the rest are told apart; a text with a link is a text."""
    found = received(message(kind, media=media))
    assert found is not None
    assert (found.text, found.media, found.other) == (count.text, count.media, count.other)


@pytest.mark.parametrize("server", ["s.whatsapp.net", "lid", "g.us"])
def test_people_and_groups_write_to_a_session(server: str) -> None:
    """A message in a chat with a person or a group is received."""
    assert received(message("text", server=server))


@pytest.mark.parametrize(("from_me", "server"), [(True, "s.whatsapp.net"), (False, "broadcast"), (False, "newsletter")])
def test_the_owner_and_broadcasts_do_not(*, from_me: bool, server: str) -> None:
    """What the owner sent from elsewhere, a status update and a newsletter are not received by the session."""
    assert received(message("text", from_me=from_me, server=server)) is None


def test_what_is_no_message_is_an_error() -> None:
    """A payload that lacks what a message has is not counted as one."""
    with pytest.raises(DecodeError):
        received(b"\xff")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"conversation": "hello"}, "hello"),
        ({"extendedTextMessage": {"text": "see https://example.org"}}, "see https://example.org"),
        ({"imageMessage": {"caption": "a bird"}}, "a bird"),
        ({"videoMessage": {"caption": "it flies"}}, "it flies"),
        ({"documentMessage": {"caption": "the bill"}}, "the bill"),
        ({"reactionMessage": {"text": "👍"}}, "👍"),
        ({"stickerMessage": {}}, ""),
        ({"conversation": "é" * MOST_TEXT_BYTES}, "é" * (MOST_TEXT_BYTES // 2)),
    ],
)
def test_a_message_says_what_its_sender_wrote(content: dict[str, object], text: str) -> None:
    """A text, a caption or the sign of a reaction; what is too long is cut between two characters."""
    found = received(message("text", content=ParseDict(content, Message())))
    assert found is not None
    [told] = found.messages
    assert told.text == text


def test_a_sender_is_known_by_the_phone_number_where_there_is_one() -> None:
    """A hidden id gives way to the number in a chat of two; in a group the chat stays the group."""
    for server, chat in (("lid", "4915100000000@s.whatsapp.net"), ("g.us", "4915112345678@g.us")):
        found = received(message("text", server=server, phone="4915100000000"))
        assert found is not None
        [told] = found.messages
        assert (told.chat, told.sender) == (chat, "4915100000000@s.whatsapp.net")
        assert (told.message_id, told.push_name, told.sent_at_unix_ms) == ("M1", "Ann", 1)


def receipt_of(kind: int, *, from_me: bool = False) -> bytes:
    """Return a receipt as the library reports it."""
    nobody = jid("")
    source = neonize_pb.MessageSource(
        Chat=jid("s.whatsapp.net"),
        Sender=jid("s.whatsapp.net"),
        IsFromMe=from_me,
        IsGroup=False,
        SenderAlt=nobody,
        RecipientAlt=nobody,
        BroadcastListOwner=nobody,
    )
    told = neonize_pb.Receipt(MessageSource=source, MessageIDs=["S1", "S2"], Timestamp=7)
    told.Type = kind  # pyright: ignore[reportAttributeAccessIssue] - the numbers of the enumeration
    return told.SerializeToString()


@pytest.mark.parametrize(
    ("kind", "read"),
    [
        (neonize_pb.Receipt.DELIVERED, False),
        (neonize_pb.Receipt.INACTIVE, False),
        (neonize_pb.Receipt.READ, True),
        (neonize_pb.Receipt.PLAYED, True),
    ],
)
def test_a_receipt_says_delivered_or_read(kind: int, *, read: bool) -> None:
    """It names the messages, and when; it is no message that came."""
    found = receipt(receipt_of(kind))
    assert found is not None
    [told] = found.receipts
    assert (list(told.message_ids), told.read, told.at_unix_ms) == (["S1", "S2"], read, 7000)
    assert (found.text, found.media, found.other) == (0, 0, 0)


def test_what_the_owner_reads_is_no_receipt() -> None:
    """Neither is anything but delivered and read."""
    assert receipt(receipt_of(neonize_pb.Receipt.READ, from_me=True)) is None
    assert receipt(receipt_of(neonize_pb.Receipt.RETRY)) is None


def test_a_text_that_is_no_utf_8_is_read_as_far_as_it_can_be() -> None:
    """Somebody with a client of his own can send anything, and it is a message all the same."""
    raw = message("text", content=Message(conversation="MARK"), phone="4915100000000")
    for mark in (b"MARK", b"Ann"):
        broken = raw.replace(mark, b"\xff" * len(mark))
        found = received(broken)
        assert found is not None
        assert len(found.messages) == 1
        found.SerializeToString()
