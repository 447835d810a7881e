"""What a fault costs, measured at WhatsApp's side and on the disk, and held against what was promised."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import anyio

from tests.faults.witnesses import credentials, logins

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection

    from tests.house import House

PROPERTY: Final = "toll"
"""Name of the user property under which a test's report carries what its fault has cost."""


@dataclass(frozen=True, slots=True)
class Toll:
    """What a fault has cost.

    Attributes:
        fault: What was done.
        sessions: Linked devices that had to log in again.
        seconds: From the fault until all was as before.
        connections: Connections of linked devices that were lost, and made again.
        credentials: Stored credentials that are gone without anybody having asked for it.
    """

    fault: str
    sessions: int
    seconds: float
    connections: int
    credentials: int


class Tolls:
    """Measures the faults of one test.

    Args:
        keep: Is given each toll, as a property of the test.
    """

    def __init__(self, keep: Callable[[str, dict[str, Any]], None]) -> None:
        self._keep = keep

    @asynccontextmanager
    async def of(
        self, house: House, fault: str, *, connections: float, removed: Collection[str] = ()
    ) -> AsyncGenerator[Callable[[], None]]:
        """Measure what happens inside: the fault, and the recovery.

        Args:
            house: Where it happens.
            fault: What is done, in words.
            connections: What the fault may cost at most.
            removed: Sessions whose credentials somebody asks to delete meanwhile; it may grow as they do.

        Yields:
            What to call when all is as before; otherwise that is when the block is left.
        """
        stored, before, began = credentials(house), await logins(house), anyio.current_time()
        ends: list[float] = []
        yield lambda: ends.append(anyio.current_time())
        ends.append(anyio.current_time())
        after, kept = await logins(house), credentials(house)
        again = {jid: after[jid] - count for jid, count in before.items() if after.get(jid, count) > count}
        lost = [name for name, jid in stored.items() if kept.get(name) != jid and name not in removed]
        toll = Toll(fault, len(again), round(ends[0] - began, 1), sum(again.values()), len(lost))
        self._keep(PROPERTY, asdict(toll))
        assert not lost, f"{fault} has cost the credentials of {lost}"
        assert toll.connections <= connections, f"{fault} was to cost {connections} connections: {toll}"
