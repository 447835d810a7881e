"""What the daemon answers over HTTP: ``/metrics``, ``/livez``, ``/readyz`` and ``/health/detailed``."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psutil
import structlog
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from wad.domain.access import Mechanism
from wad.domain.access_errors import AccessError
from wad.domain.bursts import Bursts
from wad.observability.health import HealthChecks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request

    from wad.domain.access import Caller
    from wad.domain.records import SessionRecord
    from wad.observability.health import Result
    from wad.observability.metrics import Metrics
    from wad.observability.snapshot import Snapshot
    from wad.ports import Clock


_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


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
        recognise: Returns who shows a token; raises AccessError for one that is not good.
        well: Checks whose failure is somebody's business, though the daemon works.
    """

    metrics: Metrics
    live: HealthChecks
    ready: HealthChecks
    snapshot: Callable[[], Snapshot]
    sessions: Callable[[], Sequence[SessionRecord]]
    clock: Clock
    started_at: float
    recognise: Callable[[str], Caller]
    well: HealthChecks = field(default_factory=HealthChecks)


def build_app(sources: Sources, *, needs_token: bool) -> Starlette:
    """Return the application.

    Args:
        sources: What is shown.
        needs_token: Whether ``/health/detailed``, which names every session, is told only to those who show a token.
    """
    strangers = Bursts()

    async def metrics(request: Request) -> Response:
        for checks in (sources.live, sources.ready, sources.well):
            sources.metrics.health.show(await checks.run())
        body, content_type = sources.metrics.exposition(request.headers.get("accept", ""))
        return Response(body, headers={"content-type": content_type})

    async def livez(request: Request) -> Response:
        return await _answer("livez", sources.live, request)

    async def readyz(request: Request) -> Response:
        return await _answer("readyz", sources.ready, request)

    async def health(request: Request) -> Response:
        if needs_token and (refusal := _refusal(sources, strangers, request)) is not None:
            return refusal
        ready = all(result.ok for result in await sources.ready.run())
        well = all(result.ok for result in await sources.well.run())
        body, status = _detailed(sources, ok=ready and well), 200 if ready else 503
        return JSONResponse(body, status, headers={"cache-control": "no-store"})

    return Starlette(
        routes=[
            Route("/metrics", metrics),
            Route("/livez", livez),
            Route("/readyz", readyz),
            Route("/health/detailed", health),
        ]
    )


def _refusal(sources: Sources, strangers: Bursts, request: Request) -> Response | None:
    """Return what to answer to a caller that may not see all sessions; None to one that may."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        text = (
            "This names sessions. Send 'Authorization: Bearer wad_…' with a token that reaches all of them; "
            "`wad token create NAME --role viewer` makes one. Where http.host is a loopback address none is needed.\n"
        )
        return PlainTextResponse(text, 401, headers={"www-authenticate": "Bearer"})
    try:
        caller = sources.recognise(token.strip())
    except AccessError as error:
        sources.metrics.rpc.refused(Mechanism.TOKEN.value)
        loud, omitted = strangers.admits(sources.clock.monotonic())
        _log.log(
            logging.WARNING if loud else logging.DEBUG,
            "http.refused",
            reason=error.reason,
            peer="" if request.client is None else request.client.host,
            error=str(error),
            **({"omitted": omitted} if omitted else {}),
        )
        return PlainTextResponse(f"{error}\n", 401, headers={"www-authenticate": 'Bearer error="invalid_token"'})
    if not caller.scope.everything:
        reach = ", ".join(caller.scope.patterns)
        text = f"This names all sessions, and {caller.name!r} may reach only {reach}.\n"
        return PlainTextResponse(text, 403)
    return None


async def _answer(name: str, checks: HealthChecks, request: Request) -> Response:
    """Answer in the way of Kubernetes: a word when all is well, a line for each check otherwise or when asked for.

    What is to be excluded and is not there is told in any case.
    """
    exclude = {part for value in request.query_params.getlist("exclude") for part in value.split(",") if part}
    results = await checks.run(exclude)
    ok = all(result.ok for result in results)
    unknown = checks.unknown(exclude)
    if ok and not unknown and "verbose" not in request.query_params:
        return PlainTextResponse("ok", headers={"cache-control": "no-store"})
    lines = [_line(result) for result in results]
    if unknown:  # no refusal: a probe that names a check of another release must not have the daemon restarted
        names = ", ".join(checks.names)
        lines.append(f"warn: no check is called {', '.join(unknown)}; nothing was excluded for it. There are: {names}")
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
