"""Shows what the health checks found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import Gauge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prometheus_client import CollectorRegistry

    from wad.observability.health import Result


class HealthMetrics:
    """Is told of the results of health checks.

    Args:
        registry: Where the metrics are registered.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._status = Gauge(
            "wad_health_check_status",
            "1 when the health check passes, asked at the moment of the scrape; 0 when it fails.",
            ["check"],
            registry=registry,
        )

    def show(self, results: Iterable[Result]) -> None:
        """Show what was found."""
        for result in results:
            self._status.labels(result.name).set(result.ok)
