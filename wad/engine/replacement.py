"""Rolling replacement: the sessions of a worker move to others one by one, and it ends when it is empty."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Final

import anyio
import structlog

from wad.domain.events import ConnectionOpened, QrIssued, ReplacementDue
from wad.domain.workers import Move, MoveOutcome, Replaced, WorkerState
from wad.engine.observer import Restart

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from wad.domain.events import EngineEvent
    from wad.domain.ids import SessionId
    from wad.engine.settings import EngineSettings
    from wad.engine.worker import Worker
    from wad.ports import EngineSink

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_WHY: Final = "it is being replaced"


class Replacements:
    """Replaces workers, one at a time.

    Args:
        settings: How workers are run.
    """

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._one_at_a_time = anyio.Lock()
        self._under_way: dict[SessionId, _Journey] = {}

    def left(self, session_id: SessionId) -> None:
        """Note that a session's client is being stopped; one that is to move has begun to."""
        if (journey := self._under_way.get(session_id)) is not None:
            journey.begun.set()

    def heard(self, worker: Worker, session_id: SessionId, event: EngineEvent) -> None:
        """Note what a worker reports; a session that is up again elsewhere has moved."""
        journey = self._under_way.get(session_id)
        if journey is not None and journey.source is not worker and isinstance(event, ConnectionOpened | QrIssued):
            journey.arrive(worker)

    async def replace(self, workers: Sequence[Worker], sink: EngineSink) -> AsyncGenerator[Move | Replaced]:
        """Move the workers' sessions away one by one, and end each worker; stop at the first session that fails.

        None of them gets new sessions from the beginning on, or what leaves the first would move again and again. A
        worker whose turn has not come when this stops gets some again; one that keeps some ends when they are gone.

        Yields:
            What became of each session and each worker, as it happens.
        """
        for worker in workers:
            worker.close(_WHY)
        try:
            async with self._one_at_a_time:
                for worker in workers:
                    failed = False
                    async with aclosing(self._empty(worker, sink)) as steps:
                        async for step in steps:
                            failed = failed or (isinstance(step, Move) and step.outcome is MoveOutcome.FAILED)
                            yield step
                    if failed:
                        return
        finally:
            for worker in workers:
                worker.reopen(_WHY)

    async def _empty(self, worker: Worker, sink: EngineSink) -> AsyncGenerator[Move | Replaced]:
        worker.close(_WHY, Restart.REPLACED)
        for session_id in tuple(worker.sessions):
            move = await self._move(worker, session_id, sink)
            _log.info("worker.session_moved", worker=worker.id, session_id=session_id, outcome=move.outcome)
            yield move
            if move.outcome is MoveOutcome.FAILED:
                break
            await anyio.sleep(self._settings.replacement_pace)
        if not worker.sessions and worker.state is WorkerState.READY:
            await worker.retire()
        yield Replaced(worker.id, tuple(worker.sessions))

    async def _move(self, worker: Worker, session_id: SessionId, sink: EngineSink) -> Move:
        began = anyio.current_time()
        generation = worker.sessions.get(session_id)
        if generation is None:
            return Move(worker.id, session_id, MoveOutcome.ENDED, 0.0)
        journey = self._under_way[session_id] = _Journey(worker)
        try:
            sink.deliver(session_id, ReplacementDue(generation))
            with anyio.move_on_after(self._settings.replacement_notice):
                await journey.begun.wait()
            stays = not journey.begun.is_set() and worker.sessions.get(session_id) == generation
            if not stays:
                with anyio.move_on_after(self._settings.replacement_patience):
                    await journey.over.wait()
        finally:
            del self._under_way[session_id]
        outcome = MoveOutcome.MOVED if journey.target else MoveOutcome.STAYED if stays else MoveOutcome.FAILED
        return Move(worker.id, session_id, outcome, anyio.current_time() - began, journey.target)


class _Journey:
    """A session on its way from one worker to another."""

    def __init__(self, source: Worker) -> None:
        self.source = source
        self.target = ""
        self.begun = anyio.Event()
        self.over = anyio.Event()

    def arrive(self, worker: Worker) -> None:
        """Note where it has come up."""
        self.target = worker.id
        self.begun.set()
        self.over.set()
