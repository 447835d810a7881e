"""Who may call what, over real sockets."""

from __future__ import annotations

import os
import socket
import ssl
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
import grpc.aio
import pytest
import trustme
from anyio import to_thread
from google.protobuf import descriptor_pool
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from tests.house import until
from tests.integration.rpc.rpc_fakes import connected, error_info, fresh_qr, serving
from wad.domain.access import Grant, Role, Scope
from wad.domain.access_errors import PermissionDenied
from wad.domain.alerts import Alert, AlertState
from wad.domain.records import AlertEvent, EventKind
from wad.domain.states import SessionState
from wad.rpc.access.certificates import TlsFiles
from wad.rpc.access.grants import Grants
from wad.rpc.access.peers import Peer
from wad.rpc.access.permissions import PERMISSIONS
from wad.rpc.server import METHODS
from wad.v1 import (
    access_pb2,
    access_pb2_grpc,
    admin_pb2_grpc,
    device_pb2,
    device_pb2_grpc,
    event_pb2,
    event_pb2_grpc,
    message_pb2,
    message_pb2_grpc,
    session_pb2,
    session_pb2_grpc,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable

    from tests.integration.rpc.rpc_fakes import Served

pytestmark = pytest.mark.anyio

Metadata = tuple[tuple[str, str], ...]
CODE = grpc.StatusCode


def bearer(secret: str) -> Metadata:
    """Return the metadata that shows a token."""
    return (("authorization", f"Bearer {secret}"),)


async def token(served: Served, role: Role, *patterns: str, lifetime: float | None = None) -> Metadata:
    """Make a token and return the metadata that shows it."""
    _, secret = await served.tokens.create("tester", role, Scope(patterns or ("*",)), lifetime=lifetime)
    return bearer(secret)


async def refusal(call: Any) -> tuple[grpc.StatusCode, str]:
    """Return with which status and reason a call is refused."""
    with pytest.raises(grpc.aio.AioRpcError) as failure:
        await call
    return failure.value.code(), error_info(failure.value).reason


async def whoami(channel: grpc.aio.Channel, metadata: Metadata = ()) -> access_pb2.Caller:
    """Return who the caller is to the daemon."""
    stub = access_pb2_grpc.AccessServiceStub(channel)
    return (await stub.GetCaller(access_pb2.GetCallerRequest(), metadata=metadata, timeout=10)).caller


# ── users of this host ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_daemons_own_user_may_do_everything(tmp_path: Path) -> None:
    """Over the unix socket the kernel says who calls, and by default the daemon's own user is an administrator."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        caller = await whoami(channel)
    assert caller.mechanism == access_pb2.AUTH_MECHANISM_PEER_CREDENTIALS
    assert (caller.role, list(caller.session_patterns)) == (access_pb2.ROLE_ADMIN, ["*"])


@pytest.mark.parametrize(
    "grant", [Grant(user=str(os.geteuid())), Grant(group=str(os.getegid()))], ids=["user", "group"]
)
async def test_a_grant_decides_what_a_user_may_do(tmp_path: Path, grant: Grant) -> None:
    """A user has the role and the sessions of the first grant that is for it or for one of its groups."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.grants.replace(
            [replace(grant, role=Role.OPERATOR, scope=Scope(("shop-*",))), replace(grant, role=Role.ADMIN)]
        )
        caller = await whoami(channel)
    assert (caller.role, list(caller.session_patterns)) == (access_pb2.ROLE_OPERATOR, ["shop-*"])


async def test_grants_do_not_lock_out_the_daemons_own_user(tmp_path: Path) -> None:
    """Whoever owns the daemon's files is its administrator, however few others are let in."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.grants.replace([Grant(user="123456", role=Role.VIEWER)])
        assert (await whoami(channel)).role == access_pb2.ROLE_ADMIN


def test_a_user_without_a_grant_is_refused() -> None:
    """Whoever reaches the socket and is granted nothing may do nothing, and is told whom to ask."""
    stranger = Peer(uid=123456, gids=frozenset({123456}), name="stranger")
    with pytest.raises(PermissionDenied, match=r"'stranger'.*access\.grants"):
        Grants().of_peer(stranger)


async def test_nobody_comes_in_by_the_inner_socket(tmp_path: Path) -> None:
    """Only the daemon reaches gRPC's own socket, and even its own user is not recognised there."""
    async with serving(tmp_path) as served:
        inner = served.socket.parent / ".in" / served.socket.name
        assert inner.parent.stat().st_mode & 0o777 == 0o700
        async with connected(f"unix:{inner}") as channel:
            assert await refusal(whoami(channel)) == (CODE.UNAUTHENTICATED, "CREDENTIALS_REQUIRED")


async def test_connections_that_are_over_are_forgotten(tmp_path: Path) -> None:
    """Whoever connects and goes, before or after it has said anything, leaves nothing behind in the front door."""
    async with serving(tmp_path) as served:
        for number in range(100):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.setblocking(False)
                connection.connect(str(served.socket))
                if number % 3 == 0:
                    connection.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
                if number % 2 == 0:  # so that the door gets to some of them at once, and to others too late
                    await anyio.lowlevel.checkpoint()
        async with connected(served.unix) as channel:
            await whoami(channel)
        peers = served.server._peers  # pyright: ignore[reportPrivateUsage] - what grows there shows nowhere else
        await until(lambda: not peers._peers, "all are forgotten")  # pyright: ignore[reportPrivateUsage] - as above


# ── TCP ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_loopback_demands_a_token(tmp_path: Path) -> None:
    """Over loopback TCP nobody is trusted for being on this host."""
    async with serving(tmp_path, insecure_loopback=False) as served, connected(served.tcp) as channel:
        assert await refusal(whoami(channel)) == (CODE.UNAUTHENTICATED, "CREDENTIALS_REQUIRED")
        caller = await whoami(channel, await token(served, Role.VIEWER, "shop-*"))
    assert (caller.name, caller.mechanism) == ("tester", access_pb2.AUTH_MECHANISM_TOKEN)


async def test_loopback_can_be_trusted_on_purpose(tmp_path: Path) -> None:
    """With insecure_loopback whoever connects is an administrator, and is called what it is."""
    async with serving(tmp_path, insecure_loopback=True) as served, connected(served.tcp) as channel:
        assert (await whoami(channel)).mechanism == access_pb2.AUTH_MECHANISM_INSECURE_LOOPBACK


@pytest.mark.parametrize(
    "metadata",
    [
        bearer("wad_00000000_" + "x" * 43),
        bearer("password"),
        bearer(""),
        bearer("x" * 5000),
        (("authorization", "Basic dXNlcjpwYXNz"),),
        (*bearer("wad_00000000_" + "x" * 43), *bearer("wad_00000000_" + "y" * 43)),
    ],
    ids=["unknown", "no token", "empty", "long", "other scheme", "two"],
)
async def test_a_wrong_token_is_refused(tmp_path: Path, metadata: Metadata) -> None:
    """A token that is shown and not good is refused, also where the caller would be let in without one."""
    async with serving(tmp_path) as served:
        for address in (served.tcp, served.unix):
            async with connected(address) as channel:
                assert await refusal(whoami(channel, metadata)) == (CODE.UNAUTHENTICATED, "TOKEN_INVALID")


async def test_a_token_of_the_same_id_with_another_secret_is_refused(tmp_path: Path) -> None:
    """Knowing a token's id, which lists show, is of no use."""
    async with serving(tmp_path) as served, connected(served.tcp) as channel:
        made, _ = await served.tokens.create("tester", Role.ADMIN, Scope(), lifetime=None)
        forged = bearer(f"wad_{made.token_id}_{'x' * 43}")
        assert await refusal(whoami(channel, forged)) == (CODE.UNAUTHENTICATED, "TOKEN_INVALID")


async def test_a_revoked_token_is_refused_at_once_and_its_streams_end(tmp_path: Path) -> None:
    """Revoking ends open watches, which say where another one may go on, and refuses every later call."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        access = access_pb2_grpc.AccessServiceStub(channel)
        request = access_pb2.CreateTokenRequest(name="t", role=access_pb2.ROLE_VIEWER, session_patterns=["*"])
        made = await access.CreateToken(request)
        watch = event_pb2_grpc.EventServiceStub(channel).WatchEvents(
            event_pb2.WatchEventsRequest(), metadata=bearer(made.secret)
        )
        synced: Any = await watch.read()
        await access.RevokeToken(access_pb2.RevokeTokenRequest(token_id=made.token.token_id))
        with pytest.raises(grpc.aio.AioRpcError) as ended:
            await watch.read()
        assert error_info(ended.value).reason == "TOKEN_REVOKED"
        assert error_info(ended.value).metadata["resume_token"] == synced.token
        assert await refusal(whoami(channel, bearer(made.secret))) == (CODE.UNAUTHENTICATED, "TOKEN_REVOKED")
        listed = await access.ListTokens(access_pb2.ListTokensRequest())
        assert [found.token_id for found in listed.tokens] == []


async def test_a_call_that_waits_ends_with_its_token(tmp_path: Path) -> None:
    """A creation that waits for its connection, and an upload that goes on, do not outlive their caller's token."""
    async with serving(tmp_path) as served, connected(served.tcp) as channel:
        made, secret = await served.tokens.create("tester", Role.ADMIN, Scope(), lifetime=None)
        create = session_pb2_grpc.SessionServiceStub(channel).CreateSession(
            session_pb2.CreateSessionRequest(session_id="shop", wait=session_pb2.CREATE_WAIT_CONNECTED),
            metadata=bearer(secret),
        )
        admin: Any = admin_pb2_grpc.AdminServiceStub(channel)
        upload = admin.RestoreSession(metadata=bearer(secret))
        await upload.initial_metadata()
        await served.sessions.began["create"].wait()
        await served.tokens.revoke(made.token_id)
        for call in (create, upload):
            assert await refusal(call) == (CODE.UNAUTHENTICATED, "TOKEN_REVOKED")


async def test_a_strangers_request_is_not_read(tmp_path: Path) -> None:
    """Who is not recognised is refused before a byte of the request has come, so that requests cost no memory."""
    async with serving(tmp_path, insecure_loopback=False) as served, connected(served.tcp) as channel:
        for method in ("wad.v1.SessionService/GetSession", "wad.v1.AdminService/UpdateConfig"):
            untyped: Any = channel
            begun = untyped.stream_unary(f"/{method}")()  # a call of one request, whose request never comes
            with anyio.fail_after(10):
                assert await refusal(begun) == (CODE.UNAUTHENTICATED, "CREDENTIALS_REQUIRED")


async def test_a_grant_that_is_withdrawn_ends_what_was_begun_with_it(tmp_path: Path) -> None:
    """A watch ends when its user may do less than when it began, and one whose rights are as before goes on."""
    mine = Grant(user=str(os.geteuid()), role=Role.OPERATOR)
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.grants.replace([mine])
        watch = event_pb2_grpc.EventServiceStub(channel).WatchEvents(event_pb2.WatchEventsRequest())
        await watch.read()
        served.grants.replace([mine, Grant(user="123456", role=Role.ADMIN)])
        served.sessions.tell(served.sessions.put("shop"))
        event: Any = await watch.read()
        assert event.HasField("event")
        served.grants.replace([replace(mine, role=Role.VIEWER)])
        with pytest.raises(grpc.aio.AioRpcError) as ended:
            await watch.read()
        assert ended.value.code() is CODE.PERMISSION_DENIED
        assert error_info(ended.value).metadata["resume_token"] == event.token


async def test_a_token_that_ends_takes_its_streams_with_it(tmp_path: Path) -> None:
    """A watch does not outlive the token that it was opened with."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        short = await token(served, Role.VIEWER, lifetime=1.0)
        watch = event_pb2_grpc.EventServiceStub(channel).WatchEvents(event_pb2.WatchEventsRequest(), metadata=short)
        with anyio.fail_after(30), pytest.raises(grpc.aio.AioRpcError) as ended:
            async for _ in watch:
                pass
        assert error_info(ended.value).reason == "TOKEN_EXPIRED"
        assert await refusal(whoami(channel, short)) == (CODE.UNAUTHENTICATED, "TOKEN_EXPIRED")


# ── roles and scopes ────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_method_has_its_permission() -> None:
    """No method is open because somebody forgot it, and the table names none that is not there."""
    assert set(PERMISSIONS) == {f"{service}/{method}" for service, method in METHODS}


async def call_empty(channel: grpc.aio.Channel, method: str, metadata: Metadata) -> str:
    """Call any method with an empty request and return the reason of its refusal; empty when it was not refused."""
    service, _, name = method.partition("/")
    pool: Any = descriptor_pool.Default()
    found = pool.FindServiceByName(service).methods_by_name[name]
    kind = f"{'stream' if found.client_streaming else 'unary'}_{'stream' if found.server_streaming else 'unary'}"
    call = getattr(channel, kind)(f"/{method}", GetMessageClass(found.input_type).SerializeToString)
    request: Any = GetMessageClass(found.input_type)()
    argument = iter([request]) if found.client_streaming else request
    try:
        with anyio.move_on_after(0.2):  # a watch that is let in would go on for ever
            responses = call(argument, metadata=metadata)
            if found.server_streaming:
                async for _ in responses:
                    pass
            else:
                await responses
    except grpc.aio.AioRpcError as error:
        return error_info(error).reason if error.trailing_metadata() else error.code().name
    return ""


@pytest.mark.parametrize("role", Role)
async def test_each_role_may_call_what_the_table_says(tmp_path: Path, role: Role) -> None:
    """Every method refuses the roles below its own, and none above, before it looks at the request."""
    async with serving(tmp_path) as served, connected(served.tcp) as channel:
        metadata = await token(served, role)
        refused = {
            method
            for method in sorted(PERMISSIONS)
            if await call_empty(channel, method, metadata) == "PERMISSION_DENIED"
        }
    assert refused == {method for method, permission in PERMISSIONS.items() if permission.role > role}


async def test_what_concerns_all_sessions_is_for_those_who_reach_all(tmp_path: Path) -> None:
    """An administrator of some sessions cannot do what touches the others."""
    async with serving(tmp_path) as served, connected(served.tcp) as channel:
        metadata = await token(served, Role.ADMIN, "shop-*")
        refused = {
            method
            for method in sorted(PERMISSIONS)
            if await call_empty(channel, method, metadata) == "PERMISSION_DENIED"
        }
    assert refused == {method for method, permission in PERMISSIONS.items() if permission.of_all}


async def test_a_session_out_of_scope_is_refused_whether_or_not_it_exists(tmp_path: Path) -> None:
    """A caller cannot even find out which sessions others have, or that their ids could not exist."""
    async with serving(tmp_path) as served, connected(served.tcp) as channel:
        served.sessions.put("other-1")
        metadata = await token(served, Role.OPERATOR, "shop-*")
        sessions = session_pb2_grpc.SessionServiceStub(channel)
        told: set[Any] = set()
        for session_id in ("other-1", "other-2"):
            get = session_pb2.GetSessionRequest(session_id=session_id)
            create = session_pb2.CreateSessionRequest(session_id=session_id)
            remove = session_pb2.RemoveSessionRequest(session_id=session_id, reason=session_pb2.REMOVAL_REASON_MANUAL)
            send = message_pb2.SendMessageRequest(session_id=session_id, to="491701234567", text="x")
            told.add(await refusal(sessions.GetSession(get, metadata=metadata)))
            told.add(await refusal(sessions.CreateSession(create, metadata=metadata)))
            told.add(await refusal(sessions.RemoveSession(remove, metadata=metadata)))
            told.add(await refusal(message_pb2_grpc.MessageServiceStub(channel).SendMessage(send, metadata=metadata)))
        device = device_pb2.CreateDeviceRequest(phone_number="491701234567")
        told.add(await refusal(device_pb2_grpc.DeviceServiceStub(channel).CreateDevice(device, metadata=metadata)))
        assert told == {(CODE.PERMISSION_DENIED, "PERMISSION_DENIED")}
        assert served.sessions.calls == []


async def test_lists_and_watches_show_the_callers_sessions_alone(tmp_path: Path) -> None:
    """What is out of a caller's scope, and any alert, is in none of its lists, snapshots and events, without a gap."""
    async with serving(tmp_path) as served, connected(served.tcp) as channel:
        mine, others = served.sessions.put("shop-1"), served.sessions.put("other-1")
        metadata = await token(served, Role.VIEWER, "shop-*")
        sessions = session_pb2_grpc.SessionServiceStub(channel)
        listed = await sessions.ListSessions(session_pb2.ListSessionsRequest(), metadata=metadata)
        assert [session.session_id for session in listed.sessions] == ["shop-1"]
        watch = event_pb2_grpc.EventServiceStub(channel).WatchEvents(event_pb2.WatchEventsRequest(), metadata=metadata)
        seen: list[Any] = [await watch.read() for _ in range(2)]
        served.sessions.tell(others)
        served.sessions.hub.publish(AlertEvent(1.0, AlertState(Alert.MEMORY_HIGH, active=True)))
        served.sessions.tell(mine)
        event: Any = await watch.read()
    assert [response.WhichOneof("item") for response in seen] == ["snapshot", "synced"]
    assert (seen[0].snapshot.session_id, event.event.session.session_id) == ("shop-1", "shop-1")
    assert event.event.sequence == 3


async def test_who_only_looks_sees_no_qr(tmp_path: Path) -> None:
    """A QR links a phone, so viewers are shown none: in a session, a list, a snapshot or an event."""
    async with serving(tmp_path) as served, connected(served.tcp) as channel:
        view = replace(served.sessions.put("shop", SessionState.QR_GENERATED), qr=fresh_qr())
        served.sessions.tell(view)
        for role, shown in ((Role.VIEWER, False), (Role.OPERATOR, True)):
            metadata = await token(served, role)
            sessions = session_pb2_grpc.SessionServiceStub(channel)
            got = await sessions.GetSession(session_pb2.GetSessionRequest(session_id="shop"), metadata=metadata)
            listed = await sessions.ListSessions(session_pb2.ListSessionsRequest(), metadata=metadata)
            watch = event_pb2_grpc.EventServiceStub(channel).WatchEvents(
                event_pb2.WatchEventsRequest(), metadata=metadata
            )
            snapshot: Any = await watch.read()
            await watch.read()
            served.sessions.tell(view, EventKind.QR_ISSUED)
            event: Any = await watch.read()
            told = [got.session, *listed.sessions, snapshot.snapshot, event.event.session]
            assert [session.HasField("qr") for session in told] == [shown] * 4
            assert bool(event.event.qr_issued.qr.code) == shown


async def test_a_token_reaches_no_further_than_its_maker(tmp_path: Path) -> None:
    """An administrator of some sessions gives out tokens for those only, and none that outlives its own."""
    async with serving(tmp_path) as served, connected(served.tcp) as channel:
        metadata = await token(served, Role.ADMIN, "shop-*", lifetime=3600)
        access = access_pb2_grpc.AccessServiceStub(channel)
        request = access_pb2.CreateTokenRequest(name="x", role=access_pb2.ROLE_ADMIN, session_patterns=["*"])
        refused = await refusal(access.CreateToken(request, metadata=metadata))
        assert refused == (CODE.PERMISSION_DENIED, "PERMISSION_DENIED")
        request.session_patterns[:] = ["shop-1", "shop-b*"]
        made = await access.CreateToken(request, metadata=metadata)
        assert made.token.expire_time == (await whoami(channel, metadata)).expire_time


async def test_health_is_for_anybody_and_reflection_for_callers(tmp_path: Path) -> None:
    """A load balancer needs no token; whoever wants to read the contract shows one."""
    async with serving(tmp_path, insecure_loopback=False) as served, connected(served.tcp) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        assert (await health.Check(health_pb2.HealthCheckRequest())).status == health_pb2.HealthCheckResponse.SERVING
        reflection = reflection_pb2_grpc.ServerReflectionStub(channel)

        async def services(metadata: Metadata) -> list[str]:
            request = reflection_pb2.ServerReflectionRequest(list_services="")
            call = reflection.ServerReflectionInfo(iter([request]), metadata=metadata)
            return [found.name async for answer in call for found in answer.list_services_response.service]

        assert await refusal(services(())) == (CODE.UNAUTHENTICATED, "CREDENTIALS_REQUIRED")
        assert "wad.v1.AccessService" in await services(await token(served, Role.VIEWER))


# ── TLS ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def write_certificate(authority: trustme.CA, directory: Path) -> TlsFiles:
    """Write a new certificate for localhost and return its files."""
    made = authority.issue_cert("localhost", "127.0.0.1")
    files = TlsFiles(directory / "cert.pem", directory / "key.pem")
    files.key.write_bytes(made.private_key_pem.bytes())
    files.certificate.write_bytes(b"".join(part.bytes() for part in made.cert_chain_pems))
    return files


@asynccontextmanager
async def secured(
    served: Served, authority: trustme.CA, client: trustme.LeafCert | None = None
) -> AsyncGenerator[grpc.aio.Channel]:
    """Open an encrypted channel to the TCP port."""
    roots = authority.cert_pem.bytes()
    key = None if client is None else client.private_key_pem.bytes()
    chain = None if client is None else b"".join(part.bytes() for part in client.cert_chain_pems)
    async with grpc.aio.secure_channel(served.tcp, grpc.ssl_channel_credentials(roots, key, chain)) as channel:
        yield channel


async def shown_certificate(served: Served) -> str:
    """Return the certificate that a new connection is shown."""
    assert served.server.tcp is not None
    address = (served.server.tcp.host, served.server.tcp.port)
    return await to_thread.run_sync(ssl.get_server_certificate, address)


async def test_tls_asks_for_a_token_too(tmp_path: Path) -> None:
    """Encryption says who the daemon is; who calls is still to be shown, also where loopback would be trusted."""
    authority = trustme.CA()
    async with serving(tmp_path, tls=write_certificate(authority, tmp_path), insecure_loopback=False) as served:
        async with secured(served, authority) as channel:
            assert await refusal(whoami(channel)) == (CODE.UNAUTHENTICATED, "CREDENTIALS_REQUIRED")
            assert (await whoami(channel, await token(served, Role.VIEWER))).name == "tester"
        async with connected(served.tcp) as plain, anyio.create_task_group():
            with pytest.raises(grpc.aio.AioRpcError) as failure:
                await whoami(plain)
            assert failure.value.code() is CODE.UNAVAILABLE


async def test_a_renewed_certificate_is_shown_to_the_next_connection(tmp_path: Path) -> None:
    """A certificate is renewed by replacing its files; a broken renewal leaves the one before in service."""
    authority = trustme.CA()
    files = write_certificate(authority, tmp_path)
    async with serving(tmp_path, tls=files) as served, secured(served, authority) as channel:
        metadata = await token(served, Role.VIEWER)
        first = await shown_certificate(served)
        files.certificate.write_text("broken")
        assert await shown_certificate(served) == first
        write_certificate(authority, tmp_path)
        second = await shown_certificate(served)
        assert second != first
        assert (await whoami(channel, metadata)).name == "tester"  # the connection from before goes on


async def test_a_client_certificate_is_recognised_by_its_names(tmp_path: Path) -> None:
    """With an authority for clients each must show a certificate; its grant says what it may do; others get nothing."""
    authority, strangers = trustme.CA(), trustme.CA()
    files = write_certificate(authority, tmp_path)
    files = replace(files, client_ca=tmp_path / "clients.pem")
    (tmp_path / "clients.pem").write_bytes(authority.cert_pem.bytes())
    billing, other = authority.issue_cert("billing.internal"), authority.issue_cert("other.internal")
    async with serving(tmp_path, tls=files) as served:
        served.grants.replace([Grant(certificate="billing.internal", role=Role.OPERATOR, scope=Scope(("shop-*",)))])
        async with secured(served, authority, billing) as channel:
            caller = await whoami(channel)
            assert (caller.name, caller.mechanism) == ("billing.internal", access_pb2.AUTH_MECHANISM_CERTIFICATE)
            assert (caller.role, list(caller.session_patterns)) == (access_pb2.ROLE_OPERATOR, ["shop-*"])
        async with secured(served, authority, other) as channel:
            assert await refusal(whoami(channel)) == (CODE.PERMISSION_DENIED, "PERMISSION_DENIED")
            assert (await whoami(channel, await token(served, Role.VIEWER))).name == "tester"
        for stranger in (None, strangers.issue_cert("billing.internal")):
            async with secured(served, authority, stranger) as channel:
                with pytest.raises(grpc.aio.AioRpcError) as failure:
                    await whoami(channel)
                assert failure.value.code() is CODE.UNAVAILABLE


# ── the door ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def dial(path: Path, count: int) -> Iterable[socket.socket]:
    """Open connections that say nothing."""
    opened = [socket.socket(socket.AF_UNIX) for _ in range(count)]
    for one in opened:
        await to_thread.run_sync(one.connect, str(path))
    return opened


async def test_connections_that_say_nothing_hold_up_nobody(tmp_path: Path) -> None:
    """Hundreds of mute connections leave the door open for others, and nothing of them stays when they have gone."""

    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    async with serving(tmp_path) as served, connected(served.unix) as channel:
        await whoami(channel)
        before = descriptors()
        opened = await dial(served.socket, 300)
        assert (await whoami(channel)).role == access_pb2.ROLE_ADMIN
        for one in opened:
            one.close()
        with anyio.fail_after(30):
            while descriptors() > before:  # noqa: ASYNC110 - the kernel tells nobody
                await anyio.sleep(0.05)


async def test_large_answers_come_whole_through_the_door(tmp_path: Path) -> None:
    """What is larger than any buffer on the way is neither cut nor mixed up."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        for number in range(1000):
            served.sessions.put(f"s{number:04}", labels={"note": f"{number:04}" * 50})
        stub = session_pb2_grpc.SessionServiceStub(channel)

        async def listed() -> None:
            answer = await stub.ListSessions(session_pb2.ListSessionsRequest(page_size=1000))
            assert [session.labels["note"][:4] for session in answer.sessions] == [f"{n:04}" for n in range(1000)]

        async with anyio.create_task_group() as tasks:
            for _ in range(8):
                tasks.start_soon(listed)
