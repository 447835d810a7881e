"""What a daemon is ended by, or its server: each in a daemon of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import grpc
import pytest
from google.protobuf.message_factory import GetMessageClass

from tests.fuzz.callers import Sender, judge, send
from tests.fuzz.garbage import described
from tests.fuzz.wire import Wire, call_headers, envelope
from tests.house import PATIENCE, Emulated, House, free_port, until
from wad.rpc.server import METHODS
from wad.v1 import session_pb2

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

pytestmark = pytest.mark.anyio

CODE = grpc.StatusCode
NOT_UTF8: Final = b"/wad.v1.SessionService/G\xe9t"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncGenerator[House]:
    """Run an emulator for one test; the test starts the daemon as it needs it."""
    async with Emulated.running(tmp_path) as emulated, House.of(emulated, tmp_path) as house:
        yield house


async def test_a_method_that_is_not_utf8_stops_nobody_for_long(house: House) -> None:
    """Whoever stops gRPC's server by a malformed name, without credentials, cuts calls off, and finds it up again."""
    port = free_port()
    house.settings["grpc"] = {"tcp": f"127.0.0.1:{port}"}
    async with house.daemon() as daemon:
        await daemon.link("sales", "491700000001")
        for _ in range(3):
            async with Wire.to(("127.0.0.1", port)) as attacker:
                headers = [(name, NOT_UTF8 if name == b":path" else value) for name, value in call_headers("")]
                assert (await attacker.call(headers, envelope(b""))).grpc_status != 0
            await until(lambda: _answers(port), "gRPC is up again")
            request = session_pb2.GetSessionRequest(session_id="sales")
            found = await daemon.sessions.GetSession(request, wait_for_ready=True, timeout=PATIENCE)
            assert found.session.state == session_pb2.SESSION_STATE_CONNECTED
        assert daemon.process.returncode is None


async def _answers(port: int) -> bool:
    try:
        async with Wire.to(("127.0.0.1", port)) as anybody:
            path = "/wad.v1.SessionService/GetSession"
            end = await anybody.call(call_headers(path), envelope(b""))
    except OSError:
        return False
    return end.grpc_status == CODE.UNAUTHENTICATED.value[0]


async def test_a_drained_daemon_refuses_garbage_as_such(house: House) -> None:
    """Once it has drained, each method still answers or explains, and nothing is a defect."""
    async with house.daemon() as daemon:
        admin = Sender("admin", daemon.channel, places=(str(house.root).encode(), str(house.run).encode()))
        drained = await send(admin, "/wad.v1.AdminService/Drain", [b"\x08\x01"], "unary_stream", PATIENCE)
        assert drained.code in {None, CODE.OK}, drained
        for service, name in METHODS:
            method = described(f"{service}/{name}")
            one, other = ("stream" if many else "unary" for many in (method.client_streaming, method.server_streaming))
            empty: Any = GetMessageClass(method.input_type)()
            for raw in (empty.SerializeToString(), b"\xff"):
                answer = await send(admin, f"/{service}/{name}", [raw], f"{one}_{other}", 2.0)
                if answer.reason != "DRAINING":
                    judge(admin, answer, raw, may_wait=True)
        assert "rpc.defect" not in house.log.read_text()
