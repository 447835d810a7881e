"""How loudly the log tells of a session's life."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.unit.managers.rig import A, Rig
from wad.domain.states import RemovalReason

pytestmark = pytest.mark.anyio


def loud(lines: list[Any]) -> list[tuple[Any, ...]]:
    """Return what is worth a look: the event, what became of the session, and the fault."""
    return [
        (line["event"], str(line.get("state") or line["reason"]), line.get("cause") or line.get("reason"))
        for line in lines
        if line["event"].startswith("session.") and line["log_level"] == "warning"
    ]


async def test_an_ordinary_life_is_not_worth_a_look() -> None:
    """A link, a connection that is lost and restored, and a removal that was asked for make no warning."""
    with capture_logs() as lines:
        async with Rig().running() as rig:
            await rig.connect(A)
            rig.engine.lose(A)
            await rig.clock.advance(0)
            assert await rig.state(A) == "reconnecting"
            rig.engine.restore(A)
            await rig.clock.advance(0)
            assert await rig.state(A) == "connected"
            await rig.manager.remove(A, RemovalReason.LOGOUT)
    assert loud(lines) == []
    states = [(line["state"], line.get("worker"), line.get("reason")) for line in lines if "state" in line]
    assert ("reconnecting", "w1", "CONNECTION_LOST") in states
    assert ("connected", "w1", None) in states, "a fault that is over is no reason any more"
    assert lines[-1]["event"] == "session.removed"


async def test_a_device_that_was_unlinked_on_the_phone_is_a_warning() -> None:
    """Nobody here asked for that end."""
    with capture_logs() as lines:
        async with Rig().running() as rig:
            await rig.connect(A)
            rig.engine.logout(A)
            await rig.clock.advance(0)
    assert loud(lines) == [
        ("session.state", "logged_out", "LOGGED_OUT"),
        ("session.removed", "logout", "LOGGED_OUT"),
    ]


async def test_a_connection_that_does_not_come_back_is_a_warning() -> None:
    """A session that has been reconnecting for too long is down, and so is one whose worker has crashed."""
    with capture_logs() as lines:
        async with Rig().running() as rig:
            await rig.connect(A)
            rig.engine.lose(A)
            await rig.clock.advance(60)
            assert loud(lines) == [("session.state", "disconnected", "TIMED_OUT")]
            await rig.clock.advance(60)
            assert await rig.state(A) == "connected"
            rig.engine.kill_worker(A)
            await rig.clock.advance(0)
    assert loud(lines)[1:] == [("session.state", "disconnected", "WORKER_EXITED")]
    down = [line for line in lines if line.get("reason") == "WORKER_EXITED"]
    assert down[0]["worker"], "the line of a crash names the worker that crashed"
