"""AdminService.Drain over real sockets: what ends, what is waited for, and what goes on."""

from __future__ import annotations

import json
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
import grpc
import grpc.aio
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from structlog.testing import capture_logs
from typer.testing import CliRunner

from tests.integration.rpc.rpc_fakes import connected, error_info, serving
from tests.terminal import Terminal
from wad.cli.failures import ExitCode
from wad.cli.wadctl import app
from wad.domain.records import EventKind, SessionEvent, SessionView
from wad.v1 import admin_pb2, admin_pb2_grpc, event_pb2, event_pb2_grpc, session_pb2, session_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable
    from pathlib import Path

    from tests.integration.rpc.rpc_fakes import Served

pytestmark = pytest.mark.anyio

Response = admin_pb2.DrainResponse
FINISHING, CLOSING, DRAINED = (
    admin_pb2.DRAIN_PHASE_FINISHING_CALLS,
    admin_pb2.DRAIN_PHASE_CLOSING_SESSIONS,
    admin_pb2.DRAIN_PHASE_DRAINED,
)


class Stage:
    """A server with two live sessions, and someone who is connected to it."""

    def __init__(self, served: Served, channel: grpc.aio.Channel) -> None:
        self.served, self.channel = served, channel
        self.sessions: Any = session_pb2_grpc.SessionServiceStub(channel)
        self.events: Any = event_pb2_grpc.EventServiceStub(channel)
        self.admin: Any = admin_pb2_grpc.AdminServiceStub(channel)
        for name in ("a", "b"):
            served.sessions.put(name)

    def drain(self, *, close_sessions: bool = False) -> Any:
        """Begin to drain, or follow the drain that there is."""
        return self.admin.Drain(admin_pb2.DrainRequest(close_sessions=close_sessions))

    async def creating(self) -> Any:
        """Return a creation that is under way, and waits until the gate is opened."""
        request = session_pb2.CreateSessionRequest(session_id="new", wait=session_pb2.CREATE_WAIT_CONNECTED)
        call = self.sessions.CreateSession(request)
        with anyio.fail_after(10):
            await self.served.sessions.began["create"].wait()
        return call


@asynccontextmanager
async def stage(directory: Path) -> AsyncGenerator[Stage]:
    """Serve, and connect."""
    async with serving(directory) as served, connected(served.unix) as channel:
        yield Stage(served, channel)


def told(response: Response) -> tuple[int, int, int]:
    """Return phase, calls and sessions."""
    return response.phase, response.calls_left, response.sessions_left


async def rest(call: Any) -> list[tuple[int, int, int]]:
    """Read a drain to its end."""
    with anyio.fail_after(10):
        found: list[tuple[int, int, int]] = []
        while isinstance(response := await call.read(), Response):
            found.append(told(response))
        return found


async def first(call: Any) -> tuple[int, int, int]:
    """Read the next response of a drain."""
    with anyio.fail_after(10):
        return told(await call.read())


async def refusal(call: Awaitable[object]) -> tuple[grpc.StatusCode, str]:
    """Return with which status and reason a call fails."""
    with anyio.fail_after(10), pytest.raises(grpc.aio.AioRpcError) as failure:
        await call
    return failure.value.code(), error_info(failure.value).reason


UNAVAILABLE = (grpc.StatusCode.UNAVAILABLE, "DRAINING")


async def test_drain_waits_for_the_calls_under_way(tmp_path: Path) -> None:
    """A call that was begun before the drain is finished, and the drain tells of it; sessions stay."""
    async with stage(tmp_path) as scene:
        creating = await scene.creating()
        drain = scene.drain()
        assert await first(drain) == (FINISHING, 1, 2)
        scene.served.sessions.gate.set()
        assert (await creating).session.session_id == "new"
        assert (await rest(drain))[-1] == (DRAINED, 0, 3)
        assert not any(method == "shutdown" for method, _ in scene.served.sessions.calls)


async def test_drain_refuses_changes_and_still_answers_who_reads(tmp_path: Path) -> None:
    """Once it has begun, creations are refused with DRAINING, and sessions can still be looked at."""
    async with stage(tmp_path) as scene:
        assert (await rest(scene.drain()))[-1][0] == DRAINED
        request = session_pb2.CreateSessionRequest(session_id="c")
        assert await refusal(scene.sessions.CreateSession(request)) == UNAVAILABLE
        assert await refusal(scene.events.WatchEvents(event_pb2.WatchEventsRequest()).read()) == UNAVAILABLE
        answer = await scene.sessions.GetSession(session_pb2.GetSessionRequest(session_id="a"))
        assert answer.session.session_id == "a"


async def test_a_drain_is_in_the_log_once_with_whoever_asked_for_it(tmp_path: Path) -> None:
    """Whoever finds a daemon that takes no calls finds out who wanted that; those who only follow it add nothing."""
    with capture_logs() as logs:
        async with stage(tmp_path) as scene:
            scene.served.sessions.gate.set()
            for _ in range(2):
                await rest(scene.drain())
            await rest(scene.drain(close_sessions=True))
    told = [entry for entry in logs if entry["event"] == "daemon.draining"]
    assert [(entry["log_level"], entry["close_sessions"]) for entry in told] == [("warning", False), ("warning", True)]
    assert all(entry["caller"] for entry in told)


async def test_who_is_refused_by_a_drain_is_not_promised_that_it_ends(tmp_path: Path) -> None:
    """Only a start anew ends a drain: that is what the message says."""
    async with stage(tmp_path) as scene:
        await rest(scene.drain())
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await scene.sessions.CreateSession(session_pb2.CreateSessionRequest(session_id="c"))
    assert "started anew" in str(failure.value.details())
    assert "moment" not in str(failure.value.details())


async def test_drain_ends_watches_and_links_and_turns_health_first(tmp_path: Path) -> None:
    """By the time that a watcher is told DRAINING, health says NOT_SERVING; the drain itself is still followed."""
    async with stage(tmp_path) as scene:
        watch = scene.events.WatchEvents(event_pb2.WatchEventsRequest(from_now=event_pb2.FromNow()))
        synced = await watch.read()
        link = scene.sessions.LinkSession(session_pb2.LinkSessionRequest(session_id="c"))
        with anyio.fail_after(10):
            await scene.served.sessions.began["link"].wait()
        drain = scene.drain()
        with anyio.fail_after(10), pytest.raises(grpc.aio.AioRpcError) as ended:
            await watch.read()
        assert error_info(ended.value).metadata["resume_token"] == synced.token
        health = health_pb2_grpc.HealthStub(scene.channel)
        for service in ("", "wad.v1.EventService"):
            found: Any = await health.Check(health_pb2.HealthCheckRequest(service=service))
            assert found.status == health_pb2.HealthCheckResponse.NOT_SERVING
        assert await refusal(link.read()) == UNAVAILABLE
        assert (await rest(drain))[-1] == (DRAINED, 0, 2)


async def test_drain_closes_the_sessions_and_counts_them_down(tmp_path: Path) -> None:
    """With close_sessions each session that has ended is told of, and none is left at the end."""
    async with stage(tmp_path) as scene:
        scene.served.sessions.gate.set()
        steps = await rest(scene.drain(close_sessions=True))
        assert steps[0] == (FINISHING, 0, 2)
        assert steps[-1] == (DRAINED, 0, 0)
        phases, left = [phase for phase, _, _ in steps], [sessions for _, _, sessions in steps]
        assert phases == sorted(phases)
        assert left == sorted(left, reverse=True)
        assert len(set(steps)) == len(steps)


async def test_drain_goes_on_when_its_caller_hangs_up(tmp_path: Path) -> None:
    """Whoever comes next follows the same drain, to whose end nobody needs to have listened."""
    async with stage(tmp_path) as scene:
        drain = scene.drain(close_sessions=True)
        await first(drain)
        drain.cancel()
        with anyio.fail_after(10):
            await scene.served.sessions.began["shutdown"].wait()
        scene.served.sessions.gate.set()
        again = scene.drain()
        assert (await rest(again))[-1] == (DRAINED, 0, 0)
        assert [method for method, _ in scene.served.sessions.calls].count("shutdown") == 1


async def test_two_callers_follow_one_drain(tmp_path: Path) -> None:
    """Both are told of each step, and of the same end; the sessions are closed if one of them asked for it."""
    async with stage(tmp_path) as scene:
        creating = await scene.creating()
        one, other = scene.drain(), scene.drain(close_sessions=True)
        assert await first(one) == await first(other) == (FINISHING, 1, 2)
        scene.served.sessions.gate.set()
        await creating
        ends = [(await rest(call))[-1] for call in (one, other)]
        assert ends == [(DRAINED, 0, 0)] * 2


async def test_sessions_can_be_closed_after_a_drain_that_left_them(tmp_path: Path) -> None:
    """A second drain that asks for it closes what the first one left connected; a third finds nothing to do."""
    async with stage(tmp_path) as scene:
        scene.served.sessions.gate.set()
        assert (await rest(scene.drain()))[-1] == (DRAINED, 0, 2)
        assert (await rest(scene.drain(close_sessions=True)))[-1] == (DRAINED, 0, 0)
        assert await rest(scene.drain(close_sessions=True)) == [(DRAINED, 0, 0)]


async def test_drain_waits_for_a_backup_that_is_being_read(tmp_path: Path) -> None:
    """A stream that is at work, and not only follows a session, is finished first."""
    async with stage(tmp_path) as scene:
        scene.served.sessions.archives.content = bytes(20 << 20)
        backup = scene.admin.BackupSession(admin_pb2.BackupSessionRequest(session_id="a", plaintext=True))
        size = len((await backup.read()).chunk)
        drain = scene.drain()
        assert await first(drain) == (FINISHING, 1, 2)
        while isinstance(part := await backup.read(), admin_pb2.BackupSessionResponse):
            size += len(part.chunk)
        assert size == 20 << 20
        assert (await rest(drain))[-1] == (DRAINED, 0, 2)


async def test_drain_does_not_wait_for_a_caller_that_stalls(tmp_path: Path) -> None:
    """A link whose caller takes no more responses counts as ended: only calls that still work are waited for."""
    async with stage(tmp_path) as scene:
        large = replace(scene.served.sessions.put("c").record, labels={"note": "x" * 100_000})
        step = SessionEvent(EventKind.QR_ISSUED, 0.0, SessionView(large))
        scene.served.sessions.script = [step] * 200
        link = scene.sessions.LinkSession(session_pb2.LinkSessionRequest(session_id="c"))
        with anyio.fail_after(10):
            await scene.served.sessions.began["link"].wait()
        assert (await rest(scene.drain()))[-1] == (DRAINED, 0, 3)

        async def read_on() -> None:
            while True:
                await link.read()

        assert await refusal(read_on()) == UNAVAILABLE


@pytest.mark.parametrize("form", ["table", "json"])
async def test_wadctl_follows_a_drain_to_its_end(tmp_path: Path, form: str) -> None:
    """`wadctl drain` tells each step on a line where there is no terminal, and exits with 0 when all is drained."""
    async with serving(tmp_path) as served:
        served.sessions.put("a")
        served.sessions.gate.set()
        arguments = ["--address", f"unix://{served.socket}", "-o", form, "drain", "--close-sessions"]
        with capture_logs():  # of the server, which runs in this process too
            result = await anyio.to_thread.run_sync(lambda: CliRunner().invoke(app, arguments))
    assert result.exit_code == ExitCode.OK
    lines = result.stdout.splitlines()
    if form == "json":
        assert [json.loads(line)["phase"] for line in lines[:2]] == [
            "DRAIN_PHASE_FINISHING_CALLS",
            "DRAIN_PHASE_CLOSING_SESSIONS",
        ]
        assert json.loads(lines[-1])["phase"] == "DRAIN_PHASE_DRAINED"
    else:
        assert lines[:2] == ["Waiting for 0 calls under way; 1 session live.", "Closing sessions: 1 session left."]
        assert lines[-1].startswith("Drained after 0.")
        assert lines[-1].endswith("s; 0 sessions live. The daemon can be stopped.")


async def test_wadctl_draws_a_drain_on_a_terminal(tmp_path: Path) -> None:
    """One line with a bar says what is waited for; at the end it is gone, and only the outcome stays."""
    async with stage(tmp_path) as scene:
        creating = await scene.creating()
        address = f"unix://{scene.served.socket}"
        with Terminal([sys.executable, "-m", "wad.cli.wadctl", "--address", address, "drain"]) as terminal:
            await terminal.until("Waiting for 1 call under way; 2 sessions live.")
            (line,) = terminal.screen()
            scene.served.sessions.gate.set()
            assert await terminal.ended() == ExitCode.OK
        await creating
    assert "━━━━" in line
    (outcome,) = terminal.screen()
    assert outcome.startswith("Drained after ")
    assert "━" not in outcome


async def test_a_stop_ends_a_drain_that_is_still_followed(tmp_path: Path) -> None:
    """A server that goes down does not wait for what a drain waits for, nor for who follows it."""
    async with connected(f"unix:{tmp_path / 'run' / 'wad.sock'}") as channel:
        async with serving(tmp_path) as served:
            scene = Stage(served, channel)
            creating, drain = await scene.creating(), scene.drain()
            assert await first(drain) == (FINISHING, 1, 2)
        assert await refusal(drain.read()) == UNAVAILABLE
        assert (await refusal_code(creating)) in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}


async def refusal_code(call: Awaitable[object]) -> grpc.StatusCode:
    """Return with which status a call fails."""
    with anyio.fail_after(10), pytest.raises(grpc.aio.AioRpcError) as failure:
        await call
    return failure.value.code()
