"""What of a message, or of a receipt, leaves the worker."""

from __future__ import annotations

from typing import Final

from wad.wire.v1 import worker_pb2 as pb
from wad.worker.binding import Message, neonize_pb

MOST_TEXT_BYTES: Final = 65_536
"""As much as a session may send; of a longer text the rest is left out."""

_NOT_TO_THE_SESSION: Final = {"broadcast", "newsletter"}
"""Servers of chats whose posts are addressed to nobody in particular."""
_LINK_PREVIEW: Final = "url"  # the media type of a text with a link, as whatsmeow send.go sets it
_LATEST_MS: Final = 253_402_300_799_999  # the end of 9999, beyond which the contract's times do not go
_PHONE_SERVER: Final = "s.whatsapp.net"
_DELIVERED: Final = {neonize_pb.Receipt.DELIVERED, neonize_pb.Receipt.INACTIVE}
"""The second is of a device that nobody looks at, as whatsmeow's own is unless it says that it is available."""
_READ: Final = {neonize_pb.Receipt.READ, neonize_pb.Receipt.PLAYED}


def received(payload: bytes) -> pb.MessageReceived | None:
    """Return a message of the library; None for one that others did not send to the session.

    Raises:
        google.protobuf.message.DecodeError: The payload is no message.
    """
    event = neonize_pb.Message.FromString(payload)
    info, source = event.Info, event.Info.MessageSource
    if source.IsFromMe or source.Chat.Server in _NOT_TO_THE_SESSION:
        return None
    kind = _kind(info)
    message = pb.Message(
        message_id=_readable(info.ID),
        chat=_jid(source.Chat, source.SenderAlt if not source.IsGroup else None),
        sender=_jid(source.Sender, source.SenderAlt),
        push_name=_readable(info.Pushname),
        kind=kind,
        text=_shortened(_readable(_text(event.Message))),  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - absent from the stubs
        sent_at_unix_ms=min(max(info.Timestamp, 0), _LATEST_MS),
    )
    return pb.MessageReceived(
        text=int(kind == pb.MESSAGE_KIND_TEXT),
        media=int(kind == pb.MESSAGE_KIND_MEDIA),
        other=int(kind == pb.MESSAGE_KIND_OTHER),
        messages=[message],
    )


def receipt(payload: bytes) -> pb.MessageReceived | None:
    """Return what has become of messages; None when others did not say so, or it is neither delivered nor read.

    Raises:
        google.protobuf.message.DecodeError: The payload is no receipt.
    """
    event = neonize_pb.Receipt.FromString(payload)
    source = event.MessageSource
    if source.IsFromMe or event.Type not in _DELIVERED | _READ:
        return None
    told = pb.Receipt(
        message_ids=event.MessageIDs,
        chat=_jid(source.Chat),
        sender=_jid(source.Sender, source.SenderAlt),
        read=event.Type in _READ,
        at_unix_ms=event.Timestamp * 1000,  # of a receipt the library gives seconds
    )
    return pb.MessageReceived(receipts=[told])


def _kind(info: neonize_pb.MessageInfo) -> pb.MessageKind:
    if info.Type == "text" or info.MediaType == _LINK_PREVIEW:
        return pb.MESSAGE_KIND_TEXT
    return pb.MESSAGE_KIND_MEDIA if info.Type == "media" else pb.MESSAGE_KIND_OTHER


def _text(message: Message) -> str:
    """Return what a message says: its text, the caption of media, the sign of a reaction."""
    if message.HasField("conversation"):
        return message.conversation
    if message.HasField("extendedTextMessage"):
        return message.extendedTextMessage.text
    if message.HasField("reactionMessage"):
        return message.reactionMessage.text
    for captioned in (message.imageMessage, message.videoMessage, message.documentMessage):
        if captioned.caption:
            return captioned.caption
    return ""


def _shortened(text: str) -> str:
    return text.encode()[:MOST_TEXT_BYTES].decode(errors="ignore")


def _readable(text: str | bytes) -> str:
    """Return a text; of one that is no UTF-8, which the library gives as it came, what can be read."""
    return text.decode(errors="replace") if isinstance(text, bytes) else text


def _jid(jid: neonize_pb.JID, other: neonize_pb.JID | None = None) -> str:
    """Return a jid without its device; that with the phone number where the library knows both."""
    if other is not None and other.Server == _PHONE_SERVER and jid.Server != _PHONE_SERVER:
        jid = other
    return f"{jid.User}@{jid.Server}" if jid.User else jid.Server
