"""Workers that are replaced, drained or lost: what becomes of their sessions, and what is told of it."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.contract.engine.worlds import real_world
from tests.integration.engine.test_worker_engine import until
from wad.domain import events
from wad.domain.errors import WorkerNotFound
from wad.domain.ids import SessionId
from wad.domain.workers import Move, Replaced, WorkerState
from wad.engine.observer import NoObserver
from wad.wire import PROTOCOL_VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from wad.engine.observer import Restart

pytestmark = pytest.mark.anyio


async def test_a_replaced_worker_hands_its_sessions_over_one_by_one(room: Path) -> None:
    """Each session is up in another worker before the next one moves; then the old worker ends."""
    async with real_world(room, sessions_per_worker=3, replacement_pace=0.01) as world:
        sessions = [world.prepare(f"s{number}") for number in range(2)]
        for session_id in sessions:
            await world.engine.start(session_id, 1)
            await world.sink.until(session_id, events.QrIssued)
        [old] = world.workers.workers()
        steps: list[Move | Replaced] = []
        async with anyio.create_task_group() as tasks:

            async def mover() -> None:
                for session_id in sessions:
                    due = await world.sink.until(session_id, events.ReplacementDue)
                    await world.engine.stop(session_id, due.generation)
                    await world.engine.start(session_id, due.generation + 1)

            tasks.start_soon(mover)
            steps += [step async for step in world.workers.replace_workers(old.id)]
        told = [(step.session_id, step.outcome, step.target) for step in steps if isinstance(step, Move)]
        assert told == [(session_id, "moved", "w2") for session_id in sessions]
        assert steps[-1] == Replaced("w1", ())
        while old.pid in [worker.pid for worker in world.workers.workers()]:  # noqa: ASYNC110 - its end is nobody's event
            await anyio.sleep(0.01)
        assert {s for worker in world.workers.workers() for s in worker.sessions} == set(sessions)


async def test_a_replacement_stops_at_the_first_session_that_fails(room: Path) -> None:
    """A session that does not come up elsewhere ends the replacement; the others stay where they are."""
    async with real_world(room, replacement_patience=1.0) as world:
        sessions = [world.prepare(f"s{number}") for number in range(2)]
        for session_id in sessions:
            await world.engine.start(session_id, 1)
            await world.sink.until(session_id, events.QrIssued)
        steps: list[Move | Replaced] = []
        async with anyio.create_task_group() as tasks:

            async def fail() -> None:
                due = await world.sink.until(sessions[0], events.ReplacementDue)
                await world.engine.stop(sessions[0], due.generation)

            tasks.start_soon(fail)
            steps += [step async for step in world.workers.replace_workers("w1")]
        assert [(step.session_id, step.outcome) for step in steps if isinstance(step, Move)] == [
            (sessions[0], "failed")
        ]
        assert steps[-1] == Replaced("w1", (sessions[1],))
        [worker] = world.workers.workers()
        assert worker.sessions == (sessions[1],)
        assert worker.closed


async def test_a_session_that_does_not_leave_stays_and_the_next_one_moves(room: Path) -> None:
    """A session that nobody moves is reported as staying after a short notice, and ends nothing."""
    async with real_world(room, replacement_notice=0.3, replacement_pace=0.01) as world:
        linking, other = world.prepare("linking"), world.prepare("other")
        for session_id in (linking, other):
            await world.engine.start(session_id, 1)
            await world.sink.until(session_id, events.QrIssued)
        steps: list[Move | Replaced] = []
        async with anyio.create_task_group() as tasks:

            async def move() -> None:
                await world.sink.until(other, events.ReplacementDue)
                await world.engine.stop(other, 1)
                await world.engine.start(other, 2)

            tasks.start_soon(move)
            steps += [step async for step in world.workers.replace_workers()]
        told = [(step.session_id, step.outcome) for step in steps if isinstance(step, Move)]
        assert told == [(linking, "stayed"), (other, "moved")]
        assert steps[-1] == Replaced("w1", (linking,))
        assert [worker.sessions for worker in world.workers.workers()] == [(linking,), (other,)]


async def test_replacing_all_moves_each_session_once(room: Path) -> None:
    """What leaves one worker goes to none whose turn is still to come, and one that is spared takes sessions again."""
    async with real_world(room, sessions_per_worker=1, replacement_pace=0.01, replacement_patience=1.0) as world:
        sessions = [world.prepare(f"s{number}") for number in range(3)]
        for session_id in sessions:
            await world.engine.start(session_id, 1)
            await world.sink.until(session_id, events.QrIssued)
        steps: list[Move | Replaced] = []
        async with anyio.create_task_group() as tasks:

            async def move_the_first_and_lose_the_second() -> None:
                for session_id in sessions[:2]:
                    await world.sink.until(session_id, events.ReplacementDue)
                    await world.engine.stop(session_id, 1)
                    if session_id is sessions[0]:
                        await world.engine.start(session_id, 2)

            tasks.start_soon(move_the_first_and_lose_the_second)
            steps += [step async for step in world.workers.replace_workers()]
        told = [(step.session_id, step.outcome, step.target) for step in steps if isinstance(step, Move)]
        assert told == [(sessions[0], "moved", "w4"), (sessions[1], "failed", "")]
        spared = next(worker for worker in world.workers.workers() if worker.id == "w3")
        assert (spared.sessions, spared.closed) == ((sessions[2],), "")


async def test_a_drained_worker_ends_with_its_last_session(room: Path) -> None:
    """It takes no new sessions, and goes when those that it has are gone; one that is not there is an error."""
    async with real_world(room) as world:
        kept, fresh = world.prepare("kept"), world.prepare("fresh")
        await world.engine.start(kept, 1)
        drained = world.workers.drain_worker("w1")
        assert (drained.state, drained.sessions, bool(drained.closed)) == (WorkerState.READY, (kept,), True)
        await world.engine.start(fresh, 1)
        assert [worker.sessions for worker in world.workers.workers()] == [(kept,), (fresh,)]
        await world.engine.stop(kept, 1)
        await until(lambda: [w.id for w in world.workers.workers()] == ["w2"], "the drained worker has ended")
        with pytest.raises(WorkerNotFound, match="w1"):
            world.workers.drain_worker("w1")
        with pytest.raises(WorkerNotFound, match="w1"):
            await anext(world.workers.replace_workers("w1"))


async def test_an_inspected_worker_tells_what_it_uses(room: Path) -> None:
    """Its usage is measured then, its share of memory is no more than what is resident, and its versions are known."""
    async with real_world(room) as world:
        session_id = world.prepare("one")
        await world.engine.start(session_id, 1)
        [worker] = await world.workers.inspect_workers()
    assert (worker.id, worker.sessions, worker.closed) == ("w1", (session_id,), "")
    assert 0 < worker.usage.proportional_bytes <= worker.usage.resident_bytes
    assert min(worker.usage.descriptors, worker.usage.threads, worker.usage.age) > 0
    assert (bool(worker.engine_version), worker.protocol_version) == (True, PROTOCOL_VERSION)


class Counted(NoObserver):
    """Remembers why workers were restarted."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def worker_restarted(self, reason: Restart) -> None:
        """Remember it."""
        self.reasons.append(reason.value)


async def test_each_reason_for_a_new_worker_is_counted_once(room: Path) -> None:
    """A crash, a mute worker, a spent budget and a replacement are told apart; a drain and the end are not counted."""
    counted = Counted()
    async with real_world(room, observer=counted, ping_interval=0.05, ping_timeout=0.5) as world:

        async def fresh(name: str) -> int:
            session_id = world.prepare(name)
            await world.engine.start(session_id, 1)
            return world.pid_of(session_id)

        for name, number, reason in (("a", signal.SIGKILL, "crashed"), ("b", signal.SIGSTOP, "unresponsive")):
            os.kill(await fresh(name), number)
            await until(lambda reason=reason: counted.reasons[-1:] == [reason], f"the worker was {reason}")
        await fresh("c")
        async with anyio.create_task_group() as tasks:

            async def stop() -> None:
                await world.sink.until(SessionId("c"), events.ReplacementDue)
                await world.engine.stop(SessionId("c"), 1)
                await world.engine.start(SessionId("c"), 2)

            tasks.start_soon(stop)
            assert [step async for step in world.workers.replace_workers()]
        await until(lambda: counted.reasons[-1:] == ["replaced"], "the worker was replaced")
        world.workers.drain_worker(world.workers.workers()[0].id)
        await world.engine.stop(SessionId("c"), 2)
        await until(lambda: not world.workers.workers(), "the drained worker has ended")
    assert counted.reasons == ["crashed", "unresponsive", "replaced"]


async def test_a_worker_over_its_budget_is_replaced(room: Path) -> None:
    """A worker that uses more than it may gives its sessions to another one, without being told."""
    counted = Counted()
    budget = {"max_worker_age": 0.2, "idle_worker_grace": 0.4, "replacement_patience": 1}
    async with real_world(room, observer=counted, **budget) as world:
        session_id = world.prepare("one")
        await world.engine.start(session_id, 1)
        await world.sink.until(session_id, events.QrIssued)
        due = await world.sink.until(session_id, events.ReplacementDue)
        assert due.generation == 1
        await world.engine.stop(session_id, 1)
        await until(lambda: counted.reasons[:1] == ["over_budget"], "the worker has ended")
