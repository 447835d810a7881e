"""Facts and failures of the wire protocol, as the domain knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wad.domain import events
from wad.domain.adoption import LeftClient
from wad.domain.errors import (
    EngineError,
    EngineIncompatible,
    EngineUnavailable,
    InvalidInput,
    PairingCodeRefused,
    SessionBusy,
    WadError,
)
from wad.domain.ids import SessionId
from wad.domain.messages import Message, MessageKind, MessageStatus, Receipt
from wad.wire.v1 import worker_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Callable

    from wad.domain.events import EngineEvent

_FACTS: dict[str, Callable[[int, pb.Event], EngineEvent]] = {
    "qr_issued": lambda g, e: events.QrIssued(g, e.qr_issued.code, e.qr_issued.valid_for_seconds),
    "qr_batch_ended": lambda g, _: events.QrBatchEnded(g),
    "pair_succeeded": lambda g, e: events.PairSucceeded(g, _user(e.pair_succeeded.user)),
    "pair_failed": lambda g, e: events.PairFailed(g, e.pair_failed.message),
    "sync_started": lambda g, _: events.SyncStarted(g),
    "login_stalled": lambda g, _: events.LoginStalled(g),
    "connection_opened": lambda g, e: events.ConnectionOpened(g, _user(e.connection_opened.user)),
    "connection_lost": lambda g, e: events.ConnectionLost(g, e.connection_lost.message),
    "connect_failed": lambda g, e: events.ConnectFailed(g, e.connect_failed.code, e.connect_failed.message),
    "logged_out": lambda g, e: events.LoggedOut(g, e.logged_out.on_connect, e.logged_out.code),
    "stream_replaced": lambda g, _: events.StreamReplaced(g),
    "temporarily_banned": lambda g, e: events.TemporarilyBanned(
        g, e.temporarily_banned.code, e.temporarily_banned.expires_in_seconds
    ),
    "client_outdated": lambda g, _: events.ClientOutdated(g),
    "client_ended": lambda g, e: events.ClientEnded(g, e.client_ended.message, e.client_ended.store_lost),
    "message_received": lambda g, e: _received(g, e.message_received),
}
_KINDS = {pb.MESSAGE_KIND_TEXT: MessageKind.TEXT, pb.MESSAGE_KIND_MEDIA: MessageKind.MEDIA}
_ERRORS: dict[pb.FailureReason, Callable[[str], WadError]] = {
    pb.FAILURE_REASON_SESSION_BUSY: SessionBusy,
    pb.FAILURE_REASON_ENGINE_INCOMPATIBLE: EngineIncompatible,
    pb.FAILURE_REASON_REFUSED: EngineError,
    pb.FAILURE_REASON_PAIRING_CODE_REFUSED: PairingCodeRefused,
    pb.FAILURE_REASON_INVALID_PHONE_NUMBER: lambda message: InvalidInput("phone_number", message),
}


def event_from_wire(event: pb.Event) -> EngineEvent | None:
    """Return *event* as the domain knows it; None for a fact that this version does not know."""
    convert = _FACTS.get(event.WhichOneof("fact") or "")
    return convert(event.generation, event) if convert else None


def left_client(running: pb.RunningSession) -> LeftClient:
    """Return what a worker's Hello tells of a client.

    A worker of version 1 tells only whether it is connected; all else follows with the events that it has kept.
    """
    latest = event_from_wire(running.latest) if running.HasField("latest") else None
    if latest is None and running.connected:
        latest = events.ConnectionOpened(running.generation, events.UserIdentity(""))
    ended = isinstance(latest, events.ClientEnded)
    return LeftClient(SessionId(running.session_id), running.generation, latest, ended=ended)


def _received(generation: int, mail: pb.MessageReceived) -> events.MessageReceived:
    return events.MessageReceived(
        generation,
        mail.text,
        mail.media,
        mail.other,
        messages=tuple(map(_message, mail.messages)),
        receipts=tuple(map(_receipt, mail.receipts)),
    )


def _message(message: pb.Message) -> Message:
    return Message(
        message.message_id,
        message.chat,
        sender=message.sender,
        push_name=message.push_name,
        kind=_KINDS.get(message.kind, MessageKind.OTHER),
        text=message.text,
        sent_at=message.sent_at_unix_ms / 1000,
    )


def _receipt(receipt: pb.Receipt) -> Receipt:
    status = MessageStatus.READ if receipt.read else MessageStatus.DELIVERED
    return Receipt(
        tuple(receipt.message_ids), receipt.chat, receipt.sender, status=status, at=receipt.at_unix_ms / 1000
    )


def error_from_wire(failure: pb.Failure) -> WadError:
    """Return *failure* as the error to raise."""
    return _ERRORS.get(failure.reason, EngineUnavailable)(failure.message)


def _user(user: pb.User) -> events.UserIdentity:
    return events.UserIdentity(
        jid=user.jid,
        lid=user.lid,
        push_name=user.push_name,
        platform=user.platform,
        business_name=user.business_name,
    )
