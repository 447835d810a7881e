"""Facts from outside that a session's machine is told.

Each fact from the engine carries the ``generation`` of the client that it speaks of. The machine ignores a generation
that is not the present one: a late word of a client that has been replaced changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wad.domain.messages import Message, Receipt
    from wad.domain.states import RemovalReason


@dataclass(frozen=True, slots=True)
class Moment:
    """All that a machine may know of time and chance when it decides.

    Attributes:
        mono: Monotonic seconds, for deadlines.
        wall: Seconds since the epoch, only for what is shown and stored.
        chance: A random number in [0, 1), for jitter.
    """

    mono: float
    wall: float
    chance: float = 0.0


@dataclass(frozen=True, slots=True)
class UserIdentity:
    """Who a session is logged in as.

    Attributes:
        jid: Address of the linked device, ``<phone>:<device>@s.whatsapp.net``.
        lid: The same device under WhatsApp's hidden user id; empty when the server gave none.
        push_name: The name the account shows to others; may be empty until it has been synced.
        platform: The phone's platform as the server named it at pairing.
        business_name: Verified name of a business account, else empty.
    """

    jid: str
    lid: str = ""
    push_name: str = ""
    platform: str = ""
    business_name: str = ""

    @property
    def phone_number(self) -> str:
        """The number of the phone that it is linked to, digits in international format; empty when it is not known."""
        user, _, server = self.jid.partition("@")
        return user.partition(":")[0] if server == "s.whatsapp.net" else ""


# ── what the engine reports ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class QrIssued:
    """The engine shows a QR text that is valid for ``valid_for`` seconds."""

    generation: int
    code: str = field(repr=False)
    valid_for: float


@dataclass(frozen=True, slots=True)
class PairingCodeIssued:
    """WhatsApp takes a pairing code for this client, next to its QR.

    Attributes:
        generation: The client that asked for it.
        code: What is to be typed into the phone.
        phone_number: The only phone that it is good for, digits in international format.
        valid_for: Seconds that such a code lives, counted from the client's first QR.
    """

    generation: int
    code: str = field(repr=False)
    phone_number: str
    valid_for: float


@dataclass(frozen=True, slots=True)
class QrBatchEnded:
    """The engine ran out of QR codes, or the server closed the connection that they belonged to."""

    generation: int


@dataclass(frozen=True, slots=True)
class PairSucceeded:
    """A phone scanned the QR; the credentials are in the store."""

    generation: int
    user: UserIdentity


@dataclass(frozen=True, slots=True)
class PairFailed:
    """A phone scanned the QR, but the pairing was refused."""

    generation: int
    message: str


@dataclass(frozen=True, slots=True)
class SyncStarted:
    """The engine has logged in with the credentials and is making the device ready."""

    generation: int


@dataclass(frozen=True, slots=True)
class LoginStalled:
    """The engine has been linked, and will not log in by itself; a new client will, with the stored credentials."""

    generation: int


@dataclass(frozen=True, slots=True)
class ConnectionOpened:
    """The session can send and receive."""

    generation: int
    user: UserIdentity


@dataclass(frozen=True, slots=True)
class ConnectionLost:
    """The connection is gone, or answers no more; the engine tries to restore it by itself."""

    generation: int
    message: str


@dataclass(frozen=True, slots=True)
class ConnectFailed:
    """The server refused the login with a code for which the engine gives up."""

    generation: int
    code: int
    message: str


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """The server says that the device is no longer linked.

    Attributes:
        generation: The client that was told so.
        on_connect: True when stored credentials were refused at login, False when a running session was ended.
        code: The server's code (401 and kin).
    """

    generation: int
    on_connect: bool
    code: int


@dataclass(frozen=True, slots=True)
class StreamReplaced:
    """Another client logged in with the same credentials and took the stream."""

    generation: int


@dataclass(frozen=True, slots=True)
class TemporarilyBanned:
    """The account may not log in for ``expires_in`` seconds."""

    generation: int
    code: int
    expires_in: float


@dataclass(frozen=True, slots=True)
class ClientOutdated:
    """The server no longer accepts this engine's protocol version."""

    generation: int


@dataclass(frozen=True, slots=True)
class ClientEnded:
    """The engine's client is over without having been stopped.

    Attributes:
        generation: That client.
        message: Why; empty when the engine gave no error.
        store_lost: It was ended because its credential store is no longer where it was, which is a fault of our side.
    """

    generation: int
    message: str
    store_lost: bool = False


@dataclass(frozen=True, slots=True)
class HeartbeatAnswered:
    """WhatsApp answered this client when it was asked for a heartbeat."""

    generation: int


@dataclass(frozen=True, slots=True)
class HeartbeatMissed:
    """WhatsApp did not answer; ``message`` says why that is thought."""

    generation: int
    message: str


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """Others sent messages to the session, or have got what it has sent.

    Not counted: what the account's owner sends from his phone or another of his devices, status updates, newsletters,
    and what could not be decrypted.

    Attributes:
        generation: The client that received them.
        text: How many were texts.
        media: How many were pictures, sound, documents and the like.
        other: How many were reactions, polls and the like.
        messages: What they say; fewer than were counted when some are lost.
        receipts: What has become of messages that the session has sent.
    """

    generation: int
    text: int = 0
    media: int = 0
    other: int = 0
    messages: tuple[Message, ...] = ()
    receipts: tuple[Receipt, ...] = ()

    @property
    def count(self) -> int:
        """How many there were."""
        return self.text + self.media + self.other


@dataclass(frozen=True, slots=True)
class WorkerExited:
    """The process that ran the client is gone.

    Attributes:
        generation: The client that went with it.
        worker: The worker's name.
        status: Exit status as a text for people (``signal 9 (SIGKILL)``, ``exit code 2``).
    """

    generation: int
    worker: str
    status: str


@dataclass(frozen=True, slots=True)
class ReplacementDue:
    """The client's worker is to be replaced: the client is to go on in another one."""

    generation: int


@dataclass(frozen=True, slots=True)
class StartFailed:
    """The client could not be started at all.

    Attributes:
        generation: The client that was asked for.
        reason: Machine-readable cause, one of the contract's error reasons.
        message: The cause in words.
    """

    generation: int
    reason: str
    message: str


# ── what people ask for ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Touched:
    """Somebody used the session: its idle time begins anew."""


@dataclass(frozen=True, slots=True)
class HeartbeatGiven:
    """Somebody says that the session is alive; it counts like an answered heartbeat, and is no activity."""


@dataclass(frozen=True, slots=True)
class MessageSent:
    """A message was sent."""


@dataclass(frozen=True, slots=True)
class Swept:
    """The sweep found the session; it is removed if it has outlived a limit, whatever became of its deadline."""


@dataclass(frozen=True, slots=True)
class ConnectRequested:
    """Somebody wants the session connected now: a wait for the next attempt ends."""


@dataclass(frozen=True, slots=True)
class RemovalRequested:
    """The session is to be taken out of service."""

    reason: RemovalReason


EngineEvent = (
    QrIssued
    | PairingCodeIssued
    | QrBatchEnded
    | PairSucceeded
    | PairFailed
    | SyncStarted
    | LoginStalled
    | ConnectionOpened
    | ConnectionLost
    | ConnectFailed
    | LoggedOut
    | StreamReplaced
    | TemporarilyBanned
    | ClientOutdated
    | ClientEnded
    | HeartbeatAnswered
    | HeartbeatMissed
    | MessageReceived
    | WorkerExited
    | ReplacementDue
    | StartFailed
)
"""Facts about one generation of a client."""

Request = Touched | HeartbeatGiven | MessageSent | Swept | ConnectRequested | RemovalRequested
"""What people and the sweep ask for."""

Event = EngineEvent | Request
