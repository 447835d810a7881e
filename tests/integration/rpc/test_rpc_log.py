"""What the log says of calls: one line each, as loud as it deserves."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import grpc.aio
import pytest
from structlog.testing import capture_logs

from tests.integration.rpc.rpc_fakes import connected, serving
from wad.daemon.clock import FakeClock
from wad.domain.access import Grant, Role
from wad.domain.access_errors import TokenInvalid
from wad.domain.bursts import MOST_REFUSALS
from wad.rpc.call import Call
from wad.rpc.errors import describe
from wad.rpc.telling import End, Teller
from wad.tracing import Side, span
from wad.v1 import admin_pb2, admin_pb2_grpc, session_pb2, session_pb2_grpc

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

SHOP = "shop"


def of_calls(logs: list[Any]) -> list[dict[str, Any]]:
    """Return the lines about calls."""
    return [dict(entry) for entry in logs if entry["event"].startswith("rpc.")]


async def fails(call: Any) -> None:
    """Make a call that is refused."""
    with pytest.raises(grpc.aio.AioRpcError):
        await call


async def test_a_look_is_for_debugging_and_a_change_for_information(tmp_path: Path) -> None:
    """Whoever only looks fills no log; what has changed something is in it, and what ended a stream, too."""
    with capture_logs() as logs:
        async with serving(tmp_path) as served, connected(served.unix) as channel:
            served.sessions.put(SHOP)
            stub = session_pb2_grpc.SessionServiceStub(channel)
            await stub.GetSession(session_pb2.GetSessionRequest(session_id=SHOP))
            await stub.TouchSession(session_pb2.TouchSessionRequest(session_id=SHOP))
    levels = [(line["event"], line["method"].rpartition("/")[2], line["log_level"]) for line in of_calls(logs)]
    assert levels == [("rpc.finished", "GetSession", "debug"), ("rpc.finished", "TouchSession", "info")]


async def test_a_refused_call_has_one_line_with_all_that_is_known(tmp_path: Path) -> None:
    """The line says who called what, how it ended, why, and about which session."""
    with capture_logs() as logs:
        async with serving(tmp_path) as served, connected(served.unix) as channel:
            await fails(
                session_pb2_grpc.SessionServiceStub(channel).GetSession(session_pb2.GetSessionRequest(session_id=SHOP))
            )
    (line,) = of_calls(logs)
    assert (line["event"], line["log_level"], line["code"]) == ("rpc.refused", "info", "NOT_FOUND")
    assert (line["reason"], line["session_id"]) == ("SESSION_NOT_FOUND", SHOP)
    assert line["caller"]
    assert line["error"]
    assert "seconds" in line
    assert "peer" not in line


async def test_a_caller_who_is_not_recognised_is_a_warning_with_its_address(tmp_path: Path) -> None:
    """Over TCP the line says from where somebody tried a wrong token."""
    with capture_logs() as logs:
        async with serving(tmp_path) as served, connected(served.tcp) as channel:
            stub = session_pb2_grpc.SessionServiceStub(channel)
            wrong = (("authorization", "Bearer wad_none"),)
            await fails(stub.GetSession(session_pb2.GetSessionRequest(session_id=SHOP), metadata=wrong))
    (line,) = of_calls(logs)
    assert (line["event"], line["log_level"], line["reason"]) == ("rpc.refused", "warning", "TOKEN_INVALID")
    assert line["peer"].startswith(("ipv4:127.0.0.1:", "ipv6:"))


async def test_a_user_of_the_host_who_is_not_recognised_is_named_and_the_inner_address_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names by which the front door passes connections on stay within the daemon."""
    monkeypatch.setattr("wad.rpc.access.grants._standing", tuple)
    with capture_logs() as logs:
        async with serving(tmp_path) as served, connected(served.unix) as channel:
            served.grants.replace([Grant(user=str(os.geteuid() + 1), role=Role.ADMIN)])
            await fails(admin_pb2_grpc.AdminServiceStub(channel).GetStats(admin_pb2.GetStatsRequest()))
    (line,) = of_calls(logs)
    assert (line["log_level"], line["reason"]) == ("warning", "PERMISSION_DENIED")
    assert "Nothing is granted to user" in line["error"]
    assert "peer" not in line


async def test_a_guesser_cannot_flood_the_log() -> None:
    """Of one minute the first refusals are warnings; the next minute's first says how many were left out."""
    clock = FakeClock()
    teller, error = Teller(clock), TokenInvalid()
    end = End(grpc.StatusCode.UNAUTHENTICATED, describe(error), error)

    def guess(times: int) -> None:
        for _ in range(times):
            with span("guess", Side.SERVER) as spanned:
                call = Call("c", "wad.v1.SessionService/GetSession")
                teller.tell(call, end, seconds=0.0, peer="ipv4:192.0.2.7:4711", quiet=True, span=spanned)

    with capture_logs() as logs:
        guess(MOST_REFUSALS + 90)
        await clock.advance(60)
        guess(1)
    loud = [line for line in of_calls(logs) if line["log_level"] == "warning"]
    assert len(loud) == MOST_REFUSALS + 1
    assert loud[-1]["omitted"] == 90
    assert len(of_calls(logs)) == MOST_REFUSALS + 91, "whoever debugs sees them all"
