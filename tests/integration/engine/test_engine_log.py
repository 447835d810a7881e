"""What the engine logs in a worker is in the daemon's log, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest
from structlog.testing import capture_logs

from tests.contract.engine.worlds import PATIENCE, real_world
from wad.domain import events

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

PHONE = "4915112345678"


async def test_engine_s_lines_reach_the_daemon_at_their_level(room: Path) -> None:
    """Each line names the worker and the part of the engine, has the engine's level, and holds no QR."""
    with capture_logs() as lines:
        async with real_world(room) as world:  # its engine logs from INFO on
            session_id = world.prepare("a")
            await world.engine.start(session_id, 1)
            shown = await world.sink.until(session_id, events.QrIssued)
            await world.emulator.scan(shown.code, PHONE)
            await world.sink.until(session_id, events.ConnectionOpened)
            with anyio.fail_after(PATIENCE):
                while not (  # noqa: ASYNC110 - whoever fills the list knows nothing of who waits for it
                    said := [line for line in lines if line["event"] == "engine.log"]
                ):
                    await anyio.sleep(0.01)
    assert {line["worker"] for line in said} == {"w1"}
    assert {line["log_level"] for line in said} <= {"info", "warning", "error"}
    assert all(line["module"] and line["line"] for line in said)
    assert shown.code not in str(lines)
    assert not [part for part in shown.code.split(",")[1:4] if part in str(lines)]
