"""Messages, as the contract has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wad.domain.messages import Direction, MessageKind, MessageStatus
from wad.rpc.convert import timestamp
from wad.v1 import message_pb2

if TYPE_CHECKING:
    from wad.domain.messages import Delivery, Message
    from wad.managers.reception import Told

_KINDS: Final = {
    MessageKind.TEXT: message_pb2.MESSAGE_KIND_TEXT,
    MessageKind.MEDIA: message_pb2.MESSAGE_KIND_MEDIA,
    MessageKind.OTHER: message_pb2.MESSAGE_KIND_OTHER,
}
_DIRECTIONS: Final = {
    Direction.RECEIVED: message_pb2.MESSAGE_DIRECTION_RECEIVED,
    Direction.SENT: message_pb2.MESSAGE_DIRECTION_SENT,
}
_STATUSES: Final = {
    None: message_pb2.MESSAGE_STATUS_UNSPECIFIED,
    MessageStatus.SENT: message_pb2.MESSAGE_STATUS_SENT,
    MessageStatus.DELIVERED: message_pb2.MESSAGE_STATUS_DELIVERED,
    MessageStatus.READ: message_pb2.MESSAGE_STATUS_READ,
}


def message(session_id: str, found: Message) -> message_pb2.Message:
    """Return a message of a session."""
    return message_pb2.Message(
        session_id=session_id,
        message_id=found.message_id,
        direction=_DIRECTIONS[found.direction],
        chat=found.chat,
        sender=found.sender,
        push_name=found.push_name,
        kind=_KINDS[found.kind],
        text=found.text,
        send_time=timestamp(found.sent_at),
        create_time=timestamp(found.stored_at),
        status=_STATUSES[found.status],
    )


def delivery(found: Delivery) -> message_pb2.ReceiveMessagesResponse:
    """Return a message that is handed out."""
    shown = message_pb2.Delivery(delivery_id=found.delivery_id, message=message(found.session_id, found.message))
    return message_pb2.ReceiveMessagesResponse(delivery=shown)


def receipt(told: Told) -> message_pb2.ReceiveMessagesResponse:
    """Return what has become of a message that was sent."""
    shown = message_pb2.MessageReceipt(
        session_id=told.session_id,
        message_id=told.message_id,
        chat=told.receipt.chat,
        sender=told.receipt.sender,
        status=_STATUSES[told.receipt.status],
        time=timestamp(told.receipt.at),
    )
    return message_pb2.ReceiveMessagesResponse(receipt=shown)
