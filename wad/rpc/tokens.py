"""Opaque tokens: where a caller stands in a list or in the event log."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import TYPE_CHECKING

from wad.domain.errors import InvalidInput

if TYPE_CHECKING:
    from google.protobuf.message import Message

_NUMBER = re.compile(r"\d{1,18}", re.ASCII)


def fingerprint(filters: Message) -> str:
    """Return a short text that is the same for the same filters: a token of one filter means nothing in another."""
    return hashlib.sha256(filters.SerializeToString(deterministic=True)).hexdigest()[:16]


def number(part: str) -> int | None:
    """Return the number that a part of a token is; None when it is none, or larger than any that is given out."""
    return int(part) if _NUMBER.fullmatch(part) else None


def encode(*parts: str) -> str:
    """Return a token that holds *parts*, none of which may contain a colon."""
    return base64.urlsafe_b64encode(":".join(parts).encode()).decode().rstrip("=")


def decode(token: str, *, field: str, count: int) -> list[str]:
    """Return the parts of a token.

    Args:
        token: What the caller sent.
        field: Where it was sent, for the error.
        count: How many parts it must have.

    Raises:
        InvalidInput: It is not a token of this kind.
    """
    try:
        padded = token + "=" * (-len(token) % 4)
        parts = base64.b64decode(padded, altchars=b"-_", validate=True).decode().split(":")
    except (binascii.Error, ValueError):
        parts = []
    if len(parts) != count:
        raise InvalidInput(field, f"{field} is not a token of this service; pass one as it was received, or none.")
    return parts
