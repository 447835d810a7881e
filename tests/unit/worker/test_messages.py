"""Which messages of the library count as received, and as what."""

from __future__ import annotations

import pytest
from google.protobuf.message import DecodeError

from wad.wire.v1 import worker_pb2 as pb
from wad.worker.binding import neonize_pb
from wad.worker.messages import received


def jid(server: str) -> neonize_pb.JID:
    """Return an address."""
    return neonize_pb.JID(User="4915112345678", RawAgent=0, Device=0, Integrator=0, Server=server)


def message(kind: str, *, media: str = "", from_me: bool = False, server: str = "s.whatsapp.net") -> bytes:
    """Return a message as the library reports it."""
    nobody = jid("")
    source = neonize_pb.MessageSource(
        Chat=jid(server),
        Sender=jid("s.whatsapp.net"),
        IsFromMe=from_me,
        IsGroup=server == "g.us",
        SenderAlt=nobody,
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
    assert received(message(kind, media=media)) == count


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
