"""The few functions of the engine's library that wad uses, with their types, and one set of callbacks.

The signatures are those of ``goneonize/main.go``. Two rules come from there. The library keeps its clients in maps
that nothing guards, so ``wad.worker.engine`` lets one call at a time near them. And most functions end the *process*
when they are given an id that is not in those maps, so every call is made for ids in wad's own table alone.
"""

from __future__ import annotations

import ctypes
from ctypes import CFUNCTYPE, POINTER, c_bool, c_char_p, c_int, c_size_t, c_void_p
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from wad.worker.library import stub_package

stub_package()


from neonize.proto import (  # noqa: E402  # pyright: ignore[reportMissingTypeStubs] - importable once the stub stands; the modules in it do have stubs
    Neonize_pb2 as neonize_pb,
)
from neonize.proto.waCompanionReg.WAWebProtobufsCompanionReg_pb2 import DeviceProps  # noqa: E402 - as above
from neonize.proto.waE2E.WAWebProtobufsE2E_pb2 import Message  # noqa: E402 - as above

from wad.domain.errors import EngineIncompatible  # noqa: E402 - as above

if TYPE_CHECKING:
    from pathlib import Path

_BROWSERS = {
    "CHROME": (1, "Chrome"),
    "EDGE": (2, "Edge"),
    "FIREFOX": (3, "Firefox"),
    "IE": (4, "IE"),
    "OPERA": (5, "Opera"),
    "SAFARI": (6, "Safari"),
}
"""What WhatsApp may be told of the client that asks for a pairing code; it takes only common browsers."""

_TextCallback = CFUNCTYPE(None, c_void_p, c_void_p)
_EventCallback = CFUNCTYPE(None, c_void_p, c_void_p, c_size_t, c_int)
_LogCallback = CFUNCTYPE(None, c_void_p, c_size_t)

SUBSCRIBED = bytes((2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 17, 18, 26, 27))
"""Event numbers, as ``neonize.events.EVENT_TO_INT`` has them; ``wad.worker.translation`` names each."""


class Listener(Protocol):
    """Who is told what the library reports. Called on the library's threads: it must hand over and return."""

    def on_qr(self, uuid: str, code: str) -> None:
        """A QR code is to be shown."""
        ...

    def on_status(self, uuid: str, word: str) -> None:
        """The showing of QR codes has come to something."""
        ...

    def on_event(self, uuid: str, kind: int, payload: bytes) -> None:
        """One of the subscribed events happened; kind 0 is the device itself, once its store holds credentials."""
        ...

    def on_log(self, uuid: str, level: str, module: str, message: str) -> None:
        """The library has something to say to people."""
        ...


class PairingRefused(Exception):
    """The library returned this error instead of a pairing code."""


class SendRefused(Exception):
    """The library returned this error instead of a message's id."""


class Upstream(NamedTuple):
    """How clients of this process connect and present themselves."""

    device_name: str
    platform: str
    log_level: str
    proxy_url: str


class _Bytes(ctypes.Structure):
    _fields_ = (("data", c_void_p), ("size", c_size_t))


class _Proxy(ctypes.Structure):
    _fields_ = (
        ("address", c_char_p),
        ("no_websocket", c_bool),
        ("only_login", c_bool),
        ("no_media", c_bool),
    )


class Binding:
    """The library's functions as Python ones.

    Args:
        library: The loaded library.
        upstream: How every client connects.
        listener: Who is told what happens.

    Raises:
        EngineIncompatible: The device's platform is unknown to the library.
    """

    def __init__(self, library: ctypes.CDLL, upstream: Upstream, listener: Listener) -> None:
        self._library = library
        self._listener = listener
        self._upstream = upstream
        self._device = _device_props(upstream)
        # The library calls these from any thread for as long as the process lives: they must never be collected.
        self._callbacks = (
            _TextCallback(self._qr),
            _TextCallback(self._status),
            _EventCallback(self._event),
        )
        # Likewise; each client has one of its own, for the library does not say whose line it is.
        self._log_callbacks: list[Any] = []
        self._declare()

    def run(self, uuid: str, store: Path) -> str:
        """Run a client until it is stopped, which blocks; return its error, or an empty text.

        After a return that nobody asked for the client may still be connected: it must be stopped all the same.
        """
        qr, status, event = self._callbacks
        log = _LogCallback(partial(self._log, uuid))
        self._log_callbacks.append(log)
        proxy = _Proxy(self._upstream.proxy_url.encode()) if self._upstream.proxy_url else None
        return self._text(
            self._library.Neonize(
                store_dsn(store),
                uuid.encode(),
                b"",  # no jid: the first device in the store, which is the only one
                0,
                0,  # not an additional device
                self._upstream.log_level.encode(),
                qr,
                status,
                event,
                log,
                SUBSCRIBED,
                len(SUBSCRIBED),
                self._device,
                len(self._device),
                b"",  # no phone number: pairing by QR
                0,
                ctypes.byref(proxy) if proxy is not None else None,
            )
        )

    def stop(self, uuid: str) -> None:
        """Disconnect the client and forget it; safe for an unknown id."""
        self._library.Stop(uuid.encode())

    def disconnect(self, uuid: str) -> None:
        """Disconnect the client; blocks while it is connecting; safe for an unknown id."""
        self._library.Disconnect(uuid.encode())

    def is_connected(self, uuid: str) -> bool:
        """Return True while the client has a socket; blocks while it is connecting; safe for an unknown id."""
        return bool(self._library.IsConnected(uuid.encode()))

    def is_logged_in(self, uuid: str) -> bool:
        """Return True when the server accepted the login and has not revoked it; safe for an unknown id."""
        return bool(self._library.IsLoggedIn(uuid.encode()))

    def me(self, uuid: str) -> neonize_pb.Device:
        """Return the device of a live client. An unknown id ends the process."""
        return neonize_pb.Device.FromString(self._bytes(self._library.GetMe(uuid.encode())))

    def logout(self, uuid: str) -> str:
        """Unlink the device at WhatsApp, which blocks; return the error, or an empty text; safe for an unknown id."""
        return self._text(self._library.Logout(uuid.encode()))

    def round_trip(self, uuid: str) -> str:
        """Have WhatsApp answer, which blocks for up to 75 s; return the error, or an empty text.

        Asked is the client's own `iq` ``passive/active``, which it sends at every login: it says what is so already,
        names nobody, reads nothing of the account, and the library waits for its answer. Of the library's other
        questions a list of blocked people or the privacy settings would be read from the account each time, presence
        shows the user as online and has no answer, and the keep-alive ping cannot be called. An unknown id may end the
        process.
        """
        return self._text(self._library.SetPassive(uuid.encode(), False))

    def send_text(self, uuid: str, to: str, text: str) -> str:
        """Send a text to a jid and return the message's id, which blocks. An unknown id may end the process.

        Raises:
            SendRefused: The library or WhatsApp refused.
        """
        user, _, server = to.partition("@")
        jid = neonize_pb.JID(User=user, RawAgent=0, Device=0, Integrator=0, Server=server).SerializeToString()
        message = Message(conversation=text).SerializeToString()
        answer = self._bytes(self._library.SendMessage(uuid.encode(), jid, len(jid), message, len(message)))
        outcome = neonize_pb.SendMessageReturnFunction.FromString(answer)
        if outcome.Error or not outcome.SendResponse.ID:
            raise SendRefused(outcome.Error or "no message id was given")
        return outcome.SendResponse.ID

    def pair_phone(self, uuid: str, phone_number: str, *, show_push_notification: bool) -> str:
        """Return a pairing code for a phone, which blocks. An unknown id ends the process.

        Raises:
            PairingRefused: The library or WhatsApp refused.
        """
        kind, browser = _BROWSERS.get(self._upstream.platform, _BROWSERS["CHROME"])
        request = neonize_pb.PairPhoneParams(
            phone=phone_number,
            showPushNotification=show_push_notification,
            clientType=kind,
            clientDisplayName=f"{browser} (Linux)",
        ).SerializeToString()
        answer = self._bytes(self._library.PairPhone(uuid.encode(), request, len(request)))
        outcome = neonize_pb.PairPhoneReturnFunction.FromString(answer)
        if outcome.Error or not outcome.Code:
            raise PairingRefused(outcome.Error or "no code was given")
        return outcome.Code

    def _declare(self) -> None:
        library = self._library
        library.Neonize.argtypes = [
            *(c_char_p, c_char_p, c_char_p, c_int, c_int, c_char_p),
            *(_TextCallback, _TextCallback, _EventCallback, _LogCallback),
            *(c_char_p, c_int, c_char_p, c_int, c_char_p, c_int, POINTER(_Proxy)),
        ]
        for name, restype in (
            ("Neonize", c_void_p),
            ("Stop", None),
            ("Disconnect", None),
            ("IsConnected", c_bool),
            ("IsLoggedIn", c_bool),
            ("GetMe", POINTER(_Bytes)),
            ("Logout", c_void_p),
        ):
            function = getattr(library, name)
            function.restype = restype
            if name != "Neonize":
                function.argtypes = [c_char_p]
        library.SetPassive.argtypes, library.SetPassive.restype = [c_char_p, c_bool], c_void_p
        library.SendMessage.argtypes = [c_char_p, c_char_p, c_int, c_char_p, c_int]
        library.SendMessage.restype = POINTER(_Bytes)
        library.PairPhone.argtypes, library.PairPhone.restype = [c_char_p, c_char_p, c_int], POINTER(_Bytes)
        library.FreeString.argtypes, library.FreeString.restype = [c_void_p], None
        library.FreeBytesStruct.argtypes, library.FreeBytesStruct.restype = [POINTER(_Bytes)], None

    def _text(self, pointer: int | None) -> str:
        if not pointer:
            return ""
        try:
            return ctypes.string_at(pointer).decode("utf-8", "replace")
        finally:
            self._library.FreeString(pointer)

    def _bytes(self, pointer: Any) -> bytes:
        if not pointer:
            return b""
        try:
            found = pointer.contents
            return ctypes.string_at(found.data, found.size) if found.data else b""
        finally:
            self._library.FreeBytesStruct(pointer)

    # What the library hands to a callback is freed when the callback returns: everything is copied first.

    def _qr(self, uuid: int, code: int) -> None:
        self._listener.on_qr(_copy(uuid), _copy(code))

    def _status(self, uuid: int, word: int) -> None:
        self._listener.on_status(_copy(uuid), _copy(word))

    def _event(self, uuid: int, data: int | None, size: int, kind: int) -> None:
        self._listener.on_event(_copy(uuid), kind, ctypes.string_at(data, size) if data else b"")

    def _log(self, uuid: str, data: int | None, size: int) -> None:
        entry = neonize_pb.LogEntry.FromString(ctypes.string_at(data, size) if data else b"")
        self._listener.on_log(uuid, entry.Level, entry.Name, entry.Message)


def store_dsn(store: Path) -> bytes:
    """Return what to pass as the store's path so that SQLite opens it in WAL mode.

    The library makes ``file:<path>?_foreign_keys=on`` of it; the last, empty parameter swallows what it appends. The
    path is a URI path there, so the characters that end one are escaped.
    """
    path = str(store).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return f"{path}?_fk=on&_journal_mode=WAL&_synchronous=NORMAL&_busy_timeout=5000&_x=".encode()


def _device_props(upstream: Upstream) -> bytes:
    try:
        platform = DeviceProps.PlatformType.Value(upstream.platform)
    except ValueError as error:
        known = ", ".join(sorted(DeviceProps.PlatformType.keys()))
        raise EngineIncompatible(
            f"The engine knows no device platform {upstream.platform!r}; it knows {known}."
        ) from error
    return DeviceProps(os=upstream.device_name, platformType=platform, requireFullSync=False).SerializeToString()


def _copy(pointer: int) -> str:
    return ctypes.string_at(pointer).decode("utf-8", "replace")
