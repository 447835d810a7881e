"""What a session's directory holds, what a sweep did, and the daemon's counts, as tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from wad.cli.listing import Listing
from wad.cli.text import age, counted, local_time, printable, short_time, size, span, timed
from wad.cli.views import pairs, state_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType
    from rich.table import Table

    from wad.v1 import admin_pb2, session_pb2


def inspection(found: session_pb2.InspectSessionResponse) -> RenderableType:
    """Return what a session's directory holds: a line for each thing, and its files."""
    files = Listing("FILE", "SIZE", timed("CHANGED"))
    for file in found.files:
        files.add_row(Text(printable(file.name)), size(file.size_bytes), short_time(file.modify_time))
    return Group(pairs(_inspection_pairs(found)), *([Text(), files] if found.files else []))


def _inspection_pairs(found: session_pb2.InspectSessionResponse) -> Iterator[tuple[str, str]]:
    counts = found.counts
    if found.damage:
        yield "store", f"CANNOT BE READ: {printable(found.damage)}"
    elif found.HasField("device"):
        yield "linked to", printable(found.device.jid)
        yield "lid", printable(found.device.lid) or "-"
        yield "registration", str(found.device.registration_id)
        yield "pre-keys", f"{counts.pre_keys}, {counts.uploaded_pre_keys} of them uploaded"
        yield "contact sessions", str(counts.contact_sessions)
        yield "identity keys", str(counts.identity_keys)
        yield "sender keys", str(counts.sender_keys)
        yield (
            "app state",
            ", ".join((counted(counts.app_state_keys, "key"), counted(counts.app_state_versions, "version"))),
        )
        yield "contacts", str(counts.contacts)
    else:
        yield "linked to", "nobody: there are no credentials"
    if found.set_aside:
        yield "set aside", ", ".join(map(printable, found.set_aside))
    yield "in use by", f"process {found.lock_holder_pid}" if found.lock_holder_pid else "nobody"


def cleanup_report(report: admin_pb2.CleanupReport) -> RenderableType:
    """Return what a sweep did: a line for each session it dealt with, and the sums."""
    done = Listing("SESSION", "WOULD BE" if report.dry_run else "WAS", "WHY")
    for verdict in report.removed:
        done.add_row(Text(verdict.session_id), "removed", Text(printable(verdict.why)))
    for verdict in report.kept:
        done.add_row(Text(verdict.session_id), "kept", Text(printable(verdict.why)))
    for session_id in report.orphans:
        done.add_row(Text(session_id), "deactivated", "its record was active without a live session")
    for session_id in report.unknown_directories:
        done.add_row(Text(session_id), "kept", "a directory that no record knows")
    return Group(*([done, Text()] if done.rows else []), pairs(_report_pairs(report)))


def _report_pairs(report: admin_pb2.CleanupReport) -> Iterator[tuple[str, str]]:
    yield "checked", f"{counted(report.checked, 'live session')} in {report.duration.ToMilliseconds() / 1000:.2f} s"
    yield "removed", str(len(report.removed))
    yield "deactivated", str(len(report.orphans))
    yield "purged", f"{counted(report.trash_purged, 'entry', 'entries')} of the trash"
    if report.HasField("session_files_bytes"):
        yield "session files", size(report.session_files_bytes)
    if report.HasField("free_bytes"):
        yield "free on disk", size(report.free_bytes)
    for failure in report.failures:
        yield "FAILED", printable(failure)


def scheduler(state: admin_pb2.CleanupScheduler) -> Table:
    """Return the scheduler of the sweep, a line for each thing."""
    return pairs(_scheduler_pairs(state))


def _scheduler_pairs(state: admin_pb2.CleanupScheduler) -> Iterator[tuple[str, str]]:
    yield "scheduler", f"every {span(state.interval.ToSeconds())}" if state.running else "stopped"
    if state.HasField("next_run_time"):
        yield "next sweep", local_time(state.next_run_time)
    yield "last success", local_time(state.last_success_time) if state.HasField("last_success_time") else "never"
    if state.HasField("last"):
        last = state.last
        yield "last sweep", f"{len(last.removed)} removed, {len(last.orphans)} deactivated, {last.trash_purged} purged"


def stats(found: admin_pb2.GetStatsResponse) -> RenderableType:
    """Return the daemon's counts: a line for each thing, and its workers."""
    workers = Listing("WORKER", "PID", "STATE", "SESSIONS", "MEMORY")
    for worker in found.workers:
        workers.add_row(
            Text(printable(worker.worker_id)),
            str(worker.pid or "-"),
            Text(printable(worker.state)),
            str(worker.sessions),
            size(worker.resident_memory_bytes),
        )
    return Group(pairs(_stats_pairs(found)), *([Text(), workers] if found.workers else []))


def _stats_pairs(found: admin_pb2.GetStatsResponse) -> Iterator[tuple[str, str]]:
    counts = found.sessions
    yield "sessions", f"{counts.active} of {counts.limit}"
    for count in counts.states:
        if count.sessions:
            yield f"  {state_name(count.state)}", str(count.sessions)
    yield "devices", f"{counts.devices} of the sessions, at most {found.devices_per_phone_limit} of a phone"
    yield "timers", f"{counts.qr_timers} QR, {counts.session_timers} session"
    yield "watchers", str(found.watchers)
    yield "memory", size(found.resident_memory_bytes)
    yield "up for", age(found.uptime.ToSeconds())
    yield from _scheduler_pairs(found.cleanup)
