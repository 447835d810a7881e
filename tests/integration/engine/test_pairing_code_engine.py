"""Pairing codes in real workers: what could end the process, or hold it up, does not."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.contract.engine.worlds import RealWorld, real_world
from wad.domain import events
from wad.domain.errors import EngineUnavailable, PairingCodeRefused
from wad.emulator.faults import RefuseCode

if TYPE_CHECKING:
    from pathlib import Path

    from wad.domain.ids import SessionId

pytestmark = pytest.mark.anyio

PHONE = "4915112345678"


async def ask(world: RealWorld, session_id: SessionId, generation: int) -> None:
    """Ask for a code; a refusal will do."""
    with suppress(PairingCodeRefused):
        await world.pairing.request_pairing_code(session_id, generation, PHONE)


async def test_a_client_may_be_stopped_while_its_code_is_on_its_way(room: Path) -> None:
    """The library ends the process when it is asked about a client that it does not know; it never is."""
    async with real_world(room) as world:
        session_id = world.prepare("new")
        pids: set[int] = set()
        for generation in range(1, 9):
            await world.engine.start(session_id, generation)
            await world.sink.until(session_id, events.QrIssued)
            pids.add(world.pid_of(session_id))
            async with anyio.create_task_group() as tasks:
                for _ in range(3):
                    tasks.start_soon(ask, world, session_id, generation)
                tasks.start_soon(world.engine.stop, session_id, generation)
                tasks.start_soon(ask, world, session_id, generation)
        assert len(pids) == 1
        assert not [event for event in world.sink.of(session_id) if isinstance(event, events.WorkerExited)]


async def test_an_answer_that_does_not_come_is_not_waited_for(room: Path) -> None:
    """A request has its time limit, after which the client can still be stopped and linked."""
    async with real_world(room, pairing_code_timeout=0.0) as world:
        session_id = world.prepare("new")
        await world.engine.start(session_id, 1)
        shown = await world.sink.until(session_id, events.QrIssued)
        with pytest.raises(EngineUnavailable):
            await world.pairing.request_pairing_code(session_id, 1, PHONE)
        await world.scan(session_id, shown.code)
        await world.sink.until(session_id, events.ConnectionOpened)


async def test_a_refusal_by_whatsapp_carries_its_words(room: Path) -> None:
    """Too many codes were asked for: the log, and whoever asked, get WhatsApp's own number for that."""
    async with real_world(room) as world:
        await world.emulator.add_fault(RefuseCode(times=1))
        session_id = world.prepare("new")
        await world.engine.start(session_id, 1)
        await world.sink.until(session_id, events.QrIssued)
        with pytest.raises(PairingCodeRefused, match="429"):
            await world.pairing.request_pairing_code(session_id, 1, PHONE)
        assert await world.pairing.request_pairing_code(session_id, 1, PHONE)
