"""What a contender's processes take of the machine."""

from __future__ import annotations

import secrets
from contextlib import suppress

import anyio
import psutil

MARK = "BENCHMARK_MARK"
"""Variable of the environment that a contender's processes, and those that they start or leave behind, have alone."""


def new_mark() -> str:
    """Return a mark that no other process has."""
    return secrets.token_hex(8)


def marked(mark: str) -> list[psutil.Process]:
    """Return the live processes with that mark, whoever is their parent."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(MARK) == mark:
                found.append(process)
    return found


def pss(mark: str) -> int:
    """Return the proportional set size of all processes with that mark, in bytes."""
    return sum(process.memory_full_info().pss for process in marked(mark))


async def cpu_share(mark: str, seconds: float) -> float:
    """Return how much of one core the processes with that mark use during the next *seconds*; 1 is a whole core."""
    before = _cpu_seconds(mark)
    await anyio.sleep(seconds)
    after = _cpu_seconds(mark)
    return sum(used - before.get(pid, 0) for pid, used in after.items()) / seconds


def kill_marked(mark: str) -> None:
    """End what a failed run has left behind."""
    for process in marked(mark):
        with suppress(psutil.NoSuchProcess):
            process.kill()


def _cpu_seconds(mark: str) -> dict[int, float]:
    times = {process.pid: process.cpu_times() for process in marked(mark)}
    return {pid: spent.user + spent.system for pid, spent in times.items()}
