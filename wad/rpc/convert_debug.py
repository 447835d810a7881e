"""What the daemon is doing, from the domain to the contract. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wad.rpc import convert_workers
from wad.rpc.convert import duration
from wad.v1 import admin_pb2

if TYPE_CHECKING:
    from wad.domain.debugging import DebugReport


def report(found: DebugReport) -> admin_pb2.GetDebugResponse:
    """Return what the daemon is doing."""
    return admin_pb2.GetDebugResponse(
        tasks=[admin_pb2.DebugTask(name=task.name, stack=task.where) for task in found.tasks],
        timers=[
            admin_pb2.DebugTimer(session_id=timer.session_id, kind=timer.kind, due_in=duration(timer.due_in))
            for timer in found.timers
        ],
        queues=[
            admin_pb2.DebugQueue(name=queue.name, length=queue.length, capacity=queue.capacity, meaning=queue.meaning)
            for queue in found.queues
        ],
        workers=[convert_workers.worker(worker) for worker in found.workers],
        calls=[
            admin_pb2.DebugCall(
                call_id=call.call_id,
                method=call.method,
                caller=call.caller,
                target=call.target,
                age=duration(call.age),
            )
            for call in found.calls
        ],
    )
