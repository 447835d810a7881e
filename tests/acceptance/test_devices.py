"""Many linked devices of one phone, over the contract, with the real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import grpc
import grpc.aio
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2  # pyright: ignore[reportMissingTypeStubs] - its stubs lie beside it

from tests.house import PATIENCE, detail, error_info, state_name, until
from tests.watch_validator import ValidatedWatch
from wad.emulator.faults import Stall
from wad.v1 import device_pb2, error_pb2, event_pb2, session_pb2

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

PHONE, OTHER = "491700000001", "491700000002"
IDS = ("till-1", "till-2", "till-3")


def named(device_id: str, phone: str = PHONE) -> str:
    """Return the id of a device's session."""
    return f"{phone}_{device_id}"


async def link(
    daemon: Daemon, device_id: str, phone: str = PHONE, policy: session_pb2.Policy | None = None
) -> device_pb2.Device:
    """Link a device to its own phone and return it as it is then."""
    info = device_pb2.DeviceInfo(name=f"The {device_id}", user_agent="Chrome", ip_address="192.0.2.1", platform="Web")
    request = device_pb2.LinkDeviceRequest(phone_number=phone, device_id=device_id, info=info, policy=policy)
    steps = await daemon.link_device(request)
    assert steps[-1].WhichOneof("step") == "connected"
    return steps[-1].device


async def link_all(daemon: Daemon, policy: session_pb2.Policy | None = None) -> dict[str, device_pb2.Device]:
    """Link three devices of one phone at one time and return them by their ids."""
    linked: dict[str, device_pb2.Device] = {}

    async def one(device_id: str) -> None:
        linked[device_id] = await link(daemon, device_id, policy=policy)

    async with anyio.create_task_group() as tasks:
        for device_id in IDS:
            tasks.start_soon(one, device_id)
    return linked


async def get(daemon: Daemon, device_id: str, phone: str = PHONE) -> device_pb2.Device:
    """Return a device."""
    request = device_pb2.GetDeviceRequest(device_session_id=named(device_id, phone))
    return (await daemon.devices.GetDevice(request, timeout=PATIENCE)).device


async def list_(daemon: Daemon, phone: str = "", *, include_inactive: bool = False) -> list[str]:
    """Return the session ids of the devices of a phone."""
    request = device_pb2.ListDevicesRequest(phone_number=phone, include_inactive=include_inactive)
    found = await daemon.devices.ListDevices(request, timeout=PATIENCE)
    return [device.device_session_id for device in found.devices]


async def begin(daemon: Daemon, device_id: str, phone: str = PHONE) -> device_pb2.Device:
    """Create a device that shows a QR."""
    request = device_pb2.CreateDeviceRequest(phone_number=phone, device_id=device_id)
    return (await daemon.devices.CreateDevice(request, timeout=PATIENCE)).device


async def refused(call: Awaitable[object]) -> tuple[grpc.StatusCode, str]:
    """Return the status and the reason with which a call fails."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value.code(), error_info(caught.value).reason


async def test_three_devices_of_a_phone_are_connected_side_by_side(house: House) -> None:
    """Linked at one time, each has an identity of its own at the same account, and all stay connected."""
    async with house.daemon() as daemon:
        linked = await link_all(daemon)
        jids = {device.session.user.jid for device in linked.values()}
        assert len(jids) == 3
        assert {jid.partition(":")[0] for jid in jids} == {PHONE}
        online = await house.emulator.devices()
        assert all(online[jid]["online"] for jid in jids)
        for device_id, device in linked.items():
            now = await get(daemon, device_id)
            assert now.is_active
            assert now.session.generation == device.session.generation
            assert (now.session.counters.reconnects, now.failed_heartbeats) == (0, 0)
            assert (now.phone_number, now.info.name) == (PHONE, f"The {device_id}")
            assert now.HasField("last_heartbeat_time")
        assert "wad_devices 3.0" in (await daemon.http("/metrics")).text


async def test_removing_one_device_leaves_the_others(house: House) -> None:
    """A logout unlinks that device alone and deletes its files alone."""
    async with house.daemon() as daemon:
        linked = await link_all(daemon)
        request = device_pb2.RemoveDeviceRequest(
            device_session_id=named("till-2"), reason=session_pb2.REMOVAL_REASON_LOGOUT
        )
        gone = (await daemon.devices.RemoveDevice(request, timeout=PATIENCE)).device
        assert (state_name(gone.session), gone.is_active) == ("logged_out", False)
        await house.emulator.wait_unlinked(linked["till-2"].session.user.jid)
        assert not (house.sessions / named("till-2")).exists()
        assert await list_(daemon, PHONE, include_inactive=True) == [named("till-1"), named("till-3")]
        for device_id in ("till-1", "till-3"):
            await house.emulator.wait_online(linked[device_id].session.user.jid)
            assert (await get(daemon, device_id)).session.generation == linked[device_id].session.generation
            assert (house.sessions / named(device_id) / "creds.db").exists()


async def test_a_phone_that_unlinks_all_its_devices_logs_out_all(house: House) -> None:
    """Each device whose phone removed it is over and its directory gone; another phone's device stays."""
    async with house.daemon() as daemon:
        linked = await link_all(daemon)
        other = await link(daemon, "till-1", OTHER)
        for device in linked.values():
            await house.emulator.revoke(device.session.user.jid)
        await until(lambda: listed_is(daemon, [named("till-1", OTHER)]), "the devices of the phone are over")
        assert {path.name for path in house.sessions.iterdir() if path.name[0] != "."} == {named("till-1", OTHER)}
        await house.emulator.wait_online(other.session.user.jid)


async def listed_is(daemon: Daemon, expected: list[str]) -> bool:
    """Return True when these and no other devices are live."""
    return await list_(daemon) == expected


async def test_another_phone_cannot_link_the_device(house: House) -> None:
    """A device that another phone scanned is unlinked there, removed as ``logout``, and says why."""
    async with house.daemon() as daemon:
        request = device_pb2.LinkDeviceRequest(phone_number=PHONE, device_id="till-1")
        steps = await daemon.link_device(request, scanned_by=OTHER)
        assert steps[-1].removed.reason == session_pb2.REMOVAL_REASON_LOGOUT
        session = steps[-1].device.session
        assert session.last_error.reason == error_pb2.ERROR_REASON_PHONE_MISMATCH
        assert state_name(session) == "logged_out"
        assert not any(step.device.is_active for step in steps)
        assert session.user.jid.startswith(OTHER)
        await house.emulator.wait_unlinked(session.user.jid)
        assert not (house.sessions / named("till-1")).exists()
        assert await list_(daemon, include_inactive=True) == []
        assert (await link(daemon, "till-1")).is_active


async def test_a_pairing_code_links_the_device_to_its_own_phone(house: House) -> None:
    """A caller that asks for a pairing code need not name the phone again."""
    async with house.daemon() as daemon:
        request = device_pb2.LinkDeviceRequest(phone_number=f"+{PHONE}", device_id="till-1", pairing_code=True)
        steps: list[device_pb2.LinkDeviceResponse] = []
        async for step in daemon.devices.LinkDevice(request, timeout=PATIENCE):
            steps.append(step)
            if step.HasField("pairing_code_issued"):
                code = step.pairing_code_issued.pairing_code
                assert code.phone_number == PHONE
                await house.emulator.pair(code.code, PHONE)
        assert steps[-1].device.is_active


async def test_a_phone_has_no_more_devices_than_are_configured(house: House) -> None:
    """The device over the limit is RESOURCE_EXHAUSTED / DEVICE_LIMIT_REACHED; another phone's device is not."""
    house.settings["devices"] = {"max_devices_per_phone": 2}
    async with house.daemon() as daemon:
        await begin(daemon, "till-1")
        await begin(daemon, "till-2")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await begin(daemon, "till-3")
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        info = error_info(caught.value)
        assert (info.reason, dict(info.metadata)) == ("DEVICE_LIMIT_REACHED", {"limit": "2"})
        assert detail(caught.value, error_details_pb2.RetryInfo).retry_delay.seconds > 0
        assert not (house.sessions / named("till-3")).exists()
        await begin(daemon, "till-1")
        await begin(daemon, "till-1", OTHER)


async def test_a_device_and_a_plain_session_are_not_mistaken_for_each_other(house: House) -> None:
    """Each kind is created, and a device found, by its own service alone: otherwise WRONG_KIND, live and kept."""
    wrong = (grpc.StatusCode.FAILED_PRECONDITION, "WRONG_KIND")
    async with house.daemon() as daemon:
        await link(daemon, "till-1")
        plain = named("plain")
        await daemon.link(plain, PHONE)
        create = session_pb2.CreateSessionRequest(session_id=named("till-1"))
        for _ in ("live", "kept"):
            assert await refused(daemon.sessions.CreateSession(create, timeout=PATIENCE)) == wrong
            assert await refused(begin(daemon, "plain")) == wrong
            assert await refused(get(daemon, "plain")) == wrong
            for name in (plain, named("till-1")):
                await daemon.remove(name, session_pb2.REMOVAL_REASON_STUCK)
        assert (await begin(daemon, "till-1")).session.session_id == named("till-1")
        assert (await daemon.get(plain)).session_id == plain


async def test_devices_are_listed_and_watched_by_phone(house: House) -> None:
    """A list and a watch of one phone hold its devices; those of all phones hold all; plain sessions are in neither."""
    async with house.daemon() as daemon:
        await begin(daemon, "till-1")
        await begin(daemon, "till-2")
        await begin(daemon, "till-1", OTHER)
        await daemon.sessions.CreateSession(session_pb2.CreateSessionRequest(session_id="plain"), timeout=PATIENCE)
        mine = [named("till-1"), named("till-2")]
        assert await list_(daemon, f"+{PHONE}") == mine
        assert await list_(daemon) == [*mine, named("till-1", OTHER)]
        call = daemon.events.WatchEvents(event_pb2.WatchEventsRequest(phone_number=PHONE), timeout=PATIENCE)
        seen: list[str] = []
        async for response in call:
            if response.HasField("snapshot"):
                seen.append(response.snapshot.session_id)
            elif response.HasField("synced"):
                for name in ("plain", named("till-1", OTHER), named("till-2")):
                    await daemon.remove(name, session_pb2.REMOVAL_REASON_MANUAL)
            else:
                assert response.event.session.session_id == named("till-2")
                if response.event.HasField("removed"):
                    break
        call.cancel()
        assert seen == mine


async def test_a_heartbeat_call_is_a_sign_of_life_and_no_activity(house: House) -> None:
    """It is told, counted and recorded; the device's idle time goes on."""
    async with house.daemon() as daemon:
        before = await link(daemon, "till-1")
        request = device_pb2.HeartbeatDeviceRequest(device_session_id=named("till-1"))
        after = before
        beats = event_pb2.WatchEventsRequest(session_ids=[named("till-1")], types=[event_pb2.EVENT_TYPE_HEARTBEAT])
        call = ValidatedWatch(daemon.events, beats, timeout=PATIENCE)
        async for response in call:
            if response.HasField("synced"):
                after = (await daemon.devices.HeartbeatDevice(request, timeout=PATIENCE)).device
            if response.HasField("event"):
                assert response.event.heartbeat.failed_heartbeats == 0
                assert response.event.heartbeat.last_heartbeat_time == after.last_heartbeat_time
                break
        call.cancel()
        assert after.last_heartbeat_time.ToNanoseconds() > before.last_heartbeat_time.ToNanoseconds()
        assert after.session.last_activity_time == before.session.last_activity_time
        assert 'wad_heartbeats_total{outcome="answered"} 1.0' in (await daemon.http("/metrics")).text
        await daemon.remove(named("till-1"), session_pb2.REMOVAL_REASON_STUCK)
        assert await refused(daemon.devices.HeartbeatDevice(request, timeout=PATIENCE)) == (
            grpc.StatusCode.FAILED_PRECONDITION,
            "SESSION_NOT_CONNECTED",
        )


async def test_a_device_survives_a_restart_of_the_daemon(house: House) -> None:
    """Phone, info, limits and counters are as they were, and the device is connected again without a QR."""
    policy = session_pb2.Policy(max_age=Duration(seconds=7200), max_failed_heartbeats=7)
    async with house.daemon() as daemon:
        before = await link(daemon, "till-1", policy=policy)
        jid = before.session.user.jid
        await daemon.until_state(named("till-1"), "connected", after=lambda: house.emulator.drop(jid))
    async with house.daemon() as daemon:
        await daemon.until_state(named("till-1"), "connected")
        after = await get(daemon, "till-1")
        assert (after.phone_number, after.device_id, after.info) == (PHONE, "till-1", before.info)
        assert after.session.policy == before.session.policy
        assert after.session.policy.max_failed_heartbeats == 7
        assert after.session.policy.idle.seconds == 1800
        assert after.session.counters.reconnects == 1
        assert after.session.auto_reconnected
        assert await list_(daemon, PHONE) == [named("till-1")]


async def test_a_kept_device_keeps_its_info_when_it_is_created_again(house: House) -> None:
    """A creation that says nothing of the device leaves what is recorded; one that does replaces it."""
    async with house.daemon() as daemon:
        linked = await link(daemon, "till-1")
        await daemon.remove(named("till-1"), session_pb2.REMOVAL_REASON_STUCK)
        assert (await begin(daemon, "till-1")).info == linked.info
        await daemon.remove(named("till-1"), session_pb2.REMOVAL_REASON_STUCK)
        request = device_pb2.CreateDeviceRequest(
            phone_number=PHONE, device_id="till-1", info=device_pb2.DeviceInfo(name="New")
        )
        renamed = (await daemon.devices.CreateDevice(request, timeout=PATIENCE)).device
        assert renamed.info == device_pb2.DeviceInfo(name="New")
        assert renamed.session.auto_reconnected


async def test_what_sessions_can_do_devices_can(house: House) -> None:
    """Get, touch, inspect, stop, reconnect and remove of the session service take a device's session id."""
    name = named("till-1")
    async with house.daemon() as daemon:
        linked = await link(daemon, "till-1")
        found = await daemon.get(name)
        assert (found.device.phone_number, found.device.device_id) == (PHONE, "till-1")
        touch = session_pb2.TouchSessionRequest(session_id=name)
        touched = (await daemon.sessions.TouchSession(touch, timeout=PATIENCE)).session
        assert touched.last_activity_time.ToNanoseconds() > found.last_activity_time.ToNanoseconds()
        inspect = session_pb2.InspectSessionRequest(session_id=name)
        inspected = await daemon.sessions.InspectSession(inspect, timeout=PATIENCE)
        assert inspected.device.jid == linked.session.user.jid
        await daemon.sessions.StopSession(session_pb2.StopSessionRequest(session_id=name), timeout=PATIENCE)
        await house.emulator.wait_offline(linked.session.user.jid)
        reconnect = session_pb2.ReconnectSessionRequest(session_id=name)
        assert (await daemon.sessions.ReconnectSession(reconnect, timeout=PATIENCE)).attempted
        await daemon.until_state(name, "connected")
        assert (await get(daemon, "till-1")).is_active
        await daemon.remove(name, session_pb2.REMOVAL_REASON_LOGOUT)
        await house.emulator.wait_unlinked(linked.session.user.jid)


async def test_a_device_that_no_longer_answers_is_removed_and_the_others_stay(house: House) -> None:
    """WhatsApp stops answering one of three: its third missed heartbeat removes it, its credentials stay."""
    policy = session_pb2.Policy(heartbeat=Duration(seconds=1))
    async with house.daemon() as daemon:
        linked = await link_all(daemon, policy)
        jid = linked["till-2"].session.user.jid

        def is_over(session: session_pb2.Session) -> bool:
            return not session.active

        await house.emulator.add_fault(Stall(target=jid, at="requests"))
        seen = await daemon.watch_until(named("till-2"), is_over, "the device is removed")
        gone = await get(daemon, "till-2")
        assert gone.session.removal_reason == session_pb2.REMOVAL_REASON_HEARTBEAT
        assert gone.session.last_error.reason == error_pb2.ERROR_REASON_HEARTBEAT_MISSED
        assert gone.failed_heartbeats == 3
        assert state_name(seen[-1]) == "expired"
        assert (house.sessions / named("till-2") / "creds.db").exists()
        assert jid in await house.emulator.devices()
        for device_id in ("till-1", "till-3"):
            device = await get(daemon, device_id)
            assert (device.is_active, device.failed_heartbeats) == (True, 0)
            assert device.session.generation == linked[device_id].session.generation
            assert device.last_heartbeat_time.ToNanoseconds() > linked[device_id].last_heartbeat_time.ToNanoseconds()
        metrics = (await daemon.http("/metrics")).text
        assert 'wad_heartbeats_total{outcome="missed"} 3.0' in metrics
        assert 'wad_sessions_removed_total{reason="heartbeat"} 1.0' in metrics
