"""EventService over real sockets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import anyio
import grpc
import grpc.aio
import pytest

from tests.integration.rpc.rpc_fakes import SystemClock, connected, error_info, fresh_qr, serving
from tests.watch_validator import ValidatedWatch, WatchValidator
from wad.domain.access import Caller, Mechanism, Role
from wad.domain.alerts import Alert
from wad.domain.devices import Device
from wad.domain.records import EventKind
from wad.domain.states import SessionState
from wad.managers.alerts import AlertTerms, AlertWatch
from wad.rpc import call as calls
from wad.rpc import tokens
from wad.rpc.event_service import EventService
from wad.v1 import event_pb2, event_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.integration.rpc.rpc_fakes import Served
    from wad.domain.alerts import AlertState, Thresholds

pytestmark = pytest.mark.anyio


def watch(channel: grpc.aio.Channel, request: event_pb2.WatchEventsRequest | None = None) -> ValidatedWatch:
    """Begin a watch."""
    return ValidatedWatch(event_pb2_grpc.EventServiceStub(channel), request)


async def read(call: ValidatedWatch, count: int) -> list[event_pb2.WatchEventsResponse]:
    """Return the next responses."""
    with anyio.fail_after(5):
        return [await call.read() for _ in range(count)]


def kinds(responses: list[event_pb2.WatchEventsResponse]) -> list[str | None]:
    """Return what each response says."""
    return [response.WhichOneof("item") for response in responses]


async def test_watch_begins_with_every_live_session_and_its_qr(tmp_path: Path) -> None:
    """A watcher that comes late gets a snapshot with the present QR first, then the marker, then what happens."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        base = served.sessions.put("a", SessionState.QR_GENERATED)
        served.sessions.tell(replace(base, qr=fresh_qr("2@now")))
        served.sessions.put("b")
        call = watch(channel)
        first = await read(call, 3)
        served.sessions.tell(served.sessions.put("c"), EventKind.AUTH_SUCCESS)
        (live,) = await read(call, 1)
    assert kinds(first) == ["snapshot", "snapshot", "synced"]
    assert first[0].snapshot.qr.code == "2@now"
    assert (live.event.sequence, live.event.WhichOneof("what")) == (2, "auth_success")


async def test_nothing_that_happens_during_the_snapshot_is_lost(tmp_path: Path) -> None:
    """An event right after the sessions were looked up is told after the marker, and nothing older is."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.tell(served.sessions.put("old"))
        served.sessions.meanwhile = lambda: served.sessions.tell(served.sessions.put("new"))
        responses = await read(watch(channel), 3)
    assert kinds(responses) == ["snapshot", "synced", "event"]
    assert responses[2].event.session.session_id == "new"


async def test_filters_leave_out_other_sessions_and_types(tmp_path: Path) -> None:
    """A watch of one session and one type tells nothing else."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.put("other")
        request = event_pb2.WatchEventsRequest(session_ids=["mine"], types=[event_pb2.EVENT_TYPE_REMOVED])
        call = watch(channel, request)
        begin = await read(call, 1)
        mine = served.sessions.put("mine")
        served.sessions.tell(served.sessions.put("other"), EventKind.REMOVED)
        served.sessions.tell(mine, EventKind.STATE_CHANGED)
        served.sessions.tell(mine, EventKind.REMOVED)
        (live,) = await read(call, 1)
    assert kinds(begin) == ["synced"]
    assert (live.event.session.session_id, live.event.sequence) == ("mine", 3)


async def test_watch_from_now_shows_no_snapshot(tmp_path: Path) -> None:
    """A watch from now on begins with the marker, however many sessions there are."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.put("a")
        responses = await read(watch(channel, event_pb2.WatchEventsRequest(from_now=event_pb2.FromNow())), 1)
    assert kinds(responses) == ["synced"]


async def test_token_resumes_without_gap_or_duplicate(tmp_path: Path) -> None:
    """A watch that was broken off goes on right after the response that its token came with."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        call = watch(channel)
        await read(call, 1)
        for name in ("a", "b"):
            served.sessions.tell(served.sessions.put(name))
        first, _unseen = await read(call, 2)
        call.cancel()
        served.sessions.tell(served.sessions.put("c"))
        resumed = await read(watch(channel, event_pb2.WatchEventsRequest(after_token=first.token)), 2)
    assert [response.event.sequence for response in resumed] == [2, 3]


async def test_token_of_another_daemon_brings_a_new_snapshot(tmp_path: Path) -> None:
    """A token that an earlier daemon gave out is answered with a reset and a snapshot, never with silence."""
    async with serving(tmp_path / "one") as served, connected(served.unix) as channel:
        (before,) = await read(watch(channel), 1)
    async with serving(tmp_path / "two") as served, connected(served.unix) as channel:
        served.sessions.put("a")
        responses = await read(watch(channel, event_pb2.WatchEventsRequest(after_token=before.token)), 3)
    assert kinds(responses) == ["reset", "snapshot", "synced"]


async def test_token_that_is_too_old_brings_a_new_snapshot(tmp_path: Path) -> None:
    """A token from before the log's beginning is answered with a reset and a snapshot."""
    async with serving(tmp_path, retention=2) as served, connected(served.unix) as channel:
        (before,) = await read(watch(channel), 1)
        for _ in range(3):
            served.sessions.tell(served.sessions.put("a"))
        responses = await read(watch(channel, event_pb2.WatchEventsRequest(after_token=before.token)), 3)
    assert kinds(responses) == ["reset", "snapshot", "synced"]


@pytest.mark.parametrize("token", ["!", "bm90IG91cnM", "a"])
async def test_garbled_token_is_refused(tmp_path: Path, token: str) -> None:
    """A token that this service never gave out is INVALID_ARGUMENT."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await watch(channel, event_pb2.WatchEventsRequest(after_token=token)).read()
    assert failure.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_token_of_a_place_beyond_all_brings_a_new_snapshot(tmp_path: Path) -> None:
    """A token that somebody made up, with a number that no log reaches, is answered with a reset and a snapshot."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        (begin,) = await read(watch(channel), 1)
        epoch, _, mark = tokens.decode(begin.token, field="token", count=3)
        forged = tokens.encode(epoch, "9" * 5000, mark)
        stub: Any = event_pb2_grpc.EventServiceStub(channel)  # by itself: who validates a watch knows no such token
        call = stub.WatchEvents(event_pb2.WatchEventsRequest(after_token=forged), timeout=10)
        responses = [await call.read() for _ in range(2)]
    assert kinds(responses) == ["reset", "synced"]


async def test_token_of_another_filter_is_refused(tmp_path: Path) -> None:
    """A token goes only with the filters that it was given out for: otherwise events would be missing unnoticed."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        (begin,) = await read(watch(channel), 1)
        request = event_pb2.WatchEventsRequest(session_ids=["a"], after_token=begin.token)
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await watch(channel, request).read()
    assert failure.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_consumer_that_falls_behind_is_told_so(tmp_path: Path) -> None:
    """A watcher that lost events gets RESOURCE_EXHAUSTED / SLOW_CONSUMER, never a silent gap."""
    async with serving(tmp_path, retention=2) as served, connected(served.unix) as channel:
        call = watch(channel)
        await read(call, 1)
        for _ in range(5):  # nothing runs in between: the reader cannot keep up
            served.sessions.tell(served.sessions.put("a"))
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await read(call, 5)
    assert failure.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert error_info(failure.value).reason == "SLOW_CONSUMER"


async def test_quiet_watch_gets_newer_tokens(tmp_path: Path) -> None:
    """While nothing that matches happens, bookmarks carry the token on past what does not match."""
    calls.CURRENT.set(
        calls.Call("1", "wad.v1.EventService/WatchEvents", Caller("me", Mechanism.PEER_CREDENTIALS, Role.ADMIN))
    )
    async with serving(tmp_path) as served:
        service = EventService(served.sessions, served.sessions.hub, SystemClock(), bookmark_every=0.01)
        request = event_pb2.WatchEventsRequest(session_ids=["mine"])
        responses = service.WatchEvents(request, None)  # pyright: ignore[reportArgumentType] - it asks nothing of its call
        validator, told = WatchValidator(request), list[event_pb2.WatchEventsResponse]()
        for name in ("other", "another"):
            told.append(event_pb2.WatchEventsResponse.FromString(await anext(responses)))
            validator.take(told[-1])
            served.sessions.tell(served.sessions.put(name))
        await responses.aclose()
    assert kinds(told) == ["synced", "bookmark"]
    assert told[0].token != told[1].token


class AlertScene:
    """An alert watch whose one value the test sets."""

    def __init__(self, served: Served) -> None:
        self.value = 0.5
        self.watch = AlertWatch(
            lambda: {Alert.SESSION_UTILIZATION_HIGH: self.value},
            SystemClock(),
            AlertTerms(),
            sink=self,
            events=served.sessions.hub,
        )

    def show(self, states: Sequence[AlertState], thresholds: Thresholds) -> None:
        """Take the alerts, which nobody looks at."""

    def measure(self, value: float) -> None:
        """Have a value measured."""
        self.value = value
        self.watch.look()


async def test_an_alert_is_told_when_it_is_raised_and_when_it_is_resolved(tmp_path: Path) -> None:
    """Between the events of sessions, in order and with numbers of the same log; a resumed watch misses none either."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        scene, call = AlertScene(served), watch(channel)
        await read(call, 1)
        scene.measure(0.9)
        served.sessions.tell(served.sessions.put("a"))
        first = await read(call, 2)
        call.cancel()
        scene.measure(0.95)  # raised as before
        scene.measure(0.5)
        resumed = await read(watch(channel, event_pb2.WatchEventsRequest(after_token=first[1].token)), 1)
    told = [response.event for response in (*first, *resumed)]
    assert [(event.sequence, event.WhichOneof("what")) for event in told] == [
        (1, "alert"),
        (2, "state_changed"),
        (3, "alert"),
    ]
    raised, resolved = told[0].alert, told[2].alert
    assert (raised.name, raised.active, raised.value, raised.threshold) == ("WadSessionUtilizationHigh", True, 0.9, 0.8)
    assert (resolved.name, resolved.active, resolved.value) == ("WadSessionUtilizationHigh", False, 0.5)
    assert not told[0].HasField("session")


async def test_alerts_are_told_only_where_all_sessions_are_watched(tmp_path: Path) -> None:
    """A watch of alerts alone tells nothing else; one of some sessions, or of a phone, tells of no alert."""
    some = (event_pb2.WatchEventsRequest(session_ids=["a"]), event_pb2.WatchEventsRequest(phone_number="+491701234567"))
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        alone = watch(channel, event_pb2.WatchEventsRequest(types=[event_pb2.EVENT_TYPE_ALERT]))
        narrow = [watch(channel, request) for request in some]
        for call in (alone, *narrow):
            await read(call, 1)
        mine = served.sessions.put("a", device=Device.declared("491701234567", "till"))
        AlertScene(served).measure(0.9)
        served.sessions.tell(mine)
        AlertScene(served).measure(0.95)
        told = [response.event for response in await read(alone, 2)]
        rest = [(await read(call, 1))[0].event for call in narrow]
    assert [(event.sequence, event.WhichOneof("what")) for event in told] == [(1, "alert"), (3, "alert")]
    assert [(event.sequence, event.session.session_id) for event in rest] == [(2, "a"), (2, "a")]


async def watchers_are_gone(served: Served) -> None:
    """Return once nobody watches."""
    with anyio.fail_after(5):
        await anyio.wait_all_tasks_blocked()
        while served.sessions.hub.watchers:
            await anyio.wait_all_tasks_blocked()


async def test_watcher_that_leaves_is_forgotten(tmp_path: Path) -> None:
    """A watch that its caller ends takes its place in the log with it."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        call = watch(channel)
        await read(call, 1)
        assert served.sessions.hub.watchers == 1
        call.cancel()
        await watchers_are_gone(served)
