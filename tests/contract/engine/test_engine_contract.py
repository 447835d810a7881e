"""What every engine promises, whatever it runs its clients in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wad.domain import events
from wad.domain.errors import EngineError, EngineUnavailable, SessionBusy
from wad.domain.ids import SessionId
from wad.engine.host import WorkerEngine
from wad.engine.settings import EngineSettings
from wad.engine.simulated import SimulatedEngine

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contract.engine.worlds import World

pytestmark = pytest.mark.anyio


async def link(world: World, session_id: SessionId, generation: int = 1) -> events.ConnectionOpened:
    """Start a client, scan its first QR code, and return its connection."""
    await world.engine.start(session_id, generation)
    shown = await world.sink.until(session_id, events.QrIssued)
    await world.scan(session_id, shown.code)
    return await world.sink.until(session_id, events.ConnectionOpened)


async def test_a_new_session_shows_a_qr_code(world: World) -> None:
    """Without credentials the first thing that a client reports is a QR code of its generation, valid for 60 s."""
    session_id = world.prepare("new")
    await world.engine.start(session_id, 3)
    shown = await world.sink.until(session_id, events.QrIssued)
    assert world.sink.of(session_id) == [shown]
    assert (shown.generation, shown.valid_for) == (3, 60)
    assert shown.code


async def test_a_scan_pairs_then_syncs_then_connects(world: World) -> None:
    """After a scan come the pairing, the sync and the connection, in this order, once each, of one device."""
    session_id = world.prepare("new")
    opened = await link(world, session_id)
    shown, paired, synced, connected = world.sink.of(session_id)
    assert isinstance(shown, events.QrIssued)
    assert isinstance(paired, events.PairSucceeded)
    assert isinstance(synced, events.SyncStarted)
    assert connected == opened
    assert paired.user.jid == opened.user.jid != ""


async def test_stored_credentials_connect_without_a_qr_code(world: World) -> None:
    """A linked session's next client logs in by itself, as the same device."""
    session_id = world.prepare("known")
    first = await link(world, session_id)
    await world.engine.stop(session_id, 1)
    before = len(world.sink.of(session_id))
    await world.engine.start(session_id, 2)
    again = await world.sink.until(session_id, events.ConnectionOpened)
    assert again.user.jid == first.user.jid
    assert world.sink.of(session_id)[before:] == [events.SyncStarted(2), again]


async def test_stopping_what_is_not_there_is_no_error(world: World) -> None:
    """A client that never was, was stopped, or is of another generation, can be stopped without harm."""
    session_id = world.prepare("new")
    await world.engine.stop(session_id, 1)
    await link(world, session_id, generation=2)
    await world.engine.stop(session_id, 1)
    await world.lose(session_id)  # it lives: it can still lose its connection and get it back
    await world.sink.until(session_id, events.ConnectionOpened)
    await world.engine.stop(session_id, 2)
    await world.engine.stop(session_id, 2)


async def test_a_stopped_client_says_nothing_more(world: World) -> None:
    """After ``stop`` has returned, every event is of a later generation."""
    session_id = world.prepare("new")
    await link(world, session_id)
    await world.engine.stop(session_id, 1)
    before = len(world.sink.of(session_id))
    await world.engine.start(session_id, 2)
    await world.sink.until(session_id, events.ConnectionOpened)
    await world.engine.stop(session_id, 2)
    assert {event.generation for event in world.sink.of(session_id)[before:]} == {2}


async def test_an_unscanned_client_can_be_stopped_and_another_started(world: World) -> None:
    """A client that shows a QR code gives its credentials up when it is stopped."""
    session_id = world.prepare("new")
    for generation in (1, 2, 3):
        await world.engine.start(session_id, generation)
        shown = await world.sink.until(session_id, events.QrIssued)
        assert shown.generation == generation
        await world.engine.stop(session_id, generation)


async def test_an_unlinked_session_shows_a_qr_code_again(world: World) -> None:
    """After ``unlink`` the credentials are worth nothing, here and at WhatsApp."""
    session_id = world.prepare("known")
    await link(world, session_id)
    await world.engine.unlink(session_id, 1)
    await world.engine.stop(session_id, 1)
    await world.engine.start(session_id, 2)
    shown = await world.sink.until(session_id, events.QrIssued)
    assert shown.generation == 2


async def test_only_a_linked_client_can_be_unlinked(world: World) -> None:
    """Unlinking fails for an absent client, one of another generation, and one that was never linked."""
    session_id = world.prepare("new")
    with pytest.raises(EngineError):
        await world.engine.unlink(session_id, 1)
    await world.engine.start(session_id, 2)
    await world.sink.until(session_id, events.QrIssued)
    for generation in (1, 2):
        with pytest.raises(EngineError):
            await world.engine.unlink(session_id, generation)


async def test_a_lost_connection_is_restored_by_the_same_client(world: World) -> None:
    """A break is reported once, and the engine's own reconnecting opens the same generation again."""
    session_id = world.prepare("known")
    opened = await link(world, session_id)
    await world.lose(session_id)
    await world.sink.until(session_id, events.ConnectionLost)
    assert await world.sink.until(session_id, events.ConnectionOpened) == opened


async def test_a_replaced_stream_is_reported(world: World) -> None:
    """When another client takes the stream, the session is told so, and nothing else."""
    session_id = world.prepare("known")
    await link(world, session_id)
    await world.replace(session_id)
    await world.sink.until(session_id, events.StreamReplaced)
    assert not [e for e in world.sink.of(session_id) if isinstance(e, events.ConnectionLost)]


async def test_a_device_unlinked_on_the_phone_is_logged_out(world: World) -> None:
    """A running session that the phone unlinks is told so with the code, and its next client shows a QR code."""
    session_id = world.prepare("known")
    await link(world, session_id)
    await world.revoke(session_id)
    assert await world.sink.until(session_id, events.LoggedOut) == events.LoggedOut(1, on_connect=False, code=401)
    await world.engine.stop(session_id, 1)
    await world.engine.start(session_id, 2)
    await world.sink.until(session_id, events.QrIssued)


async def test_credentials_refused_at_login_are_reported_as_such(world: World) -> None:
    """A session unlinked while it was stopped learns at its next login that its credentials are refused."""
    session_id = world.prepare("known")
    await link(world, session_id)
    await world.engine.stop(session_id, 1)
    await world.revoke(session_id)
    await world.engine.start(session_id, 2)
    assert await world.sink.until(session_id, events.LoggedOut) == events.LoggedOut(2, on_connect=True, code=401)


async def test_credentials_that_another_holds_are_not_touched(world: World) -> None:
    """Two live clients on one set of credentials would replace each other for ever; the second is refused."""
    session_id = world.prepare("held")
    world.hold(session_id)
    with pytest.raises(SessionBusy, match="in use by process"):
        await world.engine.start(session_id, 1)
    assert not world.sink.of(session_id)


async def test_a_killed_worker_is_reported_once_a_session(world: World) -> None:
    """Each session of a killed worker gets one WorkerExited of its generation, as its last word, and comes back."""
    ids = [world.prepare(name) for name in ("one", "two", "three")]
    for session_id in ids:
        await link(world, session_id)
    world.kill_worker_of(ids[0])
    for session_id in ids:
        await world.sink.until_true(
            lambda session_id=session_id: isinstance(world.sink.of(session_id)[-1], events.WorkerExited), "all are told"
        )
    for session_id in ids:
        (exited,) = (e for e in world.sink.of(session_id) if isinstance(e, events.WorkerExited))
        assert (exited.generation, exited.status) == (1, "signal 9 (SIGKILL)")
        await world.engine.start(session_id, 2)
    for session_id in ids:
        last = [e for e in world.sink.of(session_id) if e.generation == 2]
        await world.sink.until_true(
            lambda session_id=session_id: isinstance(world.sink.of(session_id)[-1], events.ConnectionOpened),
            "it is back",
        )
        assert not [e for e in last if isinstance(e, events.QrIssued)]


async def test_an_engine_that_does_not_run_takes_no_sessions(room: Path) -> None:
    """Before ``run`` a start fails with a clear error."""
    settings = EngineSettings(sessions_dir=room, runtime_dir=room, log_dir=room)
    for engine in (SimulatedEngine(), WorkerEngine(settings)):
        with pytest.raises(EngineUnavailable, match="not running"):
            await engine.start(SessionId("new"), 1)
