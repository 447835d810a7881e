"""Where the daemon is, who calls it, and a channel to it."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc

if TYPE_CHECKING:
    from collections.abc import Mapping

_OPTIONS = (
    ("grpc.enable_http_proxy", 0),  # the daemon is on this host or in this network, whatever the shell's proxy is
    ("grpc.primary_user_agent", "wadctl"),
    ("grpc.initial_reconnect_backoff_ms", 250),  # somebody waits for a daemon that restarts
    ("grpc.max_reconnect_backoff_ms", 2000),
)


_UNIT = Path("systemd/system/wad.service")
_UNIT_PLACES = tuple(Path(place) for place in ("/etc", "/usr/local/lib", "/usr/lib", "/lib"))


class NoDaemon(Exception):
    """There is no daemon where one was looked for; the text says where, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Address:
    """A daemon's address.

    Attributes:
        target: As gRPC wants it.
        shown: As the user reads it.
        socket: Path of the unix socket, if it is one.
    """

    target: str
    shown: str
    socket: Path | None = None

    @property
    def loopback(self) -> bool:
        """True when what is sent there never leaves this host."""
        host = self.target.rpartition(":")[0].strip("[]")
        if self.socket is not None or host == "localhost":
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Identity:
    """Who calls, and whom the caller trusts. Without any of it a unix socket suffices: the kernel says who it is.

    Attributes:
        token: A token, as it was made.
        ca_file: Authorities (PEM) that the daemon's certificate must come from; None for the system's.
        cert_file: The caller's own certificate (PEM).
        key_file: Its private key (PEM).
    """

    token: str = field(default="", repr=False)
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None

    def encrypted_to(self, address: Address) -> bool:
        """Return True when calls are encrypted: beyond this host always, on it with an authority or a certificate."""
        if address.socket is not None:
            return False
        return self.ca_file is not None or self.cert_file is not None or not address.loopback


def default_sockets(environ: Mapping[str, str]) -> list[Path]:
    """Return where a daemon's unix socket is looked for, in this order."""
    runtime, home = environ.get("XDG_RUNTIME_DIR"), environ.get("HOME", "")
    state = environ.get("XDG_STATE_HOME") or f"{home}/.local/state"
    own = [f"{runtime}/wad"] if runtime else []
    return [Path(place) / "wad.sock" for place in (*own, f"{state}/wad/run", "/run/wad")]


def find(given: str | None, environ: Mapping[str, str]) -> Address:
    """Return the daemon's address.

    Args:
        given: ``unix:///path``, ``host:port``, or None to look at the usual places.
        environ: The environment's variables.

    Raises:
        NoDaemon: None was given, and there is no socket at the usual places.
        ValueError: *given* is no address.
    """
    if given:
        return parse(given)
    places, closed = default_sockets(environ), list[Path]()
    for path in places:
        try:
            if path.exists():
                return _unix(path)
        except PermissionError:
            closed.append(path)
    if closed:
        raise not_allowed(_unix(closed[0]))
    tried = "\n".join(f"  no socket at {path}" for path in places)
    raise NoDaemon(f"The wad daemon is not running here.\n{tried}\n{_way_on()}")


def parse(text: str) -> Address:
    """Return the address that *text* stands for.

    Raises:
        ValueError: It is neither ``unix:///path`` nor ``host:port``.
    """
    if text.startswith("unix:"):
        path = text.removeprefix("unix://") if text.startswith("unix://") else text.removeprefix("unix:")
        if path:
            return _unix(Path(path))
    host, _, port = text.rpartition(":")
    if host and "/" not in text and port.isdecimal() and 0 < int(port) < 1 << 16:
        return Address(text, text)
    raise ValueError(f"{text!r} is not an address; use unix:///path/to/wad.sock or host:port.")


def open_channel(address: Address, identity: Identity | None = None) -> grpc.Channel:
    """Return a channel; nothing is dialled before the first call.

    Raises:
        OSError: A file cannot be read.
    """
    identity = identity or Identity()
    if identity.encrypted_to(address):
        credentials = grpc.ssl_channel_credentials(
            _read(identity.ca_file), _read(identity.key_file), _read(identity.cert_file)
        )
        channel = grpc.secure_channel(address.target, credentials, options=_OPTIONS)
    else:
        channel = grpc.insecure_channel(address.target, options=_OPTIONS)
    if not identity.token:
        return channel
    return grpc.intercept_channel(channel, _Bearer(identity.token))  # pyright: ignore[reportUnknownMemberType] - see below


def _read(path: Path | None) -> bytes | None:
    return None if path is None else path.read_bytes()


class _Bearer(
    grpc.UnaryUnaryClientInterceptor,  # pyright: ignore[reportMissingTypeArgument] - generic only in the stubs
    grpc.UnaryStreamClientInterceptor,  # pyright: ignore[reportMissingTypeArgument]
    grpc.StreamUnaryClientInterceptor,  # pyright: ignore[reportMissingTypeArgument]
    grpc.StreamStreamClientInterceptor,  # pyright: ignore[reportMissingTypeArgument]
):
    """Shows a token with every call."""

    def __init__(self, token: str) -> None:
        self._metadata = ("authorization", f"Bearer {token}")

    def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        return continuation(self._shown(client_call_details), request)

    def intercept_unary_stream(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        return continuation(self._shown(client_call_details), request)

    def intercept_stream_unary(self, continuation: Any, client_call_details: Any, request_iterator: Any) -> Any:
        return continuation(self._shown(client_call_details), request_iterator)

    def intercept_stream_stream(self, continuation: Any, client_call_details: Any, request_iterator: Any) -> Any:
        return continuation(self._shown(client_call_details), request_iterator)

    def _shown(self, details: Any) -> Any:
        return details._replace(metadata=[*(details.metadata or ()), self._metadata])


def unreachable(address: Address, details: str) -> NoDaemon:
    """Return what to tell the user when no daemon answered at *address*; *details* is gRPC's own account."""
    socket = address.socket
    try:
        if socket is None:
            why = details
        elif not socket.exists():
            why = f"there is no socket at {socket}"
        elif not os.access(socket, os.W_OK):
            return not_allowed(address)
        else:
            why = "the socket is there, but nobody serves it"
    except PermissionError:
        return not_allowed(address)
    return NoDaemon(f"No wad daemon answers at {address.shown}.\n  {why}\n{_way_on()}")


def not_allowed(address: Address) -> NoDaemon:
    """Return what to tell the user whom the system does not let through to the socket of *address*."""
    return NoDaemon(
        f"You may not talk to the daemon at {address.shown}: the socket belongs to another user or group.\n"
        "Join the socket's group (usually wad), or run this as the daemon's user."
    )


def _way_on() -> str:
    unit = any((place / _UNIT).exists() for place in _UNIT_PLACES)
    start = "`systemctl start wad`, or `wad serve`" if unit else "`wad serve`"
    return f"Start one with {start}, or say where it is with --address or WAD_ADDRESS."


def _unix(path: Path) -> Address:
    path = path.absolute()
    return Address(f"unix:{path}", f"unix://{path}", path)
