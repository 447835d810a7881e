"""When a stream that broke off is to be asked for again."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

import grpc

if TYPE_CHECKING:
    import threading

    from wad_client.errors import WadError

_SHORTEST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 5.0
"""Seconds."""


class Resumption:
    """Says whether asking again helps, and waits for the time to do so.

    Args:
        ended: Set when nobody wants the stream any more, which ends every wait.

    Attributes:
        reached: A daemon has answered, whatever it said: one that goes away will be back.
    """

    def __init__(self, ended: threading.Event) -> None:
        self.reached = False
        self._ended = ended
        self._failures = 0

    def told(self) -> None:
        """Note that the daemon has told something."""
        self.reached, self._failures = True, 0

    def helps(self, error: WadError) -> bool:
        """Return True if asking again can mend that."""
        if error.code is grpc.StatusCode.UNAVAILABLE:
            return self.reached or bool(error.reason)
        return error.code is grpc.StatusCode.RESOURCE_EXHAUSTED and error.reason == "SLOW_CONSUMER"

    def pause(self, asked_for: float = 0) -> None:
        """Wait for as long as the daemon asks for, and for a time that grows with each failure in a row.

        Chance shortens that by up to a half, so that not all callers come back at once.

        Args:
            asked_for: Seconds.
        """
        grown = min(_LONGEST_PAUSE, _SHORTEST_PAUSE * 2 ** min(self._failures, 16))
        self._failures += 1
        self._ended.wait(asked_for + random.uniform(grown / 2, grown))  # noqa: S311 - chance, not a secret
