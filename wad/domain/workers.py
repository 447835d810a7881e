"""Worker processes as those who run the daemon see them, and what becomes of sessions that move between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wad.domain.ids import SessionId


class WorkerState(StrEnum):
    """Where a worker is in its life."""

    STARTING = "starting"
    READY = "ready"
    RETIRING = "retiring"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class WorkerUsage:
    """What a worker's process uses.

    Attributes:
        descriptors: Open file descriptors.
        threads: Threads.
        resident_bytes: Memory that is resident, what it shares with other processes included.
        proportional_bytes: The same with each shared part divided among those who share it; 0 when nobody asked.
        age: Seconds since its start.
        leaked_threads: Threads of ended clients that never returned, as it says itself.
    """

    descriptors: int = 0
    threads: int = 0
    resident_bytes: int = 0
    proportional_bytes: int = 0
    age: float = 0.0
    leaked_threads: int = 0


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A worker as it is at one moment.

    Attributes:
        id: Its name.
        pid: Its process id, 0 before it has one.
        state: Where it is in its life.
        sessions: Ids of the sessions placed on it.
        usage: What its process uses.
        closed: Why it gets no new sessions any more, for people; empty while it does.
        engine_version: Version of the engine's library that it loaded; empty before it has told.
        protocol_version: Version of the daemon's protocol that it speaks; 0 before it has told.
    """

    id: str
    pid: int
    state: WorkerState
    sessions: tuple[SessionId, ...]
    usage: WorkerUsage
    closed: str = ""
    engine_version: str = ""
    protocol_version: int = 0


@dataclass(frozen=True, slots=True)
class WorkerBacklog:
    """What waits between the daemon and a worker.

    Attributes:
        id: The worker's name.
        requests: What the worker was asked to do and has not answered yet.
        unacknowledged: Events of which the worker, when it answered last, did not know that the daemon has them.
    """

    id: str
    requests: tuple[str, ...]
    unacknowledged: int


class MoveOutcome(StrEnum):
    """What became of a session whose worker is being replaced.

    ``moved`` to another worker, where it is connected or shows a QR; ``ended`` meanwhile by itself; ``stayed`` where it
    was, because a phone is just being linked; ``failed`` to come up elsewhere.
    """

    MOVED = "moved"
    ENDED = "ended"
    STAYED = "stayed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Move:
    """One session's part in a replacement.

    Attributes:
        worker_id: The worker that is being replaced.
        session_id: The session.
        outcome: What became of it.
        seconds: How long it took.
        target: The worker that has it now; empty unless it has moved.
    """

    worker_id: str
    session_id: SessionId
    outcome: MoveOutcome
    seconds: float
    target: str = ""


@dataclass(frozen=True, slots=True)
class Replaced:
    """A worker whose turn is over.

    Attributes:
        worker_id: The worker.
        remaining: Sessions that it still has; it ends when they are gone, and at once when there are none.
    """

    worker_id: str
    remaining: tuple[SessionId, ...]
