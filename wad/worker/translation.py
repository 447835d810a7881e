"""What the library reports about one client, translated into facts of the wire protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from wad.wire.v1 import worker_pb2 as pb
from wad.worker.binding import neonize_pb

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Fact = (
    pb.QrIssued
    | pb.QrBatchEnded
    | pb.PairSucceeded
    | pb.PairFailed
    | pb.SyncStarted
    | pb.LoginStalled
    | pb.ConnectionOpened
    | pb.ConnectionLost
    | pb.ConnectFailed
    | pb.LoggedOut
    | pb.StreamReplaced
    | pb.TemporarilyBanned
    | pb.ClientOutdated
    | pb.ClientEnded
    | pb.MessageReceived
)

DEVICE, PAIR_STATUS, CONNECTED, KEEP_ALIVE_TIMEOUT, KEEP_ALIVE_RESTORED = 0, 2, 3, 4, 5
LOGGED_OUT, STREAM_REPLACED, TEMPORARY_BAN, CONNECT_FAILURE, CLIENT_OUTDATED = 6, 7, 8, 9, 10
DISCONNECTED, MESSAGE, RECEIPT, OFFLINE_SYNC_PREVIEW, OFFLINE_SYNC_COMPLETED = 12, 17, 18, 26, 27

_FIRST_QR_SECONDS = 60.0  # whatsmeow qrchan.go: the first of a batch of six is shown for 60 s, the others for 20 s
# (WhatsApp always sends six; codes come one by one, so that a smaller batch, all 20 s, cannot be told by its first.)
_NEXT_QR_SECONDS = 20.0

_FAILURE_CODES = {
    neonize_pb.GENERIC: 400,
    neonize_pb.LOGGED_OUT: 401,
    neonize_pb.TEMP_BANNED: 402,
    neonize_pb.MAIN_DEVICE_GONE: 403,
    neonize_pb.CLIENT_OUTDATED: 405,
    neonize_pb.UNKNOWN_LOGOUT: 406,
    neonize_pb.BAD_USER_AGENT: 409,
    neonize_pb.INTERNAL_SERVER_ERROR: 500,
    neonize_pb.EXPERIMENTAL: 501,
    neonize_pb.SERVICE_UNAVAILABLE: 503,
}  # the library numbers the server's codes anew; these are whatsmeow's types/events ConnectFailureReason
_BAN_CODES = {
    neonize_pb.TemporaryBan.SEND_TO_TOO_MANY_PEOPLE: 101,
    neonize_pb.TemporaryBan.BLOCKED_BY_USERS: 102,
    neonize_pb.TemporaryBan.CREATED_TOO_MANY_GROUPS: 103,
    neonize_pb.TemporaryBan.SENT_TOO_MANY_SAME_MESSAGE: 104,
    neonize_pb.TemporaryBan.BROADCAST_LIST: 106,
}  # likewise TempBanReason
_PAIRING_REFUSALS = {
    "error": "The phone's answer to the pairing could not be used; the worker's log has the engine's reason.",
    "err-scanned-without-multidevice": "The phone scanned the code but has linked devices switched off.",
    "passkey-request": "The phone asks for a passkey, which this engine cannot give.",
    "passkey-confirmation": "The phone asks to confirm a passkey, which this engine cannot do.",
}


class Translator:
    """Follows one client and says what its reports mean.

    It keeps two promises that the library does not: the first ``ConnectionOpened`` of a client always follows one
    ``SyncStarted``, and a lost connection is reported once until it is open again.
    """

    def __init__(self) -> None:
        self.linked = False
        """The store holds the credentials of a linked device."""
        self.open = False
        """The client can send and receive."""
        self.shows_qr = False
        """A QR code is shown, so a pairing code can be asked for."""
        self.is_to_log_in = False
        """It has been linked, and the library has neither logged in since nor said that it tries again by itself."""
        self._first_qr = True
        self._synced = False

    @property
    def awaits_login(self) -> bool:
        """True from the pairing until the new login is known to be made."""
        return self.linked and not self._synced

    def qr(self, code: str) -> Sequence[Fact]:
        """Translate a QR code."""
        seconds = _FIRST_QR_SECONDS if self._first_qr else _NEXT_QR_SECONDS
        self._first_qr, self.shows_qr = False, True
        return [pb.QrIssued(code=code, valid_for_seconds=seconds)]

    def status(self, word: str) -> Sequence[Fact]:
        """Translate what the showing of QR codes came to; ``success`` says nothing that the pairing event does not."""
        self.shows_qr = False
        if word == "success":
            return []
        if word == "timeout":
            return [pb.QrBatchEnded()]
        if word == "err-client-outdated":
            return [pb.ClientOutdated()]
        if word in _PAIRING_REFUSALS:
            return [pb.PairFailed(message=_PAIRING_REFUSALS[word])]
        return [pb.ConnectFailed(message=f"The server refused the registration of a new device ({word}).")]

    def event(self, kind: int, payload: bytes, device: neonize_pb.Device | None) -> Sequence[Fact]:
        """Translate one of the library's events.

        Args:
            kind: The event's number.
            payload: Its serialised message.
            device: The client's device as it is now; None when the library no longer has it.

        Raises:
            google.protobuf.message.DecodeError: The payload is not what the number says.
        """
        handler = self._HANDLERS.get(kind)
        return handler(self, payload, device) if handler else []

    def logged_in(self) -> Sequence[Fact]:
        """Say that the login was seen to be made."""
        self.is_to_log_in = False
        if self._synced:
            return []
        self._synced = True
        return [pb.SyncStarted()]

    def stalled(self) -> Sequence[Fact]:
        """Say that the client will not log in by itself, unless it is known to do so after all."""
        if not self.is_to_log_in:
            return []
        self.is_to_log_in = False
        return [pb.LoginStalled()]

    def lost(self, message: str) -> Sequence[Fact]:
        """Say that the connection is gone, unless that has been said."""
        if not self.open:
            return []
        self.open = False
        return [pb.ConnectionLost(message=message)]

    def _device(self, _payload: bytes, _device: neonize_pb.Device | None) -> Sequence[Fact]:
        # After a QR the pairing's own event follows this one, and must be told before the login that comes of it.
        self.linked = self._first_qr
        return []

    def _pair_status(self, payload: bytes, device: neonize_pb.Device | None) -> Sequence[Fact]:
        pairing = neonize_pb.PairStatus.FromString(payload)
        if pairing.Status != neonize_pb.PairStatus.SUCCESS:
            return [pb.PairFailed(message=pairing.Error)]
        self.linked, self._synced, self.is_to_log_in = True, False, True
        user = pb.User(
            jid=jid_text(pairing.ID),
            lid=jid_text(device.LID) if device else "",
            platform=pairing.Platform,
            business_name=pairing.BusinessName,
        )
        return [pb.PairSucceeded(user=user)]

    def _connected(self, _payload: bytes, device: neonize_pb.Device | None) -> Sequence[Fact]:
        if self.open:
            return []
        self.open = True
        user = pb.User()
        if device is not None:
            user = pb.User(
                jid=jid_text(device.JID),
                lid=jid_text(device.LID),
                push_name=device.PushName,
                platform=device.Platform,
                business_name=device.BussinessName,
            )
        return [*self.logged_in(), pb.ConnectionOpened(user=user)]

    def _keep_alive_timeout(self, payload: bytes, _device: neonize_pb.Device | None) -> Sequence[Fact]:
        missed = neonize_pb.KeepAliveTimeout.FromString(payload).ErrorCount
        return self.lost(f"The server did not answer {missed} keep-alive ping(s) in a row.")

    def _disconnected(self, _payload: bytes, _device: neonize_pb.Device | None) -> Sequence[Fact]:
        # A connection that closes before it was open ends an attempt, which has its own time limit; the library makes
        # another one.
        self.is_to_log_in = False
        return self.lost("The server or the network closed the connection.")

    def _logged_out(self, payload: bytes, _device: neonize_pb.Device | None) -> Sequence[Fact]:
        self.open = self.linked = False
        report = neonize_pb.LoggedOut.FromString(payload)
        return [pb.LoggedOut(on_connect=report.OnConnect, code=_FAILURE_CODES.get(report.Reason, 0))]

    def _stream_replaced(self, _payload: bytes, _device: neonize_pb.Device | None) -> Sequence[Fact]:
        self.open = False
        return [pb.StreamReplaced()]

    def _temporary_ban(self, payload: bytes, _device: neonize_pb.Device | None) -> Sequence[Fact]:
        self.open = False
        ban = neonize_pb.TemporaryBan.FromString(payload)
        return [pb.TemporarilyBanned(code=_BAN_CODES.get(ban.Code, 0), expires_in_seconds=float(ban.Expire))]

    def _connect_failure(self, payload: bytes, _device: neonize_pb.Device | None) -> Sequence[Fact]:
        self.open = False
        failure = neonize_pb.ConnectFailure.FromString(payload)
        return [pb.ConnectFailed(code=_FAILURE_CODES.get(failure.Reason, 0), message=failure.Message)]

    def _client_outdated(self, _payload: bytes, _device: neonize_pb.Device | None) -> Sequence[Fact]:
        self.open = False
        return [pb.ClientOutdated()]

    def _offline_sync(self, _payload: bytes, _device: neonize_pb.Device | None) -> Sequence[Fact]:
        return self.logged_in()

    _HANDLERS: ClassVar[dict[int, Callable[[Translator, bytes, neonize_pb.Device | None], Sequence[Fact]]]] = {
        DEVICE: _device,
        PAIR_STATUS: _pair_status,
        CONNECTED: _connected,
        KEEP_ALIVE_TIMEOUT: _keep_alive_timeout,
        KEEP_ALIVE_RESTORED: _connected,
        LOGGED_OUT: _logged_out,
        STREAM_REPLACED: _stream_replaced,
        TEMPORARY_BAN: _temporary_ban,
        CONNECT_FAILURE: _connect_failure,
        CLIENT_OUTDATED: _client_outdated,
        DISCONNECTED: _disconnected,
        OFFLINE_SYNC_PREVIEW: _offline_sync,
        OFFLINE_SYNC_COMPLETED: _offline_sync,
    }


def jid_text(jid: neonize_pb.JID) -> str:
    """Return *jid* as WhatsApp writes it, ``user[:device]@server``; empty when it names nobody."""
    if not jid.User:
        return ""
    return f"{jid.User}{f':{jid.Device}' if jid.Device else ''}@{jid.Server}"
