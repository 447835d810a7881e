"""The server around the services: sockets, health, reflection, errors of no service, going down."""

from __future__ import annotations

import socket
import stat
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Any

import anyio
import grpc
import grpc.aio
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from structlog.testing import capture_logs

from tests.integration.rpc.rpc_fakes import (
    FakeDevices,
    FakeMessages,
    FakeSessions,
    SystemClock,
    admin_service,
    connected,
    error_info,
    serving,
)
from wad.domain.errors import ConfigurationError, StorageError
from wad.managers.tokens import TokenKeeper
from wad.rpc.access.grants import Grants
from wad.rpc.listeners import TcpAddress
from wad.rpc.server import METHODS, SERVICES, RpcServer, RpcSettings
from wad.storage.memory import MemoryTokens
from wad.v1 import admin_pb2, admin_pb2_grpc, event_pb2, event_pb2_grpc, session_pb2, session_pb2_grpc

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

GET = "/wad.v1.SessionService/GetSession"


def mode(path: Path) -> int:
    """Return the permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


async def run_once(settings: RpcSettings) -> None:
    """Start a server and stop it as soon as it serves."""
    sessions = FakeSessions()
    admin, clock = admin_service(sessions), SystemClock()
    server = RpcServer(
        settings,
        sessions=sessions,
        devices=FakeDevices(sessions),
        messages=FakeMessages(sessions),
        hub=sessions.hub,
        clock=clock,
        admin=admin,
        streams=sessions.streams,
        replies=sessions.replies,
        tokens=TokenKeeper(MemoryTokens(), clock),
        grants=Grants(),
    )
    async with anyio.create_task_group() as tasks:
        await tasks.start(server.run)
        tasks.cancel_scope.cancel()


async def refusal(settings: RpcSettings) -> str:
    """Return why a server cannot start so."""
    with pytest.raises(ExceptionGroup) as failure:
        await run_once(settings)
    (error,) = failure.value.exceptions
    assert isinstance(error, ConfigurationError)
    return str(error)


async def test_only_owner_and_group_reach_the_socket(tmp_path: Path) -> None:
    """The socket's mode is 0660, and its directory, made for it, has 0750."""
    async with serving(tmp_path) as served:
        assert (mode(served.socket), mode(served.socket.parent)) == (0o660, 0o750)


async def test_open_directory_is_closed(tmp_path: Path) -> None:
    """A directory of the daemon's own that others could enter is closed to them before the socket is there."""
    (tmp_path / "run").mkdir(mode=0o755)
    async with serving(tmp_path) as served:
        assert mode(served.socket.parent) == 0o750


async def test_shared_directory_is_refused_and_left_alone(tmp_path: Path) -> None:
    """A directory that everyone shares, such as /tmp, is refused, and its mode is not touched."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    assert "a directory of its own" in await refusal(RpcSettings(shared / "wad.sock"))
    assert mode(shared) == 0o777 | stat.S_ISVTX


async def test_stale_socket_is_replaced(tmp_path: Path) -> None:
    """A socket that a dead daemon left behind does not keep the next one from starting."""
    (tmp_path / "run").mkdir(mode=0o750)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "run" / "wad.sock"))
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        await admin_pb2_grpc.AdminServiceStub(channel).GetHealth(admin_pb2.GetHealthRequest())


async def test_live_socket_is_left_to_its_daemon(tmp_path: Path) -> None:
    """A second daemon on the same socket is refused, and the first one goes on serving."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        assert "running already" in await refusal(RpcSettings(served.socket))
        await admin_pb2_grpc.AdminServiceStub(channel).GetHealth(admin_pb2.GetHealthRequest())


async def test_file_in_the_sockets_place_is_not_deleted(tmp_path: Path) -> None:
    """What lies in the socket's place and is no socket is never removed."""
    path = tmp_path / "run" / "wad.sock"
    path.parent.mkdir(mode=0o750)
    path.write_text("precious")
    assert "is not a socket" in await refusal(RpcSettings(path))
    assert path.read_text() == "precious"


async def test_socket_is_gone_after_the_server(tmp_path: Path) -> None:
    """A server that went down leaves no socket behind."""
    await run_once(RpcSettings(tmp_path / "run" / "wad.sock"))
    assert not (tmp_path / "run" / "wad.sock").exists()


async def test_too_long_path_is_explained(tmp_path: Path) -> None:
    """A socket path that the kernel cannot take is refused with its limit."""
    assert "103 bytes" in await refusal(RpcSettings(tmp_path / ("x" * 120)))


async def test_port_in_use_is_refused(tmp_path: Path) -> None:
    """Two daemons never share one TCP port."""
    async with serving(tmp_path) as served:
        assert served.server.tcp is not None
        assert "in use" in await refusal(RpcSettings(None, served.server.tcp))


async def test_a_flood_of_connections_over_tcp_leaves_the_unix_socket_alone(tmp_path: Path) -> None:
    """An address takes so many connections at one time and closes the others; the other address does not notice."""
    async with serving(tmp_path, most_connections=3) as served, AsyncExitStack() as open_connections:
        assert served.server.tcp is not None
        greetings: list[int] = []
        for _ in range(5):
            stream = await anyio.connect_tcp("127.0.0.1", served.server.tcp.port)
            await open_connections.enter_async_context(stream)
            with suppress(anyio.EndOfStream):
                greetings.append(len(await stream.receive()))
        assert len(greetings) == 3
        async with connected(served.unix) as channel:
            await admin_pb2_grpc.AdminServiceStub(channel).GetHealth(admin_pb2.GetHealthRequest(), timeout=60)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])  # noqa: S104 - that it is refused is the point
async def test_only_loopback_is_served(host: str) -> None:
    """An address that others can reach is refused: calls are neither encrypted nor authenticated there."""
    assert "loopback" in await refusal(RpcSettings(None, TcpAddress(host, 0)))


@pytest.mark.parametrize("transport", ["unix", "tcp"])
async def test_health_report_is_complete(tmp_path: Path, transport: str) -> None:
    """GetHealth tells status, counts of every state, upstream, memory and the named checks, on either socket."""
    async with serving(tmp_path) as served, connected(getattr(served, transport)) as channel:
        served.sessions.put("a")
        report = await admin_pb2_grpc.AdminServiceStub(channel).GetHealth(admin_pb2.GetHealthRequest())
    assert report.status == admin_pb2.HEALTH_STATUS_DEGRADED
    assert (report.sessions.active, report.sessions.limit, len(report.sessions.states)) == (1, 50, 10)
    assert report.upstream == admin_pb2.UPSTREAM_CUSTOM
    assert [(check.name, check.ok) for check in report.checks] == [("engine", False), ("registry", True)]


@pytest.mark.parametrize("service", ["", *SERVICES])
async def test_standard_health_is_serving_until_drained(tmp_path: Path, service: str) -> None:
    """The standard health service answers SERVING for the daemon and each service, and NOT_SERVING when draining."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        health: Any = health_pb2_grpc.HealthStub(channel)
        request = health_pb2.HealthCheckRequest(service=service)
        before = await health.Check(request)
        await served.server.drain()
        after = await health.Check(request)
    assert before.status == health_pb2.HealthCheckResponse.SERVING
    assert after.status == health_pb2.HealthCheckResponse.NOT_SERVING


async def test_health_of_an_unknown_service_is_not_found(tmp_path: Path) -> None:
    """A status that a service sets by itself reaches the caller, and the metrics, as it is."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        health: Any = health_pb2_grpc.HealthStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await health.Check(health_pb2.HealthCheckRequest(service="nobody"))
    assert failure.value.code() is grpc.StatusCode.NOT_FOUND
    assert served.calls == [("grpc.health.v1.Health", "Check", "NOT_FOUND")]


async def test_reflection_lists_every_service(tmp_path: Path) -> None:
    """A client without the protos can ask which services there are."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        reflection: Any = reflection_pb2_grpc.ServerReflectionStub(channel)
        call = reflection.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(list_services="")]))
        answer = await call.read()
        call.cancel()
    assert set(SERVICES) < {service.name for service in answer.list_services_response.service}


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"\x0a\x01a\xf8\x01\x07", "number 31"),
        (b"\xff", "garbled"),
        (b"\x0a\x02\xff\xfe", "garbled"),
    ],
    ids=["unknown field", "not a message", "not a text"],
)
async def test_garbled_requests_are_refused(tmp_path: Path, raw: bytes, problem: str) -> None:
    """Bytes that are no request of this version are INVALID_ARGUMENT, and the manager never sees them."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        plain: Any = channel  # its methods without serializers send and return bytes, which the stubs do not know
        call = plain.unary_unary(GET)
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await call(raw)
    assert failure.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert problem in (failure.value.details() or "")
    assert served.sessions.calls == []


async def test_message_that_is_too_large_is_refused(tmp_path: Path) -> None:
    """A request of more than 4 MiB is refused before it is parsed."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        stub = session_pb2_grpc.SessionServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await stub.GetSession(session_pb2.GetSessionRequest(session_id="x" * (5 << 20)))
    assert failure.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert served.sessions.calls == []


async def test_defect_is_told_by_number_only(tmp_path: Path) -> None:
    """An unexpected error is INTERNAL with an incident number; its text and traceback are in the log alone."""
    with capture_logs() as logs:
        async with serving(tmp_path) as served, connected(served.unix) as channel:
            served.sessions.error = KeyError("/var/lib/wad/secret")
            with pytest.raises(grpc.aio.AioRpcError) as failure:
                await session_pb2_grpc.SessionServiceStub(channel).GetSession(
                    session_pb2.GetSessionRequest(session_id="a")
                )
    info = error_info(failure.value)
    assert (failure.value.code(), info.reason) == (grpc.StatusCode.INTERNAL, "INTERNAL")
    assert "secret" not in str(failure.value) + repr(failure.value.trailing_metadata())
    (entry,) = (entry for entry in logs if entry["event"] == "rpc.defect")
    assert entry["incident"] == info.metadata["incident"]
    assert entry["exc_info"] is served.sessions.error


async def test_paths_in_errors_stay_in_the_log(tmp_path: Path) -> None:
    """A storage error's own text, which names paths, is logged and not sent."""
    with capture_logs() as logs:
        async with serving(tmp_path) as served, connected(served.unix) as channel:
            served.sessions.error = StorageError("cannot write /var/lib/wad/registry.db")
            with pytest.raises(grpc.aio.AioRpcError) as failure:
                await session_pb2_grpc.SessionServiceStub(channel).GetSession(
                    session_pb2.GetSessionRequest(session_id="a")
                )
    assert failure.value.code() is grpc.StatusCode.UNAVAILABLE
    assert "/var/lib" not in str(failure.value) + repr(failure.value.trailing_metadata())
    assert any("/var/lib/wad/registry.db" in str(entry.get("error")) for entry in logs)


@pytest.mark.parametrize(("given", "kept"), [("order-7", True), ("not an id", False)])
async def test_request_id_is_taken_from_the_caller_or_made_up(tmp_path: Path, given: str, kept: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Every call has an id, the caller's if it is one, which the caller is told and the log holds."""
    with capture_logs() as logs:
        async with serving(tmp_path) as served, connected(served.unix) as channel:
            served.sessions.put("a")
            stub = session_pb2_grpc.SessionServiceStub(channel)
            call = stub.GetSession(session_pb2.GetSessionRequest(session_id="a"), metadata=(("x-request-id", given),))
            metadata: Any = await call.initial_metadata()
    told = dict(metadata)["x-request-id"]
    assert (told == given) is kept
    assert told
    assert [entry["code"] for entry in logs if entry["event"] == "rpc.finished"] == ["OK"]


async def test_every_call_is_counted_once(tmp_path: Path) -> None:
    """The metrics hooks are told service and method of each call, and its status, however it ended."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.put("a")
        stub = session_pb2_grpc.SessionServiceStub(channel)
        await stub.GetSession(session_pb2.GetSessionRequest(session_id="a"))
        with pytest.raises(grpc.aio.AioRpcError):
            await stub.GetSession(session_pb2.GetSessionRequest(session_id="b"))
        plain: Any = channel
        with pytest.raises(grpc.aio.AioRpcError):
            await plain.unary_unary("/wad.v1.SessionService/Nothing")(b"")
    assert served.calls == [
        ("wad.v1.SessionService", "GetSession", "OK"),
        ("wad.v1.SessionService", "GetSession", "NOT_FOUND"),
    ]
    assert served.began == [call[:2] for call in served.calls]
    assert set(served.began) <= set(METHODS)


async def test_draining_ends_watches_and_answers_the_rest(tmp_path: Path) -> None:
    """Draining ends every watch with UNAVAILABLE / DRAINING and lets none begin, while other calls are answered."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        events = event_pb2_grpc.EventServiceStub(channel)
        call = events.WatchEvents(event_pb2.WatchEventsRequest())
        await call.read()
        await served.server.drain()
        with pytest.raises(grpc.aio.AioRpcError) as ended:
            await call.read()
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await events.WatchEvents(event_pb2.WatchEventsRequest()).read()
        await admin_pb2_grpc.AdminServiceStub(channel).GetHealth(admin_pb2.GetHealthRequest())
    for failure in (ended.value, refused.value):
        assert failure.code() is grpc.StatusCode.UNAVAILABLE
        assert error_info(failure).reason == "DRAINING"


async def test_stopping_server_lets_calls_finish(tmp_path: Path) -> None:
    """A call that is under way when the server goes down is answered within the grace, and watches are told why."""
    answers: list[session_pb2.CreateSessionResponse] = []
    target = f"unix:{tmp_path}/run/wad.sock"
    async with connected(target) as channel, anyio.create_task_group() as tasks, serving(tmp_path, grace=10) as served:
        request = session_pb2.CreateSessionRequest(session_id="a", wait=session_pb2.CREATE_WAIT_CONNECTED)
        stub = session_pb2_grpc.SessionServiceStub(channel)

        async def create() -> None:
            answers.append(await stub.CreateSession(request))

        tasks.start_soon(create)
        watching = event_pb2_grpc.EventServiceStub(channel).WatchEvents(event_pb2.WatchEventsRequest())
        await watching.read()
        await served.sessions.began["create"].wait()

        async def open_gate_when_watch_has_ended() -> None:
            with pytest.raises(grpc.aio.AioRpcError) as ended:
                await watching.read()
            assert error_info(ended.value).reason == "DRAINING"
            served.sessions.gate.set()

        tasks.start_soon(open_gate_when_watch_has_ended)
    assert answers[0].session.session_id == "a"
