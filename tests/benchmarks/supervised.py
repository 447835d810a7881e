"""The daemon as a contender, and what only a daemon can do."""

from __future__ import annotations

import socket
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio
import grpc.aio

from tests.benchmarks import processes
from tests.benchmarks.arrivals import Arrivals
from tests.benchmarks.contenders import QUIET
from tests.house import PATIENCE, Daemon, House, finish, reap, spawn, state_name
from wad.v1 import event_pb2, session_pb2

if TYPE_CHECKING:
    import signal
    from collections.abc import AsyncGenerator, Mapping

    from anyio.abc import Process

SESSIONS_PER_WORKER = 10
"""At most, which is also the daemon's default."""

_DIAL_EVERY = 0.005


@dataclass
class Supervised:
    """The daemon with its directories.

    Args:
        house: Its directories and configuration.
    """

    house: House
    mark: str = field(default_factory=processes.new_mark)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[RunningDaemon]:
        """Run the daemon, once it answers; it must end in order unless it has been ended before."""
        self.house.settings["engine"]["sessions_per_worker"] = SESSIONS_PER_WORKER
        config = self.house.write_config()
        spawned = time.perf_counter()
        process = await spawn(["serve", "--config", str(config)], self.house.log, {processes.MARK: self.mark})
        try:
            await self._until_it_listens(process)
            async with Daemon.of(process, self.house) as daemon:
                yield RunningDaemon(daemon, spawned)
            if process.returncode is None:
                assert await finish(process) == 0, self.house.log.read_text()
        finally:
            await reap(process)

    async def _until_it_listens(self, process: Process) -> None:
        # gRPC itself would look again only after a second, which would be all that is measured.
        address = str(self.house.run / "wad.sock")
        with anyio.fail_after(PATIENCE):
            while process.returncode is None and not _listens(address):  # noqa: ASYNC110 - it is in another process
                await anyio.sleep(_DIAL_EVERY)


@dataclass
class RunningDaemon:
    """A daemon that answers."""

    daemon: Daemon
    spawned: float

    async def link(self, sessions: Mapping[str, str]) -> Arrivals:
        """Link sessions at once, each by one call."""
        arrivals = Arrivals(sessions)
        async with anyio.create_task_group() as tasks:
            for name, phone in sessions.items():
                tasks.start_soon(self._link, name, phone, arrivals)
            await arrivals.settle(QUIET)
            tasks.cancel_scope.cancel()
        return arrivals

    async def restore(self, sessions: Mapping[str, str], *, since: float | None = None) -> Arrivals:
        """Watch until every session is connected; the clock starts with the process, or at *since*."""
        arrivals = Arrivals(sessions, self.spawned if since is None else since)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._watch, arrivals)
            await arrivals.settle(QUIET)
            tasks.cancel_scope.cancel()
        return arrivals

    async def end(self, number: signal.Signals) -> None:
        """End the daemon with a signal."""
        await finish(self.daemon.process, number)

    async def place_in_log(self) -> str:
        """Return the token from which everything that happens from now on can be watched."""
        request = event_pb2.WatchEventsRequest(from_now=event_pb2.FromNow())
        async for response in self.daemon.events.WatchEvents(request, timeout=PATIENCE):
            return response.token
        raise AssertionError("the watch ended before it began")

    async def fan_out(self, token: str, events: int, watchers: int) -> float:
        """Let *watchers* read the same *events* from *token* on, and return how many a second reach them together."""
        begun = time.perf_counter()
        async with anyio.create_task_group() as tasks:
            for _ in range(watchers):
                tasks.start_soon(self._read, token, events)
        return watchers * events / (time.perf_counter() - begun)

    async def latencies(self, session_id: str, calls: int) -> list[float]:
        """Get a session so often, one call after the other, and return the seconds of each, shortest first."""
        taken: list[float] = []
        for _ in range(calls):
            begun = time.perf_counter()
            await self.daemon.get(session_id)
            taken.append(time.perf_counter() - begun)
        return sorted(taken)

    async def _link(self, name: str, phone: str, arrivals: Arrivals) -> None:
        try:
            seen = await self.daemon.link(name, phone)
        except grpc.aio.AioRpcError:
            return  # it is not among those that have arrived, which the report shows
        if state_name(seen[-1]) == "connected":
            arrivals.arrive(name)

    async def _watch(self, arrivals: Arrivals) -> None:
        async for response in self.daemon.events.WatchEvents(event_pb2.WatchEventsRequest()):
            item = response.WhichOneof("item")
            arrivals.stir()
            if item in ("snapshot", "event"):
                session = response.snapshot if item == "snapshot" else response.event.session
                if session.state == session_pb2.SESSION_STATE_CONNECTED:
                    arrivals.arrive(session.session_id)

    async def _read(self, token: str, events: int) -> None:
        left = events
        async for response in self.daemon.events.WatchEvents(event_pb2.WatchEventsRequest(after_token=token)):
            left -= response.WhichOneof("item") == "event"
            if not left:
                return


def _listens(address: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(address) == 0
