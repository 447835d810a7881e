"""Counts gRPC calls, under the names that gRPC's own exporters use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prometheus_client import Counter, Histogram

from wad.domain.access import Mechanism
from wad.managers.hub import WatchEnd

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

GRPC_CODES: Final = (
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
)
"""Every status of gRPC; a test holds them to the library's."""

# A read takes a millisecond, a creation that waits for its QR seconds to a minute, a stream of a QR window 5 minutes.
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
# On an idle host a watcher is told within a millisecond; one that reads slowly falls behind by what it takes to read.
_LAG_BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_STRANGER: Final = ("unknown", "unknown")


class RpcMetrics:
    """Calls that were started, and how they ended.

    Calls of methods that were not registered are counted together: what strangers call must not make new series.

    Args:
        registry: Where the metrics are registered.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        names = ["grpc_service", "grpc_method"]
        self._known: set[tuple[str, str]] = set()
        self._started = Counter("grpc_server_started", "Calls that were begun.", names, registry=registry)
        self._handled = Counter(
            "grpc_server_handled", "Calls that have ended, by status.", [*names, "grpc_code"], registry=registry
        )
        self._seconds = Histogram(
            "grpc_server_handling_seconds",
            "How long calls took, streams from their beginning to their end.",
            names,
            buckets=_BUCKETS,
            registry=registry,
        )

        self._refused = Counter(
            "wad_auth_failures",
            "Calls whose caller was not recognised, by what it showed.",
            ["mechanism"],
            registry=registry,
        )
        for mechanism in Mechanism:
            self._refused.labels(mechanism.value)
        self._watches = Counter("wad_watch_ended", "Watches that have ended, by why.", ["reason"], registry=registry)
        for end in WatchEnd:
            self._watches.labels(end.value)

        self._event_lag = Histogram(
            "wad_event_delivery_lag_seconds",
            "From an event until it is handed over for a watcher that was there when it happened.",
            buckets=_LAG_BUCKETS,
            registry=registry,
        )

        self.register(*_STRANGER)

    def register(self, service: str, method: str) -> None:
        """Make the series of a method; *service* is the full name, such as ``wad.v1.SessionService``."""
        self._known.add((service, method))
        self._started.labels(service, method)
        self._seconds.labels(service, method)
        for code in GRPC_CODES:
            self._handled.labels(service, method, code)

    def started(self, service: str, method: str) -> None:
        """Count a call that begins."""
        self._started.labels(*self._name(service, method)).inc()

    def ended(self, service: str, method: str, code: str, seconds: float) -> None:
        """Count a call that ended with *code* (``OK``) after *seconds*."""
        name = self._name(service, method)
        self._handled.labels(*name, code if code in GRPC_CODES else "UNKNOWN").inc()
        self._seconds.labels(*name).observe(seconds)

    def refused(self, mechanism: str) -> None:
        """Count a call whose caller was not recognised by what it showed."""
        self._refused.labels(mechanism).inc()

    def watch_ended(self, end: WatchEnd) -> None:
        """Count the end of a watch."""
        self._watches.labels(end.value).inc()

    def event_delivered(self, seconds: float) -> None:
        """Take how long an event took to be handed over for a watcher."""
        self._event_lag.observe(max(0.0, seconds))

    def _name(self, service: str, method: str) -> tuple[str, str]:
        name = (service, method)
        return name if name in self._known else _STRANGER
