"""Clients that outlived the daemon which had started them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wad.domain.events import EngineEvent
    from wad.domain.ids import SessionId


@dataclass(frozen=True, slots=True)
class LeftClient:
    """A client that an earlier daemon has left.

    Attributes:
        session_id: Its session.
        generation: Its number.
        latest: The latest fact about it, received messages aside; None when there was none yet.
        ended: It runs no more; *latest* says why, or that it ended.
    """

    session_id: SessionId
    generation: int
    latest: EngineEvent | None
    ended: bool
