"""What the daemon's log tells of a session's life: each line names the session and the call that it belongs to."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import anyio
import grpc.aio
import pytest
import trustme

from tests.fuzz.wire import Wire, call_headers, envelope
from tests.house import PATIENCE, free_port, until
from tests.leaks import WATCH
from wad.v1 import session_pb2, session_pb2_grpc

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
    """What the engine logs stands in the daemon's log, with its worker, session, module and own level."""
    house.settings["engine"]["log_level"] = "INFO"
    async with house.daemon() as daemon:
        await daemon.link("ada", ADA)
        await until(lambda: bool(named(house, "engine.log")), "the engine's lines have come")
    said = named(house, "engine.log")
    assert {line["level"] for line in said} <= {"info", "warning"}
    assert {line["engine_level"] for line in said} <= {"INFO", "WARN", "ERROR"}
    assert {(line["worker"], line["session_id"]) for line in said} == {("w1", "ada")}
    assert all(line["module"] and line["line"] for line in said)


async def test_an_ordinary_day_has_no_warning(house: House) -> None:
    """A link, a lost connection that comes back, a message and a removal are nothing that is worth a look."""
    async with house.daemon() as daemon:
        await live(daemon, house)
        assert named(house, "session.state", session_id="ada", state="reconnecting", worker="w1")
    loud = [line["event"] for line in lines(house) if line["level"] != "info"]
    assert loud == ["daemon.custom_upstream"]
    assert named(house, "worker.started", worker="w1")
    assert named(house, "worker.exited", worker="w1", status="exit code 0")


async def test_metadata_that_is_no_text_is_no_traceback(house: House) -> None:
    """A caller who sends bytes that are not UTF-8 is answered; gRPC's warning of each is a line without a traceback."""
    headers = call_headers("/wad.v1.AdminService/GetHealth", (b"x-note", b"caf\xe9"))
    async with house.daemon(), Wire.to(house.run / "wad.sock") as wire:
        assert (await wire.call(headers, envelope(b""))).grpc_status == 0
    complaints = [line for line in lines(house) if line["logger"].startswith("grpc.")]
    assert {line["event"] for line in complaints} == {r"Invalid encoding on b'caf\xe9'"}
    assert not any(line["level"] != "warning" or "exception" in line for line in complaints)


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


async def test_the_log_is_json_whatever_comes_over_the_network(house: House) -> None:
    """What is no TLS at a port of TLS makes no line of gRPC's own; a wrong token makes one with its address."""
    authority, port = trustme.CA(), free_port()
    made = authority.issue_cert("127.0.0.1")
    made.private_key_pem.write_to_path(str(house.root / "key.pem"))
    made.cert_chain_pems[0].write_to_path(str(house.root / "cert.pem"))
    files = {"tls_cert_file": str(house.root / "cert.pem"), "tls_key_file": str(house.root / "key.pem")}
    house.settings["grpc"] = {"tcp": f"127.0.0.1:{port}", **files}
    trusted = grpc.ssl_channel_credentials(authority.cert_pem.bytes())
    async with house.daemon():
        async with await anyio.connect_tcp("127.0.0.1", port) as stream:
            await stream.send(b"GET / HTTP/1.1\r\n\r\n")
            with suppress(anyio.EndOfStream, anyio.BrokenResourceError):
                await stream.receive()
        async with grpc.aio.secure_channel(f"127.0.0.1:{port}", trusted) as channel:
            with pytest.raises(grpc.aio.AioRpcError):
                await session_pb2_grpc.SessionServiceStub(channel).ListSessions(
                    session_pb2.ListSessionsRequest(), timeout=PATIENCE, metadata=(("authorization", "Bearer wrong"),)
                )
    (refused,) = named(house, "rpc.refused", level="warning")
    assert refused["peer"].startswith("ipv4:127.0.0.1:")
    assert refused["reason"] == "TOKEN_INVALID"
