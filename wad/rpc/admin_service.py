"""AdminService: see ``protos/wad/v1/admin.proto``."""

# ruff: noqa: ARG002, N802 - names and signatures of the methods stand in the contract

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from wad.rpc import convert
from wad.v1 import admin_pb2, admin_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from wad.managers.session_manager import Stats
    from wad.rpc.ports import Context


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
    """

    def __init__(self, health: Callable[[], Awaitable[HealthReport]]) -> None:
        self._health = health

    async def GetHealth(self, request: admin_pb2.GetHealthRequest, context: Context) -> admin_pb2.GetHealthResponse:
        """Return how the daemon is."""
        report = await self._health()
        checks = sorted(report.checks, key=lambda check: check.name)
        return admin_pb2.GetHealthResponse(
            status=report.status.value,
            version=report.version,
            start_time=convert.timestamp(report.started_at),
            uptime=convert.duration(report.uptime),
            sessions=_counts(report.stats),
            upstream=report.upstream.value,
            resident_memory_bytes=report.resident_memory,
            checks=[admin_pb2.HealthCheck(name=c.name, ok=c.ok, message=c.message) for c in checks],
        )


def _counts(stats: Stats) -> admin_pb2.SessionCounts:
    return admin_pb2.SessionCounts(
        active=stats.active,
        limit=stats.limit,
        qr_timers=stats.qr_timers,
        session_timers=stats.session_timers,
        states=[
            admin_pb2.StateCount(state=number, sessions=stats.sessions.get(state, 0))
            for state, number in convert.STATES.items()
        ],
    )
