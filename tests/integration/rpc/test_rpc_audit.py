"""The audit log over real sockets, and ``wadctl audit``."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import grpc.aio
import pytest
from structlog.testing import capture_logs

from tests.integration.rpc.rpc_fakes import connected, details, serving
from tests.integration.rpc.test_wadctl import wadctl
from wad.cli.failures import ExitCode
from wad.domain.access import Grant, Mechanism, Role, Scope
from wad.domain.audit import AuditRecord
from wad.domain.records import EventKind, LastError, SessionEvent
from wad.domain.states import RemovalReason, SessionState
from wad.rpc.access.permissions import PERMISSIONS
from wad.v1 import (
    access_pb2,
    access_pb2_grpc,
    admin_pb2,
    admin_pb2_grpc,
    device_pb2,
    device_pb2_grpc,
    message_pb2,
    message_pb2_grpc,
    session_pb2,
    session_pb2_grpc,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Generator, Mapping
    from pathlib import Path

pytestmark = pytest.mark.anyio

RECORD = AuditRecord(
    1_800_000_000.5, "c0", "wad.v1.SessionService/StopSession", "OK", 0.25, "ada", Mechanism.TOKEN, "a", detail="why"
)
WITHOUT_TARGET = {
    "CreateToken",  # known only when it is made: see below
    "Drain",
    "ReceiveMessages",  # from all sessions, or from several
    "RunCleanup",
    "StartCleanupScheduler",
    "StopCleanupScheduler",
    "UpdateConfig",  # the keys: see below
}
ANNA, SHOP = "4915112345678", "shop"


@pytest.fixture(autouse=True)
def silent_server() -> Generator[None]:
    """Keep the server's log out of the command's output: both run in this process."""
    with capture_logs():
        yield


async def archive() -> AsyncIterator[admin_pb2.RestoreSessionRequest]:
    """Yield an archive that says itself whose it is."""
    yield admin_pb2.RestoreSessionRequest(options=admin_pb2.RestoreOptions())
    yield admin_pb2.RestoreSessionRequest(chunk=b"archive")


async def read(responses: AsyncIterable[object]) -> None:
    """Read a stream to its end."""
    async for _ in responses:
        pass


def changing_calls(channel: grpc.aio.Channel) -> Mapping[str, tuple[str, Callable[[], Awaitable[object]]]]:
    """Return one call of every changing method that has a target, with the target."""
    sessions, devices = session_pb2_grpc.SessionServiceStub(channel), device_pb2_grpc.DeviceServiceStub(channel)
    admin, messages = admin_pb2_grpc.AdminServiceStub(channel), message_pb2_grpc.MessageServiceStub(channel)
    access, pb, device = access_pb2_grpc.AccessServiceStub(channel), session_pb2, f"{ANNA}_till"
    manual = pb.REMOVAL_REASON_MANUAL
    sealed = admin_pb2.BackupSessionRequest(session_id=SHOP, plaintext=True)
    replaced = admin_pb2.ReplaceWorkersRequest(worker_id="w2")
    declared = device_pb2.CreateDeviceRequest(phone_number=ANNA, device_id="till")
    link_device = device_pb2.LinkDeviceRequest(phone_number=ANNA, device_id="till")
    return {
        "CreateSession": (SHOP, lambda: sessions.CreateSession(pb.CreateSessionRequest(session_id=SHOP))),
        "LinkSession": (SHOP, lambda: read(sessions.LinkSession(pb.LinkSessionRequest(session_id=SHOP), timeout=0.5))),
        "RequestPairingCode": (
            SHOP,
            lambda: sessions.RequestPairingCode(pb.RequestPairingCodeRequest(session_id=SHOP, phone_number=ANNA)),
        ),
        "StopSession": (SHOP, lambda: sessions.StopSession(pb.StopSessionRequest(session_id=SHOP))),
        "ReconnectSession": (SHOP, lambda: sessions.ReconnectSession(pb.ReconnectSessionRequest(session_id=SHOP))),
        "TouchSession": (SHOP, lambda: sessions.TouchSession(pb.TouchSessionRequest(session_id=SHOP))),
        "SetAsideCredentials": (
            SHOP,
            lambda: sessions.SetAsideCredentials(pb.SetAsideCredentialsRequest(session_id=SHOP)),
        ),
        "RemoveSession": (
            SHOP,
            lambda: sessions.RemoveSession(pb.RemoveSessionRequest(session_id=SHOP, reason=manual)),
        ),
        "SendMessage": (
            SHOP,
            lambda: messages.SendMessage(message_pb2.SendMessageRequest(session_id=SHOP, to=ANNA, text="hello")),
        ),
        "CreateDevice": (device, lambda: devices.CreateDevice(declared)),
        "LinkDevice": (device, lambda: read(devices.LinkDevice(link_device, timeout=0.5))),
        "HeartbeatDevice": (
            device,
            lambda: devices.HeartbeatDevice(device_pb2.HeartbeatDeviceRequest(device_session_id=device)),
        ),
        "RemoveDevice": (
            device,
            lambda: devices.RemoveDevice(device_pb2.RemoveDeviceRequest(device_session_id=device, reason=manual)),
        ),
        "BackupSession": (SHOP, lambda: read(admin.BackupSession(sealed))),
        "RestoreSession": (SHOP, lambda: admin.RestoreSession(archive())),
        "DrainWorker": ("w10", lambda: admin.DrainWorker(admin_pb2.DrainWorkerRequest(worker_id="w10"))),
        "ReplaceWorkers": ("w2", lambda: read(admin.ReplaceWorkers(replaced))),
        "RevokeToken": ("0badc0de", lambda: access.RevokeToken(access_pb2.RevokeTokenRequest(token_id="0badc0de"))),
    }


async def test_every_change_is_recorded_with_what_it_was_done_to(tmp_path: Path) -> None:
    """Each changing call on one thing leaves one record that names it, however the call ends; a look leaves none."""
    async with serving(tmp_path) as served, connected(served.tcp) as channel:
        calls = changing_calls(channel)
        for _, call in calls.values():
            served.sessions.put(SHOP)
            with suppress(grpc.aio.AioRpcError):  # a link has no end here, and no such token is there
                await call()
        await session_pb2_grpc.SessionServiceStub(channel).ListSessions(session_pb2.ListSessionsRequest())
        records = served.sessions.audit.records
    found = {record.method.rpartition("/")[2]: record.target for record in records}
    assert found == {method: target for method, (target, _) in calls.items()}
    assert len(records) == len(calls)
    changing = {method.rpartition("/")[2] for method, needed in PERMISSIONS.items() if needed.changes}
    assert changing - found.keys() == WITHOUT_TARGET
    assert {(record.caller, record.mechanism) for record in records} == {("loopback", Mechanism.INSECURE_LOOPBACK)}


async def test_a_new_token_is_what_its_creation_was_about(tmp_path: Path) -> None:
    """The record names the token by its id, and its secret is in no record."""
    async with serving(tmp_path) as served, connected(served.tcp) as channel:
        request = access_pb2.CreateTokenRequest(name="n", role=access_pb2.ROLE_VIEWER, session_patterns=["*"])
        made = await access_pb2_grpc.AccessServiceStub(channel).CreateToken(request)
        (record,) = served.sessions.audit.records
    assert record.target == made.token.token_id
    assert made.secret not in repr(record)


async def test_what_was_refused_is_recorded_with_its_reason(tmp_path: Path) -> None:
    """Whoever is known and tries what it may not is in the log; strangers are not, who could fill it."""
    async with serving(tmp_path) as served, connected(served.tcp) as channel:
        _, narrow = await served.tokens.create("narrow", Role.OPERATOR, Scope(("shop-*",)), lifetime=None)
        stub = session_pb2_grpc.SessionServiceStub(channel)
        for secret in (narrow, "wad_none"):
            with pytest.raises(grpc.aio.AioRpcError):
                await stub.StopSession(
                    session_pb2.StopSessionRequest(session_id="other"),
                    metadata=(("authorization", f"Bearer {secret}"),),
                )
        (denied,) = served.sessions.audit.records
    assert (denied.caller, denied.status, denied.reason, denied.target) == (
        "narrow",
        "PERMISSION_DENIED",
        "PERMISSION_DENIED",
        "other",
    )


async def test_what_a_role_does_not_allow_is_recorded_with_what_it_was_to_be_done_to(tmp_path: Path) -> None:
    """A viewer who tries to change something, or anybody during a drain, leaves a record that names what and why."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.grants.replace([Grant(user=str(os.geteuid()), role=Role.VIEWER)])
        calls = changing_calls(channel)
        for _, call in calls.values():
            with pytest.raises(grpc.aio.AioRpcError):
                await call()
        records = served.sessions.audit.records
    found = {record.method.rpartition("/")[2]: record.target for record in records}
    expected = {method: target for method, (target, _) in calls.items()}
    assert found == expected | {"RestoreSession": ""}  # the archive says whose it is, and is not read
    assert {(record.mechanism, record.reason) for record in records} == {
        (Mechanism.PEER_CREDENTIALS, "PERMISSION_DENIED")
    }
    (removal,) = (record for record in records if record.method.endswith("RemoveSession"))
    assert removal.detail == "reason=manual"


async def test_a_link_that_came_to_nothing_is_recorded_with_why(tmp_path: Path) -> None:
    """Its status is OK, for the stream told its end; the record has the error that ended it, or that nothing came."""
    error = LastError("PAIRING_FAILED", "refused", 1.0)
    async with serving(tmp_path) as served, connected(served.tcp) as channel:
        stub = session_pb2_grpc.SessionServiceStub(channel)
        base = served.sessions.put(SHOP, SessionState.CONNECTING)
        record = replace(base.record, active=False, state=SessionState.QR_EXPIRED, removal=RemovalReason.QR_EXPIRED)
        for cause in (error, None):
            served.sessions.script = [
                SessionEvent(EventKind.STATE_CHANGED, 1.0, base),
                SessionEvent(EventKind.REMOVED, 2.0, replace(base, record=record), cause=cause),
            ]
            await read(stub.LinkSession(session_pb2.LinkSessionRequest(session_id=SHOP)))
        records = served.sessions.audit.records
    assert [(record.status, record.reason) for record in records] == [("OK", "PAIRING_FAILED"), ("OK", "NOT_LINKED")]


async def test_an_update_of_the_configuration_is_recorded_with_both_values(tmp_path: Path) -> None:
    """The record says which keys, what they were and what they are, and a try says that it was one."""
    async with serving(tmp_path) as served, connected(served.tcp) as channel:
        stub = admin_pb2_grpc.AdminServiceStub(channel)
        request = admin_pb2.UpdateConfigRequest(validate_only=True)
        request.update_mask.paths.extend(["sessions.max_sessions"])
        request.config.update({"sessions": {"max_sessions": 7}})
        await stub.UpdateConfig(request)
        request.validate_only = False
        await stub.UpdateConfig(request)
        tried, done = served.sessions.audit.records
    assert (done.target, done.detail) == ("sessions.max_sessions", "sessions.max_sessions: 50 -> 7")
    assert tried.detail == f"validate_only {done.detail}"


async def test_records_are_listed_completely_and_newest_first(tmp_path: Path) -> None:
    """Every field is told, and each page goes on where the one before ended, though records are added meanwhile."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        stub = admin_pb2_grpc.AdminServiceStub(channel)
        trail = served.sessions.audit
        for number in range(5):
            trail.add(replace(RECORD, call_id=str(number)))
        trail.add(replace(RECORD, call_id="5", status="NOT_FOUND", reason="SESSION_NOT_FOUND", target="b"))
        request = admin_pb2.ListAuditRecordsRequest(page_size=4)
        first = await stub.ListAuditRecords(request)
        trail.add(RECORD)
        request.page_token = first.next_page_token
        second = await stub.ListAuditRecords(request)
    assert [record.call_id for record in (*first.records, *second.records)] == ["5", "4", "3", "2", "1", "0"]
    assert second.next_page_token == ""
    failed, record = first.records[:2]
    assert (failed.target, failed.status, failed.reason) == ("b", "NOT_FOUND", "SESSION_NOT_FOUND")
    assert record.time.ToMicroseconds() == RECORD.at * 1e6
    assert record.duration.ToMilliseconds() == RECORD.seconds * 1000
    assert (record.caller, record.method, record.target, record.status) == ("ada", RECORD.method, "a", "OK")
    assert record.detail == "why"
    assert record.mechanism == access_pb2.AUTH_MECHANISM_TOKEN


async def test_a_list_with_filters_holds_only_what_matches(tmp_path: Path) -> None:
    """Target, caller and span narrow the list; a token of one list is refused by another."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        stub = admin_pb2_grpc.AdminServiceStub(channel)
        for number in range(4):
            who, what = ("ada", "bob")[number % 2], ("a", "b")[number // 2]
            served.sessions.audit.add(replace(RECORD, at=float(number), call_id=str(number), caller=who, target=what))
        request = admin_pb2.ListAuditRecordsRequest(caller="bob", page_size=1)
        request.start_time.FromSeconds(1)
        request.end_time.FromSeconds(3)
        found = await stub.ListAuditRecords(request)
        by_target = await stub.ListAuditRecords(admin_pb2.ListAuditRecordsRequest(target="b", page_size=1))
        request.page_token = by_target.next_page_token
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.ListAuditRecords(request)
    assert [record.call_id for record in found.records] == ["1"]
    assert [record.call_id for record in by_target.records] == ["3"]
    assert "page_token" in str(details(caught.value))


async def test_wadctl_shows_the_log_for_people_and_for_programs(tmp_path: Path) -> None:
    """The table says who did what to what and how it ended; JSON holds every field of as many as were asked for."""
    async with serving(tmp_path) as served:
        for number in range(1500):
            served.sessions.audit.add(replace(RECORD, at=time.time() - 7200, call_id=str(number)))
        refused = {"caller": "bob", "target": "shop", "status": "NOT_FOUND", "reason": "SESSION_NOT_FOUND"}
        served.sessions.audit.add(replace(RECORD, at=time.time(), call_id="last", **refused))
        shown = await wadctl(served, "audit", "--since", "1h", "--caller", "bob", "--target", "shop")
        counts = [
            len(json.loads((await wadctl(served, "audit", "-o", "json", *options)).stdout)["records"])
            for options in ((), ("--limit", "1200"), ("--limit", "9999"), ("--until", "1h", "--limit", "9999"))
        ]
        bad = await wadctl(served, "audit", "--since", "yesterday")
    assert shown.exit_code == ExitCode.OK
    for text in ("bob", "StopSession", "shop", "NOT_FOUND"):
        assert text in shown.stdout
    assert "ada" not in shown.stdout
    assert counts == [100, 1200, 1501, 1500]
    assert bad.exit_code == ExitCode.USAGE
    assert "2h" in bad.stderr
