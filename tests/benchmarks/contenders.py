"""Who is measured: something that keeps sessions connected, in processes and over stores of its own."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager

    from tests.benchmarks.arrivals import Arrivals

QUIET = 30.0
"""Seconds without a sign of life after which sessions that are not connected are taken for lost.

Fifty unmodified clients keep a small machine busy for half of that before the first is connected.
"""


class Name(StrEnum):
    """Names of the contenders, as the report shows them."""

    DAEMON = "wad"
    FULL = "full client"
    THIN = "thin binding"


class Running(Protocol):
    """A contender while its processes run."""

    async def link(self, sessions: Mapping[str, str]) -> Arrivals:
        """Link sessions at once and let their phones scan; *sessions* are phone numbers by session."""
        ...

    async def restore(self, sessions: Mapping[str, str]) -> Arrivals:
        """Connect sessions with their stored credentials; the clock starts with the start of the process."""
        ...


class Contender(Protocol):
    """A contender with its stores, which outlive its processes."""

    @property
    def mark(self) -> str:
        """Mark of all its processes, as ``tests.benchmarks.processes`` uses it."""
        ...

    def running(self) -> AbstractAsyncContextManager[Running]:
        """Start its processes, and wait until they can be used."""
        ...
