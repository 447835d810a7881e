"""Whatever becomes of them, devices of a phone keep the promises of sessions, and their own."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from tests.unit.managers.rig import ADA
from tests.unit.managers.test_manager_properties import EXAMPLES, ManagerLife
from wad.domain.devices import Device
from wad.domain.policy import Policy
from wad.domain.states import SessionState
from wad.managers.devices import MultiDeviceSessionManager
from wad.managers.terms import Wait

if TYPE_CHECKING:
    from wad.domain.ids import SessionId
    from wad.domain.records import SessionRecord

PHONE, STRANGER = "491700000001", "491700000002"
DEVICES = [Device(PHONE, name) for name in "xyz"]
PER_PHONE = 2
POLICY = Policy(idle=30 * 60, max_age=24 * 3600, max_failures=3, heartbeat=300)

devices = st.sampled_from(DEVICES)


class DeviceLife(ManagerLife):
    """The life of a manager that also keeps devices."""

    def __init__(self) -> None:
        super().__init__()
        self.rig.limits = replace(self.rig.limits, devices_per_phone=PER_PHONE)
        self.restart("stopped")  # the limits are a daemon's from its start on

    @property
    def keeper(self) -> MultiDeviceSessionManager:
        return MultiDeviceSessionManager(self.rig.manager, POLICY)

    @rule(device=devices, wait=st.sampled_from(Wait))
    def create_device(self, device: Device, wait: Wait) -> None:
        self.ask(self.keeper.create(device, wait=wait))

    @rule(device=devices, phone=st.sampled_from([PHONE, PHONE, PHONE, STRANGER]))
    def link_device(self, device: Device, phone: str) -> None:
        self.ask(self.keeper.create(device, wait=Wait.NONE))
        client = self.rig.engine.clients.get(device.session_id)
        if client is not None and client.qr_codes and device.session_id not in self.rig.engine.credentials:
            self.rig.engine.scan(device.session_id, replace(ADA, jid=f"{phone}:7@s.whatsapp.net"))
            self.settle()

    def scan(self, session_id: SessionId) -> None:
        if "_" not in session_id:  # a device is linked by its own rule, with a phone
            super().scan(session_id)

    @rule(device=devices)
    def heartbeat(self, device: Device) -> None:
        self.ask(self.keeper.heartbeat(device.session_id))

    @rule(device=devices, mute=st.booleans())
    def whatsapp_is_mute(self, device: Device, mute: bool) -> None:  # noqa: FBT001 - hypothesis passes it
        (self.rig.engine.fall_mute if mute else self.rig.engine.speak_again)(device.session_id)

    @rule(device=devices)
    def mistaken_for_a_session(self, device: Device) -> None:
        if any(record.session_id == device.session_id for record in self.live_records()):
            self.ask(self.rig.manager.create(device.session_id))

    @invariant()
    def no_phone_has_more_devices_than_it_may(self) -> None:
        live = [record.device.phone_number for record in self.live_records() if record.device is not None]
        assert all(count <= PER_PHONE for count in Counter(live).values())

    @invariant()
    def no_device_is_connected_to_another_phone(self) -> None:
        for record in self.live_records():
            if record.device is not None and record.state is SessionState.CONNECTED:
                assert record.user is not None
                assert record.device.belongs_to(record.user)

    @invariant()
    def a_device_is_one_for_its_whole_life(self) -> None:
        for record in self.live_records():
            assert (record.device is not None) == ("_" in record.session_id)

    @invariant()
    def the_third_missed_heartbeat_is_the_last(self) -> None:
        for record in self.live_records():
            assert record.failed_heartbeats < record.policy.max_failed_heartbeats or record.removal is not None

    def live_records(self) -> list[SessionRecord]:
        return [view.record for view in self.rig.manager.live()]


TestDeviceLife = DeviceLife.TestCase
TestDeviceLife.settings = settings(max_examples=EXAMPLES, deadline=None)
