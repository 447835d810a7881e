"""The event hub: every reader gets every event once, in order, or is told that it cannot."""

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wad.domain.errors import SlowConsumer
from wad.domain.ids import SessionId
from wad.domain.records import EventKind, SessionEvent, SessionRecord, SessionView
from wad.managers.hub import EventHub, Subscription

pytestmark = pytest.mark.anyio


def event(number: int) -> SessionEvent:
    """Return an event that can be told from others by its time."""
    record = SessionRecord(SessionId(f"s{number}"), created_at=0, last_activity_at=0)
    return SessionEvent(EventKind.STATE_CHANGED, float(number), SessionView(record))


async def read(subscription: Subscription, count: int) -> list[tuple[int, float]]:
    """Read that many events and return their sequence numbers and times."""
    found: list[tuple[int, float]] = []
    while len(found) < count:
        sequence, item = await anext(subscription)
        found.append((sequence, item.at))
    return found


async def test_a_reader_gets_what_follows_its_position() -> None:
    """A subscription starts with the first event after it, and misses none."""
    hub = EventHub()
    hub.publish(event(1))
    subscription = hub.subscribe()
    hub.publish(event(2))
    hub.publish(event(3))
    assert await read(subscription, 2) == [(2, 2.0), (3, 3.0)]


async def test_a_reader_can_go_back_to_a_position() -> None:
    """A subscription after an earlier sequence number replays from there."""
    hub = EventHub()
    for number in range(1, 6):
        hub.publish(event(number))
    assert await read(hub.subscribe(after=2), 3) == [(3, 3.0), (4, 4.0), (5, 5.0)]


async def test_a_waiting_reader_is_woken() -> None:
    """A reader that waits at the end of the log gets the next event when it happens."""
    hub = EventHub()
    found: list[tuple[int, float]] = []

    async def wait() -> None:
        found.extend(await read(hub.subscribe(), 1))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        hub.publish(event(1))
    assert found == [(1, 1.0)]


async def test_a_waiting_reader_sleeps_through_what_it_does_not_want() -> None:
    """Such an event moves the reader on in the log and costs it no turn, so that it never falls behind either."""
    hub = EventHub(retention=2)
    reader = hub.subscribe(wants=lambda event: event.at == 9.0)
    found: list[tuple[int, float]] = []

    async def wait() -> None:
        found.extend(await read(reader, 1))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        for number in range(1, 9):
            hub.publish(event(number))
        assert (reader.position, reader.woken.is_set()) == (8, False)
        hub.publish(event(9))
    assert found == [(9, 9.0)]


@pytest.mark.parametrize("after", [0, 1, 99, -1])
async def test_a_position_outside_the_log_is_refused_at_once(after: int) -> None:
    """A reader is never silently moved to another place in the log."""
    hub = EventHub(retention=3)
    for number in range(1, 6):
        hub.publish(event(number))
    with pytest.raises(SlowConsumer):
        hub.subscribe(after=after)


async def test_a_reader_that_fell_behind_the_log_is_told_so() -> None:
    """Events that are lost to a reader are never skipped silently."""
    hub = EventHub(retention=3)
    subscription = hub.subscribe()
    for number in range(1, 5):
        hub.publish(event(number))
    with pytest.raises(SlowConsumer):
        await anext(subscription)


@given(retention=st.integers(1, 20), lots=st.lists(st.integers(1, 30), max_size=20))
def test_whatever_a_reader_gets_is_gap_free(retention: int, lots: list[int]) -> None:
    """Between two reads any number of events may happen: the reader gets the next one, or an error."""

    async def scenario() -> None:
        hub = EventHub(retention)
        subscription = hub.subscribe()
        published = 0
        expected = 1
        for lot in lots:
            for _ in range(lot):
                published += 1
                hub.publish(event(published))
            try:
                sequence, item = await anext(subscription)
            except SlowConsumer:
                assert published - expected + 1 > retention
                return
            assert (sequence, item.at) == (expected, float(expected))
            expected += 1

    anyio.run(scenario)


async def test_watchers_are_counted_while_they_watch() -> None:
    """The number of watchers rises and falls with them."""
    hub = EventHub()
    with hub.subscribe(), hub.subscribe():
        assert hub.watchers == 2
    assert hub.watchers == 0
