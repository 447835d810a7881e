"""Messages: what others send to sessions, and what becomes of what sessions send."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wad.domain.ids import SessionId


class MessageKind(StrEnum):
    """What a message is.

    Media are pictures, videos, sound, documents, stickers, contacts and the like; other are reactions, polls and
    whatever else there is.
    """

    TEXT = "text"
    MEDIA = "media"
    OTHER = "other"


class MessageStatus(IntEnum):
    """How far a message that a session has sent has come, with the addressee with whom it has come furthest."""

    SENT = 1
    DELIVERED = 2
    READ = 3


class Direction(StrEnum):
    """Which way a message went."""

    RECEIVED = "received"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a session.

    Attributes:
        message_id: WhatsApp's id of it, unique within its chat.
        chat: Jid of the chat.
        direction: Which way it went.
        sender: Jid of whoever sent it, without a device; empty when the session did.
        push_name: The name that the sender shows to others.
        kind: What it is.
        text: What it says; of media the caption. Of what was sent it is not kept.
        sent_at: Seconds since the epoch, by WhatsApp's clock if it was received.
        stored_at: Seconds since the epoch; 0 before it was stored.
        status: How far it has come, if it was sent.
    """

    message_id: str
    chat: str = field(repr=False)
    direction: Direction = Direction.RECEIVED
    sender: str = field(default="", repr=False)
    push_name: str = field(default="", repr=False)
    kind: MessageKind = MessageKind.TEXT
    text: str = field(default="", repr=False)
    sent_at: float = 0.0
    stored_at: float = 0.0
    status: MessageStatus | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What has become of messages that a session has sent.

    Attributes:
        message_ids: Their ids.
        chat: Jid of the chat.
        sender: Jid of whoever got them.
        status: Delivered or read.
        at: Seconds since the epoch, by WhatsApp's clock.
    """

    message_ids: tuple[str, ...]
    chat: str = field(repr=False)
    sender: str = field(repr=False)
    status: MessageStatus
    at: float


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that was received, as it is handed out.

    Attributes:
        delivery_id: Its number: it rises, and stays the message's own.
        session_id: The session that has received it.
        message: The message.
    """

    delivery_id: int
    session_id: SessionId
    message: Message
