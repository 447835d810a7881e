"""What is known of a session: the durable record, the view that people see, and the event that watchers get."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from wad.domain.policy import Policy
from wad.domain.states import DesiredState, RemovalReason, SessionState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wad.domain.alerts import AlertState
    from wad.domain.devices import Device
    from wad.domain.events import UserIdentity
    from wad.domain.ids import SessionId


class EventKind(StrEnum):
    """What happens to sessions."""

    STATE_CHANGED = "state_changed"
    QR_ISSUED = "qr_issued"
    PAIRING_CODE_ISSUED = "pairing_code_issued"
    AUTH_SUCCESS = "auth_success"
    HEARTBEAT = "heartbeat"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR text to show.

    Attributes:
        code: The text that the QR picture encodes. It is a secret: whoever scans it owns the session.
        issued_at: Seconds since the epoch.
        expires_at: Seconds since the epoch at which the next code, or the end, follows.
        attempt: 1 for the first code of the session's QR window, then counting up.
    """

    code: str = field(repr=False)
    issued_at: float
    expires_at: float
    attempt: int


@dataclass(frozen=True, slots=True)
class PairingCode:
    """A code to type into the phone, in place of scanning the QR.

    Attributes:
        code: Eight characters with a hyphen in the middle. It is a secret: whoever types it owns the session.
        phone_number: The only phone that it is good for, digits in international format.
        issued_at: Seconds since the epoch.
        expires_at: Seconds since the epoch at which its client ends; a QR may follow, this code does not come back.
    """

    code: str = field(repr=False)
    phone_number: str
    issued_at: float
    expires_at: float


@dataclass(frozen=True, slots=True)
class LastError:
    """The latest thing that went wrong.

    Attributes:
        reason: Machine-readable, one of the contract's error reasons.
        message: The same for people.
        at: Seconds since the epoch.
    """

    reason: str
    message: str
    at: float


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """The part of a session that outlives the daemon. Times are seconds since the epoch.

    Attributes:
        session_id: Its name.
        desired: What its owner wants of it.
        state: What it was doing when the record was written.
        active: True while it is in service; False once it was removed and only its files are kept.
        removal: Why it was removed.
        user: Who it is linked to, once that is known.
        created_at: When it was first created.
        last_activity_at: The last message, touch or command.
        connected_at: Start of the present or latest connection.
        auto_reconnected: The present connection was made with stored credentials, without a QR.
        generation: Number of the latest client; it only grows.
        reconnects: Connections that were lost and restored, by whatever client and after however many attempts.
        messages_sent: Messages that were sent.
        messages_received: Messages that were received.
        policy: Its limits.
        labels: Its owner's own notes.
        last_error: The latest thing that went wrong since somebody last created, reconnected, stopped or removed it; a
            connection that comes back does not take it away.
        device: What makes it a device of a phone; None for a plain session.
        last_heartbeat_at: When WhatsApp, or whoever uses the session, last said that it is alive.
        failed_heartbeats: Heartbeats in a row that got no answer.
    """

    session_id: SessionId
    created_at: float
    last_activity_at: float
    desired: DesiredState = DesiredState.RUNNING
    state: SessionState = SessionState.CONNECTING
    active: bool = True
    removal: RemovalReason | None = None
    user: UserIdentity | None = None
    connected_at: float | None = None
    auto_reconnected: bool = False
    generation: int = 0
    reconnects: int = 0
    messages_sent: int = 0
    messages_received: int = 0
    policy: Policy = field(default_factory=Policy)
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    last_error: LastError | None = None
    device: Device | None = None
    last_heartbeat_at: float | None = None
    failed_heartbeats: int = 0


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as people see it at one moment.

    Attributes:
        record: The durable part, as it is now.
        qr: The code to show, while there is one.
        expires_at: When the session will be removed if nothing happens; None when no limit is armed.
        pairing_code: The code that may be typed instead, while there is one.
    """

    record: SessionRecord
    qr: QrCode | None = None
    expires_at: float | None = None
    pairing_code: PairingCode | None = None


@dataclass(frozen=True, slots=True)
class SessionEvent:
    """Something happened to a session.

    Attributes:
        kind: What happened.
        at: Seconds since the epoch.
        view: The session right after it.
        previous: The state that was left, when the state changed.
        cause: What went wrong and led to it; None when nothing did.
    """

    kind: EventKind
    at: float
    view: SessionView
    previous: SessionState | None = None
    cause: LastError | None = None


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """An alert was raised or resolved, which concerns no session by itself.

    Attributes:
        kind: What stands where a session's event has its kind.
        at: Seconds since the epoch.
        state: The alert right after it.
    """

    kind: ClassVar[str] = "alert"

    at: float
    state: AlertState


WatchEvent = SessionEvent | AlertEvent
"""What watchers are told of."""
