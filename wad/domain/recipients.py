"""Whom a message is for, and what it says."""

from __future__ import annotations

import re

from wad.domain.errors import InvalidInput
from wad.domain.phone_numbers import parse_phone_number

_PERSON_SERVER = "s.whatsapp.net"
_JID = re.compile(r"[0-9]{5,20}@(?:s\.whatsapp\.net|lid)|[0-9]{5,25}(?:-[0-9]{5,15})?@g\.us", re.ASCII)
MAX_TEXT_BYTES = 65536
"""What WhatsApp's own clients let a person type, in bytes of UTF-8 at most."""


def parse_recipient(text: str) -> str:
    """Return the jid of a person or a group, given as such or as a phone number in international format.

    Raises:
        InvalidInput: *text* names nobody to whom a message can be sent (field ``to``).
    """
    if "@" not in text:
        try:
            return f"{parse_phone_number(text)}@{_PERSON_SERVER}"
        except InvalidInput as error:
            raise InvalidInput("to", str(error)) from error
    if _JID.fullmatch(text):
        return text
    raise InvalidInput(
        "to",
        "This is not the jid of a person or a group. Give a phone number in international format, such as "
        f"4915112345678, or a jid such as 4915112345678@{_PERSON_SERVER}, 123456789012345@lid or "
        "120363012345678901@g.us (a single device of a person cannot be addressed).",
    )


def parse_text(text: str) -> str:
    """Return *text* if it can be sent.

    Raises:
        InvalidInput: It is empty or too long (field ``text``).
    """
    size = len(text.encode())
    if not text.strip():
        raise InvalidInput("text", "The text is empty; give at least one character that can be seen.")
    if size > MAX_TEXT_BYTES:
        raise InvalidInput("text", f"The text has {size} bytes of UTF-8, and {MAX_TEXT_BYTES} can be sent at once.")
    return text
