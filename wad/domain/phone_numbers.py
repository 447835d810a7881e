"""Phone numbers in international format."""

from __future__ import annotations

import re

from wad.domain.errors import InvalidInput

_PHONE_NUMBER = re.compile(r"\+?([1-9][0-9]{7,14})", re.ASCII)


def parse_phone_number(text: str) -> str:
    """Return the digits of a phone number in international format, with or without a leading ``+``.

    A number has at most 15 digits (ITU-T E.164); fewer than 8 are taken for a slip. A country code never begins with 0.

    Raises:
        InvalidInput: *text* is not such a number.
    """
    if match := _PHONE_NUMBER.fullmatch(text):
        return match[1]
    digits = text.removeprefix("+")
    if not text:
        problem = "it is empty"
    elif not re.fullmatch(r"[0-9]+", digits, re.ASCII):
        problem = "it holds something other than digits"
    elif digits.startswith("0"):
        problem = "it begins with 0, which no country code does"
    else:
        problem = f"it is too {'short' if len(digits) < 8 else 'long'} ({len(digits)} digits)"  # noqa: PLR2004 - as in the pattern and the message
    raise InvalidInput(
        "phone_number",
        f"This is not a phone number in international format: {problem}. It has 8 to 15 digits that begin with the "
        "country code, such as 4915112345678; a leading '+' is allowed.",
    )
