"""What becomes of the workers, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prometheus_client import Counter, Histogram

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

# A worker is ready after a tenth of a second on an idle host; on a busy one, or with a cold disk, it takes seconds.
_START_BUCKETS: Final = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 5, 10, 30)
_ADOPTIONS: Final = ("adopted", "gone", "mute", "incompatible")
_RESTARTS: Final = ("crashed", "unresponsive", "over_budget", "replaced")


class WorkerMetrics:
    """Is told of the workers as they come and go."""

    def __init__(self) -> None:
        self._start_duration = Histogram(
            "wad_worker_start_duration_seconds",
            "From the start of a worker process until it is ready.",
            buckets=_START_BUCKETS,
            registry=None,
        )
        self._adoptions = Counter(
            "wad_worker_adoptions_total",
            "Workers that an earlier daemon had left, by what became of them when this one started.",
            ["outcome"],
            registry=None,
        )
        for outcome in _ADOPTIONS:
            self._adoptions.labels(outcome)
        self._restarts = Counter(
            "wad_worker_restarts_total",
            "Workers that have ended other than for want of sessions, by the reason.",
            ["reason"],
            registry=None,
        )
        for reason in _RESTARTS:
            self._restarts.labels(reason)

    def register(self, registry: CollectorRegistry) -> None:
        """Let *registry* show the counts."""
        registry.register(self._start_duration)
        registry.register(self._adoptions)
        registry.register(self._restarts)

    def worker_started(self, seconds: float) -> None:
        """Take how long a worker took to become ready."""
        self._start_duration.observe(seconds)

    def worker_left_over(self, outcome: str) -> None:
        """Take what became of a worker that was found at the start."""
        self._adoptions.labels(outcome).inc()

    def worker_restarted(self, reason: str) -> None:
        """Take why a worker that has ended was not merely needed no more."""
        self._restarts.labels(reason).inc()
