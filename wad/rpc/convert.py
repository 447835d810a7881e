"""From the domain to the contract. Pure: the present arrives as an argument."""

from __future__ import annotations

from functools import lru_cache
from math import isnan
from typing import TYPE_CHECKING

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from wad.domain.alerts import TERMS
from wad.domain.records import AlertEvent, EventKind
from wad.domain.states import DesiredState, RemovalReason, SessionState
from wad.v1 import admin_pb2, error_pb2, event_pb2, session_pb2

if TYPE_CHECKING:
    from wad.domain.alerts import AlertState
    from wad.domain.devices import Device
    from wad.domain.events import UserIdentity
    from wad.domain.policy import Policy
    from wad.domain.records import LastError, PairingCode, QrCode, SessionEvent, SessionRecord, SessionView, WatchEvent

STATES = {state: session_pb2.SessionState.Value(f"SESSION_STATE_{state.name}") for state in SessionState}
"""The contract's number of each state."""

DESIRED = {state: session_pb2.DesiredState.Value(f"DESIRED_STATE_{state.name}") for state in DesiredState}
"""The contract's number of each desired state."""

REASONS = {reason: session_pb2.RemovalReason.Value(f"REMOVAL_REASON_{reason.name}") for reason in RemovalReason}
"""The contract's number of each reason to remove a session."""

EVENT_TYPES = {
    str(kind): event_pb2.EventType.Value(f"EVENT_TYPE_{kind.upper()}") for kind in (*EventKind, AlertEvent.kind)
}
"""The contract's number of each kind of event."""


def timestamp(seconds: float) -> Timestamp:
    """Return *seconds* since the epoch, to the microsecond."""
    message = Timestamp()
    message.FromMicroseconds(round(seconds * 1e6))
    return message


def duration(seconds: float) -> Duration:
    """Return *seconds*, to the microsecond."""
    message = Duration()
    message.FromMicroseconds(round(seconds * 1e6))
    return message


def error_reason(reason: str) -> error_pb2.ErrorReason.ValueType:
    """Return the contract's number of a machine-readable reason; one it does not list is an internal matter."""
    name = f"ERROR_REASON_{reason}"
    known = name in error_pb2.ErrorReason.DESCRIPTOR.values_by_name
    return error_pb2.ErrorReason.Value(name) if known else error_pb2.ERROR_REASON_INTERNAL


def session(view: SessionView, now: float) -> session_pb2.Session:
    """Return a session as callers see it.

    Args:
        view: The session.
        now: Seconds since the epoch; a QR that has expired by then is left out.
    """
    record = view.record
    return session_pb2.Session(
        session_id=record.session_id,
        state=STATES[record.state],
        desired_state=DESIRED[record.desired],
        active=record.active,
        removal_reason=REASONS[record.removal] if record.removal else session_pb2.REMOVAL_REASON_UNSPECIFIED,
        user=user(record.user) if record.user else None,
        create_time=timestamp(record.created_at),
        last_activity_time=timestamp(record.last_activity_at),
        connect_time=None if record.connected_at is None else timestamp(record.connected_at),
        expire_time=None if view.expires_at is None else timestamp(view.expires_at),
        qr=qr(view.qr, now),
        pairing_code=pairing_code(view.pairing_code, now),
        policy=policy(record.policy),
        labels=record.labels,
        counters=counters(record),
        last_error=last_error(record.last_error) if record.last_error else None,
        auto_reconnected=record.auto_reconnected,
        generation=record.generation,
        device=device_name(record.device) if record.device else None,
    )


def device_name(device: Device) -> session_pb2.DeviceName:
    """Return which device of which phone a session is."""
    return session_pb2.DeviceName(phone_number=device.phone_number, device_id=device.device_id)


def user(identity: UserIdentity) -> session_pb2.User:
    """Return who a session is logged in as."""
    return session_pb2.User(
        jid=identity.jid,
        lid=identity.lid,
        push_name=identity.push_name,
        platform=identity.platform,
        business_name=identity.business_name,
    )


def qr(code: QrCode | None, now: float) -> session_pb2.Qr | None:
    """Return the QR to show, or None when there is none that is valid at *now* (seconds since the epoch)."""
    if code is None or code.expires_at <= now:
        return None
    return session_pb2.Qr(
        code=code.code,
        issue_time=timestamp(code.issued_at),
        expire_time=timestamp(code.expires_at),
        attempt=code.attempt,
    )


def pairing_code(code: PairingCode | None, now: float) -> session_pb2.PairingCode | None:
    """Return the pairing code to show, or None when there is none that is valid at *now* (seconds since the epoch)."""
    if code is None or code.expires_at <= now:
        return None
    return session_pb2.PairingCode(
        code=code.code,
        phone_number=code.phone_number,
        issue_time=timestamp(code.issued_at),
        expire_time=timestamp(code.expires_at),
    )


def code_issued(view: SessionView, now: float) -> session_pb2.PairingCodeIssued:
    """Return that a pairing code was issued, with the code if it is still valid at *now* (seconds since the epoch)."""
    return session_pb2.PairingCodeIssued(pairing_code=pairing_code(view.pairing_code, now))


@lru_cache(maxsize=64)
def policy(limits: Policy) -> session_pb2.Policy:
    """Return a session's limits; every field is set. Copy the message before you change it: sessions share it."""
    message = session_pb2.Policy()
    for field in message.DESCRIPTOR.fields:
        value: float = getattr(limits, field.name)
        if field.message_type is None:
            setattr(message, field.name, value)
        else:
            getattr(message, field.name).CopyFrom(duration(value))
    return message


def counters(record: SessionRecord) -> session_pb2.SessionCounters:
    """Return what a session has done."""
    return session_pb2.SessionCounters(
        messages_sent=record.messages_sent, messages_received=record.messages_received, reconnects=record.reconnects
    )


def last_error(error: LastError) -> session_pb2.LastError:
    """Return the latest thing that went wrong."""
    return session_pb2.LastError(reason=error_reason(error.reason), message=error.message, time=timestamp(error.at))


def state_changed(event: SessionEvent) -> session_pb2.StateChanged:
    """Return the transition that *event* tells of."""
    before = session_pb2.SESSION_STATE_UNSPECIFIED if event.previous is None else STATES[event.previous]
    return session_pb2.StateChanged(from_state=before, to_state=STATES[event.view.record.state])


def removed(view: SessionView) -> session_pb2.SessionRemoved:
    """Return the end of a session."""
    reason = view.record.removal
    return session_pb2.SessionRemoved(reason=REASONS[reason] if reason else session_pb2.REMOVAL_REASON_UNSPECIFIED)


def event(sequence: int, happened: WatchEvent, now: float) -> event_pb2.Event:
    """Return an event for watchers.

    Args:
        sequence: Its number in the log.
        happened: The event.
        now: Seconds since the epoch; a QR that has expired by then is left out.
    """
    message = event_pb2.Event(sequence=sequence, time=timestamp(happened.at))
    if isinstance(happened, AlertEvent):
        message.alert.CopyFrom(alert(happened.state))
        return message
    view = happened.view
    message.session.CopyFrom(session(view, now))
    match happened.kind:
        case EventKind.STATE_CHANGED:
            message.state_changed.CopyFrom(state_changed(happened))
        case EventKind.QR_ISSUED:
            message.qr_issued.CopyFrom(session_pb2.QrIssued(qr=qr(view.qr, now)))
        case EventKind.PAIRING_CODE_ISSUED:
            message.pairing_code_issued.CopyFrom(code_issued(view, now))
        case EventKind.AUTH_SUCCESS:
            message.auth_success.CopyFrom(
                event_pb2.AuthSuccess(user=user(view.record.user) if view.record.user else None)
            )
        case EventKind.HEARTBEAT:
            message.heartbeat.CopyFrom(heartbeat(view.record))
        case EventKind.REMOVED:
            message.removed.CopyFrom(removed(view))
    return message


def alert(state: AlertState) -> admin_pb2.Alert:
    """Return an alert."""
    terms = TERMS[state.alert]
    return admin_pb2.Alert(
        name=state.alert.value,
        active=state.active,
        value=state.value,
        threshold=None if isnan(state.threshold) else state.threshold,
        below=terms.below,
        measures=terms.measures,
        change_time=None if state.changed_at is None else timestamp(state.changed_at),
    )


def heartbeat(record: SessionRecord) -> event_pb2.Heartbeat:
    """Return what became of a session's latest heartbeat."""
    last = record.last_heartbeat_at
    return event_pb2.Heartbeat(
        failed_heartbeats=record.failed_heartbeats, last_heartbeat_time=None if last is None else timestamp(last)
    )


def link_step(happened: SessionEvent, now: float) -> session_pb2.LinkSessionResponse | None:
    """Return one step on the way to a link, or None for the events that its end, :func:`link_end`, stands for."""
    message = session_pb2.LinkSessionResponse(session=session(happened.view, now))
    if happened.kind is EventKind.STATE_CHANGED:
        message.state_changed.CopyFrom(state_changed(happened))
    elif happened.kind is EventKind.QR_ISSUED:
        message.qr_issued.CopyFrom(session_pb2.QrIssued(qr=qr(happened.view.qr, now)))
    elif happened.kind is EventKind.PAIRING_CODE_ISSUED:
        message.pairing_code_issued.CopyFrom(code_issued(happened.view, now))
    else:
        return None
    return message


def link_end(view: SessionView, now: float) -> session_pb2.LinkSessionResponse:
    """Return the last step of a link: the connection, or the session's end."""
    message = session_pb2.LinkSessionResponse(session=session(view, now))
    if view.record.state is SessionState.CONNECTED:
        message.connected.SetInParent()
    else:
        message.removed.CopyFrom(removed(view))
    return message
