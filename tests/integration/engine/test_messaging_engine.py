"""Probes and messages in real workers: a server that is silent holds nobody else up."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import anyio
import psutil
import pytest

from tests.contract.engine.worlds import PATIENCE, RealWorld, real_world
from wad.domain import events
from wad.domain.errors import EngineError, EngineUnavailable
from wad.emulator.faults import Stall

if TYPE_CHECKING:
    from pathlib import Path

    from wad.domain.ids import SessionId

pytestmark = pytest.mark.anyio


async def link(world: RealWorld, name: str, phone: str) -> SessionId:
    """Link a session."""
    session_id = world.prepare(name)
    await world.engine.start(session_id, 1)
    shown = await world.sink.until(session_id, events.QrIssued)
    world.jids[session_id] = await world.emulator.scan(shown.code, phone)
    await world.sink.until(session_id, events.ConnectionOpened)
    return session_id


async def probe_in_vain(world: RealWorld, session_id: SessionId) -> None:
    """Probe a session that is not answered."""
    with pytest.raises(EngineError, match="did not answer within"):
        await world.probing.probe(session_id, 1)


async def test_a_mute_server_fails_the_probe_of_the_device_that_it_is_mute_to(room: Path) -> None:
    """A stall of one device strikes that one: another of the same phone, in the same worker, is answered."""
    async with real_world(room, probe_timeout=0.3) as world:
        mute, heard = await link(world, "a", "4915112345678"), await link(world, "b", "4915112345678")
        await world.fall_mute(mute)
        await probe_in_vain(world, mute)
        await world.probing.probe(heard, 1)


async def test_hanging_probes_pile_up_nothing(room: Path) -> None:
    """However often a mute session is probed, one question is on its way; others go on, and stopping does not wait."""
    async with real_world(room, probe_timeout=0.3) as world:
        mute, heard = await link(world, "a", "4915112345678"), await link(world, "b", "4915112345679")
        worker = psutil.Process(world.pid_of(mute))
        await world.fall_mute(mute)
        await probe_in_vain(world, mute)
        before = worker.num_threads()
        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(probe_in_vain, world, mute)
                tasks.start_soon(world.probing.probe, heard, 1)
        # The library has threads of its own that come and go, but twenty questions would be twenty more.
        assert worker.num_threads() < before + 10
        await world.engine.stop(mute, 1)
        await world.probing.probe(heard, 1)


async def test_a_server_that_speaks_again_is_heard(room: Path) -> None:
    """A probe that was not answered does not spoil the ones after the session has come back."""
    async with real_world(room, probe_timeout=0.3) as world:
        session_id = await link(world, "a", "4915112345678")
        await world.fall_mute(session_id)
        await probe_in_vain(world, session_id)
        await world.speak_again(session_id)
        await world.lose(session_id)
        await world.sink.until(session_id, events.ConnectionOpened)
        with anyio.fail_after(PATIENCE):
            while True:
                with suppress(EngineError):
                    return await world.probing.probe(session_id, 1)


async def test_own_devices_receive_nothing(room: Path) -> None:
    """What the owner sends from another of his devices is not received; what others send is, by every device."""
    async with real_world(room) as world:
        a1, a2 = await link(world, "a1", "4915112345678"), await link(world, "a2", "4915112345678")
        b = await link(world, "b", "4915112345679")
        await world.messaging.send_text(a1, 1, "4915112345679", "one")
        await world.sink.until(b, events.MessageReceived)
        await world.messaging.send_text(b, 1, "4915112345678", "two")
        for session_id in (a1, a2):
            await world.sink.until_true(
                lambda session_id=session_id: received(world, session_id) == 1, f"{session_id} has received it"
            )


def received(world: RealWorld, session_id: SessionId) -> int:
    """Return how many texts a session was told of."""
    return sum(event.text for event in world.sink.of(session_id) if isinstance(event, events.MessageReceived))


async def test_every_message_of_a_flood_is_counted(room: Path) -> None:
    """Many messages at once, to a session that is offline at first, are all counted, in the order of their sending."""
    async with real_world(room) as world:
        a, b = await link(world, "a", "4915112345678"), await link(world, "b", "4915112345679")
        await world.engine.stop(b, 1)
        await world.emulator.wait_offline(world.jids[b])
        ids = [await world.messaging.send_text(a, 1, "4915112345679", f"message {number}") for number in range(60)]
        assert len(set(ids)) == 60
        await world.engine.start(b, 2)
        await world.sink.until_true(lambda: received(world, b) == 60, "all have been counted")


async def test_unanswered_messages_are_bounded(room: Path) -> None:
    """While WhatsApp takes none, so many messages wait and no more; the worker stays, and the client can be stopped."""
    async with real_world(room, send_timeout=1.0) as world:
        session_id = await link(world, "a", "4915112345678")
        other = await link(world, "b", "4915112345679")
        await world.messaging.send_text(session_id, 1, "4915112345679", "heard")
        await world.emulator.add_fault(Stall(target=world.jids[session_id]))
        failures: list[EngineError] = []

        async def send() -> None:
            try:
                await world.messaging.send_text(session_id, 1, "4915112345679", "unheard")
            except EngineError as error:
                failures.append(error)

        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(send)
        assert len(failures) == 20
        assert len([error for error in failures if "wait for WhatsApp already" in str(error)]) == 4
        await world.messaging.send_text(other, 1, "4915112345678", "still there")
        await world.engine.stop(session_id, 1)


async def test_a_refusal_carries_whatsapps_words(room: Path) -> None:
    """A text to a number that nobody has is an error that says so."""
    async with real_world(room) as world:
        session_id = await link(world, "a", "4915112345678")
        with pytest.raises(EngineError, match="no LID found") as refusal:
            await world.messaging.send_text(session_id, 1, "4915112345679", "anybody?")
        assert not isinstance(refusal.value, EngineUnavailable)
