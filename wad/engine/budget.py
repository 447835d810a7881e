"""What a worker may use, and what it does use."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wad.engine.settings import EngineSettings

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")
_THREADS, _STARTED, _RESIDENT = 17, 19, 21  # fields of /proc/<pid>/stat after the command's name; see proc(5)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a worker's process uses.

    Attributes:
        descriptors: Open file descriptors.
        threads: Threads.
        resident_bytes: Memory that is resident.
        age: Seconds since its start.
        leaked_threads: Threads of ended clients that never returned, as it says itself.
    """

    descriptors: int = 0
    threads: int = 0
    resident_bytes: int = 0
    age: float = 0.0
    leaked_threads: int = 0

    @classmethod
    def of(cls, pid: int, leaked_threads: int) -> Usage:
        """Return what the process uses now; nothing, when it has ended.

        Its age is counted on the clock that only the machine's start begins anew, so no change of the time matters.
        """
        process = Path("/proc", str(pid))
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            descriptors = len(os.listdir(process / "fd"))  # noqa: PTH208 - only their number is wanted
        except OSError:
            return cls(leaked_threads=leaked_threads)
        return cls(
            descriptors,
            int(fields[_THREADS]),
            int(fields[_RESIDENT]) * _PAGE,
            time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[_STARTED]) / _TICKS,
            leaked_threads,
        )

    def exceeds(self, settings: EngineSettings) -> str:
        """Return in words which budgets the worker has used up, so that its sessions are to move; 0 is no budget."""
        spent = (
            (self.descriptors, settings.max_descriptors, "descriptors"),
            (self.threads, settings.max_threads, "threads"),
            (self.resident_bytes >> 20, settings.max_resident_bytes >> 20, "MiB of memory"),
            (self.age, settings.max_worker_age, "seconds of age"),
        )
        return ", ".join(f"{used:.0f} of {budget:.0f} {what}" for used, budget, what in spent if 0 < budget <= used)
