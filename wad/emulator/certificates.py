"""What makes clients believe that they talk to WhatsApp: the Noise certificates and the TLS ones."""

import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Literal

import trustme
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from wad.emulator.v1.whatsapp_pb2 import CertChain
from wad.emulator.xeddsa import SigningKey

HOST = "web.whatsapp.com"
"""The only host that clients dial."""

_DAY = 24 * 3600
_VALID_DAYS = 3650
_ROOT_SERIAL, _INTERMEDIATE_SERIAL, _LEAF_SERIAL = 0, 1, 2

Flaw = Literal["authority", "expired", "noise"]
"""What can be wrong with what a server shows: its TLS authority, its TLS certificate's time, its Noise root."""

_Details = CertChain.NoiseCertificate.Details


@dataclass(frozen=True, slots=True)
class NoiseIdentity:
    """The server's static Noise key and the serialised chain that certifies it."""

    static: X25519PrivateKey
    chain: bytes


def certify(root: SigningKey, *, now: float) -> NoiseIdentity:
    """Return a new Noise identity under a root key, valid for ten years around `now` (seconds)."""
    intermediate, static = SigningKey.generate(), X25519PrivateKey.generate()
    validity = {"not_before": int(now) - _DAY, "not_after": int(now) + _VALID_DAYS * _DAY}
    intermediate_details = _Details(
        serial=_INTERMEDIATE_SERIAL, issuer_serial=_ROOT_SERIAL, key=intermediate.public, **validity
    )
    leaf_details = _Details(
        serial=_LEAF_SERIAL,
        issuer_serial=_INTERMEDIATE_SERIAL,
        key=static.public_key().public_bytes_raw(),
        **validity,
    )
    chain = CertChain(leaf=_signed(leaf_details, intermediate), intermediate=_signed(intermediate_details, root))
    return NoiseIdentity(static, chain.SerializeToString())


def _signed(details: _Details, key: SigningKey) -> CertChain.NoiseCertificate:
    data = details.SerializeToString()
    return CertChain.NoiseCertificate(details=data, signature=key.sign(data))


def tls_context(authority: trustme.CA, *, expired: bool = False) -> ssl.SSLContext:
    """Return the TLS configuration of a server that is, or was, `HOST` to everyone who trusts the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    begin, end = (datetime.now(UTC) - timedelta(days=days) for days in (2, 1))
    certificate = authority.issue_cert(HOST, not_before=begin, not_after=end) if expired else authority.issue_cert(HOST)
    certificate.configure_cert(context)  # pyright: ignore[reportUnknownMemberType] - trustme names an untyped class
    return context


class Certificates:
    """What the server shows to clients, as it should be and with a flaw.

    Args:
        authority: the TLS authority that clients trust.
        root: the Noise root that clients pin.
    """

    def __init__(self, authority: trustme.CA, root: SigningKey) -> None:
        self._authority, self._root = authority, root
        self.show = cache(self._show)
        """Returns the TLS configuration and the Noise identity with that flaw, if any."""

    def _show(self, flaw: Flaw | None = None) -> tuple[ssl.SSLContext, NoiseIdentity]:
        authority = trustme.CA() if flaw == "authority" else self._authority
        root = SigningKey.generate() if flaw == "noise" else self._root
        return tls_context(authority, expired=flaw == "expired"), certify(root, now=time.time())
