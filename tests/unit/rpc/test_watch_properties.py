"""Whatever happens, is filtered, cut and resumed: watchers are told all of it once, in order, or told of the gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
from hypothesis import given
from hypothesis import strategies as st

from tests.watch_validator import WatchValidator, wanted
from wad.domain.access import EVERYTHING, Caller, Mechanism, Role, Scope
from wad.domain.alerts import Alert, AlertState
from wad.domain.devices import Device
from wad.domain.errors import SlowConsumer
from wad.domain.ids import SessionId
from wad.domain.records import (
    AlertEvent,
    EventKind,
    PairingCode,
    QrCode,
    SessionEvent,
    SessionRecord,
    SessionView,
)
from wad.domain.states import SessionState
from wad.managers.hub import EventHub
from wad.rpc import call as calls
from wad.rpc import convert
from wad.rpc.access.scoped import shown
from wad.rpc.event_service import EventService
from wad.v1 import event_pb2

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from wad.domain.records import WatchEvent

RETENTION = 8
SOME = Scope(("a", "b"))
PHONES = {"a": "491700000001", "b": "491700000001", "c": "491700000002"}
Step = tuple[str, int]


class Present:
    """The live sessions, and the daemon's clock."""

    def __init__(self) -> None:
        self.views: dict[str, SessionView] = {}
        self.time = 1_800_000_000.0

    async def list(self, *, include_inactive: bool = False) -> list[SessionView]:
        """Return the sessions as the present caller may see them."""
        return shown(list(self.views.values()))

    def wall(self) -> float:
        """Return seconds since the epoch."""
        return self.time

    def monotonic(self) -> float:
        """Return the same."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Return at once."""


class Scene:
    """A log, what happened in truth, and one watcher with its validator."""

    def __init__(self, request: event_pb2.WatchEventsRequest, role: Role, scope: Scope) -> None:
        self.present, self.hub = Present(), EventHub(RETENTION)
        self.truth: list[event_pb2.Event] = []
        self.request = request
        self.validator = WatchValidator(request, scoped=not scope.everything)
        self._service = EventService(self.present, self.hub, self.present, bookmark_every=0)  # pyright: ignore[reportArgumentType] - the part that is used
        self._caller = Caller("me", Mechanism.TOKEN, role, scope)
        self._responses: AsyncGenerator[bytes] | None = None
        self._begin(request)

    def happen(self, choice: int) -> None:
        """Let something happen; time goes on, so that codes end while they wait to be read."""
        self.present.time += 7
        event = self._alert(choice) if choice % 7 == 0 else self._session_event(choice)
        self.hub.publish(event)
        self.truth.append(convert.event(self.hub.last, event, 0))

    def _alert(self, choice: int) -> WatchEvent:
        state = AlertState(list(Alert)[choice % len(Alert)], choice % 2 == 0, 1.0, 2.0, self.present.time)
        return AlertEvent(self.present.time, state)

    def _session_event(self, choice: int) -> WatchEvent:
        name = "abc"[choice % 3]
        device = Device.declared(PHONES[name], name)
        record = SessionRecord(SessionId(name), 1.0, 2.0, state=SessionState.QR_GENERATED, device=device)
        now = self.present.time
        qr = QrCode(f"2@{self.hub.last}", now, now + 20, 1) if choice % 2 else None
        code = PairingCode("ABCD-1234", PHONES[name], now, now + 40) if choice % 5 == 0 else None
        view = SessionView(record, qr, pairing_code=code)
        kind = list(EventKind)[choice % len(EventKind)]
        self.present.views[name] = view
        return SessionEvent(kind, now, view, SessionState.CONNECTING)

    async def read(self, count: int) -> None:
        """Read some responses; a watch that has failed is resumed."""
        for _ in range(count):
            assert self._responses is not None
            try:
                response = event_pb2.WatchEventsResponse.FromString(await anext(self._responses))
            except SlowConsumer:
                self.validator.fail(calls.CURRENT.get().resume_token)
                self._begin(self.validator.resume())
                continue
            self.validator.take(response)
            self._see(response)

    async def cut(self) -> None:
        """End the watch and resume it."""
        assert self._responses is not None
        await self._responses.aclose()
        self._begin(self.validator.resume())

    async def catch_up(self) -> None:
        """Read until the watcher has been told all."""
        while self.validator.position < self.hub.last:
            await self.read(1)
        assert self._responses is not None
        await self._responses.aclose()

    def _begin(self, request: event_pb2.WatchEventsRequest) -> None:
        call = calls.Call("1", "wad.v1.EventService/WatchEvents", self._caller)
        calls.CURRENT.set(call)
        self._responses = self._service.WatchEvents(request, None)  # pyright: ignore[reportArgumentType] - it asks nothing of its call

    def _see(self, response: event_pb2.WatchEventsResponse) -> None:
        session = response.snapshot if response.HasField("snapshot") else response.event.session
        for code in ("qr", "pairing_code"):
            if session.HasField(code):
                assert self._caller.role is not Role.VIEWER
                assert getattr(session, code).expire_time.ToSeconds() > self.present.time


FILTERS = st.builds(
    event_pb2.WatchEventsRequest,
    session_ids=st.lists(st.sampled_from("abc"), max_size=2),
    types=st.lists(st.sampled_from(list(convert.EVENT_TYPES.values())), max_size=3),
    phone_number=st.sampled_from(["", "", "491700000001", "+491700000002"]),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("happen"), st.integers(0, 59)),
        st.tuples(st.just("read"), st.integers(1, 12)),
        st.tuples(st.just("cut"), st.just(0)),
    ),
    max_size=60,
)


def bare(event: event_pb2.Event) -> tuple[int, str, str | None]:
    """Return what does not depend on when the event was read."""
    return event.sequence, event.session.session_id or event.alert.name, event.WhichOneof("what")


def reachable(scope: Scope, event: event_pb2.Event) -> bool:
    """Return True when the event is for callers of that scope."""
    return scope.covers(event.session.session_id) if event.HasField("session") else scope.everything


@given(
    request=FILTERS,
    from_now=st.booleans(),
    role=st.sampled_from(Role),
    scope=st.sampled_from((EVERYTHING, SOME)),
    steps=STEPS,
)
def test_a_watcher_is_told_all_that_it_wants_once_and_in_order(
    request: event_pb2.WatchEventsRequest, *, from_now: bool, role: Role, scope: Scope, steps: list[Step]
) -> None:
    """Against a log of eight events: what was told since the last snapshot is what an unfiltered log has, filtered."""

    async def scenario() -> None:
        if from_now:
            request.from_now.SetInParent()
        scene = Scene(request, role, scope)
        for what, number in steps:
            if what == "happen":
                scene.happen(number)
            elif what == "read":
                await scene.read(number)
            else:
                await scene.cut()
        await scene.catch_up()
        told = [bare(event) for event in scene.validator.events]
        synced = scene.validator.synced_at
        due = [event for event in scene.truth if event.sequence > synced and reachable(scope, event)]
        assert told == [bare(event) for event in due if wanted(request, event)]

    anyio.run(scenario)
