"""What a daemon with sessions tells of what it is doing, to a caller and, on SIGQUIT, to its log."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests.house import PATIENCE, until
from wad.v1 import admin_pb2, event_pb2, session_pb2

if TYPE_CHECKING:
    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

ADA = "491700000001"
BOB = "491700000002"
TEXT = "the parcel is with the neighbour"
SECTIONS = ("tasks", "timers", "queues", "workers", "calls")


async def debug(daemon: Daemon) -> admin_pb2.GetDebugResponse:
    """Return what the daemon is doing."""
    return await daemon.admin.GetDebug(admin_pb2.GetDebugRequest(), timeout=PATIENCE)


async def furnish(daemon: Daemon) -> str:
    """Link two sessions, send a message, and have a third session show a QR and a pairing code; return both."""
    await daemon.link("ada", ADA)
    await daemon.link("bob", BOB)
    await daemon.send("ada", BOB, TEXT)
    created = await daemon.sessions.CreateSession(session_pb2.CreateSessionRequest(session_id="new"), timeout=PATIENCE)
    request = session_pb2.RequestPairingCodeRequest(session_id="new", phone_number="491700000003")
    coded = await daemon.sessions.RequestPairingCode(request, timeout=PATIENCE)
    return f"{created.session.qr.code} {coded.session.pairing_code.code}"


def dumped(house: House) -> list[dict[str, Any]]:
    """Return the lines that a dump has written."""
    lines = (json.loads(line) for line in house.log.read_text().splitlines())
    return [line for line in lines if line["event"] == "debug.dump"]


async def test_debug_tells_tasks_timers_queues_workers_and_calls(house: House) -> None:
    """Each session has its task and its timer, each worker its process, and each watch its call and its lag."""
    async with house.daemon() as daemon:
        await furnish(daemon)
        watch = daemon.events.WatchEvents(event_pb2.WatchEventsRequest())
        async for response in watch:
            if response.HasField("synced"):
                break
        found = await debug(daemon)
        watch.cancel()
    stacks = {task.name: list(task.stack) for task in found.tasks}
    for name in ("ada", "bob", "new"):
        assert any("SessionRunner" in place for place in stacks[f"session {name}"])
    assert any(stacks[name] for name in stacks if name.startswith("worker "))
    kinds = {(timer.session_id, timer.kind) for timer in found.timers}
    assert kinds >= {("new", "qr"), ("", "cleanup"), ("", "alerts")}
    assert {session_id for session_id, _ in kinds} == {"ada", "bob", "new", ""}
    assert [timer.due_in.ToNanoseconds() for timer in found.timers] == sorted(
        timer.due_in.ToNanoseconds() for timer in found.timers
    )
    assert all(worker.pid and worker.usage.resident_memory_bytes for worker in found.workers)
    assert sorted(session for worker in found.workers for session in worker.session_ids) == ["ada", "bob", "new"]
    [watching] = [call for call in found.calls if call.method == "wad.v1.EventService/WatchEvents"]
    queues = {queue.name: queue.length for queue in found.queues}
    assert queues[f"watcher {watching.call_id}"] == 0
    assert queues["event log"] > 0


async def test_sigquit_writes_the_same_into_the_log_and_stops_nothing(house: House) -> None:
    """The dump is one line of JSON for each thing; sessions and calls go on as before."""
    async with house.daemon() as daemon:
        await furnish(daemon)
        daemon.process.send_signal(signal.SIGQUIT)
        await until(lambda: "debug.dumped" in house.log.read_text(), "the dump is complete")
        lines, found = dumped(house), await debug(daemon)
        states = {session.session_id: session.state for session in await daemon.list()}
    assert states["ada"] == states["bob"] == session_pb2.SESSION_STATE_CONNECTED
    told = {section: [line for line in lines if line["section"] == section] for section in SECTIONS}
    assert {task["name"] for task in told["tasks"]} >= {task.name for task in found.tasks if "session" in task.name}
    assert [worker["pid"] for worker in told["workers"]] == [worker.pid for worker in found.workers]
    assert {timer["session_id"] for timer in told["timers"]} == {timer.session_id for timer in found.timers}


async def test_debug_holds_no_secret_and_no_path(house: House) -> None:
    """No QR, pairing code, message or file name is in it, neither in the answer nor in the log."""
    async with house.daemon() as daemon:
        secrets = await furnish(daemon)
        answer = str(await debug(daemon))
        daemon.process.send_signal(signal.SIGQUIT)
        await until(lambda: "debug.dumped" in house.log.read_text(), "the dump is complete")
    for text in (answer, json.dumps(dumped(house))):
        for secret in (*secrets.split(), TEXT, "the parcel", str(house.root), str(house.run), "site-packages"):
            assert secret not in text
