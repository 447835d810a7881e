"""The text of a linking QR code."""

import binascii
from base64 import b64decode
from dataclasses import dataclass

from wad.emulator.errors import InvalidRequest

PREFIX = "https://wa.me/settings/linked_devices#"

_KEY_BYTES = 32
_HINT = f"Pass the whole text of the QR code: {PREFIX}<ref>,<noise key>,<identity key>,<secret>,<client type>."


@dataclass(frozen=True, slots=True)
class QrCode:
    """What a QR code tells the phone.

    Args:
        ref: the server's reference to the waiting connection.
        noise_key: static Noise key of the device, 32 bytes.
        identity_key: Signal identity key of the device, 32 bytes.
        secret: key that authenticates the phone's answer, 32 bytes.
    """

    ref: str
    noise_key: bytes
    identity_key: bytes
    secret: bytes


def parse_qr(text: str) -> QrCode:
    """Read the text of a QR code, with or without the address before `#`.

    Raises:
        InvalidRequest: the text is not that of a linking QR code.
    """
    parts = text.strip().removeprefix(PREFIX).split(",")
    # Older clients leave out the client type at the end.
    if len(parts) not in {4, 5} or not parts[0]:
        raise InvalidRequest("invalid_qr", f"A QR code has 4 or 5 parts, this one has {len(parts)}.", _HINT)
    noise_key, identity_key, secret = (
        _key(name, part) for name, part in zip(("noise key", "identity key", "secret"), parts[1:4], strict=True)
    )
    return QrCode(parts[0], noise_key, identity_key, secret)


def _key(name: str, text: str) -> bytes:
    try:
        key = b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidRequest("invalid_qr", f"The {name} in the QR code is not base64.", _HINT) from error
    if len(key) != _KEY_BYTES:
        raise InvalidRequest("invalid_qr", f"The {name} in the QR code has {len(key)} bytes, not 32.", _HINT)
    return key
