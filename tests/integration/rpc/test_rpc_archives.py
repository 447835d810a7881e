"""Backup and restore over the contract: how archives travel, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc.aio
import pytest
from structlog.testing import capture_logs

from tests.integration.rpc.rpc_fakes import connected, error_info, serving
from wad.rpc import transfer
from wad.rpc.ports import Sealing
from wad.rpc.transfer import CHUNK
from wad.v1 import admin_pb2, admin_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.anyio

OPTIONS = admin_pb2.RestoreSessionRequest(options=admin_pb2.RestoreOptions(start=True, passphrase="words", force=True))
BACKUP = "/wad.v1.AdminService/BackupSession"


async def sent(*requests: admin_pb2.RestoreSessionRequest) -> AsyncIterator[admin_pb2.RestoreSessionRequest]:
    """Yield the requests."""
    for request in requests:
        yield request


async def test_archive_comes_in_order(tmp_path: Path) -> None:
    """A backup answers with the manifest, then with the archive's bytes in parts that any client takes."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.archives.content = bytes(range(256)) * 1000
        stub: Any = admin_pb2_grpc.AdminServiceStub(channel)
        recipients = admin_pb2.ArchiveRecipients(public_keys=["age1a", "age1b"])
        request = admin_pb2.BackupSessionRequest(session_id="shop", recipients=recipients)
        first, *rest = [response async for response in stub.BackupSession(request)]
        assert (first.manifest.session_id, first.manifest.wad_version) == ("shop", "1.2.3")
        assert b"".join(response.chunk for response in rest) == served.sessions.archives.content
        assert max(len(response.chunk) for response in rest) == CHUNK
        assert served.sessions.archives.sealed == [Sealing(recipients=("age1a", "age1b"))]


@pytest.mark.parametrize("sealing", [{}, {"plaintext": False}, {"passphrase": ""}])
async def test_backup_says_how_it_is_sealed(tmp_path: Path, sealing: dict[str, Any]) -> None:
    """No archive is made of which it was not said how it is sealed; plaintext must be asked for."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        stub: Any = admin_pb2_grpc.AdminServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await stub.BackupSession(admin_pb2.BackupSessionRequest(session_id="shop", **sealing)).read()
        assert error_info(failure.value).reason == "INVALID_INPUT"
        assert served.sessions.archives.sealed == []


async def test_archive_is_put_together(tmp_path: Path) -> None:
    """A restore gets the archive whole, whatever the parts it was sent in, with the options that came first."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        stub: Any = admin_pb2_grpc.AdminServiceStub(channel)
        parts = [admin_pb2.RestoreSessionRequest(chunk=part) for part in (b"one", b"", b"two")]
        response = await stub.RestoreSession(sent(OPTIONS, *parts))
        [(archive, options)] = served.sessions.archives.restored
        assert (archive, options.passphrase, options.start, options.session_id) == (b"onetwo", "words", True, None)
        assert (response.session.session_id, response.session.active) == ("shop", False)
        assert ("wad.v1.AdminService", "RestoreSession", "OK") in served.calls


@pytest.mark.parametrize(
    "requests",
    [[], [admin_pb2.RestoreSessionRequest(chunk=b"x")], [OPTIONS, OPTIONS], [admin_pb2.RestoreSessionRequest()]],
)
async def test_options_come_first_and_once(tmp_path: Path, requests: list[admin_pb2.RestoreSessionRequest]) -> None:
    """A restore whose options are missing, late or repeated is refused, and nothing is restored."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        stub: Any = admin_pb2_grpc.AdminServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await stub.RestoreSession(sent(*requests))
        assert error_info(failure.value).reason == "INVALID_INPUT"
        assert served.sessions.archives.restored == []


async def test_an_upload_that_does_not_end_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever begins an archive and sends no more of it is not waited for for ever."""
    monkeypatch.setattr(transfer, "LONGEST", 0.1)
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        stub: Any = admin_pb2_grpc.AdminServiceStub(channel)
        call = stub.RestoreSession(timeout=10)
        await call.write(OPTIONS)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await call
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "did not arrive" in str(refused.value.details())


async def test_garbled_part_is_refused_like_any_request(tmp_path: Path) -> None:
    """A message of a stream that cannot be parsed is the caller's mistake, as it is outside of streams."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        raw: Any = channel
        call = raw.stream_unary("/wad.v1.AdminService/RestoreSession")

        async def garbled() -> AsyncIterator[bytes]:
            yield b"\xff\xff"

        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await call(garbled())
        assert error_info(failure.value).reason == "INVALID_INPUT"


async def test_secrets_are_not_logged(tmp_path: Path) -> None:
    """Neither the log of a call nor the text of its messages shows a passphrase or a byte of an archive."""
    with capture_logs() as lines:
        async with serving(tmp_path) as served, connected(served.unix) as channel:
            stub: Any = admin_pb2_grpc.AdminServiceStub(channel)
            await stub.RestoreSession(sent(OPTIONS, admin_pb2.RestoreSessionRequest(chunk=b"key material")))
            [(_, options)] = served.sessions.archives.restored
    assert "words" not in f"{lines} {options!r}"
    assert "key material" not in str(lines)
