"""The operator's stories: cleaning up beside a running daemon, saving and restoring real sessions."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import anyio
import grpc.aio
import pyrage  # pyright: ignore[reportMissingTypeStubs] - it has none
import pytest

from tests.house import PATIENCE, Daemon, House, error_info, state_name, until
from wad.maintenance.cleanup import CleanupReport, CleanupRules, Verdict, clean_up
from wad.storage.custody import SessionCustody
from wad.storage.offline import OfflineRegistry
from wad.v1 import admin_pb2, session_pb2

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.anyio

PHONE = "491700000001"
_age: Any = pyrage


async def wad(house: House, *arguments: str, code: int = 0) -> dict[str, Any]:
    """Run a command of ``wad`` against the house's configuration and return its report."""
    command = [sys.executable, "-m", "wad", *arguments, "--config", str(house.write_config()), "-o", "json"]
    with anyio.fail_after(PATIENCE):
        done = await anyio.run_process(command, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == code, done.stderr.decode() + done.stdout.decode()
    report: dict[str, Any] = json.loads(done.stdout or done.stderr)
    return report


@pytest.fixture
def key(tmp_path: Path) -> tuple[str, str]:
    """Return a public key, and a file with its secret key."""
    identity = _age.x25519.Identity.generate()
    file = tmp_path / "key.txt"
    file.write_text(f"# made for a test\n{identity}\n")
    return str(identity.to_public()), str(file)


def make_old(directory: Path) -> None:
    """Let a directory and all in it be an hour old."""
    moment = time.time() - 3600
    for path in (*directory.rglob("*"), directory):
        os.utime(path, (moment, moment))


async def test_live_backup_brings_a_lost_session_back(house: House, tmp_path: Path, key: tuple[str, str]) -> None:
    """A session that was backed up while connected is restored after its loss, and reconnects without a QR."""
    public, secret = key
    async with house.daemon() as daemon:
        await daemon.link("shop", PHONE)
        jid = (await daemon.get("shop")).user.jid
        report = await wad(house, "backup", "--all", "--to", str(tmp_path / "backups"), "--recipient", public)
        assert state_name(await daemon.get("shop")) == "connected"
    [saved] = report["backups"]
    assert (saved["session_id"], saved["jid"]) == ("shop", jid)
    shutil.rmtree(house.sessions / "shop")
    restored = await wad(house, "restore", saved["file"], "--identity", secret)
    assert restored["sessions"][0]["jid"] == jid
    async with house.daemon() as daemon:
        await daemon.until_state("shop", "connected")
        session = await daemon.get("shop")
        assert (session.user.jid, session.auto_reconnected) == (jid, True)


async def test_restored_session_starts_in_a_running_daemon(house: House, tmp_path: Path, key: tuple[str, str]) -> None:
    """A session that the daemon never knew can be restored beside it, and is connected at once when that is wanted."""
    public, secret = key
    archive = tmp_path / "shop.tar.age"
    async with house.daemon() as daemon:
        await daemon.link("shop", PHONE)
        jid = (await daemon.get("shop")).user.jid
        await wad(house, "export", "shop", str(archive), "--recipient", public)
    shutil.rmtree(house.root / "state")
    async with house.daemon() as daemon:
        await wad(house, "import", str(archive), "--as", "branch", "--identity", secret, "--start")
        await daemon.until_state("branch", "connected")
        assert (await daemon.get("branch")).user.jid == jid


async def test_live_session_is_not_restored_over(house: House, tmp_path: Path) -> None:
    """While a session is connected, its credentials are not replaced, not even with force."""
    archive = tmp_path / "shop.tar"
    async with house.daemon() as daemon:
        await daemon.link("shop", PHONE)
        await wad(house, "export", "shop", str(archive), "--plaintext")
        report = await wad(house, "restore", str(archive), "--force", code=5)
        assert report["sessions"][0]["error"]["reason"] == "SESSION_BUSY"
        assert state_name(await daemon.get("shop")) == "connected"
    os.utime(house.sessions / "shop" / "creds.db")
    report = await wad(house, "restore", str(archive), code=1)
    assert report["sessions"][0]["error"]["reason"] == "CREDENTIALS_NEWER"


async def backed_up(daemon: Daemon, session_id: str, **sealing: Any) -> bytes:
    """Return an archive that the daemon made."""
    request = admin_pb2.BackupSessionRequest(session_id=session_id, **sealing)
    return b"".join([part.chunk async for part in daemon.admin.BackupSession(request, timeout=PATIENCE)])


async def restored(daemon: Daemon, archive: bytes, **options: Any) -> admin_pb2.RestoreSessionResponse:
    """Have the daemon restore an archive, sent in two parts."""

    async def requests() -> AsyncIterator[admin_pb2.RestoreSessionRequest]:
        yield admin_pb2.RestoreSessionRequest(options=admin_pb2.RestoreOptions(**options))
        for part in (archive[:1000], archive[1000:]):
            yield admin_pb2.RestoreSessionRequest(chunk=part)

    call: Any = daemon.admin.RestoreSession
    return await call(requests(), timeout=PATIENCE)


async def test_daemon_backs_up_and_restores_over_the_contract(house: House) -> None:
    """A client saves a connected session, sealed with a passphrase, loses it, and gets it back connected."""
    async with house.daemon() as daemon:
        await daemon.link("shop", PHONE)
        jid = (await daemon.get("shop")).user.jid
        archive = await backed_up(daemon, "shop", passphrase="four random words")
        assert archive.startswith(b"age-encryption.org/")
        with pytest.raises(grpc.aio.AioRpcError) as busy:
            await restored(daemon, archive, passphrase="four random words", force=True)
        assert error_info(busy.value).reason == "SESSION_BUSY"
        await daemon.sessions.StopSession(session_pb2.StopSessionRequest(session_id="shop"), timeout=PATIENCE)
        os.utime(house.sessions / "shop" / "creds.db")
        with pytest.raises(grpc.aio.AioRpcError) as newer:
            await restored(daemon, archive, passphrase="four random words")
        assert error_info(newer.value).reason == "CREDENTIALS_NEWER"
        with pytest.raises(grpc.aio.AioRpcError) as wrong:
            await restored(daemon, archive, passphrase="other words", force=True)
        assert error_info(wrong.value).reason == "INVALID_INPUT"
        shutil.rmtree(house.sessions / "shop")
        response = await restored(daemon, archive, passphrase="four random words", start=True)
        assert (response.session.session_id, response.manifest.jid) == ("shop", jid)
        await daemon.until_state("shop", "connected")
        assert (await daemon.get("shop")).user.jid == jid


async def test_what_is_not_linked_is_not_backed_up(house: House) -> None:
    """A client that asks for a backup of an unknown or an unlinked session is told which it is."""
    async with house.daemon() as daemon:
        await daemon.sessions.CreateSession(session_pb2.CreateSessionRequest(session_id="new"), timeout=PATIENCE)
        for name, reason in (("new", "SESSION_NOT_LINKED"), ("none", "SESSION_NOT_FOUND")):
            with pytest.raises(grpc.aio.AioRpcError) as failure:
                await backed_up(daemon, name, plaintext=True)
            assert error_info(failure.value).reason == reason


async def test_cleanup_beside_a_daemon_harms_nothing_live(house: House) -> None:
    """Beside a running daemon, even the most thorough cleanup removes what nobody uses, and nothing else."""
    async with house.daemon() as daemon:
        await daemon.link("shop", PHONE)
        request = session_pb2.CreateSessionRequest(session_id="waiting")
        await daemon.sessions.CreateSession(request, timeout=PATIENCE)
        (house.sessions / "forgotten").mkdir(mode=0o700)
        for name in ("shop", "waiting", "forgotten"):
            make_old(house.sessions / name)
        report = await wad(house, "cleanup", "--include-paired", "--no-backup", "--older-than", "0")
        verdicts = {found["session_id"]: (found["verdict"], found["reason"]) for found in report["directories"]}
        assert verdicts == {
            "forgotten": ("removed", "expired"),
            "shop": ("kept", "in use"),
            "waiting": ("kept", "in use"),
        }
        assert (report["total"], report["removed"], report["remaining"]) == (3, 1, 2)
        assert state_name(await daemon.get("shop")) == "connected"
        assert state_name(await daemon.get("waiting")) == "qr_generated"


async def test_sessions_start_while_cleanups_run(house: House) -> None:
    """Sessions that are created in old directories, while cleanups follow one another, all come to their QR."""
    names = [f"old-{number}" for number in range(4)]
    async with house.daemon() as daemon:
        for name in names:
            (house.sessions / name).mkdir(mode=0o700, parents=True)
            (house.sessions / name / "note").touch()
            make_old(house.sessions / name)
        over = threading.Event()
        reports: list[CleanupReport] = []

        def clean() -> None:
            custody, records = SessionCustody(house.sessions), OfflineRegistry(house.root / "state" / "registry.db")
            while not over.is_set():
                reports.append(clean_up(custody, records, CleanupRules(), now=time.time))

        async def create(name: str) -> None:
            request = session_pb2.CreateSessionRequest(session_id=name)
            try:
                await daemon.sessions.CreateSession(request, timeout=PATIENCE)
            except grpc.aio.AioRpcError as error:  # its directory went away in the very moment between two steps
                if error_info(error).reason != "CREATE_FAILED":
                    raise
                await daemon.sessions.CreateSession(request, timeout=PATIENCE)

        async def create_all() -> None:
            try:
                async with anyio.create_task_group() as creations:
                    for name in names:
                        creations.start_soon(create, name)
            finally:
                over.set()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anyio.to_thread.run_sync, clean)
            tasks.start_soon(create_all)
        assert [state_name(await daemon.get(name)) for name in names] == ["qr_generated"] * 4
        assert all((house.sessions / name / "lock").exists() for name in names)
        assert not any(report.count(Verdict.FAILED) for report in reports)


async def test_emergency_cleanup_ends_stuck_sessions(house: House) -> None:
    """An emergency cleanup has the daemon end what waits for a scan for too long, and leaves what is linked."""
    async with house.daemon() as daemon:
        await daemon.link("shop", PHONE)
        request = session_pb2.CreateSessionRequest(session_id="waiting")
        await daemon.sessions.CreateSession(request, timeout=PATIENCE)
        tried = await wad(house, "emergency-cleanup", "--older-than", "0", "--dry-run")
        assert tried["stuck"] == {"asked": True, "note": "", "removed": ["waiting"], "failed": {}}
        assert state_name(await daemon.get("waiting")) == "qr_generated"
        done = await wad(house, "emergency-cleanup", "--older-than", "0")
        assert done["stuck"]["removed"] == ["waiting"]
        await until(lambda: not (house.sessions / "waiting").exists(), "its directory is gone")
        assert state_name(await daemon.get("shop")) == "connected"


async def test_health_report_tells_a_healthy_daemon_from_none(house: House) -> None:
    """The daily report exits 0 while all is well, with live figures, and 1 with the finding when no daemon runs."""
    async with house.daemon() as daemon:
        await daemon.link("shop", PHONE)
        report = await wad(house, "health-report")
        assert (report["status"], report["findings"]) == ("ok", [])
        assert report["daemon"]["states"] == {"connected": 1}
        assert [(one["session_id"], one["in_use"]) for one in report["directories"]] == [("shop", True)]
        assert report["registry"] == {"sessions": 1, "active": 1}
    assert (await wad(house, "health-report", code=1))["findings"] == ["no daemon runs"]


async def test_removed_credentials_can_be_restored_from_the_cleanups_backup(house: House, key: tuple[str, str]) -> None:
    """What a cleanup took with --include-paired comes back from the backup that it made first."""
    public, secret = key
    async with house.daemon() as daemon:
        await daemon.link("shop", PHONE)
        jid = (await daemon.get("shop")).user.jid
    make_old(house.sessions / "shop")
    report = await wad(house, "cleanup", "--include-paired", "--recipient", public)
    [found] = report["directories"]
    assert (found["verdict"], report["remaining"]) == ("removed", 0)
    await wad(house, "restore", found["backup"], "--identity", secret, "--start")
    async with house.daemon() as daemon:
        await daemon.until_state("shop", "connected")
        assert (await daemon.get("shop")).user.jid == jid
