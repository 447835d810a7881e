"""The clock and the chance that the daemon lives by, and a clock for tests that only moves when it is told to."""

from __future__ import annotations

import heapq
import random
import time
from itertools import count

import anyio
import anyio.lowlevel


class SystemClock:
    """The machine's clocks."""

    def monotonic(self) -> float:
        """Return monotonic seconds."""
        return time.monotonic()

    def wall(self) -> float:
        """Return seconds since the epoch."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Return after *seconds*."""
        await anyio.sleep(seconds)


class SystemEntropy:
    """Chance for jitter; nothing secret is made of it."""

    def chance(self) -> float:
        """Return a random number in [0, 1)."""
        return random.random()  # noqa: S311 - jitter, not a secret


class FakeClock:
    """A clock that stands still until :meth:`advance` moves it: hours pass in milliseconds."""

    def __init__(self, wall: float = 1_800_000_000.0) -> None:
        self._now = 0.0
        self._offset = wall
        self._sleepers: list[tuple[float, int, anyio.Event]] = []
        self._numbers = count()

    def monotonic(self) -> float:
        """Return the seconds by which the clock has been moved."""
        return self._now

    def wall(self) -> float:
        """Return seconds since the epoch; they move with the clock, and may be set with :meth:`set_wall`."""
        return self._offset + self._now

    def set_wall(self, wall: float) -> None:
        """Set the wall clock alone, as an administrator or a time server does."""
        self._offset = wall - self._now

    async def sleep(self, seconds: float) -> None:
        """Return once the clock has been moved by *seconds*."""
        if seconds <= 0:
            await anyio.lowlevel.checkpoint()
            return
        woken = anyio.Event()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._numbers), woken))
        await woken.wait()

    async def advance(self, seconds: float) -> None:
        """Move the clock, waking every sleeper at its time and letting it act before time goes on."""
        target = self._now + seconds
        await _settle()
        while self._sleepers and self._sleepers[0][0] <= target:
            at, _, woken = heapq.heappop(self._sleepers)
            self._now = max(self._now, at)
            woken.set()
            await _settle()
        self._now = target
        await _settle()


async def _settle() -> None:
    """Let every other task run until it waits for something.

    Counting turns of the loop instead of asking it whether all tasks wait keeps a step of the clock in microseconds;
    no chain of wake-ups in this project is nearly as long.
    """
    for _ in range(100):
        await anyio.lowlevel.checkpoint()
