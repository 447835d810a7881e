"""Why no encrypted connection to a daemon came about: gRPC only says that there is none."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from wad.cli.text import printable

if TYPE_CHECKING:
    from wad.cli.connection import Address, Identity

_PATIENCE: Final = 3.0
"""Seconds for one look; whoever reads the answer has already waited for a call."""

_CA: Final = "Give the authority (PEM) that it comes from with --ca-file or WAD_CA_FILE."
_CERTIFICATE: Final = "Give one with --cert-file and --key-file."
_WRONG_NAME: Final = frozenset({62, 64})
"""OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH."""

_TOO_OLD: Final = 10
"""OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED."""


class _Refused(OSError):
    """The other side has closed the connection right after the handshake, which is when it judges certificates."""


def look(address: Address, identity: Identity) -> str:
    """Return what is wrong between the caller and what listens at *address*, and what to do; empty if nothing is seen.

    It connects once or twice, and sends nothing but a handshake.

    Args:
        address: Where a call failed.
        identity: What the call was made with.
    """
    if address.socket is not None:
        return ""
    if identity.encrypted_to(address):
        return _of_encrypted(address, identity)
    failure = _handshake(address, _blind())
    speaks_tls = failure is None or _is_refusal(failure)
    return f"The daemon at {address.shown} speaks TLS, and you did not. {_CA}" if speaks_tls else ""


def _of_encrypted(address: Address, identity: Identity) -> str:
    try:
        context = ssl.create_default_context(cafile=identity.ca_file)
        if identity.cert_file is not None:
            context.load_cert_chain(identity.cert_file, identity.key_file)
    except OSError:  # among them ssl.SSLError
        return ""
    failure = _handshake(address, context)
    if isinstance(failure, ssl.SSLCertVerificationError):
        return _untrusted(address, failure)
    if _is_refusal(failure):
        if identity.cert_file is None:
            return f"The daemon at {address.shown} asks for a certificate of yours. {_CERTIFICATE}"
        return f"The daemon at {address.shown} does not take your certificate: is it from the authority that it trusts?"
    if isinstance(failure, ssl.SSLError) and failure.reason == "WRONG_VERSION_NUMBER":
        return f"What listens at {address.shown} does not speak TLS."
    return ""


def _untrusted(address: Address, failure: ssl.SSLCertVerificationError) -> str:
    why = printable(failure.verify_message).rstrip(".")
    told = f"The certificate of the daemon at {address.shown} is not trusted: {why}."
    if failure.verify_code in _WRONG_NAME:
        return f"{told}\nCall it by a name that is in its certificate."
    if failure.verify_code == _TOO_OLD:
        return f"{told}\nIt has to be renewed on the daemon's host, unless this host's clock is wrong."
    return f"{told}\n{_CA}"


def _is_refusal(failure: OSError | None) -> bool:
    """Return True when the other side speaks TLS and does not take the caller."""
    return isinstance(failure, _Refused) or (isinstance(failure, ssl.SSLError) and "ALERT" in (failure.reason or ""))


def _blind() -> ssl.SSLContext:
    """Return what takes every certificate: it is only asked whether there is one, and nothing is sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _handshake(address: Address, context: ssl.SSLContext) -> OSError | None:
    """Return why there was no handshake; None after one."""
    host, _, port = address.target.rpartition(":")
    host = host.strip("[]")
    context.set_alpn_protocols(["h2"])
    try:
        with (
            socket.create_connection((host, int(port)), timeout=_PATIENCE) as plain,
            context.wrap_socket(plain, server_hostname=host) as encrypted,
            suppress(TimeoutError),
        ):
            if not encrypted.recv(1):
                return _Refused("closed after the handshake")
    except OSError as error:
        return error
    return None
