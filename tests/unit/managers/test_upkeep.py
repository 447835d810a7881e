"""Stop, reconnect, touch and inspect; and what a failing disk does to a creation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from tests.unit.managers.rig import ADA, A, B, Rig
from wad.domain.errors import (
    CreateFailed,
    CredentialsDamaged,
    CredentialsMissing,
    CredentialsSound,
    SessionNotConnected,
    SessionNotFound,
    SessionNotLinked,
    StorageError,
)
from wad.domain.records import EventKind
from wad.domain.states import DesiredState, RemovalReason, SessionState

if TYPE_CHECKING:
    from wad.domain.ids import SessionId

pytestmark = pytest.mark.anyio

DISK_FULL = StorageError("the disk is full")


# ── stop ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_stopped_session_keeps_its_files_and_stays_down() -> None:
    """After a stop the client is gone, the credentials are where they were, and a restore leaves the session alone."""
    async with Rig().running() as rig:
        await rig.connect(A)
        record = (await rig.manager.stop(A)).record
        assert (record.state, record.removal, record.desired) == (
            "disconnected",
            RemovalReason.STOPPED,
            DesiredState.STOPPED,
        )
        assert rig.engine.clients == {}
        assert A in rig.engine.credentials
        await rig.manager.restore()
        assert rig.engine.clients == {}


async def test_stopping_a_session_that_is_down_keeps_it_from_being_restored() -> None:
    """A session that only waits for the next start is not restored once it has been stopped."""
    async with Rig().running() as rig:
        await rig.connect(A)
        await rig.manager.shutdown()
        again = Rig(records=await rig.registry.load())
        again.kept(A)
        async with again.running():
            await again.manager.stop(A)
            await again.manager.restore()
            assert again.engine.clients == {}


async def test_stopping_twice_changes_nothing() -> None:
    """A second stop finds the session as the first one left it."""
    async with Rig().running() as rig:
        await rig.connect(A)
        assert await rig.manager.stop(A) == await rig.manager.stop(A)


async def test_a_restore_under_way_passes_over_a_session_that_was_stopped_meanwhile() -> None:
    """The wish that counts is the one at the time of the session's turn."""
    async with Rig().running() as first:
        await first.connect(A)
        await first.manager.shutdown()
        rig = Rig(records=await first.registry.load())
        rig.kept(A)
        async with rig.running(), anyio.create_task_group() as tasks:
            tasks.start_soon(rig.manager.restore)  # waits for its jitter
            await anyio.lowlevel.checkpoint()
            await rig.manager.stop(A)
            await rig.clock.advance(1)
            assert rig.engine.clients == {}


# ── reconnect ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_waiting_session_tries_at_once() -> None:
    """A session that has given way to another client connects again when somebody asks."""
    async with Rig().running() as rig:
        await rig.connect(A)
        rig.engine.replace(A)
        await rig.clock.advance(0)
        assert await rig.state(A) == "disconnected"
        done = await rig.manager.reconnect(A)
        await rig.clock.advance(0)
        assert done.attempted
        assert await rig.state(A) == "connected"


async def test_a_stopped_session_starts_again_with_its_credentials() -> None:
    """Nobody has to scan anything, its own policy holds again, and it is wanted again."""
    async with Rig().running() as rig:
        await rig.connect(A)
        await rig.manager.stop(A)
        done = await rig.manager.reconnect(A)
        await rig.clock.advance(0)
        record = (await rig.manager.get(A)).record
        assert done.attempted
        assert (record.state, record.desired, record.auto_reconnected) == ("connected", DesiredState.RUNNING, True)
        assert sum(event.kind is EventKind.QR_ISSUED for event in rig.events) == 1, "that of the first link"


async def test_reconnecting_a_connected_session_does_nothing() -> None:
    """The answer is the present state, and the client is the same."""
    async with Rig().running() as rig:
        await rig.connect(A)
        done = await rig.manager.reconnect(A)
        assert not done.attempted
        assert done.view.record.generation == 1


async def test_a_session_without_credentials_cannot_reconnect() -> None:
    """A session that was never linked is told apart from one that does not exist."""
    async with Rig().running() as rig:
        await rig.manager.create(A)
        await rig.manager.stop(A)
        with pytest.raises(SessionNotLinked):
            await rig.manager.reconnect(A)
        with pytest.raises(SessionNotFound):
            await rig.manager.reconnect(B)


# ── setting aside ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_session_that_waits_for_its_damaged_credentials_is_stopped_and_can_be_linked_anew() -> None:
    """One call ends its attempts and sets the credentials aside; the next creation shows a QR."""
    async with Rig().running() as rig:
        await rig.connect(A)
        rig.files.damaged.add(A)
        rig.engine.end(A)
        await rig.clock.advance(120)
        waiting = (await rig.manager.get(A)).record
        assert waiting.state is SessionState.DISCONNECTED
        assert waiting.last_error is not None
        assert waiting.last_error.reason == "CREDENTIALS_DAMAGED"

        record = (await rig.manager.set_aside(A)).record
        assert (record.state, record.removal, record.desired, record.user) == (
            "disconnected",
            RemovalReason.STOPPED,
            DesiredState.STOPPED,
            None,
        )
        assert record == await rig.registry.get(A)
        assert rig.files.aside == {A}
        assert (await rig.manager.create(A)).view.qr is not None


async def test_a_stopped_session_can_be_set_aside_and_stays_down() -> None:
    """A session that is down is not started by it, and a restore finds nothing to reconnect."""
    async with Rig().running() as rig:
        await rig.connect(A)
        await rig.manager.stop(A)
        rig.files.damaged.add(A)
        with pytest.raises(CredentialsDamaged):
            await rig.manager.create(A)
        await rig.manager.set_aside(A)
        await rig.manager.restore()
        assert rig.engine.clients == {}
        with pytest.raises(SessionNotLinked):
            await rig.manager.reconnect(A)


async def test_a_session_with_sound_credentials_is_not_even_stopped() -> None:
    """A mistaken call disturbs nothing: the client, the credentials and the record stay as they are."""
    async with Rig().running() as rig:
        await rig.connect(A)
        before = await rig.manager.get(A)
        with pytest.raises(CredentialsSound):
            await rig.manager.set_aside(A)
        assert await rig.manager.get(A) == before
        assert await rig.files.is_paired(A)
        assert rig.files.aside == set()


async def test_only_a_session_with_credentials_can_be_set_aside() -> None:
    """A session that was never linked is told apart from one that does not exist; a QR that is shown stays."""
    async with Rig().running() as rig:
        shown = (await rig.manager.create(A)).view.qr
        with pytest.raises(SessionNotLinked):
            await rig.manager.set_aside(A)
        assert (await rig.manager.get(A)).qr == shown
        with pytest.raises(SessionNotFound):
            await rig.manager.set_aside(B)


async def test_a_directory_without_a_record_can_be_set_aside() -> None:
    """Damaged credentials that no record knows, after a loss of the registry perhaps, are no dead end."""
    async with Rig().running() as rig:
        rig.files.paired[A] = True
        rig.files.damaged.add(A)
        assert (await rig.manager.set_aside(A)).record.desired is DesiredState.STOPPED
        assert (await rig.manager.create(A)).view.qr is not None


async def test_a_new_link_that_fails_keeps_what_was_set_aside_and_the_record() -> None:
    """A failed creation leaves no trace, except where there is something to lose."""
    async with Rig().running() as rig:
        rig.files.paired[A] = True
        rig.files.damaged.add(A)
        await rig.manager.set_aside(A)
        rig.engine.fail_next_start(StorageError("the disk is full"))
        with pytest.raises(CreateFailed):
            await rig.manager.create(A)
        assert (rig.files.aside, rig.files.deleted) == ({A}, [])
        assert await rig.registry.get(A) is not None


# ── touch and inspect ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_touch_postpones_the_idle_limit() -> None:
    """A touched session expires a whole idle time after the touch, and not before."""
    async with Rig().running() as rig:
        await rig.connect(A)
        await rig.clock.advance(14 * 60)
        view = await rig.manager.touch(A)
        assert view.record.last_activity_at == rig.clock.wall()
        assert view.expires_at == rig.clock.wall() + 15 * 60
        await rig.clock.advance(14 * 60)
        assert await rig.state(A) == "connected"
        await rig.clock.advance(60)
        assert await rig.state(A) == "expired"


async def test_only_a_live_session_can_be_touched() -> None:
    """A touch does not wake a session that is over, and says what it is."""
    async with Rig().running() as rig:
        await rig.connect(A)
        await rig.manager.stop(A)
        with pytest.raises(SessionNotConnected, match="disconnected"):
            await rig.manager.touch(A)
        with pytest.raises(SessionNotFound):
            await rig.manager.touch(B)


async def test_an_inspection_needs_a_record_or_a_directory() -> None:
    """A directory without a record can be looked into, a record without one has nothing in it, neither is an error."""
    async with Rig().running() as rig:
        await rig.connect(A)
        assert (await rig.manager.inspect(A)).device is not None
        rig.files.paired[B] = False
        assert (await rig.manager.inspect(B)).device is None
        del rig.files.paired[A]
        assert (await rig.manager.inspect(A)).device is None
        del rig.files.paired[B]
        with pytest.raises(SessionNotFound):
            await rig.manager.inspect(B)


# ── a failing disk ───────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_session_that_cannot_be_recorded_is_not_begun() -> None:
    """With a registry that takes no record, a creation is refused, and nothing is left of it."""
    async with Rig().running() as rig:

        async def full(record: object) -> None:
            raise DISK_FULL

        save, rig.registry.save = rig.registry.save, full
        with pytest.raises(StorageError):
            await rig.manager.create(A)
        rig.registry.save = save
        assert rig.engine.clients == {}
        assert rig.manager.live() == []
        assert (rig.files.paired, await rig.registry.load()) == ({}, [])


async def test_a_creation_that_cannot_be_undone_yet_is_answered_all_the_same() -> None:
    """The caller is told of the failure at once; what is left of it goes as soon as the disk works again."""
    async with Rig().running() as rig:
        rig.files.paired[A] = False

        async def full(session_id: object) -> bool:
            rig.registry.failure = DISK_FULL
            raise DISK_FULL

        prepare, rig.files.prepare = rig.files.prepare, full
        with anyio.fail_after(5), pytest.raises(CreateFailed) as caught:
            await rig.manager.create(A)
        assert caught.value.cause == "STORAGE_ERROR"
        rig.registry.failure, rig.files.prepare = None, prepare
        await rig.clock.advance(60)
        assert await rig.manager.list(include_inactive=True) == []
        assert rig.files.paired == {}


async def test_a_new_creation_follows_a_removal_that_was_stuck() -> None:
    """When the disk works again, a creation need not wait for the next attempt to remove what was there."""
    async with Rig().running() as rig:
        await rig.connect(A)
        rig.registry.failure = DISK_FULL
        with pytest.raises(StorageError):
            await rig.manager.remove(A, RemovalReason.MANUAL)
        with pytest.raises(StorageError):
            await rig.manager.create(A)
        rig.registry.failure = None
        assert (await rig.manager.create(A)).view.qr is not None


async def test_a_record_that_could_not_be_saved_is_saved_later() -> None:
    """A live session outlives a full disk, and its record is right again when the disk is."""
    async with Rig().running() as rig:
        await rig.connect(A)
        rig.registry.failure = DISK_FULL
        rig.engine.replace(A)
        await rig.clock.advance(0)
        rig.registry.failure = None
        assert (await rig.registry.load())[0].state == "connected"
        await rig.clock.advance(9)
        rig.engine.silent.add(A)
        await rig.clock.advance(5)
        live = (await rig.manager.get(A)).record
        assert (await rig.registry.load())[0] == live


async def test_one_device_is_never_used_by_two_sessions() -> None:
    """A copy of a live session's credentials is refused by name; once the first is stopped the copy may be used."""
    rig = Rig()
    async with rig.running():

        async def same_device(session_id: SessionId) -> str | None:
            return ADA.jid if await rig.files.is_paired(session_id) else None

        rig.files.linked_jid = same_device
        await rig.connect(A)
        rig.kept(B)
        with pytest.raises(CreateFailed) as refused:
            await rig.manager.create(B)
        assert refused.value.cause == "SESSION_BUSY"
        assert "session 'a' uses" in refused.value.detail
        assert await rig.state(A) == "connected"
        await rig.manager.stop(A)
        await rig.manager.create(B)
        assert await rig.state(B) == "connected"


async def test_a_stopped_session_whose_credentials_are_away_is_no_new_one() -> None:
    """Nothing is begun in the place of a linked session's credentials, whatever was wanted of it last."""
    rig = Rig()
    async with rig.running():
        await rig.connect(A)
        await rig.manager.stop(A)
        away = rig.engine.credentials.pop(A)
        for ask in (rig.manager.create, rig.manager.reconnect):
            with pytest.raises(CredentialsMissing):
                await ask(A)
        assert rig.engine.clients == {}
        rig.engine.credentials[A] = away
        await rig.manager.create(A)
        assert await rig.state(A) == "connected"
