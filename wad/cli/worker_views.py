"""Workers, and sessions that move between them, as tables and lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from wad.cli.listing import Column, Listing
from wad.cli.text import age, printable, size
from wad.v1 import admin_pb2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.protobuf.duration_pb2 import Duration
    from rich.console import RenderableType

_COLUMNS = (
    *("WORKER", "PID", "STATE", "SESSIONS", "MEMORY"),
    *(Column("SHARE", 1), Column("THREADS", 3), Column("LEAKED", 5), Column("FILES", 4), Column("AGE", 2)),
)


def workers_table(workers: Sequence[admin_pb2.Worker]) -> RenderableType:
    """Return one line for each worker, and below them why some get no new sessions."""
    table = Listing(*_COLUMNS)
    for worker in workers:
        usage = worker.usage
        table.add_row(
            printable(worker.worker_id),
            str(worker.pid or "-"),
            _bare(admin_pb2.WorkerState.Name(worker.state), "WORKER_STATE_"),
            str(len(worker.session_ids)),
            size(usage.resident_memory_bytes),
            size(usage.proportional_memory_bytes) if usage.proportional_memory_bytes else "-",
            str(usage.threads),
            str(usage.leaked_threads),
            str(usage.descriptors),
            age(usage.age.ToSeconds()),
        )
    closed = [worker for worker in workers if worker.closed_reason]
    notes = [Text(printable(f"{w.worker_id} gets no new sessions: {w.closed_reason}.")) for w in closed]
    return Group(table, *([Text(), *notes] if notes else []))


def step_line(step: admin_pb2.ReplaceWorkersResponse) -> str:
    """Return what became of a session or a worker, or the sum of it, on one line."""
    match step.WhichOneof("step"):
        case "move":
            return _move_line(step.move)
        case "replaced":
            worker, remaining = printable(step.replaced.worker_id), len(step.replaced.remaining_session_ids)
            return f"{worker} ends when {remaining} more have left it." if remaining else f"{worker} is replaced."
        case _:
            return _summary_line(step.summary)


def _move_line(move: admin_pb2.WorkerMove) -> str:
    outcome = _bare(admin_pb2.MoveOutcome.Name(move.outcome), "MOVE_OUTCOME_")
    what = {
        "moved": f"moved to {printable(move.target_worker_id)}",
        "stayed": "stayed: a phone is being linked",
        "failed": "FAILED to come up elsewhere; its attempts go on",
    }.get(outcome, outcome)
    return f"{printable(move.worker_id)}  {move.session_id}  {what} ({_seconds(move.duration)})"


def _summary_line(summary: admin_pb2.ReplacementSummary) -> str:
    outcomes = {"moved": summary.moved, "ended": summary.ended, "stayed": summary.stayed, "FAILED": summary.failed}
    told = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items() if count) or "none"
    workers = f"{summary.workers_replaced} replaced"
    if summary.workers_left:
        workers += f", {summary.workers_left} left with sessions"
    return f"Workers: {workers}. Sessions: {told}. It took {_seconds(summary.duration)}."


def _bare(name: str, prefix: str) -> str:
    return name.removeprefix(prefix).lower()


def _seconds(duration: Duration) -> str:
    return f"{duration.ToMilliseconds() / 1000:.1f} s"
