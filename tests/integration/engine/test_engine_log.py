"""What the engine logs in a worker is in the daemon's log, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from tests.contract.engine.worlds import real_world
from tests.house import until
from wad.domain import events

if TYPE_CHECKING:
    from pathlib import Path

    from structlog.typing import EventDict

pytestmark = pytest.mark.anyio

PHONES = {"a": "4915112345678", "b": "4915187654321"}


def said(lines: list[EventDict]) -> list[EventDict]:
    """Return what the engine has logged."""
    return [line for line in lines if line["event"] == "engine.log"]


async def test_engine_s_lines_reach_the_daemon_with_their_session(room: Path) -> None:
    """Each line names worker, session and the part of the engine, has the engine's own level, and holds no QR."""
    codes: list[str] = []
    with capture_logs() as lines:
        async with real_world(room) as world:  # its engine logs from INFO on
            for name, phone in PHONES.items():
                session_id = world.prepare(name)
                await world.engine.start(session_id, 1)
                shown = await world.sink.until(session_id, events.QrIssued)
                codes.append(shown.code)
                await world.emulator.scan(shown.code, phone)
                await world.sink.until(session_id, events.ConnectionOpened)
            await until(
                lambda: {line["session_id"] for line in said(lines)} == PHONES.keys(), "each has said something"
            )
    assert {line["worker"] for line in said(lines)} == {"w1"}
    assert {line["log_level"] for line in said(lines)} <= {"info", "warning"}
    assert {line["engine_level"] for line in said(lines)} <= {"INFO", "WARN", "ERROR"}
    assert all(line["module"] and line["line"] for line in said(lines))
    assert not [part for code in codes for part in (code, *code.split(",")[1:4]) if part in str(lines)]
