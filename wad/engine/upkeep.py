"""Looks after the workers: those that are idle or have used up a budget are ended or replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import anyio
import structlog

from wad.domain.workers import WorkerState
from wad.engine.budget import spent
from wad.engine.observer import Restart

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wad.engine.replacement import Replacements
    from wad.engine.settings import EngineSettings
    from wad.engine.worker import Worker
    from wad.ports import EngineSink

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_IDLE_CHECKS: Final = 4
"""Looks within the time for which an idle worker is kept."""


async def keep_up(
    workers: Mapping[str, Worker],
    settings: Callable[[], EngineSettings],
    replacements: Replacements,
    sink: EngineSink,
) -> None:
    """Look after the workers again and again, until cancelled.

    One that has used up a budget gets no more sessions, and those that it has move away; what does not move is tried
    again at the next look. The settings are asked for at each look, for budgets may change.
    """
    while True:
        await anyio.sleep(settings().idle_worker_grace / _IDLE_CHECKS)
        now = anyio.current_time()
        for worker in tuple(workers.values()):
            if worker.state is not WorkerState.READY:
                continue
            used_up = spent(worker.usage(), settings())
            if used_up and not worker.closed:
                _log.info("worker.over_budget", worker=worker.id, used=used_up, sessions=len(worker.sessions))
            if used_up:
                worker.close(used_up, Restart.OVER_BUDGET)
                async for _move in replacements.replace([worker], sink):
                    pass  # each is in the log
            elif not worker.sessions and now - worker.idle_since > settings().idle_worker_grace:
                await worker.retire()
