"""What is not scanned leaves nothing behind: a hundred sessions that expire cost no descriptors, threads or time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
import psutil
import pytest
from google.protobuf.duration_pb2 import Duration

from tests.faults.witnesses import workers
from tests.house import PATIENCE, state_name, until
from wad.v1 import session_pb2

if TYPE_CHECKING:
    from tests.faults.toll import Tolls
    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

SESSIONS = 100
BUDGET = 20
"""Threads, with three descriptors each, that the engine leaks in one worker before that worker is replaced."""

ANOTHER_WORKER = 3
"""Descriptors of the daemon for one more worker: its process, its socket, and what its parent says of its end."""

WINDOW = 3.0
"""Seconds over which processor time is counted; what a daemon at rest does comes round every second or so."""
MARGIN = 0.1
"""Share of one core by which that may differ: thirty times what a daemon at rest uses, a tenth of one busy thread."""


@dataclass(frozen=True)
class Usage:
    """What a process holds."""

    descriptors: int
    threads: int

    @classmethod
    def of(cls, pid: int) -> Usage:
        """Measure a process."""
        process = psutil.Process(pid)
        return cls(process.num_fds(), process.num_threads())


async def busy(daemon: Daemon) -> float:
    """Return the share of one core that the daemon and its workers use while nobody asks anything of them."""
    processes = [psutil.Process(pid) for pid in (daemon.process.pid, *workers(daemon.house))]
    before = [process.cpu_times() for process in processes]
    await anyio.sleep(WINDOW)
    after = [process.cpu_times() for process in processes]
    used = [then.user + then.system - now.user - now.system for now, then in zip(before, after, strict=True)]
    return sum(used) / WINDOW


async def expire(daemon: Daemon, session_id: str) -> None:
    """Create a session whose QR nobody scans, and wait until it is over."""
    policy = session_pb2.Policy(qr_window=Duration(nanos=50_000_000))
    request = session_pb2.LinkSessionRequest(session_id=session_id, policy=policy)
    last = ""
    async for response in daemon.sessions.LinkSession(request, timeout=PATIENCE):
        last = state_name(response.session)
    assert last == "qr_expired"


async def test_sessions_that_expire_leave_descriptors_threads_and_processor_time_flat(
    house: House, tolls: Tolls
) -> None:
    """A hundred sessions expire one after another beside a connected one, which does not notice."""
    async with house.daemon() as daemon:
        kept = (await daemon.link("kept", "491700000001"))[-1]
        await expire(daemon, "warm-up")
        before, at_rest = Usage.of(daemon.process.pid), await busy(daemon)
        async with tolls.of(house, f"QR expiry x {SESSIONS}", connections=0):
            for number in range(SESSIONS):
                await expire(daemon, f"s{number}")
        after = Usage.of(daemon.process.pid)
        assert after.descriptors <= before.descriptors + ANOTHER_WORKER
        assert after.threads <= before.threads + 2
        await until(lambda: len(workers(house)) == 2, "one keeps the connected session, one takes the others")
        held = [Usage.of(pid) for pid in workers(house)]
        assert all(usage.threads <= BUDGET + 15 for usage in held), held
        assert all(usage.descriptors <= 3 * BUDGET + 40 for usage in held), held
        assert await busy(daemon) <= at_rest + MARGIN
        assert (await daemon.get("kept")).connect_time == kept.connect_time
