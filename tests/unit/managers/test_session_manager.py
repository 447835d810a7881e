"""The session manager's promises, on a simulated engine and a clock of our own."""

from __future__ import annotations

from dataclasses import replace

import anyio
import pytest

from tests.unit.managers.rig import ADA, A, B, C, Rig
from wad.domain.errors import (
    CreateFailed,
    Draining,
    EngineUnavailable,
    SessionLimitReached,
    SessionNotFound,
    StorageError,
)
from wad.domain.policy import Policy
from wad.domain.records import EventKind, SessionRecord
from wad.domain.states import DesiredState, RemovalReason
from wad.managers.terms import Limits, Wait

pytestmark = pytest.mark.anyio

HOUR = 3600.0


# ── create ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_new_session_is_answered_with_its_qr() -> None:
    """A creation waits for the first QR and shows it, with the time until which it is valid."""
    async with Rig().running() as rig:
        created = await rig.manager.create(A)
        assert created.view.qr is not None
        assert created.view.qr.expires_at == rig.clock.wall() + 60
        assert not created.already_connected


async def test_concurrent_creations_of_one_id_do_the_work_once() -> None:
    """Ten callers at once start one client and get the same session."""
    async with Rig().running() as rig:
        async with anyio.create_task_group() as tasks:
            for _ in range(10):
                tasks.start_soon(rig.manager.create, A)
        assert (await rig.manager.get(A)).record.generation == 1
        assert len(rig.engine.clients) == 1


async def test_a_linked_session_is_not_restarted() -> None:
    """Creating a connected session answers with its present state."""
    async with Rig().running() as rig:
        await rig.connect(A)
        created = await rig.manager.create(A)
        assert created.already_connected
        assert created.view.record.generation == 1


async def test_stored_credentials_connect_without_a_qr() -> None:
    """A session whose files are kept comes back with them, and says so."""
    async with Rig().running() as rig:
        rig.kept(A)
        created = await rig.manager.create(A, wait=Wait.CONNECTED)
        assert created.view.record.auto_reconnected
        assert not any(event.kind is EventKind.QR_ISSUED for event in rig.events)


async def test_refused_credentials_give_way_to_a_qr_in_the_same_call() -> None:
    """Credentials that WhatsApp refuses are moved to the trash, and the caller gets a QR."""
    async with Rig().running() as rig:
        rig.kept(A)
        rig.engine.logout(A)
        created = await rig.manager.create(A)
        assert created.view.qr is not None
        assert rig.files.trashed == [A]
        assert rig.files.deleted == []


async def test_the_limit_holds_for_concurrent_creations() -> None:
    """Of three creations at once for two places exactly one is refused, and it leaves nothing behind."""
    async with Rig(limits=Limits(max_sessions=2)).running() as rig:
        refused: list[str] = []

        async def create(session_id: str) -> None:
            try:
                await rig.manager.create(session_id)  # pyright: ignore[reportArgumentType] - one of the ids below
            except SessionLimitReached:
                refused.append(session_id)

        async with anyio.create_task_group() as tasks:
            for session_id in (A, B, C):
                tasks.start_soon(create, session_id)
        assert len(refused) == 1
        assert len(await rig.manager.list(include_inactive=True)) == 2


async def test_a_removed_session_frees_its_place() -> None:
    """The limit counts live sessions, not those that were."""
    async with Rig(limits=Limits(max_sessions=1)).running() as rig:
        await rig.manager.create(A)
        await rig.manager.remove(A, RemovalReason.MANUAL)
        await rig.manager.create(B)


async def test_a_failed_creation_is_undone() -> None:
    """When no client can be started the caller is told why, and neither a record nor a directory is left."""
    async with Rig().running() as rig:
        rig.engine.fail_next_start(EngineUnavailable("no worker"))
        with pytest.raises(CreateFailed) as caught:
            await rig.manager.create(A)
        assert caught.value.cause == "ENGINE_UNAVAILABLE"
        assert await rig.manager.list(include_inactive=True) == []
        assert A not in rig.files.paired


async def test_a_failed_creation_keeps_stored_credentials() -> None:
    """Undoing a creation never touches credentials that were there before."""
    async with Rig().running() as rig:
        rig.kept(A)
        rig.engine.fail_next_start(EngineUnavailable("no worker"))
        with pytest.raises(CreateFailed):
            await rig.manager.create(A)
        assert rig.files.paired[A]
        assert rig.files.deleted == []


async def test_a_session_outlives_a_caller_that_gives_up() -> None:
    """A caller whose deadline passes does not take the session with it."""
    async with Rig().running() as rig:
        rig.engine.silent.add(A)
        with anyio.move_on_after(0.05):
            await rig.manager.create(A)
        assert await rig.state(A) == "connecting"


async def test_an_unreadable_store_is_an_error_of_that_session_alone() -> None:
    """Damaged credentials are neither used nor replaced; another session does not notice."""
    async with Rig().running() as rig:
        rig.files.damaged.add(A)
        with pytest.raises(StorageError):
            await rig.manager.create(A)
        await rig.manager.create(B)
        assert rig.files.trashed == rig.files.deleted == []


# ── link ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_linking_ends_with_the_user_data() -> None:
    """A link stream shows every step in order and ends when the session is connected."""
    async with Rig().running() as rig:
        seen: list[str] = []
        async for event in rig.manager.link(A):
            seen.append(f"{event.kind}:{event.view.record.state}")
            if event.kind is EventKind.QR_ISSUED:
                rig.engine.scan(A, ADA)
        assert seen[-4:] == [
            "state_changed:pairing_success",
            "state_changed:syncing",
            "state_changed:connected",
            "auth_success:connected",
        ]


async def test_linking_ends_when_the_session_is_removed() -> None:
    """A login screen is told when there is nothing to wait for any more."""
    async with Rig().running() as rig:
        last = None
        async for event in rig.manager.link(A):
            if event.kind is EventKind.QR_ISSUED:
                await rig.manager.remove(A, RemovalReason.MANUAL)
            last = event.kind
        assert last is EventKind.REMOVED


# ── remove ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("reason", [RemovalReason.MANUAL, RemovalReason.LOGOUT])
async def test_a_removal_by_the_user_unlinks_and_deletes(reason: RemovalReason) -> None:
    """After it the device is unlinked, the directory is gone, and the record too."""
    async with Rig().running() as rig:
        await rig.connect(A)
        view = await rig.manager.remove(A, reason)
        assert view.record.state == "logged_out"
        assert A not in rig.engine.credentials
        assert rig.files.deleted == [(A, reason)]
        with pytest.raises(SessionNotFound):
            await rig.manager.get(A)


@pytest.mark.parametrize(
    "reason", [RemovalReason.STUCK, RemovalReason.CLEANUP, RemovalReason.HEARTBEAT, RemovalReason.CONNECTION_ERROR]
)
async def test_every_other_removal_keeps_the_credentials(reason: RemovalReason) -> None:
    """The session is over and inactive, and its files are where they were."""
    async with Rig().running() as rig:
        await rig.connect(A)
        await rig.manager.remove(A, reason)
        assert rig.files.deleted == []
        record = (await rig.manager.get(A)).record
        assert not record.active
        assert record.removal is reason
        assert record.desired is DesiredState.STOPPED


async def test_the_record_is_inactive_before_the_files_go() -> None:
    """When the deletion fails the record is kept, and the removal is finished once it can be."""
    async with Rig().running() as rig:
        await rig.connect(A)
        rig.files.in_use.add(A)
        with pytest.raises(StorageError):
            await rig.manager.remove(A, RemovalReason.MANUAL)
        assert not rig.registry.saved[-1].active
        assert rig.files.deleted == []
        rig.files.in_use.clear()
        await rig.clock.advance(30)
        assert rig.files.deleted == [(A, RemovalReason.MANUAL)]
        assert await rig.registry.get(A) is None


async def test_removing_an_absent_session_is_an_error_without_effect() -> None:
    """Removing what is not there says so."""
    async with Rig().running() as rig:
        with pytest.raises(SessionNotFound):
            await rig.manager.remove(A, RemovalReason.MANUAL)


async def test_a_kept_session_can_be_removed_for_good() -> None:
    """A manual removal of a session that is not live deletes its files and its record."""
    async with Rig().running() as rig:
        await rig.connect(A)
        await rig.manager.remove(A, RemovalReason.STUCK)
        await rig.manager.remove(A, RemovalReason.MANUAL)
        assert rig.files.deleted == [(A, RemovalReason.MANUAL)]
        assert await rig.manager.list(include_inactive=True) == []


async def test_a_session_can_be_created_anew_while_it_is_being_removed() -> None:
    """A creation waits for the removal and then begins afresh."""
    async with Rig().running() as rig:
        await rig.connect(A)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(rig.manager.remove, A, RemovalReason.MANUAL)
            tasks.start_soon(rig.manager.create, A)
        assert await rig.state(A) == "qr_generated"


# ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_idle_session_expires_and_keeps_its_files() -> None:
    """After the idle limit the session is over; its credentials stay."""
    async with Rig().running() as rig:
        await rig.connect(A)
        await rig.clock.advance(15 * 60 - 1)
        assert await rig.state(A) == "connected"
        await rig.clock.advance(1)
        record = (await rig.manager.get(A)).record
        assert (record.state, record.removal, record.active) == ("expired", RemovalReason.IDLE, False)
        assert rig.files.paired
        assert rig.manager.stats().session_timers == 0


async def test_limits_that_are_off_never_expire_a_session() -> None:
    """A session with idle and maximum age switched off is connected after a year."""
    async with Rig(policy=Policy(idle=0, max_age=0)).running() as rig:
        await rig.connect(A)
        await rig.clock.advance(365 * 24 * HOUR)
        assert await rig.state(A) == "connected"


async def test_an_unscanned_qr_expires_after_its_window() -> None:
    """After five minutes without a scan the session is over; its directory is kept."""
    async with Rig().running() as rig:
        await rig.manager.create(A)
        assert rig.manager.stats().qr_timers == 1
        await rig.clock.advance(5 * 60)
        assert (await rig.manager.get(A)).record.removal is RemovalReason.QR_EXPIRED
        assert rig.files.deleted == []
        assert rig.manager.stats().qr_timers == 0


async def test_the_engine_is_asked_for_more_codes_until_the_window_ends() -> None:
    """When WhatsApp's six codes are used up, a fresh client shows the next; the count of codes goes on."""
    async with Rig().running() as rig:
        await rig.manager.create(A)
        await rig.clock.advance(160)
        rig.engine.expire_qr(A)
        await rig.clock.advance(0)
        view = await rig.manager.get(A)
        assert view.qr is not None
        assert view.qr.attempt == 2
        assert view.record.generation == 2


async def test_a_dead_worker_costs_its_sessions_a_moment() -> None:
    """Its sessions are disconnected, with the cause, and come back after the backoff."""
    async with Rig().running() as rig:
        await rig.connect(A)
        rig.engine.kill_worker(A)
        await rig.clock.advance(0)
        record = (await rig.manager.get(A)).record
        assert record.state == "disconnected"
        assert record.last_error is not None
        assert "SIGKILL" in record.last_error.message
        await rig.clock.advance(1)
        assert await rig.state(A) == "connected"


async def test_credentials_that_vanish_are_waited_for() -> None:
    """A session whose directory has gone says so and shows no QR; it comes back with its directory."""
    async with Rig().running() as rig:
        await rig.connect(A)
        away = rig.engine.credentials.pop(A)
        rig.engine.kill_worker(A)
        await rig.clock.advance(10)
        record = (await rig.manager.get(A)).record
        assert record.last_error is not None
        assert (record.state, record.last_error.reason) == ("disconnected", "CREDENTIALS_MISSING")
        assert rig.engine.clients == {}
        rig.engine.credentials[A] = away
        await rig.clock.advance(60)
        assert await rig.state(A) == "connected"


async def test_a_session_that_was_replaced_twice_waits_for_somebody_to_ask() -> None:
    """Two clients do not fight for one stream; a creation ends the truce."""
    async with Rig().running() as rig:
        await rig.connect(A)
        rig.engine.replace(A)
        await rig.clock.advance(29)
        assert await rig.state(A) == "disconnected"
        await rig.clock.advance(1)
        assert await rig.state(A) == "connected"
        rig.engine.replace(A)
        await rig.clock.advance(HOUR)
        assert await rig.state(A) == "disconnected"
        await rig.manager.create(A, wait=Wait.CONNECTED)


# ── start and stop ───────────────────────────────────────────────────────────────────────────────────────────────────


def record(session_id: str, desired: DesiredState = DesiredState.RUNNING) -> SessionRecord:
    """Return what an earlier daemon wrote of a session."""
    return SessionRecord(session_id, created_at=1.0, last_activity_at=1.0, desired=desired)  # pyright: ignore[reportArgumentType] - an id


async def test_a_start_restores_what_is_wanted_and_nothing_else() -> None:
    """Running sessions come back; a stopped one stays stopped, and one without credentials is taken out of service."""
    rig = Rig(records=[record("a"), record("b", DesiredState.STOPPED), record("c")])
    rig.kept(A)
    rig.kept(B)
    async with rig.running():
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(rig.manager.restore)
            await rig.clock.advance(1)
        assert [view.record.session_id for view in await rig.manager.list()] == [A]
        assert (await rig.manager.get(A)).record.auto_reconnected
        assert not (await rig.manager.get(C)).record.active


async def test_a_broken_session_does_not_keep_others_from_coming_back() -> None:
    """A store that cannot be read is reported; the other sessions are restored."""
    rig = Rig(records=[record("a"), record("b")])
    rig.kept(A)
    rig.kept(B)
    rig.files.damaged.add(A)
    async with rig.running():
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(rig.manager.restore)
            await rig.clock.advance(1)
        assert [view.record.session_id for view in await rig.manager.list()] == [B]


async def test_a_linked_session_whose_credentials_are_out_of_reach_stays_wanted() -> None:
    """A start without the disk that holds the sessions forgets none of them: each says what it misses, and waits."""
    rig = Rig(records=[replace(record("a"), user=ADA), replace(record("b"), user=ADA)])
    rig.kept(B)
    rig.files.damaged.add(B)
    async with rig.running():
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(rig.manager.restore)
            await rig.clock.advance(1)
        views = await rig.manager.list()
        errors = [view.record.last_error.reason for view in views if view.record.last_error is not None]
        assert errors == ["CREDENTIALS_MISSING", "CREDENTIALS_DAMAGED"]
        assert all(view.record.desired is DesiredState.RUNNING and view.record.user == ADA for view in views)
        rig.kept(A)
        rig.files.damaged.clear()
        await rig.clock.advance(120)
        assert [view.record.state for view in await rig.manager.list()] == ["connected", "connected"]


async def test_a_removal_that_a_crash_cut_off_is_finished_at_the_next_start() -> None:
    """What a user wanted gone does not come back because the daemon died in between."""
    cut_off = replace(record("a", DesiredState.STOPPED), active=False, removal=RemovalReason.MANUAL, user=ADA)
    rig = Rig(records=[cut_off])
    rig.kept(A)
    async with rig.running():
        await rig.manager.restore()
        assert rig.files.deleted == [(A, RemovalReason.MANUAL)]
        assert await rig.manager.list(include_inactive=True) == []


async def test_a_restore_has_started_when_every_session_has_its_place_in_the_queue() -> None:
    """Whoever waits for its start, and calls the daemon ready then, knows what is to come back and what is not."""
    rig = Rig(records=[record("a", DesiredState.RUNNING)])
    rig.kept(A)
    async with rig.running(), anyio.create_task_group() as tasks:
        assert rig.manager.may_restore(B)
        await tasks.start(rig.manager.restore)
        assert rig.manager.may_restore(A)
        assert not rig.manager.may_restore(B)
        tasks.cancel_scope.cancel()


async def test_the_wish_to_delete_is_recorded_before_anything_is_done() -> None:
    """When the device is being unlinked, the record already says that the session is to go."""
    async with Rig().running() as rig:
        await rig.connect(A)
        rig.registry.saved.clear()
        await rig.manager.remove(A, RemovalReason.LOGOUT)
        assert rig.registry.saved[0].removal is RemovalReason.LOGOUT
        assert not rig.registry.saved[0].active


async def test_a_shutdown_keeps_files_and_what_is_wanted() -> None:
    """After a stop every client is closed, every file is kept, and the next start knows what to restore."""
    async with Rig().running() as rig:
        await rig.connect(A)
        await rig.manager.shutdown()
        assert rig.engine.clients == {}
        assert rig.files.deleted == []
        stored = await rig.registry.get(A)
        assert stored is not None
        assert stored.desired is DesiredState.RUNNING
        with pytest.raises(Draining):
            await rig.manager.create(B)


async def test_a_shutdown_does_not_unlink() -> None:
    """Stopping the daemon never logs a session out."""
    async with Rig().running() as rig:
        await rig.connect(A)
        await rig.manager.shutdown()
        assert A in rig.engine.credentials


async def test_whoever_waits_for_the_connection_waits_for_one_that_is_on_its_way_back() -> None:
    """A linked session that has lost its connection is told of when it has it again; others are answered at once."""
    async with Rig().running() as rig:
        await rig.connect(A)
        rig.engine.lose(A)
        await rig.clock.advance(0)
        assert (await rig.manager.create(A)).view.record.state == "reconnecting"
        states: list[str] = []
        async with anyio.create_task_group() as tasks:

            async def wait() -> None:
                states.append((await rig.manager.create(A, wait=Wait.CONNECTED)).view.record.state)

            tasks.start_soon(wait)
            await rig.clock.advance(1)
            assert states == []
            rig.engine.restore(A)
        assert states == ["connected"]
        assert rig.engine.clients[A].generation == 1
