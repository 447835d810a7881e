"""Typed identifiers and their validation."""

from __future__ import annotations

import re
from typing import NewType

from wad.domain.errors import InvalidSessionId

SessionId = NewType("SessionId", str)

_SESSION_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)


def parse_session_id(text: str) -> SessionId:
    """Return *text* as a session id.

    An id names a directory, so its alphabet leaves no room for a path: it begins with a letter or digit, and
    holds at most 64 letters, digits, dots, underscores and hyphens.

    Raises:
        InvalidSessionId: *text* is empty, too long, or holds a character outside the alphabet.
    """
    if _SESSION_ID.fullmatch(text):
        return SessionId(text)
    if not text:
        problem = "it is empty"
    elif len(text) > 64:  # noqa: PLR2004 - the limit stands in the pattern and in the message
        problem = f"it has {len(text)} characters"
    else:
        problem = "it holds a character that is not allowed, or begins with one that may not begin an id"
    raise InvalidSessionId(
        f"This is not a session id: {problem}. An id has 1 to 64 letters (A-Z, a-z), digits, '.', '_' or '-', "
        "and begins with a letter or a digit."
    )
