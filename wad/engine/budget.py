"""What a worker uses, and what it may use."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from wad.domain.workers import WorkerUsage

if TYPE_CHECKING:
    from wad.engine.settings import EngineSettings

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")
_THREADS, _STARTED, _RESIDENT = 17, 19, 21  # fields of /proc/<pid>/stat after the command's name; see proc(5)


def usage_of(pid: int, leaked_threads: int) -> WorkerUsage:
    """Return what the process uses now; nothing, when it has ended.

    Its age is counted on the clock that only the machine's start begins anew, so no change of the time matters.
    """
    process = Path("/proc", str(pid))
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
        descriptors = len(os.listdir(process / "fd"))  # noqa: PTH208 - only their number is wanted
    except OSError:
        return WorkerUsage(leaked_threads=leaked_threads)
    return WorkerUsage(
        descriptors=descriptors,
        threads=int(fields[_THREADS]),
        resident_bytes=int(fields[_RESIDENT]) * _PAGE,
        age=time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[_STARTED]) / _TICKS,
        leaked_threads=leaked_threads,
    )


def proportional_bytes(pid: int) -> int:
    """Return the memory of a process with each shared part divided among those who share it; 0 when nobody can tell.

    The system looks at every page for it, which takes 1 to 3 ms for a worker.
    """
    with suppress(OSError):
        lines = Path("/proc", str(pid), "smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))
    return 0


def spent(usage: WorkerUsage, settings: EngineSettings) -> str:
    """Return in words which budgets a worker has used up, so that its sessions are to move; 0 is no budget."""
    budgets = (
        (usage.descriptors, settings.max_descriptors, "descriptors"),
        (usage.threads, settings.max_threads, "threads"),
        (usage.resident_bytes >> 20, settings.max_resident_bytes >> 20, "MiB of memory"),
        (usage.age, settings.max_worker_age, "seconds of age"),
    )
    return ", ".join(f"{used:.0f} of {budget:.0f} {what}" for used, budget, what in budgets if 0 < budget <= used)
