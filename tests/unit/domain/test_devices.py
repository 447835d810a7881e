"""What makes a session a device: its name, its phone, and the refusal of any other."""

from __future__ import annotations

import pytest

from wad.domain import effects as do
from wad.domain import events as ev
from wad.domain.devices import Device, DeviceInfo
from wad.domain.errors import InvalidInput
from wad.domain.policy import Policy
from wad.domain.records import EventKind, SessionRecord
from wad.domain.session import Session
from wad.domain.states import RemovalReason, SessionState

PHONE = "491700000001"
OWNER = ev.UserIdentity(f"{PHONE}:3@s.whatsapp.net", "1:3@lid", "Ada", "android")
STRANGER = ev.UserIdentity("491700000002:1@s.whatsapp.net", "2:1@lid", "Eve", "android")


def begun(*, paired: bool = False) -> Session:
    """Return a device that shows a QR, or is on its way with its credentials."""
    device = Device(PHONE, "a")
    record = SessionRecord(device.session_id, 0, 0, policy=Policy(), device=device)
    session = Session(record, ev.Moment(0, 0), paired=paired, interactive=not paired)
    session.start(ev.Moment(0, 0))
    if not paired:
        session.handle(ev.QrIssued(1, "code", 60), ev.Moment(1, 1))
    return session


def test_a_device_is_named_after_its_phone() -> None:
    """The id of a device's session holds its phone number and its device id."""
    assert Device.declared("+491700000001", "till-1").session_id == "491700000001_till-1"


@pytest.mark.parametrize("device_id", ["", "-a", "a/b", "..", "a" * 49, "ä", "a b"])
def test_what_cannot_name_a_directory_is_no_device_id(device_id: str) -> None:
    """A device id is a part of a directory's name."""
    with pytest.raises(InvalidInput, match="not a device id"):
        Device.declared(PHONE, device_id)


def test_the_longest_number_and_device_id_make_a_session_id() -> None:
    """No device that can be declared has an id that a session cannot have."""
    assert len(Device.declared("1" * 15, "a" * 48).session_id) == 64


def test_a_device_info_is_bounded() -> None:
    """What an owner says of a device is a note, not a document."""
    with pytest.raises(InvalidInput, match="user_agent is longer than 256"):
        DeviceInfo(user_agent="x" * 257)


def test_the_declared_phone_links_the_device() -> None:
    """The phone that was declared connects the device."""
    session = begun()
    for event in (ev.PairSucceeded(1, OWNER), ev.SyncStarted(1), ev.ConnectionOpened(1, OWNER)):
        session.handle(event, ev.Moment(2, 2))
    assert session.state is SessionState.CONNECTED


def test_another_phone_is_refused_and_unlinked() -> None:
    """A device that another phone has linked is unlinked as soon as that can be done, and is never connected."""
    session = begun()
    session.handle(ev.PairSucceeded(1, STRANGER), ev.Moment(2, 2))
    session.handle(ev.SyncStarted(1), ev.Moment(2, 2))
    effects = session.handle(ev.ConnectionOpened(1, STRANGER), ev.Moment(3, 3))
    assert session.removal is RemovalReason.LOGOUT
    assert session.record.last_error is not None
    assert session.record.last_error.reason == "PHONE_MISMATCH"
    order = [type(effect) for effect in effects if isinstance(effect, do.Unlink | do.StopClient | do.Discard)]
    assert order == [do.Unlink, do.StopClient, do.Discard]
    told = [effect.event for effect in effects if isinstance(effect, do.Publish)]
    assert EventKind.AUTH_SUCCESS not in [event.kind for event in told]
    assert SessionState.CONNECTED not in [event.view.record.state for event in told]


def test_credentials_of_another_phone_are_refused_at_every_connection() -> None:
    """A daemon that died before the refusal refuses after its restart."""
    session = begun(paired=True)
    session.handle(ev.ConnectionOpened(1, STRANGER), ev.Moment(1, 1))
    assert session.removal is RemovalReason.LOGOUT


def test_messages_are_counted_and_are_activity() -> None:
    """Each message that is sent counts, and begins the idle time anew."""
    session = begun(paired=True)
    session.handle(ev.ConnectionOpened(1, OWNER), ev.Moment(0, 0))
    session.handle(ev.MessageSent(), ev.Moment(100, 100))
    assert session.record.messages_sent == 1
    assert session.record.last_activity_at == 100


@pytest.mark.parametrize("jid", ["", "998841815841340:3@lid"])
@pytest.mark.parametrize("paired", [True, False])
def test_a_user_whose_number_is_not_known_costs_no_credentials(jid: str, paired: bool) -> None:  # noqa: FBT001 - pytest passes it
    """A connection that does not say whose it is proves no other phone: nothing is unlinked or deleted."""
    session = begun(paired=paired)
    if not paired:
        session.handle(ev.PairSucceeded(1, OWNER), ev.Moment(2, 2))
    session.handle(ev.ConnectionOpened(1, ev.UserIdentity(jid)), ev.Moment(3, 3))
    assert session.removal is None
    assert session.state is SessionState.CONNECTED


def test_a_connection_that_does_not_say_whose_it_is_keeps_what_was_known() -> None:
    """The user of the pairing stays the user."""
    session = begun()
    session.handle(ev.PairSucceeded(1, OWNER), ev.Moment(2, 2))
    session.handle(ev.ConnectionOpened(1, ev.UserIdentity("")), ev.Moment(3, 3))
    assert session.record.user == OWNER
