"""Rolling replacement: the sessions of a worker move to others one by one, and it ends when it is empty."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import anyio
import structlog

from wad.domain.events import ConnectionOpened, QrIssued, ReplacementDue
from wad.engine.worker import WorkerState

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from wad.domain.events import EngineEvent
    from wad.domain.ids import SessionId
    from wad.engine.settings import EngineSettings
    from wad.engine.worker import Worker
    from wad.ports import EngineSink

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Outcome(StrEnum):
    """What became of a session whose worker is being replaced."""

    MOVED = "moved"
    ENDED = "ended"
    STAYED = "stayed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Move:
    """One session's part in a replacement.

    Attributes:
        session_id: The session.
        outcome: ``moved`` to another worker, where it is connected or shows a QR; ``ended`` meanwhile by itself;
            ``stayed`` where it was, because a phone was being linked; ``failed`` to come up elsewhere.
        seconds: How long it took.
    """

    session_id: SessionId
    outcome: Outcome
    seconds: float


class Replacements:
    """Replaces workers, one at a time.

    Args:
        settings: How workers are run.
    """

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._one_at_a_time = anyio.Lock()
        self._awaited: dict[SessionId, tuple[Worker, anyio.Event]] = {}

    def heard(self, worker: Worker, session_id: SessionId, event: EngineEvent) -> None:
        """Note what a worker reports; a session that is up again elsewhere has moved."""
        awaited = self._awaited.get(session_id)
        if awaited is not None and awaited[0] is not worker and isinstance(event, ConnectionOpened | QrIssued):
            awaited[1].set()

    async def replace(self, worker: Worker, sink: EngineSink) -> AsyncGenerator[Move]:
        """Move the worker's sessions away one by one, and end it; stop at the first that fails.

        Yields:
            What became of each session, as it happens. A worker that keeps some takes no new ones, and is ended when
            they are gone.
        """
        worker.close("it is being replaced")
        async with self._one_at_a_time:
            for session_id in tuple(worker.sessions):
                move = await self._move(worker, session_id, sink)
                _log.info("worker.session_moved", worker=worker.id, session_id=session_id, outcome=move.outcome)
                yield move
                if move.outcome is Outcome.FAILED:
                    return
                await anyio.sleep(self._settings.replacement_pace)
            if not worker.sessions and worker.state is WorkerState.READY:
                await worker.retire()

    async def _move(self, worker: Worker, session_id: SessionId, sink: EngineSink) -> Move:
        began, arrived = anyio.current_time(), anyio.Event()
        generation = worker.sessions.get(session_id)
        if generation is None:
            return Move(session_id, Outcome.ENDED, 0.0)
        self._awaited[session_id] = (worker, arrived)
        try:
            with anyio.move_on_after(self._settings.replacement_patience):
                sink.deliver(session_id, ReplacementDue(generation))
                await arrived.wait()
        finally:
            del self._awaited[session_id]
        outcome = Outcome.FAILED
        if arrived.is_set():
            outcome = Outcome.MOVED
        elif worker.sessions.get(session_id) == generation:
            outcome = Outcome.STAYED
        return Move(session_id, outcome, anyio.current_time() - began)
