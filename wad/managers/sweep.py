"""The sweep: it finds what the deadlines, a crash or a failing disk have left behind.

Deadlines end sessions by themselves; the sweep is the safety net below them. It never deletes credentials.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

import anyio
import anyio.lowlevel
import structlog

from wad.domain.errors import StorageError
from wad.domain.events import Swept
from wad.domain.states import DELETES_FILES

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator

    from wad.domain.ids import SessionId
    from wad.domain.records import SessionRecord
    from wad.managers.runner import SessionRunner
    from wad.managers.session_manager import SessionManager
    from wad.ports import Clock, Housekeeping, Registry, SessionInspector

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

BATCH: Final = 50
"""Sessions that are dealt with in one go, before others get their turn on the loop."""

REMOVAL_TIMEOUT: Final = 10.0
"""Seconds that the sweep waits for a session to be removed; the removal goes on without it."""

T = TypeVar("T")

WITHIN_LIMITS: Final = "within its limits"
BUSY: Final = "it is busy, and ends when that is done"
UNFINISHED: Final = "its removal could not finish before"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was done with one session, and why, for people."""

    session_id: SessionId
    why: str


@dataclass(frozen=True, slots=True)
class Room:
    """How much room the sessions take, in bytes; None for what could not be measured."""

    session_files: int | None = None
    free: int | None = None


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What one sweep did or, after a dry run, would have done.

    Attributes:
        dry_run: Nothing was changed.
        began_at: Seconds since the epoch.
        duration: Seconds.
        checked: Live sessions that were looked at.
        removed: Sessions that were removed, ordered by id.
        kept: Sessions and records that were kept, ordered by id.
        orphans: Records that were active without a live session, and were deactivated; ordered.
        unknown_directories: Session directories that no record knows; never deleted. Ordered.
        trash_purged: Entries of the trash that were deleted.
        room: How much room the sessions take.
        failures: Parts that failed; the log has the causes.
    """

    dry_run: bool
    began_at: float
    duration: float
    checked: int = 0
    removed: tuple[Verdict, ...] = ()
    kept: tuple[Verdict, ...] = ()
    orphans: tuple[SessionId, ...] = ()
    unknown_directories: tuple[SessionId, ...] = ()
    trash_purged: int = 0
    room: Room = Room()
    failures: tuple[str, ...] = ()


@dataclass(slots=True)
class _Notes:
    """What a sweep has found so far."""

    dry_run: bool
    checked: int = 0
    removed: list[Verdict] = field(default_factory=list[Verdict])
    kept: list[Verdict] = field(default_factory=list[Verdict])
    orphans: list[SessionId] = field(default_factory=list["SessionId"])
    unknown: list[SessionId] = field(default_factory=list["SessionId"])
    purged: int = 0
    room: Room = field(default_factory=Room)
    failures: list[str] = field(default_factory=list[str])


class Sweep:
    """Sweeps whenever it is told to.

    Args:
        manager: Keeps the live sessions.
        registry: Holds the records.
        files: Keeps the directories.
        inspector: Measures them.
        clock: Tells the time.
        trash_retention: Seconds that refused credentials stay in the trash; it may be changed.
    """

    def __init__(
        self,
        *,
        manager: SessionManager,
        registry: Registry,
        files: Housekeeping,
        inspector: SessionInspector,
        clock: Clock,
        trash_retention: float,
    ) -> None:
        self._manager = manager
        self._registry = registry
        self._files = files
        self._inspector = inspector
        self._clock = clock
        self.trash_retention = trash_retention

    async def run(self, *, dry_run: bool = False) -> SweepReport:
        """Sweep once; a part that fails is reported, and holds up no other.

        Args:
            dry_run: Only say what would be done.
        """
        began, began_at = self._clock.monotonic(), self._clock.wall()
        notes = _Notes(dry_run)
        await self._sweep_sessions(notes)
        await self._attempt("records", self._sweep_records, notes)
        await self._attempt("trash", self._purge_trash, notes)
        notes.room = await self.measure(notes.failures.append)
        return SweepReport(
            dry_run=dry_run,
            began_at=began_at,
            duration=self._clock.monotonic() - began,
            checked=notes.checked,
            removed=_ordered(notes.removed),
            kept=_ordered(notes.kept),
            orphans=tuple(sorted(notes.orphans)),
            unknown_directories=tuple(sorted(notes.unknown)),
            trash_purged=notes.purged,
            room=notes.room,
            failures=tuple(notes.failures),
        )

    async def measure(self, failed: Callable[[str], None] = lambda _: None) -> Room:
        """Measure how much room the sessions take; *failed* is told what could not be measured."""
        size = free = None
        try:
            free = await self._inspector.free_bytes()
            size = 0
            for batch in _batches(await self._files.sessions()):
                size += await self._inspector.measure(batch)
        except StorageError as error:
            _log.warning("sweep.part_failed", part="room", error=str(error))
            failed("room: the sessions' disk could not be measured; the log has the cause")
            size = None
        return Room(size, free)

    async def _attempt(self, part: str, work: Callable[[_Notes], Coroutine[None, None, None]], notes: _Notes) -> None:
        try:
            await work(notes)
        except StorageError as error:
            _log.warning("sweep.part_failed", part=part, error=str(error))
            notes.failures.append(f"{part}: the storage could not be read or written; the log has the cause")

    # ── live sessions ─────────────────────────────────────────────────────────────────────────────────────────────

    async def _sweep_sessions(self, notes: _Notes) -> None:
        for batch in _batches(list(self._manager.runners.values())):
            async with anyio.create_task_group() as tasks:
                for runner in batch:
                    tasks.start_soon(self._sweep_session, runner, notes)
            await anyio.lowlevel.checkpoint()

    async def _sweep_session(self, runner: SessionRunner, notes: _Notes) -> None:
        if runner.finished.is_set():
            return  # it ended by itself a moment ago
        notes.checked += 1
        overdue, unfinished = runner.overdue(), runner.removal_failure is not None
        if overdue is None and not unfinished:
            why = "its removal is under way" if runner.removing else WITHIN_LIMITS
            notes.kept.append(Verdict(runner.session_id, why))
            return
        why = UNFINISHED if overdue is None else str(overdue)
        if not notes.dry_run and not await self._end(runner):
            notes.kept.append(Verdict(runner.session_id, _why_kept(runner)))
            return
        notes.removed.append(Verdict(runner.session_id, why))

    async def _end(self, runner: SessionRunner) -> bool:
        """Have the session removed, and return True when it is."""
        with anyio.move_on_after(REMOVAL_TIMEOUT):
            if runner.removal_failure is None:
                await runner.ask(Swept())
            else:
                runner.retry_removal()
            if runner.removing:
                await runner.over()
        return runner.finished.is_set()

    # ── records, directories, trash ───────────────────────────────────────────────────────────────────────────────

    async def _sweep_records(self, notes: _Notes) -> None:
        records = await self._registry.load()
        for batch in _batches(records):
            for record in batch:
                await self._sweep_record(record, notes)
            await anyio.lowlevel.checkpoint()
        known = {record.session_id for record in records}
        found = await self._files.sessions()
        # One that was begun since the records were read is live.
        notes.unknown = [one for one in found if one not in known and one not in self._manager.runners]

    async def _sweep_record(self, record: SessionRecord, notes: _Notes) -> None:
        session_id = record.session_id
        if session_id in self._manager.runners:
            return
        if record.active and self._manager.may_restore(session_id):
            notes.kept.append(Verdict(session_id, "it is about to be restored"))
        elif record.active:
            if notes.dry_run or await self._manager.deactivate(session_id):
                notes.orphans.append(session_id)
        elif (
            record.removal is not None and record.removal in DELETES_FILES
        ):  # whoever wanted it gone is not asked again because the daemon restarted
            notes.removed.append(Verdict(session_id, UNFINISHED))
            if not notes.dry_run:
                await self._manager.remove(session_id, record.removal)

    async def _purge_trash(self, notes: _Notes) -> None:
        notes.purged = await self._files.purge_trash(self.trash_retention, dry_run=notes.dry_run)


def _why_kept(runner: SessionRunner) -> str:
    """Say why a session that was to be removed is still there."""
    if runner.removal_failure is not None:
        return "its removal cannot finish; it is tried again"
    if runner.removing or runner.overdue() is not None:
        return BUSY
    return WITHIN_LIMITS  # it was used at the last moment


def _ordered(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    return tuple(sorted(verdicts, key=lambda verdict: verdict.session_id))


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    """Yield *items* in lists of at most :data:`BATCH`."""
    remaining = list(items)
    for start in range(0, len(remaining), BATCH):
        yield remaining[start : start + BATCH]
