"""DeviceService over real sockets, and ``wadctl device``."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import grpc
import grpc.aio
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2  # pyright: ignore[reportMissingTypeStubs] - its stubs lie beside it
from structlog.testing import capture_logs

from tests.integration.rpc.rpc_fakes import USER, connected, details, error_info, fresh_code, fresh_qr, serving
from tests.integration.rpc.test_wadctl import wadctl
from wad.cli.failures import ExitCode
from wad.cli.qr import render_qr
from wad.domain.devices import Device, DeviceInfo
from wad.domain.errors import DeviceLimitReached, WrongKind
from wad.domain.policy import Policy
from wad.domain.records import EventKind, SessionEvent, SessionView
from wad.domain.states import RemovalReason, SessionState
from wad.managers.terms import Wait
from wad.v1 import device_pb2, device_pb2_grpc, session_pb2

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from tests.integration.rpc.rpc_fakes import Served

pytestmark = pytest.mark.anyio

PHONE = "491701234567"
TILL = Device.declared(PHONE, "till", DeviceInfo("First till", "Chrome", "192.0.2.1", "Web"))


@pytest.fixture(autouse=True)
def silent_server() -> Generator[None]:
    """Keep the server's log out of the command's output: both run in this process."""
    with capture_logs():
        yield


def stub(channel: grpc.aio.Channel) -> device_pb2_grpc.DeviceServiceAsyncStub:
    """Return the service's client."""
    return device_pb2_grpc.DeviceServiceStub(channel)


def put(
    served: Served, device: Device = TILL, state: SessionState = SessionState.CONNECTED, **changes: object
) -> SessionView:
    """Have the daemon keep a device."""
    return served.sessions.put(device.session_id, state, device=device, **changes)


def link_script(base: SessionView) -> list[SessionEvent]:
    """Return the steps of a link that shows a QR with a pairing code and is then connected."""
    now = time.time()
    shown = replace(base, record=replace(base.record, state=SessionState.QR_GENERATED), qr=fresh_qr())
    coded = replace(shown, pairing_code=fresh_code(PHONE))
    done = replace(base, record=replace(base.record, state=SessionState.CONNECTED, user=USER, last_heartbeat_at=now))
    return [
        SessionEvent(EventKind.STATE_CHANGED, now, base),
        SessionEvent(EventKind.QR_ISSUED, now, shown),
        SessionEvent(EventKind.PAIRING_CODE_ISSUED, now, coded),
        SessionEvent(EventKind.AUTH_SUCCESS, now, done),
    ]


async def test_create_passes_on_the_declared_device(tmp_path: Path) -> None:
    """A creation reaches the manager with phone, id, info, the devices' policy, labels and wait."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        request = device_pb2.CreateDeviceRequest(
            phone_number=f"+{PHONE}",
            device_id="till",
            info=device_pb2.DeviceInfo(name="First till", user_agent="Chrome", ip_address="192.0.2.1", platform="Web"),
            policy=session_pb2.Policy(max_age=Duration(seconds=60)),
            labels={"team": "sales"},
            wait=session_pb2.CREATE_WAIT_NONE,
        )
        response = await stub(channel).CreateDevice(request)
        (_, arguments) = served.sessions.calls[0]
    assert arguments == {
        "device": TILL,
        "policy": Policy(idle=1800, heartbeat=300, max_age=60),
        "labels": {"team": "sales"},
        "wait": Wait.NONE,
    }
    assert response.device.device_session_id == f"{PHONE}_till"
    assert response.device.session.qr.code == "2@secret"
    assert not response.already_connected


async def test_a_device_without_an_id_gets_a_random_one(tmp_path: Path) -> None:
    """Each creation that names no id makes a device of its own."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        request = device_pb2.CreateDeviceRequest(phone_number=PHONE)
        made = [(await stub(channel).CreateDevice(request)).device for _ in range(2)]
    assert made[0].device_id != made[1].device_id
    assert all(device.device_session_id == f"{PHONE}_{device.device_id}" for device in made)


async def test_a_device_is_shown_completely(tmp_path: Path) -> None:
    """Everything that is known of a device is in its message, and its session is embedded."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        put(served, user=USER, last_heartbeat_at=5.0, failed_heartbeats=2, messages_sent=4)
        request = device_pb2.GetDeviceRequest(device_session_id=TILL.session_id)
        device = (await stub(channel).GetDevice(request)).device
    assert {field.name for field, _ in device.ListFields()} == set(device_pb2.Device.DESCRIPTOR.fields_by_name)
    assert device.info == device_pb2.DeviceInfo(
        name="First till", user_agent="Chrome", ip_address="192.0.2.1", platform="Web"
    )
    assert (device.last_heartbeat_time.seconds, device.failed_heartbeats) == (5, 2)
    assert device.session.counters.messages_sent == 4
    assert (device.session.device.phone_number, device.session.device.device_id) == (PHONE, "till")


@pytest.mark.parametrize("state", SessionState)
async def test_a_device_is_active_exactly_while_it_is_connected(tmp_path: Path, state: SessionState) -> None:
    """``is_active`` is the state ``connected`` and nothing else."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        put(served, state=state)
        request = device_pb2.GetDeviceRequest(device_session_id=TILL.session_id)
        device = (await stub(channel).GetDevice(request)).device
    assert device.is_active == (state is SessionState.CONNECTED)


async def test_link_tells_every_step_of_the_device(tmp_path: Path) -> None:
    """A link begins with the present, tells QR and pairing code, and ends with the connection."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.script = link_script(put(served, state=SessionState.CONNECTING))
        request = device_pb2.LinkDeviceRequest(phone_number=PHONE, device_id="till", pairing_code=True)
        steps = [step async for step in stub(channel).LinkDevice(request)]
        _, arguments = served.sessions.calls[0]
    assert arguments["pairing_code"]
    assert [s.WhichOneof("step") for s in steps] == [None, "qr_issued", "pairing_code_issued", "connected"]
    assert steps[1].qr_issued.qr.code == "2@secret"
    assert steps[2].device.session.pairing_code.phone_number == PHONE
    assert steps[-1].device.is_active
    assert steps[-1].device.HasField("last_heartbeat_time")


async def test_lists_hold_the_devices_of_one_phone_or_of_all(tmp_path: Path) -> None:
    """Plain sessions are in no list of devices, removed devices only on request."""
    other = Device.declared("491701234568", "till")
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        put(served)
        put(served, other)
        put(served, Device.declared(PHONE, "old"), active=False, removal=RemovalReason.HEARTBEAT)
        served.sessions.put("plain")

        async def listed(request: device_pb2.ListDevicesRequest) -> list[str]:
            return [device.device_session_id for device in (await stub(channel).ListDevices(request)).devices]

        assert await listed(device_pb2.ListDevicesRequest()) == [TILL.session_id, other.session_id]
        assert await listed(device_pb2.ListDevicesRequest(phone_number=f"+{PHONE}")) == [TILL.session_id]
        request = device_pb2.ListDevicesRequest(phone_number=PHONE, include_inactive=True)
        assert await listed(request) == [f"{PHONE}_old", TILL.session_id]


async def test_a_page_token_of_another_phone_is_refused(tmp_path: Path) -> None:
    """A token goes only with the phone whose list it was given out for."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        for name in "abc":
            put(served, Device.declared(PHONE, name))
        first = await stub(channel).ListDevices(device_pb2.ListDevicesRequest(page_size=2, phone_number=PHONE))
        request = device_pb2.ListDevicesRequest(page_token=first.next_page_token, phone_number=f"+{PHONE}")
        rest = await stub(channel).ListDevices(request)
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await stub(channel).ListDevices(device_pb2.ListDevicesRequest(page_token=first.next_page_token))
    assert [device.device_id for device in (*first.devices, *rest.devices)] == ["a", "b", "c"]
    assert failure.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_heartbeat_and_removal_reach_the_manager(tmp_path: Path) -> None:
    """Each call is passed on with what it names, and answered with the device."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        put(served, failed_heartbeats=2)
        beat = await stub(channel).HeartbeatDevice(device_pb2.HeartbeatDeviceRequest(device_session_id=TILL.session_id))
        gone = await stub(channel).RemoveDevice(
            device_pb2.RemoveDeviceRequest(device_session_id=TILL.session_id, reason=session_pb2.REMOVAL_REASON_STUCK)
        )
        calls = served.sessions.calls
    assert beat.device.failed_heartbeats == 0
    assert gone.device.session.removal_reason == session_pb2.REMOVAL_REASON_STUCK
    assert ("heartbeat", {"session_id": TILL.session_id}) in calls
    assert ("remove", {"session_id": TILL.session_id, "reason": RemovalReason.STUCK}) in calls


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (device_pb2.CreateDeviceRequest(), "phone_number"),
        (device_pb2.CreateDeviceRequest(phone_number="0170"), "phone_number"),
        (device_pb2.CreateDeviceRequest(phone_number=PHONE, device_id="a/b"), "device_id"),
        (device_pb2.CreateDeviceRequest(phone_number=PHONE, device_id="a" * 49), "device_id"),
        (
            device_pb2.CreateDeviceRequest(phone_number=PHONE, info=device_pb2.DeviceInfo(ip_address="1" * 257)),
            "info.ip_address",
        ),
        (
            device_pb2.CreateDeviceRequest(
                phone_number=PHONE, policy=session_pb2.Policy(heartbeat=Duration(seconds=-1))
            ),
            "policy.heartbeat",
        ),
        (device_pb2.GetDeviceRequest(device_session_id="../etc"), "device_session_id"),
        (device_pb2.ListDevicesRequest(phone_number="mine"), "phone_number"),
        (device_pb2.ListDevicesRequest(page_size=-1), "page_size"),
        (device_pb2.RemoveDeviceRequest(device_session_id="a"), "reason"),
    ],
)
async def test_what_cannot_be_used_names_its_field(
    tmp_path: Path,
    request_: device_pb2.CreateDeviceRequest
    | device_pb2.GetDeviceRequest
    | device_pb2.ListDevicesRequest
    | device_pb2.RemoveDeviceRequest,
    field: str,
) -> None:
    """A request that cannot be used is INVALID_ARGUMENT with the path of what to mend."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        method = type(request_).__name__.removesuffix("Request")
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await getattr(stub(channel), method)(request_)
    assert failure.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    (request,) = (d for d in details(failure.value) if isinstance(d, error_details_pb2.BadRequest))
    assert request.field_violations[0].field == field


async def test_a_full_phone_is_told_with_its_limit_and_when_to_try_again(tmp_path: Path) -> None:
    """At the limit a creation ends with RESOURCE_EXHAUSTED / DEVICE_LIMIT_REACHED."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.error = DeviceLimitReached(50)
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await stub(channel).CreateDevice(device_pb2.CreateDeviceRequest(phone_number=PHONE))
    assert failure.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    info = error_info(failure.value)
    assert (info.reason, dict(info.metadata)) == ("DEVICE_LIMIT_REACHED", {"limit": "50"})
    assert any(isinstance(detail, error_details_pb2.RetryInfo) for detail in details(failure.value))


async def test_a_plain_session_is_no_device(tmp_path: Path) -> None:
    """A plain session that is asked for as a device is FAILED_PRECONDITION / WRONG_KIND."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.error = WrongKind("shop", is_device=False)
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await stub(channel).GetDevice(device_pb2.GetDeviceRequest(device_session_id="shop"))
    assert failure.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    info = error_info(failure.value)
    assert (info.reason, dict(info.metadata)) == ("WRONG_KIND", {"session_id": "shop"})


# ── wadctl ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_wadctl_links_a_device_with_qr_and_code(tmp_path: Path) -> None:
    """A link shows the QR and the pairing code of the device's own phone, and exits 0 once it is connected."""
    async with serving(tmp_path) as served:
        served.sessions.script = link_script(put(served, state=SessionState.CONNECTING))
        arguments = ["device", "link", PHONE, "--id", "till", "--name", "First till", "--pairing-code"]
        result = await wadctl(served, *arguments)
        lines = await wadctl(served, *arguments, "-o", "json")
        _, passed = served.sessions.calls[0]
    assert result.exit_code == lines.exit_code == ExitCode.OK
    assert passed == {"device": Device.declared(PHONE, "till", DeviceInfo("First till")), "pairing_code": True}
    for text in (render_qr("2@secret", coloured=False), "Pairing code: ABCD-1234", "Connected as +491701234567 Ada."):
        assert text in result.stdout
    assert "connected" in json.loads(lines.stdout.splitlines()[-1])


async def test_wadctl_creates_a_device_with_limits(tmp_path: Path) -> None:
    """A creation hands limits, labels and info to the daemon and shows the QR it got."""
    async with serving(tmp_path) as served:
        limits = ["--limit", "heartbeat=1m", "--limit", "max_failed_heartbeats=5"]
        result = await wadctl(served, "device", "create", f"+{PHONE}", "--id", "till", *limits, "-l", "team=sales")
        _, arguments = served.sessions.calls[0]
    assert result.exit_code == ExitCode.OK
    assert arguments["device"] == Device.declared(PHONE, "till")
    assert arguments["policy"] == Policy(idle=1800, heartbeat=60, max_failed_heartbeats=5)
    assert arguments["labels"] == {"team": "sales"}
    assert render_qr("2@secret", coloured=False) in result.stdout


async def test_wadctl_lists_and_shows_devices(tmp_path: Path) -> None:
    """Tables show id, name and missed heartbeats; a name with an escape sequence cannot drive the terminal."""
    evil = Device.declared(PHONE, "evil", DeviceInfo("Till\x1b[2J"))
    async with serving(tmp_path) as served:
        put(served, evil, failed_heartbeats=2, last_heartbeat_at=5.0, user=USER)
        for number in range(120):
            put(served, Device.declared("491701234568", f"d{number:03}"))
        listed = await wadctl(served, "device", "list", "--phone", PHONE)
        shown = await wadctl(served, "device", "get", evil.session_id)
        all_ = await wadctl(served, "device", "list", "-o", "json")
        session = await wadctl(served, "session", "get", evil.session_id)
    for result in (listed, shown):
        assert "Till" in result.stdout
        assert "\x1b[2J" not in result.stdout
    assert "2 heartbeats in a row" in shown.stdout
    assert "d000" not in listed.stdout
    assert len(json.loads(all_.stdout)["devices"]) == 121
    assert f"evil of +{PHONE}" in session.stdout


@pytest.mark.parametrize("command", [["heartbeat"], ["remove", "--reason", "stuck"]])
async def test_wadctl_device_commands_reach_the_daemon(tmp_path: Path, command: list[str]) -> None:
    """Each command calls its one method with the device's id; a device that does not exist exits 3."""
    async with serving(tmp_path) as served:
        put(served)
        result = await wadctl(served, "device", *command, TILL.session_id)
        missing = await wadctl(served, "device", *command, f"{PHONE}_nowhere")
        method, arguments = served.sessions.calls[0]
    assert result.exit_code == ExitCode.OK
    assert (method, arguments["session_id"]) == (command[0], TILL.session_id)
    assert missing.exit_code == ExitCode.NOT_FOUND


async def test_wadctl_watches_one_phone(tmp_path: Path) -> None:
    """The phone of a watch reaches the daemon, which says so when it is none."""
    async with serving(tmp_path) as served:
        result = await wadctl(served, "-o", "json", "session", "watch", "--phone", "mine")
    assert result.exit_code == ExitCode.USAGE
    assert "phone_number" in json.loads(result.stderr)["error"]["fields"]


async def test_counts_tell_devices_and_their_limit(tmp_path: Path) -> None:
    """The daemon's counts say how many sessions are devices, and how many a phone may have."""
    async with serving(tmp_path) as served:
        put(served)
        served.sessions.put("plain")
        result = await wadctl(served, "stats")
    assert "1 of the sessions, at most 25 of a phone" in result.stdout
