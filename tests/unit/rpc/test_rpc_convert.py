"""From the domain to the contract."""

from __future__ import annotations

import ast
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wad import domain
from wad.domain.alerts import Alert, AlertState
from wad.domain.devices import Device
from wad.domain.events import UserIdentity
from wad.domain.ids import SessionId
from wad.domain.policy import Policy
from wad.domain.records import (
    AlertEvent,
    EventKind,
    LastError,
    PairingCode,
    QrCode,
    SessionEvent,
    SessionRecord,
    SessionView,
)
from wad.domain.states import RemovalReason, SessionState
from wad.rpc import convert
from wad.v1 import error_pb2, event_pb2, session_pb2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

NOW = 1_800_000_000.0


def view(**changes: object) -> SessionView:
    """Return a session that shows a QR for another ten seconds."""
    record = SessionRecord(SessionId("shop"), created_at=NOW - 60, last_activity_at=NOW - 30, **changes)  # pyright: ignore[reportArgumentType] - the tests name real fields
    code = PairingCode("ABCD-1234", "4915112345678", NOW - 5, NOW + 5)
    return SessionView(record, QrCode("2@secret", NOW - 10, NOW + 10, 2), NOW + 100, code)


@pytest.mark.parametrize(
    ("numbers", "enum"),
    [
        (convert.STATES, session_pb2.SessionState),
        (convert.DESIRED, session_pb2.DesiredState),
        (convert.REASONS, session_pb2.RemovalReason),
        (convert.EVENT_TYPES, event_pb2.EventType),
    ],
    ids=["states", "desired states", "removal reasons", "event types"],
)
def test_contract_and_domain_name_the_same_things(numbers: Mapping[object, int], enum: EnumTypeWrapper) -> None:
    """Every value of the domain has its own number in the contract, and the contract has no other but 0."""
    assert sorted([0, *numbers.values()]) == sorted(enum.values())


def test_contract_and_domain_have_the_same_limits() -> None:
    """Every limit of a policy is a field of the contract's policy of the same name, and nothing else is."""
    assert {field.name for field in fields(Policy)} == {field.name for field in session_pb2.Policy.DESCRIPTOR.fields}


def test_every_reason_of_the_machine_is_in_the_contract() -> None:
    """What the machine notes as a session's last error has a number of its own in the contract."""
    sources = [path.read_text() for path in Path(domain.__file__).parent.glob("*.py")]
    calls = [node for text in sources for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    noted = {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in {"_fail", "_note"}
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    assert "PHONE_MISMATCH" in noted
    assert {f"ERROR_REASON_{reason}" for reason in noted} <= set(error_pb2.ErrorReason.keys())


def test_unknown_reason_is_internal() -> None:
    """A reason that the contract does not list is reported as INTERNAL."""
    assert convert.error_reason("SOMETHING_NEW") == error_pb2.ERROR_REASON_INTERNAL


def test_session_is_converted_completely() -> None:
    """Everything that is known of a session is in its message."""
    known = view(
        state=SessionState.QR_GENERATED,
        user=UserIdentity("1:2@s.whatsapp.net", "9@lid", "Ada", "android", "Shop Ltd"),
        connected_at=NOW - 20,
        auto_reconnected=True,
        generation=7,
        reconnects=1,
        messages_sent=2,
        messages_received=3,
        labels={"team": "sales"},
        last_error=LastError("REPLACED", "another client", NOW - 5),
        active=False,
        removal=RemovalReason.HEARTBEAT,
        device=Device.declared("+491701234567", "till-1"),
    )
    message = convert.session(known, NOW)
    assert {field.name for field in session_pb2.Session.DESCRIPTOR.fields} == {
        f.name for f, _ in message.ListFields()
    } | {"active"}
    assert (message.user.lid, message.user.business_name) == ("9@lid", "Shop Ltd")
    assert message.last_error.reason == error_pb2.ERROR_REASON_REPLACED
    assert message.policy.idle.seconds == 900
    assert (message.device.phone_number, message.device.device_id) == ("491701234567", "till-1")
    assert message.expire_time.seconds == NOW + 100
    assert (message.counters.messages_sent, message.counters.messages_received, message.counters.reconnects) == (
        2,
        3,
        1,
    )


def test_what_is_not_known_is_absent() -> None:
    """A session without user, connection, limit, QR or error has none of these in its message, not empty ones."""
    bare = SessionView(view().record)
    message = convert.session(bare, NOW)
    for name in ("user", "connect_time", "expire_time", "qr", "last_error", "device"):
        assert not message.HasField(name)
    assert message.removal_reason == session_pb2.REMOVAL_REASON_UNSPECIFIED


def test_expired_qr_is_never_shown() -> None:
    """A QR is in a session, and in an event that is told late, only while it can be scanned."""
    assert convert.session(view(), NOW).qr.attempt == 2
    assert not convert.session(view(), NOW + 10).HasField("qr")
    late = convert.event(1, SessionEvent(EventKind.QR_ISSUED, NOW, view()), NOW + 10)
    assert late.WhichOneof("what") == "qr_issued"
    assert not late.qr_issued.HasField("qr")


def test_expired_pairing_code_is_never_shown() -> None:
    """A pairing code is in a session, an event and a step only while it can be typed."""
    issued = SessionEvent(EventKind.PAIRING_CODE_ISSUED, NOW, view())
    for now, shown in ((NOW, True), (NOW + 5, False)):
        step = convert.link_step(issued, now)
        assert step is not None
        assert step.WhichOneof("step") == convert.event(1, issued, now).WhichOneof("what") == "pairing_code_issued"
        for holder in (step.session, step.pairing_code_issued, convert.event(1, issued, now).pairing_code_issued):
            assert holder.HasField("pairing_code") == shown
    assert convert.session(view(), NOW).pairing_code.phone_number == "4915112345678"


def test_event_says_what_happened() -> None:
    """Each kind of event carries what it is about."""
    gone = view(
        state=SessionState.EXPIRED,
        removal=RemovalReason.IDLE,
        user=UserIdentity("1@s.whatsapp.net"),
        failed_heartbeats=2,
        last_heartbeat_at=NOW - 600,
    )

    def told(kind: EventKind) -> event_pb2.Event:
        return convert.event(5, SessionEvent(kind, NOW, gone, SessionState.CONNECTED), NOW)

    changed = told(EventKind.STATE_CHANGED)
    assert changed.state_changed.from_state == session_pb2.SESSION_STATE_CONNECTED
    assert changed.state_changed.to_state == session_pb2.SESSION_STATE_EXPIRED
    assert told(EventKind.QR_ISSUED).qr_issued.qr.code == "2@secret"
    assert told(EventKind.PAIRING_CODE_ISSUED).pairing_code_issued.pairing_code.code == "ABCD-1234"
    assert told(EventKind.AUTH_SUCCESS).auth_success.user.jid == "1@s.whatsapp.net"
    missed = told(EventKind.HEARTBEAT).heartbeat
    assert (missed.failed_heartbeats, missed.last_heartbeat_time.seconds) == (2, NOW - 600)
    assert told(EventKind.REMOVED).removed.reason == session_pb2.REMOVAL_REASON_IDLE
    assert (changed.sequence, changed.time.seconds) == (5, NOW)


def test_an_alert_comes_without_a_session() -> None:
    """A watcher is told which alert it is, its value and its threshold, which an alert that is off does not have."""
    raised = AlertState(Alert.MEMORY_HIGH, active=True, value=2e9, threshold=1e9, changed_at=NOW, found=1)
    told = convert.event(5, AlertEvent(NOW, raised), NOW + 60)
    assert (told.sequence, told.time.seconds, told.WhichOneof("what")) == (5, NOW, "alert")
    assert not told.HasField("session")
    assert (told.alert.name, told.alert.active) == ("WadMemoryHigh", True)
    assert (told.alert.value, told.alert.threshold, told.alert.change_time.seconds) == (2e9, 1e9, NOW)
    assert not convert.alert(AlertState(Alert.MEMORY_HIGH)).HasField("threshold")


@pytest.mark.parametrize("message", [session_pb2.Qr, session_pb2.PairingCode])
def test_what_links_a_phone_is_marked_as_a_secret(message: type[session_pb2.Qr | session_pb2.PairingCode]) -> None:
    """The contract marks the text of the QR and of the pairing code so that debug output of clients leaves it out."""
    assert message.DESCRIPTOR.fields_by_name["code"].GetOptions().debug_redact
