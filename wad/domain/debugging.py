"""What the daemon is doing at one moment, for whoever looks for a fault in it: names and numbers, never a secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wad.domain.workers import WorkerView


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """A task of the event loop.

    Attributes:
        name: Its name, or that of its function.
        where: Where it is: functions with their module and line, the innermost first.
    """

    name: str
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TimerFacts:
    """A time at which the daemon will look after something.

    Attributes:
        session_id: The session that it is for; empty for what is the daemon's own.
        kind: What it is for.
        due_in: Seconds until it is due; negative when it is overdue.
    """

    session_id: str
    kind: str
    due_in: float


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """Something that is to be worked off.

    Attributes:
        name: What it is.
        length: How much is in it.
        capacity: How much there can be; 0 when that is not limited.
        meaning: What that means, for people.
    """

    name: str
    length: int
    capacity: int = 0
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class CallFacts:
    """A call under way.

    Attributes:
        call_id: Its id, which is also in the log.
        method: Its method, ``wad.v1.EventService/WatchEvents``.
        caller: Who makes it; empty while that is not known.
        target: What it is about; empty when it is not about one thing.
        age: Seconds since it began.
    """

    call_id: str
    method: str
    caller: str
    target: str
    age: float


@dataclass(frozen=True, slots=True)
class DebugReport:
    """What the daemon is doing.

    Attributes:
        tasks: Tasks, ordered by name.
        timers: Timers, the next one first.
        queues: Queues that never end, and of the others those that are not empty, ordered by name.
        workers: Worker processes, ordered by name.
        calls: Calls under way, the oldest first.
    """

    tasks: tuple[TaskFacts, ...]
    timers: tuple[TimerFacts, ...]
    queues: tuple[QueueFacts, ...]
    workers: tuple[WorkerView, ...]
    calls: tuple[CallFacts, ...]
