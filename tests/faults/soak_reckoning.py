"""What must be true when a soak is over, whatever has happened in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.faults import witnesses
from tests.house import PATIENCE, state_name, until
from wad.v1 import admin_pb2, error_pb2, session_pb2

if TYPE_CHECKING:
    from tests.faults.soak_scene import Scene
    from tests.house import Daemon

BY_HAND: Final = {error_pb2.ERROR_REASON_REPLACED, error_pb2.ERROR_REASON_CRASH_LOOP}
"""Troubles after which a session waits for somebody to reconnect it, as it says."""
TEXT: Final = "the heron stands in the reeds"
"""What every message of a soak says."""
LEAST_SECRET: Final = 20
"""Characters; shorter parts of a QR are no secrets."""


async def reckon(scene: Scene, daemon: Daemon) -> None:
    """Let the weather clear up, and see that every promise was kept.

    Raises:
        AssertionError: One was not.
    """
    emulator = scene.house.emulator
    await emulator.clear_faults()
    await until(lambda: _is_at_rest(scene, daemon), "every session is where it is to be")
    devices = await emulator.devices()
    assert {jid for jid, device in devices.items() if device["online"]} == set(scene.wanted.values())
    counters = await emulator.counters()
    assert counters["crashes_total"] == 0
    assert counters["superseded_total"] == 0, "a device had two connections at one time"
    _credentials_are_whole(scene)
    _registry_agrees(scene)
    await _no_worker_is_leaked(scene, daemon)
    _logs_hold_no_secret(scene)


async def _is_at_rest(scene: Scene, daemon: Daemon) -> bool:
    live = {session.session_id: session for session in await daemon.list()}
    for name, session in live.items():
        if state_name(session) == "disconnected" and session.last_error.reason in BY_HAND:
            await _act_by_hand(scene, daemon, name)
    connected = {name for name, session in live.items() if state_name(session) == "connected"}
    gone = all(not witnesses.record(scene.house, name) for name in scene.gone)
    return set(live) == connected == set(scene.wanted) and gone


async def _act_by_hand(scene: Scene, daemon: Daemon, name: str) -> None:
    """Do what a session asks for that has been given up for now; one that was revoked meanwhile is removed."""
    if name in scene.gone:
        await daemon.remove(name, session_pb2.REMOVAL_REASON_LOGOUT)
    else:
        request = session_pb2.ReconnectSessionRequest(session_id=name)
        await daemon.sessions.ReconnectSession(request, timeout=PATIENCE)
        scene.done["reconnection by hand"] += 1


def _credentials_are_whole(scene: Scene) -> None:
    assert witnesses.credentials(scene.house) == {**scene.wanted, **scene.stopped}


def _registry_agrees(scene: Scene) -> None:
    for name, jid in scene.wanted.items():
        row = witnesses.record(scene.house, name)
        assert (row["desired"], row["active"], row["state"], row["user_jid"]) == ("running", 1, "connected", jid)
    for name, jid in scene.stopped.items():
        row = witnesses.record(scene.house, name)
        assert (row["desired"], row["active"], row["user_jid"]) == ("stopped", 0, jid)


async def _no_worker_is_leaked(scene: Scene, daemon: Daemon) -> None:
    async def so() -> bool:
        stats = await daemon.admin.GetStats(admin_pb2.GetStatsRequest(), timeout=PATIENCE)
        return {worker.pid for worker in stats.workers} == witnesses.workers(scene.house)

    await until(so, "the daemon knows every worker")


def _logs_hold_no_secret(scene: Scene) -> None:
    logs = [path for path in scene.house.root.rglob("*") if path.is_file() and path.suffix in {".log", ".stderr"}]
    assert logs
    parts = {part for code in scene.codes for part in code.split(",") if len(part) >= LEAST_SECRET}
    for log in logs:
        words = log.read_text(errors="replace")
        assert not [part for part in parts if part in words], f"{log} holds a part of a QR"
        assert TEXT not in words, f"{log} holds a message"
