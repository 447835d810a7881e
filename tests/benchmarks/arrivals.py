"""When sessions became connected."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import anyio

if TYPE_CHECKING:
    from collections.abc import Collection


class Arrivals:
    """Waits for sessions to be connected, and knows when each was.

    Args:
        expected: Names of the sessions.
        begun: When the clock was started, as ``time.perf_counter`` tells it; now by default.
    """

    def __init__(self, expected: Collection[str], begun: float | None = None) -> None:
        self.expected = frozenset(expected)
        self.begun = time.perf_counter() if begun is None else begun
        self.seconds: dict[str, float] = {}
        self._over = False
        self._news = anyio.Event()

    @property
    def complete(self) -> bool:
        """True when every session has been connected."""
        return self.expected <= self.seconds.keys()

    @property
    def last(self) -> float:
        """Seconds until the last of those that were connected was."""
        return max(self.seconds.values())

    def stir(self) -> None:
        """Take a sign of life."""
        self._news.set()
        self._news = anyio.Event()

    def arrive(self, name: str) -> None:
        """Take that a session is connected; only the first time counts."""
        if name in self.expected:
            self.seconds.setdefault(name, time.perf_counter() - self.begun)
        self.stir()

    def give_up(self) -> None:
        """Take that the sessions' process is gone, and all of them with it."""
        self.seconds.clear()
        self._over = True
        self.stir()

    async def settle(self, quiet: float) -> None:
        """Wait until every session is connected, or until there was no sign of life for *quiet* seconds."""
        while not self.complete and not self._over:
            with anyio.move_on_after(quiet) as scope:
                await self._news.wait()
            if scope.cancelled_caught:
                return
