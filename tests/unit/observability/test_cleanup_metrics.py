"""What the metrics say of the sweep."""

from __future__ import annotations

from dataclasses import replace

from prometheus_client import CollectorRegistry

from wad.domain.ids import SessionId
from wad.managers.sweep import Room, SweepReport, Verdict
from wad.observability.cleanup_metrics import CLEANED, CleanupMetrics

A, B = SessionId("a"), SessionId("b")
REPORT = SweepReport(
    dry_run=False,
    began_at=1000.0,
    duration=2.0,
    removed=(Verdict(A, "idle"), Verdict(B, "max_age")),
    orphans=(A,),
    trash_purged=3,
    room=Room(4096, 1 << 20),
)


def test_every_series_is_there_before_the_first_sweep() -> None:
    """A counter that appears with its first event hides that event."""
    registry = CollectorRegistry()
    CleanupMetrics(registry)
    for what in CLEANED:
        assert registry.get_sample_value("wad_cleanup_removed_total", {"what": what}) == 0


def test_a_sweep_is_counted_by_what_it_took_away() -> None:
    """Sessions, orphans and trash add up over sweeps; room and time are those of the latest."""
    registry = CollectorRegistry()
    metrics = CleanupMetrics(registry)
    metrics.swept(REPORT)
    metrics.swept(REPORT)
    counted = {what: registry.get_sample_value("wad_cleanup_removed_total", {"what": what}) for what in CLEANED}
    assert counted == {"sessions": 4, "orphans": 2, "trash": 6}
    assert registry.get_sample_value("wad_cleanup_last_success_timestamp_seconds") == 1002.0
    assert registry.get_sample_value("wad_session_files_bytes") == 4096


def test_a_failed_sweep_is_no_success_and_spoils_no_gauge() -> None:
    """What could not be measured stays as it was."""
    registry = CollectorRegistry()
    metrics = CleanupMetrics(registry)
    metrics.swept(REPORT)
    metrics.swept(replace(REPORT, began_at=5000.0, room=Room(), failures=("room: no",)))
    assert registry.get_sample_value("wad_cleanup_last_success_timestamp_seconds") == 1002.0
    assert registry.get_sample_value("wad_session_files_bytes") == 4096
