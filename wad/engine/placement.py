"""Which worker takes the next session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable


class Candidate(Protocol):
    """What placement needs to know of a worker."""

    @property
    def load(self) -> int:
        """Sessions that it has, those on their way to it included."""
        ...

    @property
    def accepts(self) -> bool:
        """True while it may be given new sessions."""
        ...


C = TypeVar("C", bound=Candidate)


def choose(workers: Iterable[C], sessions_per_worker: int) -> C | None:
    """Return the fullest worker that still has a place, None when a new worker is needed.

    Filling up before spawning keeps the number of processes, and so the memory, at its least, and lets workers that
    empty stay empty until they end.
    """
    free = [worker for worker in workers if worker.accepts and worker.load < sessions_per_worker]
    return max(free, key=lambda worker: worker.load, default=None)
