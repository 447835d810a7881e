"""When certificates expire. The standard library loads certificates, but tells that only of authorities' or peers'."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_PEM: Final = re.compile(
    rb"-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----(.+?)-----END (?:TRUSTED |X509 )?CERTIFICATE-----", re.DOTALL
)
_VERSION: Final = 0xA0
_UTC_TIME: Final = 0x17
_LONG: Final = 0x80
_CENTURY_TURNS: Final = 50


def expires_at(pem: bytes) -> float:
    """Return when the first of several certificates expires.

    Args:
        pem: Certificates in PEM.

    Returns:
        Seconds since the epoch.

    Raises:
        ValueError: There is no certificate, or something else than one.
    """
    found = [_not_after(match[1]) for match in _PEM.finditer(pem)]
    if not found:
        raise ValueError("there is no certificate in it")
    return min(found)


def _not_after(base64_text: bytes) -> float:
    """Return the end of one certificate's validity (RFC 5280, section 4.1)."""
    try:
        certificate = next(_elements(base64.b64decode(base64_text)))[1]
        fields = [field for field in _elements(next(_elements(certificate))[1]) if field[0] != _VERSION]
        _serial, _algorithm, _issuer, validity = fields[:4]
        _begins, (tag, text) = _elements(validity[1])
        digits = text.decode("ascii")
        if tag == _UTC_TIME:  # its years have two digits: 50 to 99 are those of the last century
            digits = f"{19 if int(digits[:2]) >= _CENTURY_TURNS else 20}{digits}"
        return datetime.strptime(digits, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except (StopIteration, IndexError, ValueError) as error:
        raise ValueError("it is no certificate") from error


def _elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the elements of DER that follow each other, each with its tag and its content."""
    place = 0
    while place < len(der):
        tag, length = der[place], der[place + 1]
        place += 2
        if length & _LONG:
            size = length & ~_LONG
            length = int.from_bytes(der[place : place + size], "big")
            place += size
        if place + length > len(der):
            raise ValueError("it is cut off")
        yield tag, der[place : place + length]
        place += length
