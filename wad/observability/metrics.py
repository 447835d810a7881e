"""Everything that Prometheus scrapes, in a registry of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import anyio
from prometheus_client import (
    CollectorRegistry,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import choose_encoder

from wad.observability.alert_metrics import AlertMetrics
from wad.observability.cleanup_metrics import CleanupMetrics
from wad.observability.health_metrics import HealthMetrics
from wad.observability.message_metrics import MessageMetrics
from wad.observability.rpc_metrics import RpcMetrics
from wad.observability.session_metrics import SessionMetrics
from wad.observability.snapshot import SnapshotCollector

if TYPE_CHECKING:
    from collections.abc import Callable

    from wad.observability.snapshot import Snapshot
    from wad.observability.worker_metrics import WorkerMetrics
    from wad.ports import Clock

# From unnoticeable to the systemd watchdog's 30 s.
_LAG_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
LAG_INTERVAL: Final = 1.0
"""Seconds between two measurements of the event loop's lag."""


class Metrics:
    """The daemon's metrics.

    Args:
        workers: Is told of the workers.
        snapshot: Returns the present counts; called for each scrape in the event loop's thread, and not before.
        version: Version of wad.
        engine_version: Version of the WhatsApp engine's library.
        custom_upstream: True when sessions talk to a server that is not WhatsApp.

    Attributes:
        sessions: To be told of every session event.
        messages: To be told of every message.
        rpc: To be told of every gRPC call.
        cleanup: To be told of every sweep.
        alerts: To be told of every alert.
        health: To be told of every health check.
        loop_lag: Seconds by which the event loop is late; :meth:`watch_loop` fills it.
    """

    def __init__(
        self,
        workers: WorkerMetrics,
        snapshot: Callable[[], Snapshot],
        *,
        version: str,
        engine_version: str,
        custom_upstream: bool,
    ) -> None:
        disable_created_metrics()  # they would double every counter, and nothing here reads them
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._registry.register(SnapshotCollector(snapshot))
        build = Gauge(
            "wad_build_info",
            "Always 1; the labels say what runs, and whether it talks to WhatsApp or to a custom server.",
            ["version", "engine_version", "upstream"],
            registry=self._registry,
        )
        build.labels(version, engine_version, "custom" if custom_upstream else "whatsapp").set(1)
        self.sessions = SessionMetrics(self._registry)
        self.messages = MessageMetrics(self._registry)
        self.rpc = RpcMetrics(self._registry)
        self.cleanup = CleanupMetrics(self._registry)
        self.alerts = AlertMetrics(self._registry)
        self.health = HealthMetrics(self._registry)
        workers.register(self._registry)
        self.loop_lag = Histogram(
            "wad_event_loop_lag_seconds",
            "By how much the event loop is late for a timer.",
            buckets=_LAG_BUCKETS,
            registry=self._registry,
        )

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """Return all metrics, and their content type, in the format that suits *accept*, the header of that name."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type

    async def watch_loop(self, clock: Clock) -> None:
        """Measure the event loop's lag every second until cancelled."""
        while True:
            began = clock.monotonic()
            await anyio.sleep(LAG_INTERVAL)
            self.loop_lag.observe(max(0.0, clock.monotonic() - began - LAG_INTERVAL))
