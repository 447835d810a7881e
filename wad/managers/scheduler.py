"""One heap and one task for the deadlines of all sessions."""

from __future__ import annotations

import heapq
from itertools import count
from typing import TYPE_CHECKING

import anyio

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wad.domain.deadlines import Deadline
    from wad.domain.ids import SessionId
    from wad.ports import Clock


class Scheduler:
    """Calls *due* for each session whose deadline has come.

    A deadline that moved is not taken out of the heap: its old entry is ignored when it comes up, so that setting a
    deadline costs a push and clearing one costs nothing.

    Args:
        clock: Tells the time and sleeps.
        due: Called with the session's id, on the loop, in the order of the deadlines.
    """

    def __init__(self, clock: Clock, due: Callable[[SessionId], None]) -> None:
        self._clock = clock
        self._due = due
        self._heap: list[tuple[float, int, SessionId]] = []
        self._armed: dict[SessionId, tuple[int, Deadline]] = {}
        self._numbers = count()
        self._earlier = anyio.Event()

    @property
    def armed(self) -> Mapping[SessionId, Deadline]:
        """The deadline of each session that has one."""
        return {session_id: deadline for session_id, (_, deadline) in self._armed.items()}

    def set(self, session_id: SessionId, deadline: Deadline | None) -> None:
        """Replace the session's deadline; None clears it."""
        armed = self._armed.get(session_id)
        if deadline is None:
            self._armed.pop(session_id, None)
        elif armed is None or armed[1] != deadline:
            number = next(self._numbers)
            self._armed[session_id] = (number, deadline)
            heapq.heappush(self._heap, (deadline.at, number, session_id))
            if self._heap[0][1] == number:
                self._earlier.set()

    async def run(self) -> None:
        """Wait for deadlines and report them, until cancelled."""
        while True:
            self._earlier = anyio.Event()
            wait = self._report_due()
            async with anyio.create_task_group() as tasks:
                if wait is not None:
                    tasks.start_soon(self._sleep, wait, self._earlier)
                await self._earlier.wait()
                tasks.cancel_scope.cancel()

    async def _sleep(self, seconds: float, then: anyio.Event) -> None:
        await self._clock.sleep(seconds)
        then.set()

    def _report_due(self) -> float | None:
        """Report what is due and return the seconds until the next deadline, or None."""
        while self._heap:
            at, number, session_id = self._heap[0]
            armed = self._armed.get(session_id)
            if armed is None or armed[0] != number:
                heapq.heappop(self._heap)
                continue
            if (wait := at - self._clock.monotonic()) > 0:
                return wait
            heapq.heappop(self._heap)
            del self._armed[session_id]
            self._due(session_id)
        return None
