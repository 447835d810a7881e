"""The order in which things are measured: each round in fresh processes, beside an emulator of its own."""

from __future__ import annotations

import signal
import tempfile
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from tests.benchmarks import measures, processes
from tests.benchmarks.baselines import MODULES, Baseline
from tests.benchmarks.contenders import Name
from tests.benchmarks.supervised import RunningDaemon, Supervised
from tests.house import Emulated, House
from wad.emulator.faults import CloseAfterLinking

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from tests.benchmarks.arrivals import Arrivals
    from tests.benchmarks.contenders import Contender
    from tests.benchmarks.measures import Measure, Results
    from wad.emulator.client import EmulatorClient

_CLOSED_WITHIN_MS = 50
_SETTLE_SECONDS = 2.0
"""For which connected sessions are left alone before they count as idle: the login's last requests come after it."""
_EVENTS_PER_SESSION = 5
"""That follow a session's beginning up to its connection; there are more, which are not waited for."""


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Attributes:
        sessions: At one time.
        single_rounds: Repetitions of what is measured of one session.
        full_rounds: Repetitions of what is measured of all the sessions.
        idle_seconds: For which idle processes are watched.
        watchers: That read the same events.
        calls: That latencies are taken of.
    """

    sessions: int = 50
    single_rounds: int = 5
    full_rounds: int = 3
    idle_seconds: float = 10.0
    watchers: int = 100
    calls: int = 2000

    def phones(self) -> dict[str, str]:
        """Return a phone for each session."""
        return {f"s{number:03}": f"4917000000{number:03}" for number in range(self.sessions)}


QUICK = Plan(sessions=3, single_rounds=1, full_rounds=1, idle_seconds=1.0, watchers=5, calls=50)


async def run(plan: Plan, results: Results, say: Callable[[str], None]) -> None:
    """Measure everything, the contenders in turns.

    Raises:
        AssertionError: Something does not work.
    """
    for number in range(plan.single_rounds):
        for name in Name:
            say(f"one session, {number + 1} of {plan.single_rounds}: {name}")
            await _single_round(name, results)
    for number in range(plan.full_rounds):
        for name in Name:
            say(f"{plan.sessions} sessions, {number + 1} of {plan.full_rounds}: {name}")
            await _full_round(name, plan, results)


async def _single_round(name: Name, results: Results) -> None:
    async with _room(name) as (contender, _), contender.running() as running:
        for measure, session in ((measures.ONE_FIRST, "s0"), (measures.ONE_NEXT, "s1")):
            arrivals = await running.link({session: f"49170000000{session[1:]}"})
            if arrivals.complete:
                results.add(measure, name, arrivals.last)


async def _full_round(name: Name, plan: Plan, results: Results) -> None:
    phones = plan.phones()
    async with _room(name) as (contender, emulator):
        await emulator.add_fault(CloseAfterLinking(min_ms=0, max_ms=_CLOSED_WITHIN_MS))
        async with contender.running() as running:
            token = await running.place_in_log() if isinstance(running, RunningDaemon) else ""
            arrivals = await running.link(phones)
            _note(results, name, arrivals, measures.LINKED_LOST, measures.LINKED)
            if isinstance(running, RunningDaemon):
                rate = await running.fan_out(token, _EVENTS_PER_SESSION * plan.sessions, plan.watchers)
                results.add(measures.FAN_OUT, name, rate)
        await emulator.clear_faults()
        await _complete(contender, {session: phones[session] for session in phones if session not in arrivals.seconds})
        async with contender.running() as running:
            arrivals = await running.restore(phones)
            _note(results, name, arrivals, measures.RESTORED_LOST, measures.RESTORED)
            if arrivals.complete:  # else they would be compared at different numbers of sessions
                await _measure_idle(contender, name, plan, results)
            if isinstance(contender, Supervised) and isinstance(running, RunningDaemon):
                await _measure_calls(running, plan, results)
                await _measure_restarts(contender, running, emulator, phones, results)


async def _complete(contender: Contender, lost: dict[str, str]) -> None:
    """Link the sessions that were lost, one after the other, so that all of them are stored."""
    if not lost:
        return
    async with contender.running() as running:
        for session, phone in lost.items():
            arrivals = await running.link({session: phone})
            assert arrivals.complete, f"{session} could not be linked in peace either"


def _note(results: Results, name: Name, arrivals: Arrivals, lost: Measure, seconds: Measure) -> None:
    results.add(lost, name, len(arrivals.expected) - len(arrivals.seconds))
    if arrivals.seconds:
        results.add(seconds, name, arrivals.last)


async def _measure_idle(contender: Contender, name: Name, plan: Plan, results: Results) -> None:
    await anyio.sleep(_SETTLE_SECONDS)
    results.add(measures.IDLE, name, 100 * await processes.cpu_share(contender.mark, plan.idle_seconds))
    results.add(measures.MEMORY, name, processes.pss(contender.mark) / 1e6)


async def _measure_calls(running: RunningDaemon, plan: Plan, results: Results) -> None:
    taken = await running.latencies(next(iter(plan.phones())), plan.calls)
    results.add(measures.GET_P50, Name.DAEMON, 1000 * taken[len(taken) // 2])
    results.add(measures.GET_P99, Name.DAEMON, 1000 * taken[len(taken) * 99 // 100])


async def _measure_restarts(
    contender: Supervised, running: RunningDaemon, emulator: EmulatorClient, phones: dict[str, str], results: Results
) -> None:
    async with AsyncExitStack() as daemons:
        for number, seconds, opened in (
            (signal.SIGUSR2, measures.DETACHED, measures.DETACHED_NEW),
            (signal.SIGKILL, measures.KILLED, measures.KILLED_NEW),
        ):
            before = await _connections(emulator)
            struck = time.perf_counter()
            await running.end(number)
            running = await daemons.enter_async_context(contender.running())
            arrivals = await running.restore(phones, since=struck)
            assert arrivals.complete, f"{len(arrivals.seconds)} of {len(phones)} sessions are back after {number.name}"
            results.add(seconds, Name.DAEMON, arrivals.last)
            results.add(opened, Name.DAEMON, await _connections(emulator) - before)


async def _connections(emulator: EmulatorClient) -> int:
    return (await emulator.counters())["connections_total"]


@asynccontextmanager
async def _room(name: Name) -> AsyncGenerator[tuple[Contender, EmulatorClient]]:
    with tempfile.TemporaryDirectory(prefix="wad-benchmark-") as place:
        async with Emulated.running(Path(place)) as emulated, _contender(name, emulated, Path(place)) as contender:
            try:
                yield contender, emulated.client
            finally:
                processes.kill_marked(contender.mark)


@asynccontextmanager
async def _contender(name: Name, emulated: Emulated, root: Path) -> AsyncGenerator[Contender]:
    if name is Name.DAEMON:
        async with House.of(emulated, root) as house:
            yield Supervised(house)
    else:
        yield Baseline(MODULES[name], root, emulated.client)
