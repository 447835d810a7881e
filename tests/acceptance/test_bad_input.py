"""Bad input, over the contract and at the start: each gets a clear error, and nothing is lost."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any

import anyio
import grpc.aio
import pytest
from google.rpc import error_details_pb2  # pyright: ignore[reportMissingTypeStubs] - its stubs lie beside it

from tests.house import PATIENCE, detail, error_info, finish, reap, state_name, until
from wad.v1 import session_pb2

if TYPE_CHECKING:
    from tests.house import House

pytestmark = pytest.mark.anyio


async def test_path_like_and_invalid_ids_are_refused(house: House) -> None:
    """An id that could leave its directory is refused, with the field named, and nothing is made on disk."""
    async with house.daemon() as daemon:
        for session_id in ("", "..", "../evil", "/etc/passwd", "a/b", ".hidden", "x" * 65, "a b", "evil\0"):
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await daemon.sessions.CreateSession(session_pb2.CreateSessionRequest(session_id=session_id))
            assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
            violations = detail(caught.value, error_details_pb2.BadRequest).field_violations
            assert [violation.field for violation in violations] == ["session_id"]
        assert not list(house.root.rglob("*evil*"))
        assert not list(house.root.rglob("creds.db"))


async def test_unknown_fields_are_refused(house: House) -> None:
    """A request with a field that the daemon does not know is refused, not half understood."""
    async with house.daemon() as daemon:
        raw = session_pb2.CreateSessionRequest(session_id="s").SerializeToString() + b"\xa0\x06\x01"  # field 100
        channel: Any = daemon.channel
        call = channel.unary_unary("/wad.v1.SessionService/CreateSession")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(raw)
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert "100" in str(caught.value.details())


async def test_absent_sessions_are_not_found(house: House) -> None:
    """Getting or removing a session that is not there says so."""
    async with house.daemon() as daemon:
        for call in (daemon.get("nobody"), daemon.remove("nobody", session_pb2.REMOVAL_REASON_MANUAL)):
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await call
            assert caught.value.code() is grpc.StatusCode.NOT_FOUND
            assert error_info(caught.value).reason == "SESSION_NOT_FOUND"


async def test_the_51st_session_is_refused_and_the_others_stay(house: House) -> None:
    """At the limit a creation fails with its own reason and a hint when to try again; fifty sessions show their QR."""
    async with house.daemon() as daemon:

        async def create(number: int) -> None:
            request = session_pb2.CreateSessionRequest(session_id=f"s{number}")
            answer = await daemon.sessions.CreateSession(request, timeout=PATIENCE)
            assert state_name(answer.session) == "qr_generated"

        async with anyio.create_task_group() as tasks:
            for number in range(50):
                tasks.start_soon(create, number)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await create(50)
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert "Maximum concurrent sessions limit reached" in str(caught.value.details())
        assert error_info(caught.value).reason == "SESSION_LIMIT_REACHED"
        assert detail(caught.value, error_details_pb2.RetryInfo).HasField("retry_delay")
        assert not (house.sessions / "s50").exists()
        listed = await daemon.sessions.ListSessions(session_pb2.ListSessionsRequest(page_size=100))
        assert len(listed.sessions) == 50


async def test_a_second_daemon_on_the_same_directory_is_refused(house: House) -> None:
    """Two daemons never share a directory; the second names the first one's pid and ends."""
    async with house.daemon() as daemon:
        second = await house.start()
        try:
            with anyio.fail_after(PATIENCE):
                assert await second.wait() == 78
        finally:
            await reap(second)
        assert f"pid {daemon.process.pid}" in house.log.read_text()
        assert daemon.process.returncode is None


async def test_an_emulator_is_refused_unless_it_is_allowed(house: House) -> None:
    """Settings that lead away from WhatsApp do nothing without a second one that says they are meant."""
    house.settings["engine"]["allow_custom_upstream"] = False
    process = await house.start()
    try:
        with anyio.fail_after(PATIENCE):
            assert await process.wait() == 78
    finally:
        await reap(process)
    (line,) = (json.loads(line) for line in house.log.read_text().splitlines())
    assert (line["event"], line["level"]) == ("daemon.failed", "critical")
    assert "allow_custom_upstream" in line["error"]


async def test_sigterm_closes_the_sessions_and_keeps_the_files(house: House) -> None:
    """A stop ends every client and every worker, keeps the credentials, and exits 0."""
    async with house.daemon() as daemon:
        jid = (await daemon.link("sales", "491700000001"))[-1].user.jid
        assert await finish(daemon.process, signal.SIGTERM) == 0
    await house.emulator.wait_offline(jid)
    assert (house.sessions / "sales" / "creds.db").exists()
    await until(lambda: not list((house.run / "workers").glob("*.sock")), "the workers are gone")
