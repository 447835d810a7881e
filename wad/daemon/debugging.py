"""What the daemon is doing, put together from its parts: for ``GetDebug``, and for the log on SIGQUIT."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import structlog

from wad.domain.debugging import CallFacts, DebugReport, QueueFacts, TimerFacts
from wad.managers.inbox import MOST_WAITING
from wad.observability.tasks import tasks_now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wad.engine.host import WorkerEngine
    from wad.managers.alerts import AlertWatch
    from wad.managers.hub import EventHub
    from wad.managers.inbox import Inbox
    from wad.managers.session_manager import SessionManager
    from wad.managers.sweeper import Sweeper
    from wad.ports import Clock
    from wad.rpc.streams import OpenStreams
    from wad.storage.database import Database

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Debugger:
    """Tells what the daemon is doing at this moment. It waits for nothing, so that it answers when something hangs.

    Args:
        manager: The sessions.
        hub: The event log.
        engine: The workers.
        database: The registry.
        sweeper: Sweeps at every interval.
        alerts: Looks for alerts at every interval.
        inbox: Stores what sessions receive.
        streams: The calls.
        clock: Tells when timers are due.
    """

    def __init__(
        self,
        *,
        manager: SessionManager,
        hub: EventHub,
        engine: WorkerEngine,
        database: Database,
        sweeper: Sweeper,
        alerts: AlertWatch,
        inbox: Inbox,
        streams: OpenStreams,
        clock: Clock,
    ) -> None:
        self._manager = manager
        self._hub = hub
        self._engine = engine
        self._database = database
        self._sweeper = sweeper
        self._alerts = alerts
        self._inbox = inbox
        self._streams = streams
        self._clock = clock

    def report(self) -> DebugReport:
        """Return what the daemon is doing."""
        return DebugReport(
            tasks=tasks_now(),
            timers=tuple(sorted(self._timers(), key=lambda timer: (timer.due_in, timer.session_id))),
            queues=tuple(sorted(self._queues(), key=lambda queue: queue.name)),
            workers=tuple(sorted(self._engine.workers(), key=lambda worker: worker.id)),
            calls=tuple(sorted(self._calls(), key=lambda call: -call.age)),
        )

    def dump(self) -> None:
        """Write it into the log, a line for each thing."""
        report = self.report()
        for section in ("tasks", "timers", "queues", "workers", "calls"):
            things = getattr(report, section)
            for thing in things:
                _log.warning("debug.dump", section=section, **asdict(thing))
        _log.warning(
            "debug.dumped",
            tasks=len(report.tasks),
            timers=len(report.timers),
            queues=len(report.queues),
            workers=len(report.workers),
            calls=len(report.calls),
        )

    def _timers(self) -> Iterator[TimerFacts]:
        now = self._clock.monotonic()
        for session_id, deadline in self._manager.deadlines.items():
            yield TimerFacts(session_id, deadline.kind, deadline.at - now)
        wall, sweep, board = self._clock.wall(), self._sweeper.state(), self._alerts.board()
        if sweep.next_at is not None:
            yield TimerFacts("", "cleanup", sweep.next_at - wall)
        if board.interval and board.looked_at is not None:
            yield TimerFacts("", "alerts", board.looked_at + board.interval - wall)

    def _queues(self) -> Iterator[QueueFacts]:
        hub = self._hub
        kept = f"events that a watch can go on from; the newest is {hub.last}"
        yield QueueFacts("event log", hub.held, hub.retention, kept)
        yield QueueFacts("registry", self._database.under_way, meaning="statements under way or waiting")
        for reader in hub.readers:
            yield QueueFacts(f"watcher {reader.name}", hub.last - reader.position, hub.retention, "events not yet sent")
        yield QueueFacts("messages", self._inbox.waiting, MOST_WAITING, "received, not yet on the disk")
        for session_id, runner in self._manager.runners.items():
            if runner.backlog:
                yield QueueFacts(f"inbox {session_id}", runner.backlog, meaning="facts not yet acted upon")
        for worker in self._engine.backlogs():
            if worker.requests:
                doing = ", ".join(worker.requests)
                yield QueueFacts(f"requests {worker.id}", len(worker.requests), meaning=f"not yet answered: {doing}")
            if worker.unacknowledged:
                yield QueueFacts(f"outbox {worker.id}", worker.unacknowledged, meaning="events not yet acknowledged")

    def _calls(self) -> Iterator[CallFacts]:
        now = self._clock.monotonic()
        for call, began in self._streams.under_way():
            caller = "" if call.caller is None else call.caller.name
            yield CallFacts(call.call_id, call.method, caller, call.target, now - began)
