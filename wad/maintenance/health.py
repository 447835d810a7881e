"""The daily report: what there is on the disk and in the registry, what the daemon says, and what deserves a look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wad.domain.directories import Holding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wad.domain.directories import Disk, Survey
    from wad.maintenance.ports import Custody, Records

LEAST_FREE: Final = 0.1
"""Part of the disk that should be free."""

MOST_UTILIZATION: Final = 0.8
MOST_MEMORY: Final = 1000 * 1000 * 1000  # bytes
MOST_QR_TIMERS: Final = 2  # for each live session


@dataclass(frozen=True, slots=True)
class Daemon:
    """What a running daemon says of itself.

    Attributes:
        status: How it is, in one word; ``serving`` is well.
        version: Its version.
        uptime: Seconds.
        active: Live sessions.
        limit: How many there may be.
        qr_timers: Sessions whose QR window is running.
        session_timers: Sessions whose idle or age limit is the next to come.
        memory: Bytes that its process holds.
        states: How many sessions are in each state that any is in.
        failed_checks: Its checks that fail, each with what was found.
        disconnected: Linked sessions that are not connected.
    """

    status: str
    version: str
    uptime: float
    active: int
    limit: int
    qr_timers: int
    session_timers: int
    memory: int
    states: Mapping[str, int]
    failed_checks: Sequence[str]
    disconnected: Sequence[str]

    @property
    def utilization(self) -> float:
        """Part of the places that is taken."""
        return self.active / self.limit if self.limit else 0.0


@dataclass(frozen=True, slots=True)
class HealthReport:
    """The report.

    Attributes:
        survey: The sessions' directories.
        disk: Their disk.
        trash: How many entries the trash has, and their bytes.
        records: Every session that the registry knows, and whether it is in service.
        daemon: What the daemon says, or why it says nothing.
        findings: What deserves a look, for people; none is healthy.
    """

    survey: Survey
    disk: Disk
    trash: tuple[int, int]
    records: Mapping[str, bool]
    daemon: Daemon | str
    findings: tuple[str, ...]


def report(custody: Custody, records: Records, daemon: Daemon | str) -> HealthReport:
    """Return the report; nothing is changed.

    Args:
        custody: The sessions' directories.
        records: The registry.
        daemon: What the daemon says, or why it says nothing.

    Raises:
        StorageError: The directories, the disk or the registry cannot be read.
    """
    survey, disk, known = custody.survey(), custody.disk(), records.activity()
    findings = (*_of_directories(survey, known), *_of_disk(disk), *_of_daemon(daemon))
    return HealthReport(survey, disk, custody.trash_size(), known, daemon, findings)


def _of_directories(survey: Survey, known: Mapping[str, bool]) -> Iterator[str]:
    if not known and any(facts.holding is Holding.PAIRED for facts in survey.directories):
        yield (
            "the registry knows no session at all, though some are linked: if it was lost, restore registry.db from a "
            "backup, or create the sessions again; their credentials are safe in their directories, so keep these"
        )
    for facts in survey.directories:
        if facts.holding is Holding.UNREADABLE:
            yield f"{facts.session_id}: {facts.trouble}"
        elif facts.holding is Holding.PAIRED and facts.session_id not in known:
            yield (
                f"{facts.session_id}: the registry does not know this linked session; "
                f"wadctl session create {facts.session_id} brings it back, without a QR"
            )
    for stranger in survey.strangers:
        yield f"{stranger.name} does not belong among the session directories: {stranger.what}"


def _of_disk(disk: Disk) -> Iterator[str]:
    if disk.total and disk.free < LEAST_FREE * disk.total:
        yield f"only {disk.free / disk.total:.0%} of the disk is free"
    if disk.others_may_enter:
        yield "other users may enter the session directory; close it with chmod 700"


def _of_daemon(daemon: Daemon | str) -> Iterator[str]:
    if isinstance(daemon, str):
        yield daemon
        return
    if daemon.status != "serving":
        yield f"the daemon is {daemon.status}"
    for check in daemon.failed_checks:
        yield f"check of the daemon failed: {check}"
    for session_id in daemon.disconnected:
        yield f"{session_id}: linked, but not connected"
    if daemon.utilization > MOST_UTILIZATION:
        yield f"{daemon.utilization:.0%} of the places for sessions are taken"
    if daemon.memory > MOST_MEMORY:
        yield f"the daemon holds {daemon.memory // 1_000_000} MB of memory"
    if daemon.qr_timers > MOST_QR_TIMERS * daemon.active:
        yield f"possible timer leak: {daemon.qr_timers} QR timers for {daemon.active} sessions"
