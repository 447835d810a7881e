"""Counts what the sweeps do, and shows how much room the sessions take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prometheus_client import Counter, Gauge

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from wad.managers.sweep import Room, SweepReport

CLEANED: Final = ("sessions", "orphans", "trash")
"""What a sweep takes away: sessions, the claim of a record to be active, entries of the trash."""


class CleanupMetrics:
    """Implements :class:`wad.managers.sweeper.SweepSink`.

    Args:
        registry: Where the metrics are registered.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._success = Gauge(
            "wad_cleanup_last_success_timestamp_seconds",
            "When the latest sweep ended without a failure, in seconds since the epoch; 0 before the first one.",
            registry=registry,
        )
        self._removed = Counter("wad_cleanup_removed", "What sweeps have taken away.", ["what"], registry=registry)
        self._files = Gauge(
            "wad_session_files_bytes",
            "Bytes of all sessions' directories, as the latest sweep found.",
            registry=registry,
        )
        for what in CLEANED:
            self._removed.labels(what)

    def measured(self, room: Room) -> None:
        """Show how much room the sessions take; when that could not be measured it stays as it was."""
        if room.session_files is not None:
            self._files.set(room.session_files)

    def swept(self, report: SweepReport) -> None:
        """Count what a sweep has done."""
        self.measured(report.room)
        for what, number in (
            ("sessions", len(report.removed)),
            ("orphans", len(report.orphans)),
            ("trash", report.trash_purged),
        ):
            self._removed.labels(what).inc(number)
        if not report.failures:
            self._success.set(report.began_at + report.duration)
