"""What the sweep finds, removes, keeps and says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from tests.unit.managers.rig import A, B, C, Rig
from wad.domain.errors import ConfigurationError, StorageError
from wad.domain.ids import SessionId
from wad.domain.records import SessionRecord
from wad.domain.states import DesiredState, RemovalReason, SessionState
from wad.managers import sweep as sweeping
from wad.managers.sweep import Room, Sweep, SweepReport, Verdict
from wad.managers.sweeper import Sweeper

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from wad.domain.deadlines import Deadline

pytestmark = pytest.mark.anyio

HOUR = 3600.0
DISK_FULL = StorageError("the disk is full")


class Noted:
    """A sink that notes what it is told."""

    def __init__(self) -> None:
        self.room: list[Room] = []
        self.reports: list[SweepReport] = []

    def measured(self, room: Room) -> None:
        """Note what was measured."""
        self.room.append(room)

    def swept(self, report: SweepReport) -> None:
        """Note a report."""
        self.reports.append(report)


def sweep_of(rig: Rig) -> Sweep:
    """Return a sweep of the rig's sessions."""
    return Sweep(
        manager=rig.manager,
        registry=rig.registry,
        files=rig.files,
        inspector=rig.files,
        clock=rig.clock,
        trash_retention=24 * HOUR,
    )


def sweeper_of(rig: Rig, sink: Noted, *, interval: float = 300.0) -> Sweeper:
    """Return a scheduler of that sweep."""
    return Sweeper(sweep_of(rig), rig.clock, interval=interval, sink=sink)


def break_deadlines(rig: Rig) -> None:
    """Let no deadline ever come: the fault that the sweep is there for."""

    def forget(session_id: SessionId, deadline: Deadline | None) -> None:
        return

    rig.manager._scheduler.set = forget  # pyright: ignore[reportPrivateUsage] - nothing public can fail like this


def row(session_id: SessionId, **changes: object) -> SessionRecord:
    """Return a record that says its session is connected."""
    return SessionRecord(session_id, 0.0, 0.0, state=SessionState.CONNECTED, **changes)  # pyright: ignore[reportArgumentType] - the tests name real fields


@pytest.fixture
async def rig() -> AsyncGenerator[Rig]:
    """Run a manager whose deadlines never come, so that only the sweep can end a session."""
    made = Rig()
    break_deadlines(made)
    async with made.running():
        yield made


# ── live sessions ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_idle_session_whose_deadline_failed_is_removed_as_cleanup(rig: Rig) -> None:
    """The sweep catches what the deadlines have missed, keeps the files, and says why."""
    await rig.connect(A)
    await rig.clock.advance(16 * 60)
    report = await sweep_of(rig).run()
    assert report.removed == (Verdict(A, "idle"),)
    record = (await rig.manager.get(A)).record
    assert (record.state, record.removal, record.active) == ("expired", RemovalReason.CLEANUP, False)
    assert rig.files.deleted == []
    assert rig.engine.clients == {}


async def test_an_old_session_whose_deadline_failed_is_removed_as_cleanup(rig: Rig) -> None:
    """Age ends a session however much it is used."""
    await rig.connect(A)
    for _ in range(12):
        await rig.clock.advance(11 * 60)
        await rig.manager.touch(A)
    report = await sweep_of(rig).run()
    assert report.removed == (Verdict(A, "max_age"),)


async def test_a_session_within_its_limits_is_kept(rig: Rig) -> None:
    """A session that is used stays, and the report says so."""
    await rig.connect(A)
    await rig.clock.advance(14 * 60)
    report = await sweep_of(rig).run()
    assert (report.checked, report.removed) == (1, ())
    assert report.kept == (Verdict(A, sweeping.WITHIN_LIMITS),)
    assert await rig.state(A) == "connected"


async def test_the_wall_clock_does_not_expire_sessions(rig: Rig) -> None:
    """A wall clock that jumps a year ahead makes no session idle."""
    await rig.connect(A)
    rig.clock.set_wall(rig.clock.wall() + 365 * 24 * HOUR)
    assert (await sweep_of(rig).run()).removed == ()


async def test_a_dry_run_changes_nothing_and_tells_the_same() -> None:
    """What a dry run announces is what the next sweep does."""
    rig = Rig(records=[row(B), row(C, active=False)])
    break_deadlines(rig)
    async with rig.running():
        await rig.manager.restore()
        await rig.connect(A)
        await rig.registry.save(row(B))
        rig.files.paired[SessionId("stray")] = True
        rig.files.trashed.append(C)
        await rig.clock.advance(HOUR)
        before = (await rig.registry.load(), dict(rig.files.paired), list(rig.files.trashed), await rig.state(A))
        announced = await sweep_of(rig).run(dry_run=True)
        assert before == (
            await rig.registry.load(),
            dict(rig.files.paired),
            list(rig.files.trashed),
            await rig.state(A),
        )
        done = await sweep_of(rig).run()
        for name in ("checked", "removed", "kept", "orphans", "unknown_directories", "trash_purged"):
            assert getattr(done, name) == getattr(announced, name), name
        assert done.removed
        assert done.orphans == (B,)
        assert done.unknown_directories == ("stray",)


async def test_many_sessions_are_swept_in_batches(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of more sessions than one batch holds are removed."""
    monkeypatch.setattr(sweeping, "BATCH", 4)
    ids = [SessionId(f"s{number:02}") for number in range(10)]
    for session_id in ids:
        await rig.connect(session_id)
    await rig.clock.advance(HOUR)
    report = await sweep_of(rig).run()
    assert [verdict.session_id for verdict in report.removed] == ids


async def test_a_removal_that_could_not_finish_is_tried_again(rig: Rig) -> None:
    """A removal that a full disk has stopped ends with the first sweep after there is room again."""
    await rig.connect(A)
    rig.registry.failure = DISK_FULL
    with pytest.raises(StorageError):
        await rig.manager.remove(A, RemovalReason.MANUAL)
    stuck = await sweep_of(rig).run()
    assert stuck.kept == (Verdict(A, "its removal cannot finish; it is tried again"),)
    rig.registry.failure = None
    report = await sweep_of(rig).run()
    assert report.removed == (Verdict(A, "its removal could not finish before"),)
    assert rig.files.deleted == [(A, RemovalReason.MANUAL)]


async def test_a_deletion_that_a_restart_cut_off_is_finished() -> None:
    """What a user wanted deleted is deleted, even if the daemon was stopped before it could be."""
    async with Rig().running() as rig:
        await rig.connect(A)
        rig.files.failure = DISK_FULL
        with pytest.raises(StorageError):
            await rig.manager.remove(A, RemovalReason.MANUAL)
        with anyio.fail_after(5):
            await rig.manager.shutdown()
        again = Rig(records=await rig.registry.load())
    again.files.paired[A] = True
    again.files.failure = DISK_FULL
    async with again.running():
        await again.manager.restore()
        again.files.failure = None
        assert (await sweep_of(again).run()).removed == (Verdict(A, sweeping.UNFINISHED),)
        assert again.files.deleted == [(A, RemovalReason.MANUAL)]
        assert await again.registry.load() == []


# ── records and directories ──────────────────────────────────────────────────────────────────────────────────────────


async def test_an_orphan_is_deactivated_and_still_wanted() -> None:
    """A record that claims to be active without a session says so no more; a later start may still restore it."""
    rig = Rig(records=[])
    async with rig.running():
        await rig.manager.restore()
        await rig.registry.save(row(A))
        report = await sweep_of(rig).run()
        record = await rig.registry.get(A)
        assert report.orphans == (A,)
        assert record is not None
        assert (record.active, record.removal, record.desired) == (False, RemovalReason.CLEANUP, DesiredState.RUNNING)
        assert (await sweep_of(rig).run()).orphans == ()


async def test_what_the_restore_is_about_to_start_is_no_orphan() -> None:
    """While the restore has not come to a session, its record is left alone."""
    rig = Rig(records=[row(A), row(B)])
    rig.kept(A)
    rig.kept(B)
    async with rig.running():
        before = await sweep_of(rig).run()
        assert [verdict.session_id for verdict in before.kept] == [A, B]
        assert before.orphans == ()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(rig.manager.restore)
            await anyio.lowlevel.checkpoint()
            assert (await sweep_of(rig).run()).orphans == ()
            await rig.clock.advance(1)
        assert await rig.state(A) == await rig.state(B) == "connected"


async def test_a_directory_without_a_record_is_reported_and_kept(rig: Rig) -> None:
    """Credentials that nobody knows are never deleted."""
    rig.files.paired[A] = True
    report = await sweep_of(rig).run()
    assert report.unknown_directories == (A,)
    assert rig.files.deleted == []
    assert rig.files.paired[A]


async def test_the_trash_is_purged_by_its_retention(rig: Rig) -> None:
    """The sweep hands the configured retention to those who keep the trash."""
    rig.files.trashed.append(A)
    assert (await sweep_of(rig).run()).trash_purged == 1
    assert rig.files.purged == [24 * HOUR]


async def test_room_is_measured(rig: Rig) -> None:
    """The report has the bytes of all directories and of the free disk."""
    await rig.connect(A)
    await rig.connect(B)
    assert (await sweep_of(rig).run()).room == Room(2 * rig.files.size, rig.files.free)


async def test_a_part_that_fails_holds_up_no_other(rig: Rig) -> None:
    """With a registry that cannot be read, sessions still expire, and the report names what failed."""
    await rig.connect(A)
    rig.files.trashed.append(B)
    await rig.clock.advance(HOUR)
    monkey = rig.registry.load

    async def failing() -> list[SessionRecord]:
        raise DISK_FULL

    rig.registry.load = failing
    report = await sweep_of(rig).run()
    rig.registry.load = monkey
    assert report.removed
    assert report.trash_purged == 1
    assert [failure.partition(":")[0] for failure in report.failures] == ["records"]
    assert "disk is full" not in report.failures[0], "a cause may name a path, and belongs in the log"


# ── the scheduler ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_sweeps_come_at_every_interval(rig: Rig) -> None:
    """One task sweeps at each interval, and says when the next one is due."""
    sink = Noted()
    sweeper = sweeper_of(rig, sink)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(sweeper.run)
        await rig.clock.advance(299)
        assert (len(sink.room), len(sink.reports)) == (1, 0)
        assert sweeper.state().next_at == rig.clock.wall() + 1
        await rig.clock.advance(601)
        assert len(sink.reports) == 3
        assert sweeper.state().last_success_at == rig.clock.wall()
        tasks.cancel_scope.cancel()


async def test_a_stopped_scheduler_sweeps_only_on_request(rig: Rig) -> None:
    """After a stop nothing is swept by itself; a start begins a new interval; both may be repeated."""
    sink = Noted()
    sweeper = sweeper_of(rig, sink)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(sweeper.run)
        await rig.clock.advance(200)
        assert not sweeper.stop().running
        assert not sweeper.stop().running
        await rig.clock.advance(HOUR)
        assert sink.reports == []
        assert sweeper.state().next_at is None
        await sweeper.sweep()
        assert len(sink.reports) == 1
        assert sweeper.start().running
        assert sweeper.start().running
        await rig.clock.advance(299)
        assert len(sink.reports) == 1
        await rig.clock.advance(1)
        assert len(sink.reports) == 2
        tasks.cancel_scope.cancel()


async def test_without_an_interval_nothing_is_scheduled(rig: Rig) -> None:
    """An interval of 0 leaves the scheduler off, and a start says which key to set."""
    sweeper = sweeper_of(rig, Noted(), interval=0)
    assert not sweeper.state().running
    with pytest.raises(ConfigurationError, match=r"sessions\.cleanup_interval"):
        sweeper.start()


async def test_a_sweep_with_failures_is_no_success(rig: Rig) -> None:
    """The time of the last success is that of a sweep in which nothing failed; a dry run counts as none."""
    sweeper = sweeper_of(rig, Noted())
    await sweeper.sweep(dry_run=True)
    assert sweeper.state().last is None
    await sweeper.sweep()
    success = sweeper.state().last_success_at
    rig.files.failure = DISK_FULL
    await rig.clock.advance(1)
    report = await sweeper.sweep()
    assert report.failures
    assert sweeper.state().last_success_at == success
    assert sweeper.state().last == report
