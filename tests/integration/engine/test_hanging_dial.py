"""A server that takes connections and says nothing: the client that waits for it is in nobody's way for ever."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.contract.engine.worlds import PATIENCE, real_world
from wad.domain import events
from wad.domain.errors import EngineUnavailable
from wad.emulator.faults import Blackhole

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


async def test_a_client_that_could_not_be_stopped_gives_way_once_its_dial_has_ended(room: Path) -> None:
    """Until then the next client is refused with the cause; afterwards it starts, though nobody has stopped the old."""
    async with real_world(room, stop_timeout=0.5) as world:
        session_id = world.prepare("one")
        await world.engine.start(session_id, 1)
        shown = await world.sink.until(session_id, events.QrIssued)
        await world.emulator.scan(shown.code, "4915112345678")
        await world.sink.until(session_id, events.ConnectionOpened)
        await world.engine.stop(session_id, 1)
        await world.emulator.add_fault(Blackhole())
        await world.engine.start(session_id, 2)
        with pytest.raises(EngineUnavailable):
            await world.engine.stop(session_id, 2)
        with pytest.raises(EngineUnavailable, match="still waits for an answer"):
            await world.engine.start(session_id, 3)
        await world.emulator.clear_faults()
        with anyio.fail_after(PATIENCE):
            while True:
                with suppress(EngineUnavailable):
                    await world.engine.start(session_id, 3)
                    break
        while (await world.sink.until(session_id, events.ConnectionOpened)).generation < 3:
            pass  # the one that was stopped may have got through meanwhile
