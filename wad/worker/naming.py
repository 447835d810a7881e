"""The names by which the library knows clients."""

from __future__ import annotations


def client_name(session_id: str, generation: int) -> str:
    """Return the name of a session's client, which no other client of this process ever has."""
    return f"{session_id}#{generation}"


def session_of(name: str) -> str:
    """Return the session of the client of this name; empty when it is no session's."""
    return name.rpartition("#")[0]
