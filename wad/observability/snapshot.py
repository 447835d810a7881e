"""What is counted at the moment of a scrape, instead of being kept up to date in between."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from wad.domain.states import SessionState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The daemon's present counts.

    Attributes:
        sessions: Live sessions by state; absent states count 0.
        sessions_limit: How many live sessions there may be.
        qr_timers: Sessions whose QR window is running.
        session_timers: Sessions whose idle or age limit is the next to come.
        workers: Worker processes by the name of their state; name every state, also those that count 0.
        worker_resident_bytes: Resident memory of all workers together, in bytes.
        watchers: Open event streams.
        devices: Live sessions that are devices of a phone.
        draining: The daemon takes no more work, and goes down.
        certificate_expires_at: When the TLS certificate expires, in seconds since the epoch; None without one.
        free_bytes: Bytes that are free for the sessions' directories.
    """

    sessions: Mapping[SessionState, int]
    sessions_limit: int
    qr_timers: int = 0
    session_timers: int = 0
    workers: Mapping[str, int] | None = None
    worker_resident_bytes: int = 0
    watchers: int = 0
    devices: int = 0
    draining: bool = False
    certificate_expires_at: float | None = None
    free_bytes: int = 0

    @property
    def active_sessions(self) -> int:
        """Live sessions, whatever they are doing."""
        return sum(self.sessions.values())

    @property
    def utilization(self) -> float:
        """The part of the limit that is used: 1 when every place is taken."""
        return self.active_sessions / self.sessions_limit if self.sessions_limit else 0.0


class SnapshotCollector(Collector):
    """Turns snapshots into gauges, all of one scrape out of one snapshot.

    Args:
        snapshot: Called once for each scrape, in the event loop's thread.
    """

    def __init__(self, snapshot: Callable[[], Snapshot]) -> None:
        self._snapshot = snapshot

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges without values: at registration there may be nothing to count yet."""
        return _gauges(Snapshot({}, 0))

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges."""
        return _gauges(self._snapshot())


def _gauges(now: Snapshot) -> Iterator[GaugeMetricFamily]:
    sessions = GaugeMetricFamily("wad_sessions", "Live sessions by state.", labels=["state"])
    for state in SessionState:
        sessions.add_metric([state.value], now.sessions.get(state, 0))
    yield sessions
    workers = GaugeMetricFamily("wad_workers", "Worker processes by state.", labels=["state"])
    for name, number in sorted((now.workers or {}).items()):
        workers.add_metric([name], number)
    yield workers
    for name, text, value in (
        ("wad_sessions_limit", "Live sessions that there may be at one time.", now.sessions_limit),
        ("wad_session_utilization_ratio", "Live sessions over their limit.", now.utilization),
        ("wad_qr_timers", "Sessions whose QR window is running.", now.qr_timers),
        ("wad_session_timers", "Sessions whose idle or age limit is the next to come.", now.session_timers),
        ("wad_devices", "Live sessions that are devices of a phone.", now.devices),
        (
            "wad_worker_resident_memory_bytes",
            "Resident memory of all worker processes together.",
            now.worker_resident_bytes,
        ),
        ("wad_watchers", "Open event streams.", now.watchers),
        ("wad_draining", "1 while the daemon takes no more work because it goes down.", now.draining),
        ("wad_state_dir_free_bytes", "Bytes that are free on the disk of the sessions' directories.", now.free_bytes),
        (
            "wad_tls_certificate_expiry_timestamp_seconds",
            "When the TLS certificate expires, in seconds since the epoch; NaN when there is none.",
            nan if now.certificate_expires_at is None else now.certificate_expires_at,
        ),
    ):
        yield GaugeMetricFamily(name, text, value=value)
