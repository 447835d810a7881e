"""Takes secrets out of whatever is about to be logged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

from wad.observability.rpc_metrics import GRPC_CODES

if TYPE_CHECKING:
    from collections.abc import MutableMapping

REDACTED: Final = "[redacted]"

_SECRET_KEYS: Final = frozenset(
    {
        "authorization",
        "code",
        "credentials",
        "passphrase",
        "password",
        "pairing_code",
        "qr",
        "qr_code",
        "secret",
        "text",
        "token",
    }
)
_SECRET_ENDINGS: Final = ("_password", "_secret", "_token")

_PATTERNS: Final = (
    (re.compile(r"https?://wa\.me/settings/linked_devices#\S+"), REDACTED),
    # The older form of a QR: a reference, then at least three keys of 32 bytes in base64.
    (re.compile(r"(?<![\w@/+=.-])[\w@/+=.-]+(?:,[A-Za-z0-9+/_-]{43}=?){3,}[^\s\"']*"), REDACTED),
    # A pairing code as it is shown; its alphabet has no 0, I, O and U.
    (re.compile(r"\b[1-9A-HJ-NP-TV-Z]{4}-[1-9A-HJ-NP-TV-Z]{4}\b"), REDACTED),
    (re.compile(r"\b(wad_[0-9a-z]{8})_[\w-]{20,}"), rf"\1_{REDACTED}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), rf"\1 {REDACTED}"),
    (re.compile(r"(://[^\s/:@]*):[^\s/@]+@"), rf"\1:{REDACTED}@"),
)


def redact_text(text: str) -> str:
    """Return *text* without QR texts, pairing codes, tokens and passwords in addresses."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def redact(_logger: object, _method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """Be a processor of structlog: take secrets out of every value, however deep, by its key or by its looks."""
    for key, value in event.items():
        event[key] = _redact_value(key, value)
    return event


def _redact_value(key: str, value: object) -> object:
    if isinstance(value, str):
        # A status of gRPC is a code too, and no secret.
        return REDACTED if value and _is_secret(key) and value not in GRPC_CODES else redact_text(value)
    if isinstance(value, dict):
        inner = cast("dict[object, object]", value)
        return {name: _redact_value(str(name), item) for name, item in inner.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = cast("list[object]", value)
        return [_redact_value(key, item) for item in items]
    if value is None or isinstance(value, bool | int | float):
        return value
    return REDACTED if _is_secret(key) else redact_text(str(value))


def _is_secret(key: str) -> bool:
    key = key.lower()
    return key in _SECRET_KEYS or key.endswith(_SECRET_ENDINGS)
