"""AdminService: see ``protos/wad/v1/admin.proto``."""

# ruff: noqa: ARG002, N802 - names and signatures of the methods stand in the contract

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from wad.domain.ids import parse_session_id
from wad.rpc import (
    convert,
    convert_admin,
    convert_audit,
    convert_config,
    convert_debug,
    convert_workers,
    paging,
    transfer,
)
from wad.rpc.call import about, caller, detailed
from wad.v1 import admin_pb2, admin_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

    from wad.domain.debugging import DebugReport
    from wad.managers.terms import Stats
    from wad.ports import Clock
    from wad.rpc.convert_admin import DaemonStats
    from wad.rpc.drain import Drain
    from wad.rpc.ports import Alerts, Archives, AuditTrail, CleanupScheduler, Configuration, Context, Workers


class HealthStatus(Enum):
    """How the daemon is, in one word."""

    SERVING = admin_pb2.HEALTH_STATUS_SERVING
    DEGRADED = admin_pb2.HEALTH_STATUS_DEGRADED
    NOT_SERVING = admin_pb2.HEALTH_STATUS_NOT_SERVING


class Upstream(Enum):
    """Which server the sessions talk to."""

    WHATSAPP = admin_pb2.UPSTREAM_WHATSAPP
    CUSTOM = admin_pb2.UPSTREAM_CUSTOM


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One check.

    Attributes:
        name: What is checked.
        ok: True when all is well.
        message: What was found, for people, without paths or secrets.
    """

    name: str
    ok: bool
    message: str = ""


@dataclass(frozen=True, slots=True)
class HealthReport:
    """How the daemon is.

    Attributes:
        status: The sum of it.
        version: Version of wad.
        started_at: Seconds since the epoch.
        uptime: Seconds.
        stats: The session manager's counts.
        upstream: Which server the sessions talk to.
        resident_memory: Bytes that the daemon's process holds.
        checks: The checks behind the status.
    """

    status: HealthStatus
    version: str
    started_at: float
    uptime: float
    stats: Stats
    upstream: Upstream
    resident_memory: int
    checks: tuple[HealthCheck, ...] = ()


class AdminService(admin_pb2_grpc.AdminServiceServicer):
    """For those who run the daemon.

    Args:
        health: Makes the health report.
        stats: Returns the daemon's counts.
        sweeper: Sweeps, and says when.
        alerts: Looks for alerts.
        archives: Saves and restores sessions.
        workers: The worker processes.
        config: The configuration.
        drain: Makes the daemon ready to be stopped.
        audit: The audit log.
        debug: Tells what the daemon is doing.
        clock: Tells what is still valid.
    """

    def __init__(
        self,
        health: Callable[[], Awaitable[HealthReport]],
        *,
        stats: Callable[[], DaemonStats],
        sweeper: CleanupScheduler,
        alerts: Alerts,
        archives: Archives,
        workers: Workers,
        config: Configuration,
        drain: Drain,
        audit: AuditTrail,
        debug: Callable[[], DebugReport],
        clock: Clock,
    ) -> None:
        self._health = health
        self._stats = stats
        self._sweeper = sweeper
        self._alerts = alerts
        self._archives = archives
        self._workers = workers
        self._config = config
        self._drain = drain
        self._audit = audit
        self._debug = debug
        self._clock = clock

    async def GetHealth(self, request: admin_pb2.GetHealthRequest, context: Context) -> admin_pb2.GetHealthResponse:
        """Return how the daemon is."""
        report = await self._health()
        checks = sorted(report.checks, key=lambda check: check.name)
        return admin_pb2.GetHealthResponse(
            status=report.status.value,
            version=report.version,
            start_time=convert.timestamp(report.started_at),
            uptime=convert.duration(report.uptime),
            sessions=convert_admin.session_counts(report.stats),
            upstream=report.upstream.value,
            resident_memory_bytes=report.resident_memory,
            checks=[admin_pb2.HealthCheck(name=c.name, ok=c.ok, message=c.message) for c in checks],
        )

    async def GetStats(self, request: admin_pb2.GetStatsRequest, context: Context) -> admin_pb2.GetStatsResponse:
        """Return the daemon's counts."""
        return convert_admin.stats(self._stats(), self._sweeper.state())

    async def RunCleanup(self, request: admin_pb2.RunCleanupRequest, context: Context) -> admin_pb2.RunCleanupResponse:
        """Sweep now."""
        report = await self._sweeper.sweep(dry_run=request.dry_run)
        return admin_pb2.RunCleanupResponse(report=convert_admin.report(report))

    async def StartCleanupScheduler(
        self, request: admin_pb2.StartCleanupSchedulerRequest, context: Context
    ) -> admin_pb2.StartCleanupSchedulerResponse:
        """Sweep at every interval."""
        return admin_pb2.StartCleanupSchedulerResponse(cleanup=convert_admin.scheduler(self._sweeper.start()))

    async def StopCleanupScheduler(
        self, request: admin_pb2.StopCleanupSchedulerRequest, context: Context
    ) -> admin_pb2.StopCleanupSchedulerResponse:
        """Sweep no more by itself."""
        return admin_pb2.StopCleanupSchedulerResponse(cleanup=convert_admin.scheduler(self._sweeper.stop()))

    async def ListAlerts(self, request: admin_pb2.ListAlertsRequest, context: Context) -> admin_pb2.ListAlertsResponse:
        """Return the alerts."""
        return convert_admin.alerts(self._alerts.measured())

    async def BackupSession(
        self, request: admin_pb2.BackupSessionRequest, context: Context
    ) -> AsyncGenerator[admin_pb2.BackupSessionResponse]:
        """Save a session's credentials."""
        facts, archive = await self._archives.back_up(parse_session_id(request.session_id), transfer.sealing(request))
        for part in transfer.parts(facts, archive):
            yield part

    async def RestoreSession(
        self, request_iterator: AsyncIterator[admin_pb2.RestoreSessionRequest], context: Context
    ) -> admin_pb2.RestoreSessionResponse:
        """Put archived credentials into a session's place."""
        facts, view = await self._archives.restore(*await transfer.collect(request_iterator))
        return admin_pb2.RestoreSessionResponse(
            session=convert.session(view, self._clock.wall()), manifest=transfer.manifest(facts)
        )

    async def ListWorkers(
        self, request: admin_pb2.ListWorkersRequest, context: Context
    ) -> admin_pb2.ListWorkersResponse:
        """Return the worker processes."""
        workers = convert_workers.by_name(await self._workers.inspect_workers())
        return admin_pb2.ListWorkersResponse(workers=[convert_workers.worker(worker) for worker in workers])

    async def DrainWorker(
        self, request: admin_pb2.DrainWorkerRequest, context: Context
    ) -> admin_pb2.DrainWorkerResponse:
        """Give a worker no new sessions."""
        worker = self._workers.drain_worker(about(request.worker_id))
        return admin_pb2.DrainWorkerResponse(worker=convert_workers.worker(worker))

    async def ReplaceWorkers(
        self, request: admin_pb2.ReplaceWorkersRequest, context: Context
    ) -> AsyncGenerator[admin_pb2.ReplaceWorkersResponse]:
        """Move the sessions of workers to new ones."""
        began, summary = self._clock.monotonic(), convert_workers.Summary()
        about(request.worker_id)
        async with aclosing(self._workers.replace_workers(convert_workers.chosen(request))) as steps:
            async for step in steps:
                summary.add(step)
                yield convert_workers.step(step)
        yield summary.response(self._clock.monotonic() - began)

    async def Drain(self, request: admin_pb2.DrainRequest, context: Context) -> AsyncGenerator[admin_pb2.DrainResponse]:
        """Make the daemon ready to be stopped."""
        async with aclosing(self._drain.follow(caller().name, close_sessions=request.close_sessions)) as steps:
            async for progress in steps:
                yield convert_admin.drain(progress)

    async def GetConfig(self, request: admin_pb2.GetConfigRequest, context: Context) -> admin_pb2.GetConfigResponse:
        """Return the configuration."""
        found = self._config.get(convert_config.names(request))
        return admin_pb2.GetConfigResponse(settings=convert_config.settings(found))

    async def UpdateConfig(
        self, request: admin_pb2.UpdateConfigRequest, context: Context
    ) -> admin_pb2.UpdateConfigResponse:
        """Change keys that can change while the daemon runs."""
        wanted = convert_config.update(request)
        before = self._config.get()
        found = self._config.update(wanted.values, wanted.keys, validate_only=request.validate_only)
        detailed(f"{'validate_only ' if request.validate_only else ''}{convert_config.changes(before, found)}")
        return admin_pb2.UpdateConfigResponse(settings=convert_config.settings(found))

    async def ListAuditRecords(
        self, request: admin_pb2.ListAuditRecordsRequest, context: Context
    ) -> admin_pb2.ListAuditRecordsResponse:
        """List the audit log."""
        most = paging.size_of(request) + 1  # one more than is shown tells whether another page follows
        wanted, before = convert_audit.wanted(request), convert_audit.before(request)
        return convert_audit.page(request, await self._audit.find(wanted, before=before, limit=most))

    async def GetDebug(self, request: admin_pb2.GetDebugRequest, context: Context) -> admin_pb2.GetDebugResponse:
        """Return what the daemon is doing."""
        return convert_debug.report(self._debug())
