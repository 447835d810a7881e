"""Many devices of each phone, on the core that keeps all sessions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.unit.managers.rig import ADA, Rig
from wad.domain.devices import Device, DeviceInfo
from wad.domain.errors import (
    DeviceLimitReached,
    SessionLimitReached,
    SessionNotConnected,
    SessionNotFound,
    WorkerOutdated,
    WrongKind,
)
from wad.domain.ids import SessionId
from wad.domain.policy import Policy
from wad.domain.records import EventKind
from wad.domain.states import RemovalReason
from wad.managers.devices import MultiDeviceSessionManager, new_device_id
from wad.managers.messages import Messenger
from wad.managers.runner import SAVE_SOON
from wad.managers.sweep import Sweep
from wad.managers.terms import Limits, Wait

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from wad.domain.records import SessionRecord
    from wad.managers.sweep import SweepReport

pytestmark = pytest.mark.anyio

PHONE, OTHER = "491700000001", "491700000002"
INTERVAL = 300.0
POLICY = Policy(idle=1800, max_age=86400, heartbeat=INTERVAL)


class Phones(Rig):
    """A rig with devices."""

    def __init__(self, limits: Limits | None = None) -> None:
        super().__init__(limits=limits or Limits(devices_per_phone=3))
        self.devices = MultiDeviceSessionManager(self.manager, POLICY)

    async def device(self, device_id: str, phone: str = PHONE, policy: Policy | None = None) -> SessionId:
        """Link a device to its phone and return its session's id."""
        device = Device.declared(phone, device_id, DeviceInfo("Till"))
        await self.devices.create(device, policy=policy, wait=Wait.FIRST_QR_OR_CONNECTION)
        number = len(self.engine.credentials) + 1
        self.engine.scan(device.session_id, replace(ADA, jid=f"{phone}:{number}@s.whatsapp.net"))
        await self.clock.advance(0)
        return device.session_id

    async def record(self, session_id: SessionId) -> SessionRecord:
        """Return the device's record, as it is now."""
        return (await self.manager.get(session_id)).record

    async def sweep(self) -> SweepReport:
        """Sweep once."""
        return await Sweep(
            manager=self.manager,
            registry=self.registry,
            files=self.files,
            inspector=self.files,
            clock=self.clock,
            trash_retention=3600,
        ).run()


@pytest.fixture
async def rig() -> AsyncGenerator[Phones]:
    """Run a manager with devices."""
    rig = Phones()
    async with rig.running():
        yield rig


async def test_devices_of_a_phone_are_listed_together_and_apart_from_others(rig: Phones) -> None:
    """A list per phone holds that phone's devices, the list of all holds every device, neither a plain session."""
    await rig.connect(SessionId("plain"))
    one, two, three = await rig.device("a"), await rig.device("b"), await rig.device("a", OTHER)
    listed = [view.record.session_id for view in await rig.devices.list(PHONE)]
    assert listed == [one, two]
    assert [view.record.session_id for view in await rig.devices.list()] == [one, two, three]
    assert rig.manager.stats().devices == 3
    assert rig.manager.stats().active == 4


async def test_a_phone_has_no_more_devices_than_it_may(rig: Phones) -> None:
    """The device over the limit is refused; another phone's is not."""
    for device_id in "abc":
        await rig.device(device_id)
    with pytest.raises(DeviceLimitReached, match="devices per phone reached \\(3\\)"):
        await rig.device("d")
    await rig.device("d", OTHER)


async def test_a_device_that_exists_is_joined_whatever_the_limit(rig: Phones) -> None:
    """The limit is on devices, not on requests."""
    for device_id in "abc":
        await rig.device(device_id)
    created = await rig.devices.create(Device.declared(PHONE, "c"), wait=Wait.CONNECTED)
    assert created.already_connected


async def test_a_removed_device_frees_its_place(rig: Phones) -> None:
    """A place is taken as long as the device is live."""
    for device_id in "abc":
        await rig.device(device_id)
    await rig.devices.remove(SessionId(f"{PHONE}_a"), RemovalReason.STUCK)
    await rig.device("d")


async def test_devices_and_sessions_share_the_places_that_there_are() -> None:
    """A device takes one of the daemon's places like any session."""
    rig = Phones(Limits(2))
    async with rig.running():
        await rig.connect(SessionId("plain"))
        await rig.device("a")
        with pytest.raises(SessionLimitReached):
            await rig.device("b")


async def test_a_device_is_not_taken_for_a_plain_session_nor_the_reverse(rig: Phones) -> None:
    """Each kind is created by its own service, live or kept."""
    device = await rig.device("a")
    plain = SessionId(f"{PHONE}_b")
    await rig.connect(plain)
    for _turn in ("live", "kept"):
        with pytest.raises(WrongKind, match="is a device"):
            await rig.manager.create(device)
        with pytest.raises(WrongKind, match="is no device"):
            await rig.devices.create(Device.declared(PHONE, "b"), wait=Wait.NONE)
        for session_id in (device, plain):
            await rig.manager.stop(session_id)
    with pytest.raises(WrongKind, match="is no device"):
        await rig.devices.get(plain)
    with pytest.raises(SessionNotFound):
        await rig.devices.get(SessionId("nobody"))


async def test_a_mute_device_is_removed_at_its_third_heartbeat_and_the_others_stay(rig: Phones) -> None:
    """A device that WhatsApp answers no more goes as ``heartbeat`` with its files kept; the others stay."""
    mute, well = await rig.device("a"), await rig.device("b")
    rig.engine.fall_mute(mute)
    await rig.clock.advance(INTERVAL * 1.5)
    assert (await rig.record(mute)).failed_heartbeats == 2
    assert (await rig.record(well)).failed_heartbeats == 0
    await rig.clock.advance(INTERVAL)
    assert (await rig.record(mute)).removal is RemovalReason.HEARTBEAT
    assert mute in rig.engine.credentials
    assert await rig.state(well) == "connected"


async def test_a_device_whose_worker_cannot_ask_stays(rig: Phones) -> None:
    """After an upgrade the worker of an earlier release knows no heartbeats; that costs no device its service."""

    async def unknown(session_id: SessionId, generation: int) -> None:
        raise WorkerOutdated("w1")

    rig.engine.probe = unknown
    device = await rig.device("a")
    await rig.clock.advance(INTERVAL * 5)
    assert (await rig.record(device)).failed_heartbeats == 0
    assert (await rig.sweep()).removed == ()
    assert await rig.state(device) == "connected"


async def test_a_device_that_answers_lives_until_another_limit(rig: Phones) -> None:
    """Answered heartbeats are told, and keep no idle device alive."""
    device = await rig.device("a")
    await rig.clock.advance(1799)
    record = await rig.record(device)
    assert record.last_heartbeat_at is not None
    assert rig.clock.wall() - record.last_heartbeat_at <= INTERVAL
    assert [event.kind for event in rig.events].count(EventKind.HEARTBEAT) == 6
    await rig.clock.advance(1)
    assert (await rig.record(device)).removal is RemovalReason.IDLE


async def test_a_sweep_removes_a_device_without_heartbeats_as_cleanup(rig: Phones) -> None:
    """More than two intervals without a heartbeat are found by the sweep, whatever the count allows."""
    patient = replace(POLICY, max_failed_heartbeats=0)
    mute, well = await rig.device("a", policy=patient), await rig.device("b", policy=patient)
    rig.engine.fall_mute(mute)
    await rig.clock.advance(2 * INTERVAL)
    assert (await rig.sweep()).removed == ()
    await rig.clock.advance(1)
    assert [verdict.session_id for verdict in (await rig.sweep()).removed] == [mute]
    assert (await rig.record(mute)).removal is RemovalReason.CLEANUP
    assert await rig.state(well) == "connected"


async def test_a_heartbeat_of_a_device_out_of_service_is_refused(rig: Phones) -> None:
    """Only a device that has been connected and is in service can be said to be alive."""
    await rig.devices.create(Device.declared(PHONE, "q"), wait=Wait.FIRST_QR_OR_CONNECTION)
    with pytest.raises(SessionNotConnected):
        await rig.devices.heartbeat(SessionId(f"{PHONE}_q"))
    device = await rig.device("a")
    assert (await rig.devices.heartbeat(device)).record.failed_heartbeats == 0
    await rig.manager.stop(device)
    with pytest.raises(SessionNotConnected):
        await rig.devices.heartbeat(device)


async def test_a_device_comes_back_after_a_restart_as_it_was() -> None:
    """Its phone, its info, its policy and its counts survive the daemon."""
    rig = Phones()
    async with rig.running():
        device = await rig.device("a")
        await Messenger(rig.manager, rig.engine, rig.inbox).send_text(device, OTHER, "hello")
        rig.engine.receive(device, text=2, media=1)
        await rig.clock.advance(SAVE_SOON)
        before = await rig.record(device)
        rig.engine.dismiss()
    rig.manager = rig.new_manager()
    async with rig.running(), anyio.create_task_group() as tasks:
        tasks.start_soon(rig.manager.restore)
        await rig.clock.advance(1)
        after = await rig.record(device)
        assert (after.state, after.device, after.policy) == ("connected", before.device, POLICY)
        assert (after.messages_sent, after.messages_received) == (1, 3)


async def test_many_messages_are_few_writes(rig: Phones) -> None:
    """Counts are saved within seconds, not one by one."""
    device = await rig.device("a")
    saved: list[SessionRecord] = []
    save = rig.registry.save

    async def watched(record: SessionRecord) -> None:
        saved.append(record)
        await save(record)

    rig.registry.save = watched
    for _message in range(100):
        rig.engine.receive(device)
        await rig.clock.advance(0)
    await rig.clock.advance(SAVE_SOON)
    assert [record.messages_received for record in saved] == [100]


async def test_fifty_devices_spread_their_heartbeats() -> None:
    """Devices that connect together are not asked together."""

    class Dice:
        def __init__(self) -> None:
            self.rolls = 0

        def chance(self) -> float:
            self.rolls += 1
            return self.rolls * 0.618 % 1

    rig = Phones(Limits(60, devices_per_phone=50))
    asked: list[float] = []
    probe = rig.engine.probe

    async def watched(session_id: SessionId, generation: int) -> None:
        asked.append(rig.clock.monotonic())
        await probe(session_id, generation)

    rig.engine.probe = watched
    rig.manager._house.entropy.chance = Dice().chance  # pyright: ignore[reportPrivateUsage] - a rig's chance is fixed
    async with rig.running():
        for number in range(50):
            await rig.device(f"d{number}")
        await rig.clock.advance(INTERVAL)
    assert len(asked) == 50
    tenths = [sum(1 for at in asked if part <= at / INTERVAL * 10 < part + 1) for part in range(10)]
    assert max(tenths) <= 10, tenths


def test_a_new_device_id_is_one_that_nobody_has() -> None:
    """Ids that are made for a caller do not meet."""
    assert len({new_device_id() for _ in range(1000)}) == 1000


async def test_heartbeats_hide_no_session_timer(rig: Phones) -> None:
    """A device whose next deadline is a heartbeat still counts as one that a limit will end."""
    await rig.device("a")
    assert rig.manager.stats().session_timers == 1
