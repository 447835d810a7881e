"""When the sweep runs: at every interval, and whenever somebody asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import anyio
import structlog

from wad.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from wad.managers.sweep import Room, Sweep, SweepReport
    from wad.ports import Clock

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class SweepSink(Protocol):
    """Who is told what sweeps found."""

    def measured(self, room: Room) -> None:
        """Take what was measured when the daemon started."""
        ...

    def swept(self, report: SweepReport) -> None:
        """Take the report of a sweep that was no dry run."""
        ...


@dataclass(frozen=True, slots=True)
class SweeperState:
    """The scheduler at one moment.

    Attributes:
        running: It is started.
        interval: Seconds between two sweeps; 0 when none is configured.
        next_at: When the next sweep is due, in seconds since the epoch; None while it is stopped.
        last_success_at: When the latest sweep ended without a failure; None before the first one.
        last: Report of the latest sweep that was no dry run.
    """

    running: bool
    interval: float
    next_at: float | None
    last_success_at: float | None
    last: SweepReport | None


class Sweeper:
    """The scheduler of the sweep, one task for everything.

    Args:
        sweep: What is done.
        clock: Tells the time and sleeps.
        interval: Seconds between two sweeps; 0 for none.
        sink: Told what was found.
    """

    def __init__(self, sweep: Sweep, clock: Clock, *, interval: float, sink: SweepSink) -> None:
        self._sweep = sweep
        self._clock = clock
        self._interval = interval
        self._sink = sink
        self._turn = anyio.Lock()
        self._running = interval > 0
        self._toggled = anyio.Event()
        self._next_at: float | None = None
        self._last_success_at: float | None = None
        self._last: SweepReport | None = None

    def state(self) -> SweeperState:
        """Return the scheduler as it is now."""
        next_at = self._next_at if self._running else None
        return SweeperState(self._running, self._interval, next_at, self._last_success_at, self._last)

    def start(self) -> SweeperState:
        """Sweep at every interval from now on; one that does is left as it is.

        Raises:
            ConfigurationError: No interval is configured.
        """
        if not self._interval:
            raise ConfigurationError("sessions.cleanup_interval is 0, so there is no interval to sweep at; set one.")
        self._toggle(running=True)
        return self.state()

    def stop(self) -> SweeperState:
        """Sweep no more until :meth:`start`; a sweep under way is finished."""
        self._toggle(running=False)
        return self.state()

    def set_interval(self, seconds: float) -> None:
        """Sweep at another interval; the wait for the next sweep begins anew.

        One that was stopped by hand stays so, unless there was no interval before; 0 stops it.
        """
        running = seconds > 0 and (self._running or not self._interval)
        self._interval = seconds
        self._begin(running=running)

    async def sweep(self, *, dry_run: bool = False) -> SweepReport:
        """Sweep now; sweeps that are asked for at one time follow each other."""
        async with self._turn:
            report = await self._sweep.run(dry_run=dry_run)
        _log_report(report)
        if not dry_run:
            self._last = report
            if not report.failures:
                self._last_success_at = self._clock.wall()
            self._sink.swept(report)
        return report

    async def run(self) -> None:
        """Measure once, then sweep at every interval while it is started, until cancelled."""
        self._sink.measured(await self._sweep.measure())
        while True:
            toggled = self._toggled
            if not self._running:
                await toggled.wait()
            elif await self._interval_passed(toggled):
                await self.sweep()

    async def _interval_passed(self, toggled: anyio.Event) -> bool:
        """Wait for the interval; return False when the scheduler was stopped or started anew meanwhile."""
        self._next_at = self._clock.wall() + self._interval
        async with anyio.create_task_group() as tasks:

            async def nap() -> None:
                await self._clock.sleep(self._interval)
                tasks.cancel_scope.cancel()

            tasks.start_soon(nap)
            await toggled.wait()
            tasks.cancel_scope.cancel()
        return not toggled.is_set()

    def _toggle(self, *, running: bool) -> None:
        if running != self._running:
            self._begin(running=running)

    def _begin(self, *, running: bool) -> None:
        """Begin to wait for an interval, or for somebody to start it; whatever was waited for is given up."""
        self._running = running
        self._next_at = self._clock.wall() + self._interval if running else None
        self._toggled.set()
        self._toggled = anyio.Event()


def _log_report(report: SweepReport) -> None:
    _log.info(
        "sweep.finished",
        dry_run=report.dry_run,
        seconds=round(report.duration, 3),
        checked=report.checked,
        removed=len(report.removed),
        orphans=len(report.orphans),
        unknown_directories=len(report.unknown_directories),
        trash_purged=report.trash_purged,
        failures=list(report.failures),
    )
