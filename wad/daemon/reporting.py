"""How the daemon is: the counts and checks that its health, its metrics and its service manager show."""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

import psutil

from wad.domain.errors import CredentialsDamaged, CredentialsMissing, StorageError
from wad.domain.workers import WorkerState
from wad.observability.health import Check, HealthChecks
from wad.observability.snapshot import Snapshot
from wad.rpc.access.x509 import expires_at
from wad.rpc.admin_service import HealthCheck, HealthReport, HealthStatus, Upstream
from wad.rpc.convert_admin import DaemonStats
from wad.storage.directories import obstacle
from wad.storage.session_files import LEAST_FREE

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from wad.daemon.clock import SystemClock
    from wad.engine.host import WorkerEngine
    from wad.managers.hub import EventHub
    from wad.managers.session_manager import SessionManager

_OUT_OF_REACH = frozenset({CredentialsDamaged.reason, CredentialsMissing.reason, StorageError.reason})


class Reporter:
    """Answers how the daemon is.

    Args:
        clock: Measures the time since the start.
        engine: Whose workers are counted.
        sessions_dir: Where the sessions' directories are.
        custom_upstream: Sessions talk to a server that is not WhatsApp.
        certificate: The file of the TLS certificate; None without one.

    Attributes:
        started: When the daemon started, in monotonic seconds.
        live: Whether it should be restarted; no check but that it answers.
        ready: Whether it may be given work.
        well: Whether somebody should look after it, though it works.
    """

    def __init__(
        self,
        clock: SystemClock,
        engine: WorkerEngine,
        sessions_dir: Path,
        *,
        custom_upstream: bool,
        certificate: Path | None = None,
    ) -> None:
        self.started = clock.monotonic()
        self.live = HealthChecks([Check("event-loop", _answers)])
        self.ready = HealthChecks([Check("serving", self._serving), Check("workers", self._has_workers)])
        self.well = HealthChecks(
            [
                Check("storage", self._can_store),
                Check("credentials", self._has_credentials),
                Check("crashes", self._crashes),
            ]
        )
        self._started_at = clock.wall()
        self._clock = clock
        self._engine = engine
        self._sessions_dir = sessions_dir
        self._certificate = certificate
        self._upstream = Upstream.CUSTOM if custom_upstream else Upstream.WHATSAPP
        self._process = psutil.Process()
        self._is_serving = False
        self._is_draining = False
        self._why_not = "the daemon is starting"
        self._manager: SessionManager | None = None
        self._hub: EventHub | None = None

    def attend(self, manager: SessionManager, hub: EventHub) -> None:
        """Report on these from now on; they are made after the metrics that show them."""
        self._manager, self._hub = manager, hub

    def set_serving(self, serving: bool) -> None:  # noqa: FBT001 - a plain setter
        """Note whether calls are taken; once they are not any more, the daemon drains."""
        self._is_serving, self._is_draining = serving, not serving
        self._why_not = "the daemon is going down"

    def drain(self, by: str, at: float) -> None:
        """Note that no calls are taken any more, until a restart, because somebody asked for that.

        Args:
            by: Who asked.
            at: When, in seconds since the epoch.
        """
        self.set_serving(False)
        moment = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        self._why_not = f"drained by {by} at {moment}; it takes calls again when it has been restarted"

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
            devices=stats.devices,
            workers={state.value: states[state] for state in WorkerState if state is not WorkerState.GONE},
            worker_resident_bytes=sum(worker.usage.resident_bytes for worker in workers),
            watchers=self._hub.watchers,
            draining=self._is_draining,
            certificate_expires_at=self._certificate_expires_at(),
            free_bytes=self.free_space(),
        )

    def stats(self) -> DaemonStats:
        """Return the daemon's counts."""
        if self._manager is None or self._hub is None:
            raise RuntimeError("the reporter attends to no manager yet")
        return DaemonStats(
            sessions=self._manager.stats(),
            workers=self._engine.workers(),
            devices_per_phone=self._manager.limits.devices_per_phone,
            watchers=self._hub.watchers,
            resident_memory=self.resident_memory(),
            uptime=self._clock.monotonic() - self.started,
        )

    def resident_memory(self) -> int:
        """Return the bytes that the daemon's own process holds."""
        return self._process.memory_info().rss

    def free_space(self) -> int:
        """Return the bytes that are free for sessions."""
        made = next(path for path in (self._sessions_dir, *self._sessions_dir.parents) if path.exists())
        disk = os.statvfs(made)
        return disk.f_bavail * disk.f_frsize

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
        results = [*await self.live.run(), *await self.ready.run(), *await self.well.run()]
        ok = all(result.ok for result in results)
        status = HealthStatus.SERVING if ok else HealthStatus.DEGRADED if self._is_serving else HealthStatus.NOT_SERVING
        return HealthReport(
            status=status,
            version=version("wad"),
            started_at=self._started_at,
            uptime=self._clock.monotonic() - self.started,
            stats=self._manager.stats(),
            upstream=self._upstream,
            resident_memory=self.resident_memory(),
            checks=tuple(HealthCheck(result.name, result.ok, result.reason or "") for result in results),
        )

    def _certificate_expires_at(self) -> float | None:
        if self._certificate is None:
            return None
        try:
            return expires_at(self._certificate.read_bytes())
        except (OSError, ValueError):  # while it is being renewed; what is served goes on being served
            return None

    async def _serving(self) -> str | None:
        return None if self._is_serving else self._why_not

    async def _has_workers(self) -> str | None:
        """A worker that is missing is replaced when it is needed; none of them usable is a fault."""
        workers = self._engine.workers()
        stuck = workers and all(worker.state is WorkerState.STARTING for worker in workers)
        return "no worker is ready yet" if stuck else None

    async def _can_store(self) -> str | None:
        trouble = obstacle(self._sessions_dir)
        if trouble is not None:
            return f"the sessions' directory {trouble}; none can start"
        free = self.free_space()
        return None if free >= LEAST_FREE else f"only {free >> 20} MiB are free for sessions; none can start"

    async def _has_credentials(self) -> str | None:
        lost = self._down_because_of(_OUT_OF_REACH)
        return f"{lost} linked sessions cannot reach their credentials" if lost else None

    async def _crashes(self) -> str | None:
        """A worker that is mute or over a budget is replaced by itself; a session that goes on crashing them is not."""
        looping = self._down_because_of({"CRASH_LOOP"})
        return f"{looping} sessions are down because their workers crashed again and again" if looping else None

    def _down_because_of(self, reasons: Collection[str]) -> int:
        live = [] if self._manager is None else self._manager.live()
        errors = [view.record.last_error for view in live if view.record.state == "disconnected"]
        return sum(error is not None and error.reason in reasons for error in errors)


async def _answers() -> str | None:
    """Say that the event loop runs: that this is executed is the proof."""
    return None
