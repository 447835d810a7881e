"""Shows the alerts, and the thresholds that rules and dashboards compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import Gauge

from wad.domain.alerts import WATCHED, Alert, Thresholds, threshold_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prometheus_client import CollectorRegistry

    from wad.domain.alerts import AlertState


class AlertMetrics:
    """Implements :class:`wad.managers.alerts.AlertSink`.

    Args:
        registry: Where the metrics are registered.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._active = Gauge(
            "wad_alert_active",
            "1 while the daemon itself, which looks every few minutes, finds that the alert holds.",
            ["alert"],
            registry=registry,
        )
        self._threshold = Gauge(
            "wad_alert_threshold",
            "What the alert's value is compared with, as it is configured; NaN while the alert is switched off.",
            ["alert"],
            registry=registry,
        )
        for alert in WATCHED:
            self._active.labels(alert.value)
        self.show((), Thresholds())

    def show(self, states: Sequence[AlertState], thresholds: Thresholds) -> None:
        """Show the alerts as they are now, and the thresholds of all alerts."""
        for state in states:
            self._active.labels(state.alert.value).set(state.active)
        for alert in Alert:
            self._threshold.labels(alert.value).set(threshold_of(alert, thresholds))
