"""What is kept of a request, so that its caller can send it again and have it done once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    """A request that was begun under an id of its caller's, and its answer once there is one.

    Attributes:
        caller: Key of the caller, which tells it from every other one.
        request_id: What the caller calls the request.
        method: Its method, ``wad.v1.SessionService/CreateSession``.
        fingerprint: The same for the same request, and for no other.
        began_at: When it was begun, in seconds since the epoch.
        response: The answer, serialised; None as long as there is none.
    """

    caller: str
    request_id: str
    method: str
    fingerprint: str
    began_at: float
    response: bytes | None = None
