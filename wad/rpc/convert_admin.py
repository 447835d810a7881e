"""The sweep and the daemon's counts, from the domain to the contract. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from wad.rpc import convert_workers
from wad.rpc.convert import STATES, alert, duration, timestamp
from wad.v1 import admin_pb2, session_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wad.domain.inspection import Inspection
    from wad.domain.workers import WorkerView
    from wad.managers.alerts import AlertBoard
    from wad.managers.sweep import SweepReport, Verdict
    from wad.managers.sweeper import SweeperState
    from wad.managers.terms import Stats
    from wad.rpc.drain import DrainProgress


@dataclass(frozen=True, slots=True)
class DaemonStats:
    """The daemon's counts.

    Attributes:
        sessions: The session manager's counts.
        workers: The worker processes.
        devices_per_phone: Live devices that a phone may have.
        watchers: Open event streams.
        resident_memory: Bytes that the daemon's own process holds.
        uptime: Seconds.
    """

    sessions: Stats
    workers: tuple[WorkerView, ...]
    devices_per_phone: int
    watchers: int
    resident_memory: int
    uptime: float


def stats(found: DaemonStats, sweeper: SweeperState) -> admin_pb2.GetStatsResponse:
    """Return the daemon's counts."""
    return admin_pb2.GetStatsResponse(
        sessions=session_counts(found.sessions),
        workers=convert_workers.stats(found.workers),
        watchers=found.watchers,
        resident_memory_bytes=found.resident_memory,
        uptime=duration(found.uptime),
        cleanup=scheduler(sweeper),
        devices_per_phone_limit=found.devices_per_phone,
    )


def session_counts(counts: Stats) -> admin_pb2.SessionCounts:
    """Return how many sessions there are."""
    return admin_pb2.SessionCounts(
        active=counts.active,
        limit=counts.limit,
        qr_timers=counts.qr_timers,
        session_timers=counts.session_timers,
        states=[
            admin_pb2.StateCount(state=number, sessions=counts.sessions.get(state, 0))
            for state, number in STATES.items()
        ],
        devices=counts.devices,
    )


def scheduler(state: SweeperState) -> admin_pb2.CleanupScheduler:
    """Return the scheduler of the sweep."""
    return admin_pb2.CleanupScheduler(
        running=state.running,
        interval=duration(state.interval),
        next_run_time=None if state.next_at is None else timestamp(state.next_at),
        last_success_time=None if state.last_success_at is None else timestamp(state.last_success_at),
        last=None if state.last is None else report(state.last),
    )


def alerts(board: AlertBoard) -> admin_pb2.ListAlertsResponse:
    """Return the alerts."""
    return admin_pb2.ListAlertsResponse(
        alerts=[alert(state) for state in sorted(board.states, key=lambda state: state.alert)],
        look_time=None if board.looked_at is None else timestamp(board.looked_at),
        interval=duration(board.interval),
    )


def report(swept: SweepReport) -> admin_pb2.CleanupReport:
    """Return what a sweep did."""
    return admin_pb2.CleanupReport(
        dry_run=swept.dry_run,
        start_time=timestamp(swept.began_at),
        duration=duration(swept.duration),
        checked=swept.checked,
        removed=_verdicts(swept.removed),
        kept=_verdicts(swept.kept),
        orphans=swept.orphans,
        unknown_directories=swept.unknown_directories,
        trash_purged=swept.trash_purged,
        session_files_bytes=swept.room.session_files,
        free_bytes=swept.room.free,
        failures=swept.failures,
    )


def _verdicts(verdicts: Iterable[Verdict]) -> list[admin_pb2.CleanupVerdict]:
    return [admin_pb2.CleanupVerdict(session_id=verdict.session_id, why=verdict.why) for verdict in verdicts]


def drain(progress: DrainProgress) -> admin_pb2.DrainResponse:
    """Return how far a drain is."""
    return admin_pb2.DrainResponse(
        phase=admin_pb2.DrainPhase.Value(f"DRAIN_PHASE_{progress.phase.name}"),
        calls_left=progress.calls,
        sessions_left=progress.sessions,
        elapsed=duration(progress.elapsed),
    )


def inspection(found: Inspection) -> session_pb2.InspectSessionResponse:
    """Return what a session's directory holds."""
    device = found.device
    return session_pb2.InspectSessionResponse(
        device=None
        if device is None
        else session_pb2.PairedDevice(jid=device.jid, lid=device.lid, registration_id=device.registration_id),
        counts=session_pb2.StoreCounts(**asdict(found.counts)),
        files=[
            session_pb2.StoredFile(name=file.name, size_bytes=file.size, modify_time=timestamp(file.modified_at))
            for file in found.files
        ],
        lock_holder_pid=found.lock_holder or 0,
        damage=found.damage,
        set_aside=found.set_aside,
    )
