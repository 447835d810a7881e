"""Who counts what becomes of the workers."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class Adoption(StrEnum):
    """What became of a worker that an earlier daemon had left."""

    ADOPTED = "adopted"
    GONE = "gone"
    MUTE = "mute"
    INCOMPATIBLE = "incompatible"


class Restart(StrEnum):
    """Why a worker's sessions had to go on in another one."""

    CRASHED = "crashed"
    UNRESPONSIVE = "unresponsive"
    OVER_BUDGET = "over_budget"
    REPLACED = "replaced"


class EngineObserver(Protocol):
    """Is told what becomes of the workers; never blocks, never raises."""

    def worker_started(self, seconds: float) -> None:
        """Take how long a worker took to become ready."""
        ...

    def worker_left_over(self, outcome: Adoption) -> None:
        """Take what became of a worker that was found at the start."""
        ...

    def worker_restarted(self, reason: Restart) -> None:
        """Take why a worker that has ended was not merely needed no more."""
        ...


class NoObserver:
    """Nobody looks."""

    def worker_started(self, seconds: float) -> None:
        """Ignore it."""

    def worker_left_over(self, outcome: Adoption) -> None:
        """Ignore it."""

    def worker_restarted(self, reason: Restart) -> None:
        """Ignore it."""
