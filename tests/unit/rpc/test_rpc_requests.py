"""What a caller may ask for."""

from __future__ import annotations

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from wad.domain.access import EVERYTHING, Scope
from wad.domain.alerts import Alert, AlertState
from wad.domain.devices import Device
from wad.domain.errors import InvalidInput
from wad.domain.ids import SessionId
from wad.domain.policy import Policy
from wad.domain.records import AlertEvent, EventKind, SessionEvent, SessionRecord, SessionView
from wad.domain.states import RemovalReason, SessionState
from wad.managers.terms import Wait
from wad.rpc import convert, paging, requests, tokens, watches
from wad.rpc.strictness import refuse_unknown
from wad.v1 import admin_pb2, event_pb2, session_pb2

Create = session_pb2.CreateSessionRequest


def view(name: str, state: SessionState = SessionState.CONNECTED, **labels: str) -> SessionView:
    """Return a session."""
    return SessionView(SessionRecord(SessionId(name), 1.0, 1.0, state=state, labels=labels))


def with_policy(**limits: Duration | int) -> Create:
    """Return a request with limits of its own."""
    return Create(policy=session_pb2.Policy(**limits))  # pyright: ignore[reportArgumentType] - the tests name real fields


# ── unknown things ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_unknown_field_is_refused_by_number() -> None:
    """A field that this version does not know is refused, and named by its number."""
    request = session_pb2.GetSessionRequest.FromString(b"\x0a\x01a\xf8\x01\x07")
    with pytest.raises(InvalidInput, match="number 31") as refused:
        refuse_unknown(request)
    assert refused.value.field == "request"


def test_unknown_field_deep_inside_is_refused_with_its_path() -> None:
    """An unknown field of an inner message is refused, and the message that holds it is named."""
    inner = b"\x98\x06\x01"  # field 99
    request = Create.FromString(b"\x12" + bytes([len(inner)]) + inner)
    with pytest.raises(InvalidInput, match="number 99") as refused:
        refuse_unknown(request)
    assert refused.value.field == "policy"


def test_unknown_enum_number_is_refused() -> None:
    """A number that an enum does not have is refused, in a list with its place."""
    with pytest.raises(InvalidInput) as single:
        refuse_unknown(Create(wait=77))  # pyright: ignore[reportArgumentType] - what a newer client would send
    with pytest.raises(InvalidInput) as listed:
        refuse_unknown(session_pb2.ListSessionsRequest(states=[1, 77]))  # pyright: ignore[reportArgumentType] - as above
    assert (single.value.field, listed.value.field) == ("wait", "states[1]")


def test_unknown_field_in_a_map_is_refused() -> None:
    """An unknown field is found also where values are held by name."""
    value = b"\x20\x01\x98\x06\x01"  # true, and field 99
    entry = b"\x0a\x01a\x12" + bytes([len(value)]) + value
    config = b"\x0a" + bytes([len(entry)]) + entry
    with pytest.raises(InvalidInput) as refused:
        refuse_unknown(admin_pb2.UpdateConfigRequest.FromString(b"\x0a" + bytes([len(config)]) + config))
    assert refused.value.field == "config"


def test_millions_of_unknown_fields_are_not_counted() -> None:
    """Where there are many unknown fields they are refused unnamed: to look at each would hold up all other calls."""
    with pytest.raises(InvalidInput, match="no such fields"):
        refuse_unknown(session_pb2.GetSessionRequest.FromString(b"\xf8\x01\x07" * 1_000_000))


def test_millions_of_enum_numbers_are_refused() -> None:
    """A list of far more numbers than an enum has is refused, whatever they are."""
    with pytest.raises(InvalidInput, match="1000001") as refused:
        refuse_unknown(session_pb2.ListSessionsRequest(states=[1] * 1_000_001))  # pyright: ignore[reportArgumentType] - a number is one
    assert refused.value.field == "states"


@given(st.binary(max_size=200))
def test_no_bytes_cause_anything_but_a_refusal(raw: bytes) -> None:
    """Whatever bytes arrive, they are read, or refused as bad input: nothing else ever happens."""
    try:
        request = Create.FromString(raw)
        refuse_unknown(request)
        requests.policy(request, Policy())
        requests.labels(request.labels)
        requests.wait(request)
    except (DecodeError, InvalidInput):
        return


# ── creation ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_absent_policy_means_the_defaults() -> None:
    """A request without a policy leaves it to the manager."""
    assert requests.policy(Create(), Policy()) is None


def test_zero_switches_a_limit_off_and_absent_keeps_the_default() -> None:
    """A limit of 0 is off, which differs from a limit that is not mentioned."""
    default = Policy(max_age=77)
    assert requests.policy(with_policy(idle=Duration(), max_failures=0, max_failed_heartbeats=0), default) == Policy(
        idle=0, max_failures=0, max_failed_heartbeats=0, max_age=77
    )


@given(st.floats(min_value=0, max_value=requests.LONGEST_LIMIT))
def test_limits_survive_the_way_there_and_back(seconds: float) -> None:
    """A limit that is shown to a caller can be sent back as it is, to the microsecond."""
    shown = convert.policy(Policy(idle=seconds))
    back = requests.policy(Create(policy=shown), Policy())
    assert back is not None
    assert back.idle == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize(
    "value",
    [
        Duration(seconds=-1),
        Duration(seconds=1, nanos=-1),
        Duration(nanos=2_000_000_000),
        Duration(seconds=requests.LONGEST_LIMIT + 1),
    ],
    ids=["negative", "mixed signs", "nanos of more than a second", "longer than ten years"],
)
def test_what_is_no_duration_is_refused_with_its_path(value: Duration) -> None:
    """A limit that cannot be used is refused, and named."""
    with pytest.raises(InvalidInput) as refused:
        requests.policy(with_policy(idle=value), Policy())
    assert refused.value.field == "policy.idle"


@pytest.mark.parametrize(
    "labels",
    [{"": "x"}, {"a b": "x"}, {"k" * 64: "x"}, {"k": "v" * 257}, {f"k{n}": "" for n in range(33)}],
    ids=["empty key", "space in key", "long key", "long value", "too many"],
)
def test_unusable_labels_are_refused(labels: dict[str, str]) -> None:
    """Labels beyond the contract's bounds are refused."""
    with pytest.raises(InvalidInput):
        requests.labels(labels)


def test_no_labels_keep_those_of_the_record() -> None:
    """No labels in a request mean that nothing is said about them."""
    assert requests.labels({}) is None


@pytest.mark.parametrize(
    ("number", "wait"),
    [
        (session_pb2.CREATE_WAIT_UNSPECIFIED, Wait.FIRST_QR_OR_CONNECTION),
        (session_pb2.CREATE_WAIT_NONE, Wait.NONE),
        (session_pb2.CREATE_WAIT_FIRST_QR_OR_CONNECTION, Wait.FIRST_QR_OR_CONNECTION),
        (session_pb2.CREATE_WAIT_CONNECTED, Wait.CONNECTED),
    ],
)
def test_default_wait_is_the_first_qr_or_connection(number: session_pb2.CreateWait.ValueType, wait: Wait) -> None:
    """Each wait of the contract is one of the manager's; the default is the first QR or connection."""
    assert requests.wait(Create(wait=number)) is wait


@pytest.mark.parametrize("number", session_pb2.RemovalReason.values())
def test_only_a_users_reasons_remove(number: session_pb2.RemovalReason.ValueType) -> None:
    """A caller can give the three reasons of users; none, and the daemon's own, are refused."""
    request = session_pb2.RemoveSessionRequest(reason=number)
    allowed = {convert.REASONS[r] for r in (RemovalReason.MANUAL, RemovalReason.LOGOUT, RemovalReason.STUCK)}
    if number in allowed:
        assert convert.REASONS[requests.removal_reason(request)] == number
    else:
        with pytest.raises(InvalidInput, match="REMOVAL_REASON_MANUAL"):
            requests.removal_reason(request)


# ── lists ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.sets(st.integers(0, 300), max_size=40), st.integers(0, 15))
def test_pages_together_are_the_whole_list(numbers: set[int], size: int) -> None:
    """Going from page to page shows every session once, in order, and no page is longer than was asked for."""
    views = [view(f"s{number:03}") for number in sorted(numbers)]
    request = session_pb2.ListSessionsRequest(page_size=size)
    seen: list[SessionView] = []
    while True:
        page = requests.page(request, views)
        assert len(page.items) <= (size or paging.DEFAULT_PAGE)
        seen += page.items
        if not page.next_token:
            break
        request.page_token = page.next_token
    assert seen == views


def test_sessions_that_go_shift_nothing() -> None:
    """When sessions of an earlier page are removed meanwhile, the next page leaves none out."""
    views = [view(name) for name in "abcd"]
    first = requests.page(session_pb2.ListSessionsRequest(page_size=2), views)
    request = session_pb2.ListSessionsRequest(page_size=2, page_token=first.next_token)
    assert requests.page(request, views[1:]).items == views[2:]


def test_filters_are_combined() -> None:
    """Only sessions that match both the states and every label are listed."""
    views = [
        view("a", SessionState.CONNECTED, team="x", env="p"),
        view("b", SessionState.CONNECTED, team="x"),
        view("c", SessionState.SYNCING, team="x", env="p"),
    ]
    request = session_pb2.ListSessionsRequest(
        states=[session_pb2.SESSION_STATE_CONNECTED], labels={"team": "x", "env": "p"}
    )
    assert requests.page(request, views).items == views[:1]


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (session_pb2.ListSessionsRequest(page_size=-1), "page_size"),
        (session_pb2.ListSessionsRequest(page_token="?"), "page_token"),
        (session_pb2.ListSessionsRequest(states=[session_pb2.SESSION_STATE_UNSPECIFIED]), "states[0]"),
    ],
    ids=["negative size", "garbled token", "unspecified state"],
)
def test_unusable_list_is_refused(request_: session_pb2.ListSessionsRequest, field: str) -> None:
    """What cannot be listed is refused, and the field is named."""
    with pytest.raises(InvalidInput) as refused:
        requests.page(request_, [])
    assert refused.value.field == field


def test_page_token_belongs_to_its_filters() -> None:
    """A token with other filters than its list's is refused: sessions would be missing unnoticed."""
    first = requests.page(session_pb2.ListSessionsRequest(page_size=1), [view("a"), view("b")])
    request = session_pb2.ListSessionsRequest(page_token=first.next_token, include_inactive=True)
    with pytest.raises(InvalidInput, match="other filters"):
        requests.page(request, [])


# ── watches ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_watch_wants_what_its_filters_name() -> None:
    """A watch wants an event if both its session and its type are named, or nothing is."""
    event = SessionEvent(EventKind.REMOVED, 1.0, view("a"))
    removed, changed = event_pb2.EVENT_TYPE_REMOVED, event_pb2.EVENT_TYPE_STATE_CHANGED
    assert watches.watch(event_pb2.WatchEventsRequest(), EVERYTHING).wants(event)
    assert watches.watch(event_pb2.WatchEventsRequest(session_ids=["a", "b"], types=[removed]), EVERYTHING).wants(event)
    assert not watches.watch(event_pb2.WatchEventsRequest(session_ids=["b"]), EVERYTHING).wants(event)
    assert not watches.watch(event_pb2.WatchEventsRequest(types=[changed]), EVERYTHING).wants(event)


def test_alerts_are_for_who_watches_all_sessions() -> None:
    """Alerts concern no session: whoever watches some of them, or may reach only some, is told of none."""
    event = AlertEvent(1.0, AlertState(Alert.MEMORY_HIGH, active=True))
    alert, removed = event_pb2.EVENT_TYPE_ALERT, event_pb2.EVENT_TYPE_REMOVED
    request = event_pb2.WatchEventsRequest
    assert watches.watch(request(), EVERYTHING).wants(event)
    assert watches.watch(request(types=[removed, alert]), Scope(("shop-*", "*"))).wants(event)
    assert not watches.watch(request(types=[removed]), EVERYTHING).wants(event)
    assert not watches.watch(request(types=[alert], session_ids=["a"]), EVERYTHING).wants(event)
    assert not watches.watch(request(types=[alert], phone_number="+491701234567"), EVERYTHING).wants(event)
    assert not watches.watch(request(types=[alert]), Scope(("shop-*",))).wants(event)


def test_watch_of_a_phone_wants_its_devices_alone() -> None:
    """A watch of a phone shows the devices that were declared for it, and neither others nor plain sessions."""
    watch = watches.watch(event_pb2.WatchEventsRequest(phone_number="+491701234567"), EVERYTHING)
    mine, other = (
        SessionView(SessionRecord(device.session_id, 1.0, 1.0, device=device))
        for device in (Device.declared("491701234567", "till"), Device.declared("491701234568", "till"))
    )
    assert watch.shows(mine)
    assert watch.wants(SessionEvent(EventKind.HEARTBEAT, 1.0, mine))
    assert not watch.shows(other)
    assert not watch.shows(view("491701234567"))


def test_order_of_filters_does_not_matter() -> None:
    """A token goes with the same filters in any order, however the phone number is written, and with no others."""
    one = watches.watch(
        event_pb2.WatchEventsRequest(session_ids=["a", "b", "a"], phone_number="+491701234567"), EVERYTHING
    )
    other = watches.watch(event_pb2.WatchEventsRequest(session_ids=["b", "a"], phone_number="491701234567"), EVERYTHING)
    without = watches.watch(event_pb2.WatchEventsRequest(session_ids=["b", "a"]), EVERYTHING)
    assert one.mark == other.mark != without.mark


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (event_pb2.WatchEventsRequest(session_ids=["a", "/"]), "session_ids[1]"),
        (event_pb2.WatchEventsRequest(session_ids=["a"] * 1001), "session_ids"),
        (event_pb2.WatchEventsRequest(types=[event_pb2.EVENT_TYPE_UNSPECIFIED]), "types[0]"),
        (event_pb2.WatchEventsRequest(phone_number="mine"), "phone_number"),
    ],
    ids=["bad id", "too many", "unspecified type", "no phone number"],
)
def test_unusable_watch_is_refused(request_: event_pb2.WatchEventsRequest, field: str) -> None:
    """What cannot be watched is refused, and the field is named."""
    with pytest.raises(InvalidInput) as refused:
        watches.watch(request_, EVERYTHING)
    assert refused.value.field == field


# ── tokens ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("part", ["", "-1", "1.0", "٣", "9" * 19, "9" * 5000, " 1"])
def test_what_no_token_holds_is_no_number(part: str) -> None:
    """A part of a token that somebody made up is no number unless one that is given out could hold it."""
    assert tokens.number(part) is None
