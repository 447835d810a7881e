"""Sessions are linked and removed again and again: no process of the house grows with their number."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.faults.witnesses import credentials, workers
from tests.house import until
from wad.v1 import session_pb2

if TYPE_CHECKING:
    from tests.faults.toll import Tolls
    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

CYCLES = int(os.environ.get("LINK_CYCLES", "30"))
"""``make link-cycles`` asks for 1,000."""
WARM_UP = 10
"""Cycles after which every cache of the processes is filled and every pool has its size."""
MORE_DESCRIPTORS = 5
"""In the daemon."""
MORE_THREADS = 10
MORE_MEMORY = 48 << 20
"""Bytes that the daemon and its workers together may grow, Go's heap included, whatever the number of cycles."""
LEAK = 5
"""Descriptors in a worker, three to five, for each client that it has had: the engine never closes a store."""
BUDGET = 512 + LEAK * 100
"""Descriptors in one worker: at 512 its sessions move to another, at the next look, which comes every 15 s."""
CYCLES_PER_MOVE = 80
"""A worker has its descriptors used up by no fewer cycles than that."""


@dataclass(frozen=True)
class Usage:
    """What the daemon and its workers hold."""

    descriptors: int
    most_in_a_worker: int
    threads: int
    resident: int

    @classmethod
    def of(cls, daemon: Daemon) -> Usage:
        """Measure them."""
        own = psutil.Process(daemon.process.pid)
        others = [psutil.Process(pid) for pid in workers(daemon.house)]
        return cls(
            own.num_fds(),
            max(process.num_fds() for process in others),
            sum(process.num_threads() for process in (own, *others)),
            sum(process.memory_info().rss for process in (own, *others)),
        )


async def cycle(daemon: Daemon, number: int) -> None:
    """Link a session and remove it for good."""
    name = f"s{number}"
    jid = (await daemon.link(name, f"4917100{number:05}"))[-1].user.jid
    await daemon.remove(name, session_pb2.REMOVAL_REASON_LOGOUT)
    await daemon.house.emulator.wait_unlinked(jid)


@pytest.mark.timeout(120 + 4 * CYCLES)
async def test_linking_and_removing_sessions_leaves_descriptors_threads_and_memory_flat(
    house: House, tolls: Tolls
) -> None:
    """However many sessions come and go beside a connected one, no more is held at the end than at first.

    What the engine leaks, descriptors, is bounded by the worker's budget, after which its sessions move to another.
    """
    async with house.daemon() as daemon:
        kept = (await daemon.link("kept", "491700000001"))[-1]
        for number in range(WARM_UP):
            await cycle(daemon, number)
        before = Usage.of(daemon)
        moves = CYCLES // CYCLES_PER_MOVE
        async with tolls.of(house, f"{CYCLES} sessions linked and removed", connections=moves):
            for number in range(WARM_UP, WARM_UP + CYCLES):
                await cycle(daemon, number)
                assert Usage.of(daemon).most_in_a_worker <= BUDGET
            await daemon.until_state("kept", "connected")
        await until(lambda: len(workers(house)) == 1, "one worker is enough")
        after = Usage.of(daemon)
        print(f"{before=} {after=}")  # noqa: T201 - what `make link-cycles` is run for
        assert after.descriptors <= before.descriptors + MORE_DESCRIPTORS
        assert after.most_in_a_worker <= before.most_in_a_worker + LEAK * CYCLES
        assert after.threads <= before.threads + MORE_THREADS
        assert after.resident <= before.resident + MORE_MEMORY
        assert credentials(house) == {"kept": kept.user.jid}
        assert {path.name for path in house.sessions.iterdir()} <= {"kept", ".trash"}
