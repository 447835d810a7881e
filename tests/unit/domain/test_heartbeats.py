"""Heartbeats, rule by rule and boundary by boundary."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wad.domain import effects as do
from wad.domain import events as ev
from wad.domain.devices import Device
from wad.domain.ids import SessionId
from wad.domain.policy import Policy
from wad.domain.records import EventKind, SessionRecord
from wad.domain.session import Session
from wad.domain.states import RemovalReason

ADA = ev.UserIdentity("491700000001:3@s.whatsapp.net", "1:3@lid", "Ada", "android")
INTERVAL = 300.0
POLICY = Policy(idle=0, max_age=0, heartbeat=INTERVAL)


class Device1:
    """One connected device and its time; its first heartbeat is due after a quarter of the interval."""

    def __init__(self, policy: Policy = POLICY) -> None:
        self.time = 0.0
        record = SessionRecord(
            SessionId("491700000001_a"), 0, 0, policy=policy, device=Device("491700000001", "a"), failed_heartbeats=2
        )
        self.session = Session(record, self.now(), paired=True, interactive=True)
        self.session.start(self.now())
        self.tell(ev.ConnectionOpened(1, ADA))

    def now(self) -> ev.Moment:
        """Return the present."""
        return ev.Moment(self.time, 1e9 + self.time, 0.25)

    def tell(self, event: ev.Event) -> list[do.Effect]:
        """Let something happen."""
        return self.session.handle(event, self.now())

    def at(self, seconds: float) -> list[do.Effect]:
        """Let time come."""
        self.time = seconds
        return self.session.on_deadline(self.now())

    def misses(self, seconds: float) -> list[do.Effect]:
        """Let a heartbeat be asked for, and get no answer."""
        assert do.Probe(1) in self.at(seconds)
        return self.tell(ev.HeartbeatMissed(1, "no answer"))


def test_a_connection_is_the_first_heartbeat() -> None:
    """A device that has just connected is alive, whatever it missed before."""
    record = Device1().session.record
    assert (record.last_heartbeat_at, record.failed_heartbeats) == (1e9, 0)


def test_the_first_heartbeat_is_asked_for_within_the_interval_and_the_others_at_it() -> None:
    """Chance spreads the first over the interval; the rest keep its distance."""
    device = Device1()
    asked = [second for second in range(1500) if do.Probe(1) in device.at(second)]
    assert asked == [75, 375, 675, 975, 1275]


def test_a_machine_that_slept_does_not_make_up_for_missed_heartbeats() -> None:
    """After a long pause one heartbeat is asked for, and the next one at its usual time."""
    device = Device1()
    assert do.Probe(1) in device.at(75 + 10 * INTERVAL + 1)
    assert device.at(75 + 11 * INTERVAL - 1) == []
    assert do.Probe(1) in device.at(75 + 11 * INTERVAL)


def test_an_answer_is_noted_and_told() -> None:
    """An answered heartbeat moves the time of the last one and clears the count."""
    device = Device1()
    device.misses(75)
    device.at(375)
    device.time = 376
    told = device.tell(ev.HeartbeatAnswered(1))
    record = device.session.record
    assert (record.last_heartbeat_at, record.failed_heartbeats) == (1e9 + 376, 0)
    assert [effect.event.kind for effect in told if isinstance(effect, do.Publish)] == [EventKind.HEARTBEAT]


def test_the_third_miss_in_a_row_removes_and_keeps_the_files() -> None:
    """Two misses are counted; the third removes the device as ``heartbeat``, and deletes nothing."""
    device = Device1()
    device.misses(75)
    device.misses(375)
    assert device.session.removal is None
    assert device.session.record.failed_heartbeats == 2
    effects = device.misses(675)
    assert device.session.removal is RemovalReason.HEARTBEAT
    assert not [effect for effect in effects if isinstance(effect, do.Discard | do.TrashCredentials | do.Unlink)]


def test_misses_that_are_not_in_a_row_never_remove() -> None:
    """An answer between the misses begins the count anew."""
    device = Device1()
    for turn in range(20):
        device.misses(75 + 2 * turn * INTERVAL)
        device.at(75 + (2 * turn + 1) * INTERVAL)
        device.tell(ev.HeartbeatAnswered(1))
    assert device.session.removal is None


def test_no_number_of_misses_removes_when_the_limit_is_off() -> None:
    """A limit of 0 is no limit."""
    device = Device1(replace(POLICY, max_failed_heartbeats=0))
    for turn in range(10):
        device.misses(75 + turn * INTERVAL)
    assert device.session.removal is None
    assert device.session.record.failed_heartbeats == 10


def test_a_lost_connection_misses_its_heartbeats_without_being_asked() -> None:
    """A device that is reconnecting is not alive; there is nothing to ask."""
    device = Device1(replace(POLICY, reconnecting=0))
    device.tell(ev.ConnectionLost(1, "gone"))
    for turn in range(3):
        assert do.Probe(1) not in device.at(75 + turn * INTERVAL)
    assert device.session.removal is RemovalReason.HEARTBEAT


def test_an_answer_to_an_earlier_client_means_nothing() -> None:
    """What a client that was replaced says of itself neither counts nor clears."""
    device = Device1()
    device.misses(75)
    before = device.session.record
    assert device.tell(ev.HeartbeatAnswered(0)) == []
    assert device.tell(ev.HeartbeatMissed(0, "late")) == []
    assert device.session.record == before


def test_a_heartbeat_that_is_given_counts_and_is_no_activity() -> None:
    """Who uses a device can say that it is alive; its idle time goes on."""
    device = Device1(replace(POLICY, idle=100))
    device.misses(75)
    device.tell(ev.HeartbeatGiven())
    record = device.session.record
    assert (record.last_heartbeat_at, record.failed_heartbeats) == (1e9 + 75, 0)
    device.at(100)
    assert device.session.removal is RemovalReason.IDLE


@pytest.mark.parametrize(("seconds", "found"), [(2 * INTERVAL, None), (2 * INTERVAL + 0.001, RemovalReason.HEARTBEAT)])
def test_a_sweep_finds_a_device_after_more_than_two_intervals(seconds: float, found: RemovalReason | None) -> None:
    """Exactly two intervals without a heartbeat are allowed, and nothing beyond."""
    device = Device1()
    device.time = seconds
    assert device.session.overdue(device.now()) is found
    device.tell(ev.Swept())
    assert device.session.removal is (None if found is None else RemovalReason.CLEANUP)


def test_a_session_without_an_interval_has_no_heartbeats() -> None:
    """A plain session is neither asked nor swept for heartbeats."""
    device = Device1(Policy(idle=0, max_age=0))
    assert device.session.next_deadline() is None
    device.time = 1e6
    assert device.session.overdue(device.now()) is None


def test_a_device_that_was_never_connected_misses_nothing() -> None:
    """Heartbeats begin with the first connection; until then other limits hold."""
    record = SessionRecord(SessionId("s"), 0, 0, policy=replace(POLICY, qr_window=0))
    session = Session(record, ev.Moment(0, 0), paired=False, interactive=True)
    session.start(ev.Moment(0, 0))
    session.handle(ev.QrIssued(1, "code", 60), ev.Moment(1, 1))
    assert session.next_deadline() is None
    assert session.overdue(ev.Moment(1e6, 1e6)) is None
    assert session.handle(ev.HeartbeatGiven(), ev.Moment(1e6, 1e6)) == []
