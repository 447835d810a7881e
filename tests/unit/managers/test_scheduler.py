"""The scheduler: every deadline is reported once, at its time, whatever is set and cleared around it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wad.daemon.clock import FakeClock
from wad.domain.deadlines import Deadline, DeadlineKind
from wad.domain.ids import SessionId
from wad.managers.scheduler import Scheduler

pytestmark = pytest.mark.anyio

A, B = SessionId("a"), SessionId("b")


class Due:
    """Notes what became due, and when."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.seen: list[tuple[str, float]] = []

    def __call__(self, session_id: SessionId) -> None:
        """Take one report."""
        self.seen.append((session_id, self.clock.monotonic()))


def at(seconds: float) -> Deadline:
    """Return a deadline at that time."""
    return Deadline(seconds, DeadlineKind.STATE)


@asynccontextmanager
async def running(clock: FakeClock, due: Due) -> AsyncGenerator[Scheduler]:
    """Run a scheduler that reports to *due*."""
    scheduler = Scheduler(clock, due)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(scheduler.run)
        yield scheduler
        tasks.cancel_scope.cancel()


async def test_deadlines_are_reported_in_their_order() -> None:
    """A later deadline that was set first still comes later."""
    clock = FakeClock()
    due = Due(clock)
    async with running(clock, due) as scheduler:
        scheduler.set(B, at(20))
        scheduler.set(A, at(10))
        await clock.advance(30)
    assert due.seen == [("a", 10.0), ("b", 20.0)]


async def test_an_earlier_deadline_wakes_the_sleeping_scheduler() -> None:
    """A deadline that is set while the scheduler sleeps towards a later one is not late."""
    clock = FakeClock()
    due = Due(clock)
    async with running(clock, due) as scheduler:
        scheduler.set(A, at(100))
        await clock.advance(1)
        scheduler.set(B, at(5))
        await clock.advance(10)
    assert due.seen == [("b", 5.0)]


async def test_a_cleared_deadline_is_never_reported() -> None:
    """A session that was removed is not called again."""
    clock = FakeClock()
    due = Due(clock)
    async with running(clock, due) as scheduler:
        scheduler.set(A, at(10))
        scheduler.set(A, None)
        await clock.advance(100)
        assert not scheduler.armed
    assert due.seen == []


async def test_a_moved_deadline_is_reported_only_at_its_new_time() -> None:
    """Moving a deadline leaves no trace of its old time."""
    clock = FakeClock()
    due = Due(clock)
    async with running(clock, due) as scheduler:
        scheduler.set(A, at(10))
        scheduler.set(A, at(40))
        await clock.advance(39)
        assert due.seen == []
        await clock.advance(1)
    assert due.seen == [("a", 40.0)]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.one_of(st.none(), st.integers(1, 50))), max_size=30))
def test_the_last_deadline_set_is_the_one_that_counts(steps: list[tuple[str, int | None]]) -> None:
    """After any sequence of settings each session is reported at most once, at the time set last."""

    async def scenario() -> None:
        clock = FakeClock()
        due = Due(clock)
        wanted: dict[str, float] = {}
        async with running(clock, due) as scheduler:
            for name, seconds in steps:
                scheduler.set(SessionId(name), None if seconds is None else at(seconds))
                wanted.pop(name, None)
                if seconds is not None:
                    wanted[name] = float(seconds)
            await clock.advance(60)
        assert dict(due.seen) == wanted
        assert len(due.seen) == len(wanted)

    anyio.run(scenario)
