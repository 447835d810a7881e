"""How the daemon is: the counts and checks that its health, its metrics and its service manager show."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from importlib.metadata import version
from typing import TYPE_CHECKING

import psutil

from wad.engine.worker import WorkerState
from wad.observability.health import Check, HealthChecks
from wad.observability.snapshot import Snapshot
from wad.rpc.admin_service import HealthCheck, HealthReport, HealthStatus, Upstream

if TYPE_CHECKING:
    from wad.daemon.clock import SystemClock
    from wad.engine.host import WorkerEngine
    from wad.managers.hub import EventHub
    from wad.managers.session_manager import SessionManager


class Reporter:
    """Answers how the daemon is.

    Args:
        clock: Measures the time since the start.
        engine: Whose workers are counted.
        custom_upstream: Sessions talk to a server that is not WhatsApp.

    Attributes:
        started: When the daemon started, in monotonic seconds.
        live: Whether it should be restarted; no check but that it answers.
        ready: Whether it may be given work.
    """

    def __init__(self, clock: SystemClock, engine: WorkerEngine, *, custom_upstream: bool) -> None:
        self.started = clock.monotonic()
        self.live = HealthChecks([Check("event-loop", _answers)])
        self.ready = HealthChecks([Check("serving", self._serving), Check("workers", self._has_workers)])
        self._started_at = clock.wall()
        self._clock = clock
        self._engine = engine
        self._upstream = Upstream.CUSTOM if custom_upstream else Upstream.WHATSAPP
        self._process = psutil.Process()
        self._is_serving = False
        self._manager: SessionManager | None = None
        self._hub: EventHub | None = None

    def attend(self, manager: SessionManager, hub: EventHub) -> None:
        """Report on these from now on; they are made after the metrics that show them."""
        self._manager, self._hub = manager, hub

    def set_serving(self, serving: bool) -> None:  # noqa: FBT001 - a plain setter
        """Note whether calls are taken."""
        self._is_serving = serving

    def snapshot(self) -> Snapshot:
        """Return the present counts."""
        if self._manager is None or self._hub is None:
            return Snapshot({}, 0)
        stats, workers = self._manager.stats(), self._engine.workers()
        states = Counter(worker.state for worker in workers)
        return Snapshot(
            sessions=stats.sessions,
            sessions_limit=stats.limit,
            qr_timers=stats.qr_timers,
            session_timers=stats.session_timers,
            workers={state.value: states[state.value] for state in WorkerState if state is not WorkerState.GONE},
            worker_resident_bytes=sum(_resident(worker.pid) for worker in workers if worker.pid),
            watchers=self._hub.watchers,
        )

    def summary(self) -> str:
        """Return one line for the service manager."""
        if self._manager is None:
            return "starting"
        stats = self._manager.stats()
        connected = sum(count for state, count in stats.sessions.items() if state == "connected")
        workers = len(self._engine.workers())
        return f"{connected} connected of {stats.active} sessions (limit {stats.limit}), {workers} workers"

    async def health(self) -> HealthReport:
        """Return the whole report."""
        if self._manager is None:
            raise RuntimeError("the reporter attends to no manager yet")
        results = [*await self.live.run(), *await self.ready.run()]
        ok = all(result.ok for result in results)
        status = HealthStatus.SERVING if ok else HealthStatus.DEGRADED if self._is_serving else HealthStatus.NOT_SERVING
        return HealthReport(
            status=status,
            version=version("wad"),
            started_at=self._started_at,
            uptime=self._clock.monotonic() - self.started,
            stats=self._manager.stats(),
            upstream=self._upstream,
            resident_memory=self._process.memory_info().rss,
            checks=tuple(HealthCheck(result.name, result.ok, result.reason or "") for result in results),
        )

    async def _serving(self) -> str | None:
        return None if self._is_serving else "the daemon is starting or going down"

    async def _has_workers(self) -> str | None:
        """A worker that is missing is replaced when it is needed; none of them usable is a fault."""
        workers = self._engine.workers()
        stuck = workers and all(worker.state == WorkerState.STARTING.value for worker in workers)
        return "no worker is ready yet" if stuck else None


async def _answers() -> str | None:
    """Say that the event loop runs: that this is executed is the proof."""
    return None


def _resident(pid: int) -> int:
    with suppress(psutil.NoSuchProcess):  # it ended between the count and the look
        return psutil.Process(pid).memory_info().rss
    return 0
