"""What the HTTP listener guarantees, over a real socket."""

from __future__ import annotations

import signal
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import anyio
import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from wad.domain.access import Caller, Mechanism, Role, Scope
from wad.domain.access_errors import TokenInvalid
from wad.domain.bursts import MOST_REFUSALS
from wad.domain.errors import ConfigurationError
from wad.domain.ids import SessionId
from wad.domain.records import SessionRecord
from wad.domain.states import SessionState
from wad.observability.health import Check, HealthChecks
from wad.observability.http import HttpServer
from wad.observability.metrics import Metrics
from wad.observability.pages import Sources, build_app
from wad.observability.snapshot import Snapshot
from wad.observability.worker_metrics import WorkerMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from anyio.abc import TaskStatus

pytestmark = pytest.mark.anyio

NOW = 1_800_000_000.0  # 2027-01-15T08:00:00Z


class StillClock:
    """A clock that stands still, 90 s after the start."""

    def monotonic(self) -> float:
        """Return monotonic seconds."""
        return 190.0

    def wall(self) -> float:
        """Return seconds since the epoch."""
        return NOW

    async def sleep(self, seconds: float) -> None:
        """Return at once."""


@dataclass
class Daemon:
    """What a daemon would show."""

    reason: str | None = None
    sessions: list[SessionRecord] = field(default_factory=list[SessionRecord])
    snapshot: Snapshot = field(default_factory=lambda: Snapshot({SessionState.CONNECTED: 2}, 50, 1, 2, {}, 4096))

    async def _registry(self) -> str | None:
        return self.reason

    async def _engine(self) -> str | None:
        return None

    def sources(self) -> Sources:
        """Return what the listener asks for."""
        return Sources(
            metrics=Metrics(
                WorkerMetrics(), lambda: self.snapshot, version="1", engine_version="2", custom_upstream=False
            ),
            live=HealthChecks([Check("event-loop", self._engine)]),
            ready=HealthChecks([Check("registry", self._registry), Check("engine", self._engine)]),
            snapshot=lambda: self.snapshot,
            sessions=lambda: self.sessions,
            clock=StillClock(),
            started_at=100.0,
            recognise=self.recognise,
        )

    def recognise(self, presented: str) -> Caller:
        """Return who shows a token, which is good for all or only some sessions."""
        if presented not in {"all", "some"}:
            raise TokenInvalid
        scope = Scope(("*",) if presented == "all" else ("shop-*",))
        return Caller("grafana", Mechanism.TOKEN, Role.VIEWER, scope)


@pytest.fixture
def daemon() -> Daemon:
    """Return a daemon that is well."""
    return Daemon()


@asynccontextmanager
async def serving(daemon: Daemon, host: str = "127.0.0.1") -> AsyncGenerator[httpx.AsyncClient]:
    """Serve on a free port."""
    server = HttpServer(daemon.sources(), host=host, port=0)
    with anyio.fail_after(60):
        async with anyio.create_task_group() as tasks:
            port = await tasks.start(server.run)
            assert port == server.port != 0
            url = f"http://{'[::1]' if ':' in host else '127.0.0.1'}:{port}"
            async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
                yield client
            tasks.cancel_scope.cancel()


async def test_metrics_can_be_scraped(daemon: Daemon) -> None:
    """Prometheus gets the metrics in the format that it asks for, with the right content type."""
    async with serving(daemon) as client:
        answer = await client.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=")
        assert "charset=utf-8" in answer.headers["content-type"]
        assert "wad_sessions" in {family.name for family in text_string_to_metric_families(answer.text)}
        accept = {"accept": "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.4"}
        answer = await client.get("/metrics", headers=accept)
        assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0; charset=utf-8")
        assert answer.text.endswith("# EOF\n")


async def test_a_scrape_asks_every_health_check(daemon: Daemon) -> None:
    """The metrics say of each check whether it passes now."""
    async with serving(daemon) as client:
        for reason, status in ((None, 1), ("no answer", 0)):
            daemon.reason = reason
            families = {
                family.name: family for family in text_string_to_metric_families((await client.get("/metrics")).text)
            }
            found = {sample.labels["check"]: sample.value for sample in families["wad_health_check_status"].samples}
            assert found == {"event-loop": 1, "registry": status, "engine": 1}


async def test_healthy_daemon_says_ok_in_a_word(daemon: Daemon) -> None:
    """Probes get 200 and a word when all is well."""
    async with serving(daemon) as client:
        for path in ("/livez", "/readyz"):
            answer = await client.get(path)
            assert (answer.status_code, answer.text) == (200, "ok")


async def test_verbose_names_each_check(daemon: Daemon) -> None:
    """Asked for details, the answer has a line for each check and a sum."""
    async with serving(daemon) as client:
        assert (await client.get("/readyz?verbose")).text == "[+]registry ok\n[+]engine ok\nreadyz check passed\n"
        assert (await client.get("/livez?verbose=1")).text == "[+]event-loop ok\nlivez check passed\n"


async def test_failing_check_makes_the_daemon_unready_and_is_named(daemon: Daemon) -> None:
    """One failed check is enough for 503, and the answer says which and why without being asked."""
    daemon.reason = "the disk is full"
    async with serving(daemon) as client:
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert answer.text == "[-]registry failed: the disk is full\n[+]engine ok\nreadyz check failed\n"
        assert (await client.get("/livez")).status_code == 200


async def test_excluded_check_does_not_count(daemon: Daemon) -> None:
    """A check can be left out by name; a name that no check has is told, also to who asks for no details."""
    daemon.reason = "the disk is full"
    async with serving(daemon) as client:
        assert (await client.get("/readyz?exclude=registry")).text == "ok"
        warning = "warn: no check is called nobody; nothing was excluded for it. There are: registry, engine\n"
        for detail in ("", "&verbose"):
            answer = await client.get(f"/readyz?exclude=registry,nobody&exclude=engine{detail}")
            assert (answer.status_code, answer.text) == (200, f"{warning}readyz check passed\n")
        assert (await client.get("/readyz?exclude=nobody")).status_code == 503


async def test_detailed_health_has_the_shape_that_users_know(daemon: Daemon) -> None:
    """Counts, memory, the time since the start, and each session with its age and idle time in minutes."""
    record = SessionRecord(SessionId("alpha"), created_at=NOW - 600, last_activity_at=NOW - 89)
    daemon.sessions = [replace(record, state=SessionState.CONNECTED)]
    async with serving(daemon) as client:
        answer = await client.get("/health/detailed")
    found = answer.json()
    assert found["metrics"]["memoryUsage"].pop("rss") > 0
    assert (answer.status_code, found) == (
        200,
        {
            "status": "OK",
            "timestamp": "2027-01-15T08:00:00.000Z",
            "metrics": {
                "activeSessions": 2,
                "maxSessions": 50,
                "utilizationPercent": 4.0,
                "qrTimers": 1,
                "sessionTimers": 2,
                "memoryUsage": {"workersRss": 4096},
                "uptime": 90.0,
            },
            "sessions": [{"sessionId": "alpha", "status": "connected", "ageMinutes": 10, "idleMinutes": 1}],
        },
    )


async def test_detailed_health_of_an_unready_daemon_says_so(daemon: Daemon) -> None:
    """When a check fails the details are still told, with another status."""
    daemon.reason = "the disk is full"
    async with serving(daemon) as client:
        answer = await client.get("/health/detailed")
    assert (answer.status_code, answer.json()["status"]) == (503, "DEGRADED")


@pytest.mark.parametrize(
    ("shown", "status", "words"),
    [
        (None, 401, "wad token create"),
        ("Basic YTpi", 401, "wad token create"),
        ("Bearer guessed", 401, "token"),
        ("Bearer", 401, "token"),
        ("Bearer some", 403, "may reach only shop-*"),
        ("bearer  all", 200, "activeSessions"),
    ],
)
async def test_sessions_are_named_to_a_network_only_for_a_token(
    daemon: Daemon, shown: str | None, status: int, words: str
) -> None:
    """A listener that others can reach answers probes and scrapes, and names sessions to who may see all of them."""
    async with serving(daemon, host="0.0.0.0") as client:  # noqa: S104 - that is the case
        assert (await client.get("/readyz")).status_code == 200
        answer = await client.get("/health/detailed", headers={} if shown is None else {"authorization": shown})
        metrics = (await client.get("/metrics")).text
    assert (answer.status_code, words in answer.text) == (status, True)
    assert "guessed" not in answer.text
    assert ("www-authenticate" in answer.headers) == (status == 401)
    refused = float(shown is not None and status == 401 and shown.startswith("Bearer"))
    assert f'wad_auth_failures_total{{mechanism="token"}} {refused}' in metrics


async def test_a_wrong_token_is_a_warning_with_its_address_and_a_guesser_cannot_flood_the_log(daemon: Daemon) -> None:
    """Each of the first has a line with where it came from, and without the token; many more have none."""
    with capture_logs() as logs:
        async with serving(daemon, host="0.0.0.0") as client:  # noqa: S104 - that is the case
            for _ in range(MOST_REFUSALS + 5):
                await client.get("/health/detailed", headers={"authorization": "Bearer guessed"})
    refused = [line for line in logs if line["event"] == "http.refused"]
    assert len([line for line in refused if line["log_level"] == "warning"]) == MOST_REFUSALS
    assert {(line["reason"], line["peer"]) for line in refused} == {("TOKEN_INVALID", "127.0.0.1")}
    assert "guessed" not in str(refused)


async def test_unknown_paths_and_methods_are_refused(daemon: Daemon) -> None:
    """Nothing else is served, and nothing can be written."""
    async with serving(daemon) as client:
        assert (await client.get("/")).status_code == 404
        assert (await client.post("/metrics")).status_code == 405
        assert "server" not in (await client.get("/livez")).headers


async def test_port_in_use_is_a_configuration_error(daemon: Daemon) -> None:
    """A port that is taken is told in words before anything is served."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"cannot listen on 127.0.0.1 port {port}: .*in use"):
            await HttpServer(daemon.sources(), host="127.0.0.1", port=port).run()


async def test_signals_stay_the_daemon_s(daemon: Daemon) -> None:
    """Serving does not take over how the process handles signals."""
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    async with serving(daemon):
        assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


async def _refuses(port: int) -> None:
    """Return once nobody listens on the port."""
    while True:
        try:
            await (await anyio.connect_tcp("127.0.0.1", port)).aclose()
        except OSError:
            return
        await anyio.sleep(0.01)


async def test_open_request_is_answered_when_the_listener_stops(daemon: Daemon) -> None:
    """A request that is being answered when the daemon stops gets its answer, though nobody is let in any more."""
    asked, may_answer, stop = anyio.Event(), anyio.Event(), anyio.CancelScope()
    answers: list[str] = []

    async def slow() -> str | None:
        asked.set()
        await may_answer.wait()
        return None

    sources = daemon.sources()
    sources.ready.register(Check("slow", slow))
    server = HttpServer(sources, host="127.0.0.1", port=0)

    async def serve(*, task_status: TaskStatus[int]) -> None:
        with stop:
            await server.run(task_status=task_status)

    async def ask() -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            answers.append((await client.get(f"http://127.0.0.1:{server.port}/readyz")).text)

    with anyio.fail_after(60):
        async with anyio.create_task_group() as tasks:
            await tasks.start(serve)
            tasks.start_soon(ask)
            await asked.wait()
            stop.cancel()
            await _refuses(server.port)
            may_answer.set()
    assert answers == ["ok"]


async def test_idle_connection_does_not_delay_the_stop(daemon: Daemon, caplog: pytest.LogCaptureFixture) -> None:
    """A scraper that keeps its connection open does not hold up the listener's end until its limit."""
    server = HttpServer(daemon.sources(), host="127.0.0.1", port=0)
    with anyio.fail_after(60):
        async with httpx.AsyncClient(trust_env=False) as client, anyio.create_task_group() as tasks:
            port = await tasks.start(server.run)
            await client.get(f"http://127.0.0.1:{port}/livez")
            tasks.cancel_scope.cancel()
    assert "graceful shutdown exceeded" not in caplog.text


async def test_detail_is_refused_by_the_application_itself(daemon: Daemon) -> None:
    """The application asks for a token when it is told to, wherever it is served."""
    app = build_app(daemon.sources(), needs_token=True)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://wad") as client:
        assert (await client.get("/health/detailed")).status_code == 401
