"""What the daemon's log tells of a session's life: each line names the session and the call that it belongs to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.house import PATIENCE, until
from tests.leaks import WATCH
from wad.v1 import session_pb2

if TYPE_CHECKING:
    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

ADA = "491700000001"
BOB = "491700000002"
TEXT = "the parcel is with the neighbour"
OF_A_SESSION = ("session.", "message.")
"""How the names of events begin that concern one session."""


def lines(house: House) -> list[dict[str, Any]]:
    """Return the daemon's log."""
    return [json.loads(line) for line in house.log.read_text().splitlines()]


def named(house: House, event: str, **values: object) -> list[dict[str, Any]]:
    """Return the lines of one event with these values."""
    return [line for line in lines(house) if line["event"] == event and values.items() <= line.items()]


async def live(daemon: Daemon, house: House) -> None:
    """Link a session with a request id of the caller's, lose its connection, send, and remove it with another id."""
    jid = (await daemon.link("ada", ADA))[-1].user.jid
    await daemon.link("bob", BOB)
    await daemon.until_state("ada", "connected", after=lambda: house.emulator.drop(jid))
    await daemon.send("ada", BOB, TEXT)
    remove = session_pb2.RemoveSessionRequest(session_id="ada", reason=session_pb2.REMOVAL_REASON_MANUAL)
    await daemon.sessions.RemoveSession(remove, timeout=PATIENCE, metadata=(("x-request-id", "order-7"),))


async def test_every_line_names_its_session_and_its_call(house: House) -> None:
    """What concerns a session has its id, what a call has done has the call's, and what nobody asked for has none."""
    async with house.daemon() as daemon:
        await live(daemon, house)
    log = lines(house)
    concerning = [line for line in log if line["event"].startswith(OF_A_SESSION)]
    assert {line["event"] for line in concerning} >= {"session.state", "session.removed", "session.closed"}
    assert {line.get("session_id") for line in concerning} == {"ada", "bob"}
    calls = [line for line in log if line["event"].startswith("rpc.")]
    assert all(line.get("request_id") for line in calls)
    for method, session_id in (("LinkSession", "ada"), ("LinkSession", "bob"), ("RemoveSession", "ada")):
        path = f"/wad.v1.SessionService/{method}"
        assert len(named(house, "rpc.finished", method=path, session_id=session_id)) == 1
    assert named(house, "rpc.finished", method="/wad.v1.MessageService/SendMessage", session_id="ada")
    (removed,) = named(house, "session.removed", session_id="ada")
    assert removed["request_id"] == "order-7"
    (begun,) = named(house, "session.state", session_id="ada", was=None, state="connecting")
    (linked,) = named(house, "rpc.finished", method="/wad.v1.SessionService/LinkSession", session_id="ada")
    assert begun["request_id"] == linked["request_id"]
    (lost,) = named(house, "session.state", session_id="ada", state="reconnecting")
    assert "request_id" not in lost


async def test_engine_s_log_is_in_the_daemon_s_at_its_level(house: House) -> None:
    """What the engine logs stands in the daemon's log, with its worker, module and level."""
    house.settings["engine"]["log_level"] = "INFO"
    async with house.daemon() as daemon:
        await daemon.link("ada", ADA)
        await until(lambda: bool(named(house, "engine.log")), "the engine's lines have come")
    said = named(house, "engine.log")
    assert {line["level"] for line in said} <= {"info", "warning", "error"}
    assert all(line["worker"] and line["module"] and line["line"] for line in said)


async def test_the_watch_over_the_logs_knows_what_is_secret(house: House) -> None:
    """The suite's own watch learns QR texts and messages from the calls of a test, so that no log can hide them."""
    async with house.daemon() as daemon:
        await daemon.link("ada", ADA)
        await daemon.link("bob", BOB)
        await daemon.send("ada", BOB, TEXT)
    assert WATCH.secrets[TEXT.encode()]
    assert "a QR" in WATCH.secrets.values()
    assert WATCH.search(house.root) == []
    with house.log.open("a") as log:
        log.write(TEXT)
    (found,) = WATCH.search(house.root)
    assert found.startswith(str(house.log))
    assert TEXT not in found
    house.log.write_text("")
