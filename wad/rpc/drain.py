"""The drain: it makes the daemon ready to be stopped, once for all who ask for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

import anyio
import structlog

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from wad.ports import Clock
    from wad.rpc.streams import OpenStreams


_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class DrainPhase(Enum):
    """How far a drain is."""

    FINISHING_CALLS = auto()
    CLOSING_SESSIONS = auto()
    DRAINED = auto()


@dataclass(frozen=True, slots=True)
class DrainProgress:
    """A drain at one moment.

    Attributes:
        phase: How far it is.
        calls: Calls under way that change something.
        sessions: Live sessions.
        elapsed: Seconds since it was first asked for.
    """

    phase: DrainPhase
    calls: int
    sessions: int
    elapsed: float = field(compare=False)


class Drain:
    """Begins when it is first asked for, and is never taken back.

    Args:
        streams: What is under way.
        clock: Measures how long it takes.
        live: Returns how many sessions are live.
        close: Closes every session and keeps its files; its argument is told how many are left.

    Attributes:
        asked_by: Who asked for it first; empty before that.
        asked_at: When, in seconds since the epoch.
    """

    def __init__(
        self,
        streams: OpenStreams,
        clock: Clock,
        *,
        live: Callable[[], int],
        close: Callable[[Callable[[int], None]], Awaitable[None]],
    ) -> None:
        self._streams = streams
        self._clock = clock
        self._live = live
        self._close = close
        self.asked_by, self.asked_at = "", 0.0
        self._asked = anyio.Event()
        self._asked_at: float | None = None
        self._closes = False
        self._phase: DrainPhase | None = None  # None until whoever might bring new work has been turned away
        self._left: int | None = None
        self._steps: list[DrainProgress] = []
        self._changed = anyio.Event()
        streams.calls_changed = self._tell

    async def run(self, turn_away: Callable[[], Awaitable[None]]) -> None:
        """Drain whenever that is asked for, until cancelled: who asks may leave.

        Args:
            turn_away: Reports that the daemon serves no more, and ends the streams; it may be called again.
        """
        while True:
            await self._asked.wait()
            self._asked = anyio.Event()
            await turn_away()
            self._enter(DrainPhase.FINISHING_CALLS)
            while self._streams.calls:
                await self._changed.wait()
            if self._closes:
                self._enter(DrainPhase.CLOSING_SESSIONS)
                await self._close(self._count)
            self._enter(DrainPhase.DRAINED)

    async def follow(self, by: str, *, close_sessions: bool) -> AsyncGenerator[DrainProgress]:
        """Ask for the drain, or join the one that there is, and follow it to its end.

        Args:
            by: Who asks.
            close_sessions: Close the sessions too, also those of a drain that was begun without.

        Yields:
            The present state, and each change of it.
        """
        self._ask(by, close_sessions=close_sessions)
        steps = self._steps
        told = max(0, len(steps) - 1)
        while True:
            while told == len(steps):
                await self._changed.wait()
            yield steps[told]
            if steps[told].phase is DrainPhase.DRAINED:
                return
            told += 1

    def _ask(self, by: str, *, close_sessions: bool) -> None:
        begins, closes = self._asked_at is None, close_sessions and not self._closes
        if begins:
            self._asked_at = self._clock.monotonic()
            self.asked_by, self.asked_at = by, self._clock.wall()
        if begins or closes:
            _log.warning("daemon.draining", caller=by, close_sessions=close_sessions)
        self._closes = self._closes or close_sessions
        if begins or (closes and self._phase is DrainPhase.DRAINED):  # one that is under way sees the wish by itself
            self._phase, self._steps = None, []
            self._asked.set()

    def _enter(self, phase: DrainPhase) -> None:
        self._phase = phase
        self._tell()

    def _count(self, left: int) -> None:
        self._left = left
        self._tell()

    def _tell(self) -> None:
        if self._phase is None or self._asked_at is None:
            return
        left = self._live() if self._left is None else self._left
        step = DrainProgress(self._phase, self._streams.calls, left, self._clock.monotonic() - self._asked_at)
        if not self._steps or step != self._steps[-1]:
            self._steps.append(step)
        self._changed.set()
        self._changed = anyio.Event()
