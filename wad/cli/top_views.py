"""One frame of ``wadctl top``, fitted to the terminal."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from rich.text import Text

from wad.cli import views
from wad.cli.listing import Column, Listing
from wad.cli.text import age, counted, printable, size
from wad.v1 import admin_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from google.protobuf.timestamp_pb2 import Timestamp
    from rich.console import Console, ConsoleOptions, RenderResult

    from wad.v1 import session_pb2

_MOST_WORKERS: Final = 5
_STYLES = {"serving": "green", "degraded": "yellow", "not_serving": "red"}


class Order(StrEnum):
    """What comes first."""

    SESSION = "session"
    STATE = "state"
    IDLE = "idle"
    EXPIRES = "expires"
    MESSAGES = "messages"
    RECONNECTS = "reconnects"


_KEYS: Final[dict[Order, Callable[[session_pb2.Session], tuple[object, ...]]]] = {
    Order.SESSION: lambda _session: (),
    Order.STATE: lambda session: (session.state,),
    Order.IDLE: lambda session: (session.last_activity_time.ToNanoseconds(),),
    Order.EXPIRES: lambda session: (not session.HasField("expire_time"), session.expire_time.ToNanoseconds()),
    Order.MESSAGES: lambda session: (-session.counters.messages_sent - session.counters.messages_received,),
    Order.RECONNECTS: lambda session: (-session.counters.reconnects,),
}


@dataclass(frozen=True)
class Frame:
    """What is shown at one moment; print it on a console.

    Attributes:
        health: How the daemon is.
        stats: Its counts.
        sessions: Its live sessions.
        order: Which of them come first.
        note: What is to be said above all; empty for nothing.
        since: Since when, if that is to be said.
    """

    health: admin_pb2.GetHealthResponse
    stats: admin_pb2.GetStatsResponse
    sessions: Sequence[session_pb2.Session]
    order: Order
    note: str = ""
    since: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Be printed on a console."""
        head = [part for line in self._head() for part in line.wrap(console, options.max_width)]
        head.append(Text())
        yield from head
        workers = self.stats.workers[:_MOST_WORKERS]
        yield self._workers(workers)
        if more := len(self.stats.workers) - len(workers):
            yield Text(f"… and {counted(more, 'more worker')}", style="dim")
        yield Text()
        used = len(head) + len(workers) + bool(more) + 2
        room = console.height - used - 3 if console.is_alt_screen else None  # heading, a note, what is left out
        ordered = sorted(self.sessions, key=lambda one: (*_KEYS[self.order](one), one.session_id))
        shown = ordered if room is None else ordered[: max(1, room)]
        yield self._table(shown)
        if left := len(ordered) - len(shown):
            yield Text(f"… and {counted(left, 'more session')}", style="dim")

    def _head(self) -> list[Text]:
        health, counts = self.health, self.stats.sessions
        status = admin_pb2.HealthStatus.Name(health.status).removeprefix("HEALTH_STATUS_").lower()
        first = Text.assemble(
            (f"wad {printable(health.version)}", "bold"),
            "  ",
            (status, _STYLES.get(status, "")),
            f"  up {age(self.stats.uptime.ToSeconds())}  memory {size(self.stats.resident_memory_bytes)}",
        )
        timers = f"{counts.qr_timers} QR and {counted(counts.session_timers, 'session timer')}"
        used = f"{counts.active} of {counts.limit}" if counts.limit else str(counts.active)
        states = ", ".join(
            f"{count.sessions} {views.state_name(count.state)}" for count in counts.states if count.sessions
        )
        lines = [Text(self.note, style="bold red")] if self.note else []
        lines += [
            first,
            Text(f"sessions {used}" + (f": {states}" if states else "")),
            Text(f"{timers}, {counted(self.stats.watchers, 'watcher')}"),
        ]
        failed = [check for check in health.checks if not check.ok]
        lines += [Text(printable(f"{check.name}: {check.message}"), style="red") for check in failed]
        return lines

    @staticmethod
    def _workers(workers: Sequence[admin_pb2.WorkerStats]) -> Listing:
        table = Listing("WORKER", "PID", "STATE", "SESSIONS", "MEMORY")
        for worker in workers:
            memory = size(worker.resident_memory_bytes)
            table.add_row(
                printable(worker.worker_id),
                str(worker.pid or "-"),
                printable(worker.state),
                str(worker.sessions),
                memory,
            )
        return table

    @staticmethod
    def _table(sessions: Sequence[session_pb2.Session]) -> Listing:
        table = Listing(
            "SESSION",
            "STATE",
            Column("USER", 3, shortened=True),
            Column("IDLE", 1),
            Column("EXPIRES", 1),
            Column("SENT", 2),
            Column("RECEIVED", 2),
            Column("RECONNECTS", 4),
        )
        now = time.time()
        for session in sessions:
            counters = session.counters
            table.add_row(
                session.session_id,
                views.state_text(session.state),
                views.who(session.user) or "-",
                _from_now(session.last_activity_time, now, -1),
                _from_now(session.expire_time, now, 1) if session.HasField("expire_time") else "-",
                str(counters.messages_sent),
                str(counters.messages_received),
                str(counters.reconnects),
            )
        return table


def _from_now(moment: Timestamp, now: float, direction: int) -> str:
    return age(max(0.0, direction * (moment.ToMicroseconds() / 1e6 - now)))
