"""Worker processes, and sessions that move between them, from the domain to the contract. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from wad.domain.errors import InvalidInput
from wad.domain.workers import Move, MoveOutcome, WorkerState
from wad.rpc.convert import duration
from wad.v1 import admin_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wad.domain.workers import Replaced, WorkerView

_STATES: Final = {
    WorkerState.STARTING: admin_pb2.WORKER_STATE_STARTING,
    WorkerState.READY: admin_pb2.WORKER_STATE_READY,
    WorkerState.RETIRING: admin_pb2.WORKER_STATE_RETIRING,
    WorkerState.GONE: admin_pb2.WORKER_STATE_GONE,
}
_OUTCOMES: Final = {
    MoveOutcome.MOVED: admin_pb2.MOVE_OUTCOME_MOVED,
    MoveOutcome.ENDED: admin_pb2.MOVE_OUTCOME_ENDED,
    MoveOutcome.STAYED: admin_pb2.MOVE_OUTCOME_STAYED,
    MoveOutcome.FAILED: admin_pb2.MOVE_OUTCOME_FAILED,
}


def worker(view: WorkerView) -> admin_pb2.Worker:
    """Return a worker."""
    usage = view.usage
    return admin_pb2.Worker(
        worker_id=view.id,
        pid=view.pid,
        state=_STATES[view.state],
        closed_reason=view.closed,
        session_ids=sorted(view.sessions),
        usage=admin_pb2.WorkerUsage(
            descriptors=usage.descriptors,
            threads=usage.threads,
            resident_memory_bytes=usage.resident_bytes,
            proportional_memory_bytes=usage.proportional_bytes,
            age=duration(usage.age),
            leaked_threads=usage.leaked_threads,
        ),
        engine_version=view.engine_version,
        protocol_version=view.protocol_version,
    )


def stats(views: Iterable[WorkerView]) -> list[admin_pb2.WorkerStats]:
    """Return the workers as the daemon's counts have them."""
    return [
        admin_pb2.WorkerStats(
            worker_id=view.id,
            pid=view.pid,
            state=view.state.value,
            sessions=len(view.sessions),
            resident_memory_bytes=view.usage.resident_bytes,
        )
        for view in by_name(views)
    ]


def by_name(views: Iterable[WorkerView]) -> list[WorkerView]:
    """Return the workers ordered by name as people count: w2 before w10."""
    return sorted(views, key=lambda view: (len(view.id), view.id))


def chosen(request: admin_pb2.ReplaceWorkersRequest) -> str | None:
    """Return the name of the worker that is to be replaced; None for all.

    Raises:
        InvalidInput: Neither is said.
    """
    match request.WhichOneof("which"):
        case "worker_id" if request.worker_id:
            return request.worker_id
        case "all" if request.all:
            return None
        case _:
            raise InvalidInput("which", "Say which worker is to be replaced: the name of one, or all.")


def step(done: Move | Replaced) -> admin_pb2.ReplaceWorkersResponse:
    """Return what became of a session, or of a worker."""
    if isinstance(done, Move):
        move = admin_pb2.WorkerMove(
            worker_id=done.worker_id,
            session_id=done.session_id,
            outcome=_OUTCOMES[done.outcome],
            duration=duration(done.seconds),
            target_worker_id=done.target,
        )
        return admin_pb2.ReplaceWorkersResponse(move=move)
    replaced = admin_pb2.ReplacedWorker(worker_id=done.worker_id, remaining_session_ids=sorted(done.remaining))
    return admin_pb2.ReplaceWorkersResponse(replaced=replaced)


class Summary:
    """Sums up a replacement as it goes on."""

    def __init__(self) -> None:
        self._outcomes: Counter[MoveOutcome] = Counter()
        self._workers: Counter[bool] = Counter()

    def add(self, done: Move | Replaced) -> None:
        """Count what was done."""
        if isinstance(done, Move):
            self._outcomes[done.outcome] += 1
        else:
            self._workers[bool(done.remaining)] += 1

    def response(self, seconds: float) -> admin_pb2.ReplaceWorkersResponse:
        """Return the last response of a replacement that took so many seconds."""
        outcomes = self._outcomes
        summary = admin_pb2.ReplacementSummary(
            workers_replaced=self._workers[False],
            workers_left=self._workers[True],
            moved=outcomes[MoveOutcome.MOVED],
            ended=outcomes[MoveOutcome.ENDED],
            stayed=outcomes[MoveOutcome.STAYED],
            failed=outcomes[MoveOutcome.FAILED],
            duration=duration(seconds),
        )
        return admin_pb2.ReplaceWorkersResponse(summary=summary)
