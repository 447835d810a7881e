"""The HTTP listener: ``/metrics``, ``/livez``, ``/readyz`` and ``/health/detailed``."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import anyio
import psutil
import uvicorn
from starlette.applications import Starlette
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from wad.domain.errors import ConfigurationError
from wad.observability.health import HealthChecks

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from anyio.abc import TaskStatus
    from starlette.requests import Request

    from wad.domain.records import SessionRecord
    from wad.observability.health import Result
    from wad.observability.metrics import Metrics
    from wad.observability.snapshot import Snapshot
    from wad.ports import Clock

LOCAL_NAMES: Final = ("localhost", "127.0.0.1", "[")
"""What a caller on this host may call it; the last is what the library makes of an IPv6 address such as ``[::1]``."""

STOP_LIMIT: Final = 3
"""Seconds that open requests are given when the listener stops."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What the listener shows.

    Attributes:
        metrics: For ``/metrics``.
        live: Checks of ``/livez``: whether the daemon should be restarted.
        ready: Checks of ``/readyz``: whether it may be given work.
        snapshot: Present counts.
        sessions: Returns the records of all live sessions.
        clock: For the time, ages and the time since the start.
        started_at: When the daemon started, in monotonic seconds of *clock*.
        well: Checks whose failure is somebody's business, though the daemon works.
    """

    metrics: Metrics
    live: HealthChecks
    ready: HealthChecks
    snapshot: Callable[[], Snapshot]
    sessions: Callable[[], Sequence[SessionRecord]]
    clock: Clock
    started_at: float
    well: HealthChecks = field(default_factory=HealthChecks)


class HttpServer:
    """Serves within the caller's task group; the caller's signals stay the caller's.

    Args:
        sources: What is shown.
        host: Address to listen on.
        port: Port to listen on; 0 takes any free one.

    Attributes:
        port: The port; the real one once :meth:`run` has started.
    """

    def __init__(self, sources: Sources, *, host: str, port: int) -> None:
        self._sources = sources
        self._host = host
        self.port = port

    async def run(self, *, task_status: TaskStatus[int] = anyio.TASK_STATUS_IGNORED) -> None:
        """Serve until cancelled; open requests are then finished within :data:`STOP_LIMIT`.

        ``task_status.started(port)`` is called once connections are accepted.

        Raises:
            ConfigurationError: The address cannot be listened on.
        """
        listener = _bind(self._host, self.port)
        address = listener.getsockname()
        self.port = address[1]
        is_loopback = _is_loopback(address[0])
        app = build_app(self._sources, detailed=is_loopback)
        if is_loopback:  # a web page in a browser on this host must not reach it under a name of the page's own
            app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*LOCAL_NAMES, self._host])
        server = _Server(_uvicorn_config(app), lambda: task_status.started(self.port))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_serve, server, listener)
            try:
                await anyio.sleep_forever()
            finally:
                server.should_exit = True


async def _serve(server: _Server, listener: socket.socket) -> None:
    """Serve shielded from cancellation, which would cut answers off; ``should_exit`` ends it within a limit."""
    with anyio.CancelScope(shield=True), listener:
        await server.serve(sockets=[listener])


class _Server(uvicorn.Server):
    """A server that leaves signals alone and says when it listens."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening()


def _uvicorn_config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,  # longer than Prometheus' usual interval, so that scrapes share a connection
        timeout_graceful_shutdown=STOP_LIMIT,
    )


def _bind(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigurationError(
            f"HTTP cannot listen on {host} port {port}: {error.strerror}. Set http.host and http.port to an address of "
            "this machine and a free port; port 0 takes any."
        ) from error


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback


# ── what is answered ──────────────────────────────────────────────────────────────────────────────────────────────────


def build_app(sources: Sources, *, detailed: bool) -> Starlette:
    """Return the application.

    Args:
        sources: What is shown.
        detailed: Whether ``/health/detailed``, which names every session, is answered; not to a network.
    """

    async def metrics(request: Request) -> Response:
        for checks in (sources.live, sources.ready, sources.well):
            sources.metrics.health.show(await checks.run())
        body, content_type = sources.metrics.exposition(request.headers.get("accept", ""))
        return Response(body, headers={"content-type": content_type})

    async def livez(request: Request) -> Response:
        return await _answer("livez", sources.live, request)

    async def readyz(request: Request) -> Response:
        return await _answer("readyz", sources.ready, request)

    async def health(_request: Request) -> Response:
        if not detailed:
            text = "This names sessions, and is answered only when http.host is a loopback address.\n"
            return PlainTextResponse(text, 403)
        ready = all(result.ok for result in await sources.ready.run())
        well = all(result.ok for result in await sources.well.run())
        return JSONResponse(_detailed(sources, ok=ready and well), 200 if ready else 503)

    return Starlette(
        routes=[
            Route("/metrics", metrics),
            Route("/livez", livez),
            Route("/readyz", readyz),
            Route("/health/detailed", health),
        ]
    )


async def _answer(name: str, checks: HealthChecks, request: Request) -> Response:
    """Answer in the way of Kubernetes: a word when all is well, a line for each check otherwise or when asked for."""
    exclude = {part for value in request.query_params.getlist("exclude") for part in value.split(",") if part}
    results = await checks.run(exclude)
    ok = all(result.ok for result in results)
    if ok and "verbose" not in request.query_params:
        return PlainTextResponse("ok", headers={"cache-control": "no-store"})
    lines = [_line(result) for result in results]
    unknown = checks.unknown(exclude)
    if unknown:
        lines.append(f"warn: no check is called {', '.join(unknown)}; nothing was excluded for it")
    lines.append(f"{name} check {'passed' if ok else 'failed'}")
    return PlainTextResponse("\n".join(lines) + "\n", 200 if ok else 503, headers={"cache-control": "no-store"})


def _line(result: Result) -> str:
    return f"[+]{result.name} ok" if result.ok else f"[-]{result.name} failed: {result.reason}"


def _detailed(sources: Sources, *, ok: bool) -> dict[str, Any]:
    now, wall = sources.snapshot(), sources.clock.wall()
    return {
        "status": "OK" if ok else "DEGRADED",
        "timestamp": datetime.fromtimestamp(wall, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "metrics": {
            "activeSessions": now.active_sessions,
            "maxSessions": now.sessions_limit,
            "utilizationPercent": round(100 * now.utilization, 2),
            "qrTimers": now.qr_timers,
            "sessionTimers": now.session_timers,
            "memoryUsage": {"rss": psutil.Process().memory_info().rss, "workersRss": now.worker_resident_bytes},
            "uptime": round(sources.clock.monotonic() - sources.started_at, 3),
        },
        "sessions": [
            {
                "sessionId": record.session_id,
                "status": record.state.value,
                "ageMinutes": _minutes(wall - record.created_at),
                "idleMinutes": _minutes(wall - record.last_activity_at),
            }
            for record in sources.sessions()
        ],
    }


def _minutes(seconds: float) -> int:
    return max(0, round(seconds / 60))
