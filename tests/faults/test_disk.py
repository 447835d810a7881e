"""A disk that fails costs the sessions on it a clear error, and nothing else: no credentials, no other session."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import grpc.aio
import pytest

from tests.house import PATIENCE, error_info, state_name
from wad.v1 import session_pb2

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

SMALL_DISK = 64 * 1024 * 1024
"""Bytes; much more than two sessions need, and soon filled."""

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a file immutable or mount a file system")


async def stop(daemon: Daemon, session_id: str) -> None:
    """Stop a session."""
    await daemon.sessions.StopSession(session_pb2.StopSessionRequest(session_id=session_id), timeout=PATIENCE)


async def create(daemon: Daemon, session_id: str) -> session_pb2.Session:
    """Create a session, or connect it with what is stored."""
    request = session_pb2.CreateSessionRequest(session_id=session_id)
    return (await daemon.sessions.CreateSession(request, timeout=PATIENCE)).session


async def refusal(daemon: Daemon, session_id: str) -> grpc.aio.AioRpcError:
    """Return how a creation is refused; no path may be in it."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await create(daemon, session_id)
    assert str(daemon.house.root) not in (caught.value.details() or "")
    return caught.value


async def storage_is_blamed(daemon: Daemon, session_id: str) -> None:
    """Assert that a creation is refused because of the storage."""
    info = error_info(await refusal(daemon, session_id))
    assert "STORAGE_ERROR" in (info.reason, info.metadata["cause"]), info


async def comes_back(daemon: Daemon, session_id: str, jid: str) -> None:
    """Assert that the session connects as the same device, without a QR."""
    session = await create(daemon, session_id)
    assert state_name(session) != "qr_generated"
    assert (await daemon.until_state(session_id, "connected"))[-1].user.jid == jid


async def not_disturbed(daemon: Daemon, other: session_pb2.Session) -> None:
    """Assert that another session is as it was."""
    now = await daemon.get(other.session_id)
    assert state_name(now) == "connected"
    assert (now.generation, now.connect_time) == (other.generation, other.connect_time)


async def two_sessions(daemon: Daemon) -> tuple[str, session_pb2.Session]:
    """Link the session that will suffer and return its jid, and another that must not."""
    jid = (await daemon.link("sick", "491700000001"))[-1].user.jid
    await daemon.link("well", "491700000002")
    return jid, await daemon.get("well")


def run(*command: str | Path) -> bool:
    """Run a command of the system, and return True when it succeeded."""
    program = shutil.which(command[0])
    return (
        program is not None and not subprocess.run([program, *command[1:]], check=False, capture_output=True).returncode
    )


@contextmanager
def immutable(*paths: Path) -> Generator[None]:
    """Let nobody, not even root, change these files and directories."""
    if not run("chattr", "+i", *paths):
        pytest.skip("this file system has no immutable files")
    try:
        yield
    finally:
        assert run("chattr", "-i", *paths)


@contextmanager
def small_disk(path: Path) -> Generator[Path]:
    """Mount a file system of its own."""
    path.mkdir()
    if not run("mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK},mode=700", "tmpfs", path):
        pytest.skip("no file system can be mounted here")
    try:
        yield path
    finally:
        assert run("umount", path)


@pytest.mark.parametrize("damage", ["garbage", "truncated"])
async def test_a_damaged_store_is_refused_left_as_it_is_and_usable_once_mended(house: House, damage: str) -> None:
    """A store that is no database any more is neither used nor replaced: the session says so until it is mended."""
    async with house.daemon() as daemon:
        jid, well = await two_sessions(daemon)
        await stop(daemon, "sick")
        store = house.sessions / "sick" / "creds.db"
        good = store.read_bytes()
        bad = b"nothing that SQLite knows " * 4000 if damage == "garbage" else good[: len(good) // 2]
        store.write_bytes(bad)
        await storage_is_blamed(daemon, "sick")
        assert store.read_bytes() == bad
        assert not any((house.sessions / ".trash").glob("sick-*"))
        request = session_pb2.InspectSessionRequest(session_id="sick")
        found = await daemon.sessions.InspectSession(request, timeout=PATIENCE)
        assert found.damage
        assert str(house.root) not in found.damage
        await not_disturbed(daemon, well)
        store.write_bytes(good)
        await comes_back(daemon, "sick", jid)


async def test_a_damaged_session_can_be_removed_and_linked_anew(house: House) -> None:
    """The way out for a user without a backup: remove it by hand, then link it again."""
    async with house.daemon() as daemon:
        _jid, well = await two_sessions(daemon)
        await stop(daemon, "sick")
        (house.sessions / "sick" / "creds.db").write_bytes(b"nothing that SQLite knows " * 4000)
        await daemon.remove("sick", session_pb2.REMOVAL_REASON_MANUAL)
        assert state_name((await daemon.link("sick", "491700000001"))[-1]) == "connected"
        await not_disturbed(daemon, well)


async def test_a_link_in_place_of_the_directory_is_refused(house: House) -> None:
    """Credentials are never looked for, nor written, behind a symbolic link."""
    async with house.daemon() as daemon:
        jid, well = await two_sessions(daemon)
        await stop(daemon, "sick")
        directory, elsewhere = house.sessions / "sick", house.root / "elsewhere"
        shutil.move(directory, elsewhere)
        directory.symlink_to(elsewhere)
        await storage_is_blamed(daemon, "sick")
        await not_disturbed(daemon, well)
        directory.unlink()
        shutil.move(elsewhere, directory)
        await comes_back(daemon, "sick", jid)


async def test_open_permissions_are_closed_before_the_credentials_are_used(house: House) -> None:
    """A directory that others may read is made private again, and the session works."""
    async with house.daemon() as daemon:
        jid, _well = await two_sessions(daemon)
        await stop(daemon, "sick")
        (house.sessions / "sick").chmod(0o777)
        await comes_back(daemon, "sick", jid)
        assert (house.sessions / "sick").stat().st_mode & 0o777 == 0o700


@needs_root
async def test_a_directory_that_cannot_be_written_fails_a_new_session_and_leaves_no_trace(house: House) -> None:
    """While the sessions' root takes no new directory, a creation is refused; afterwards the same call works."""
    async with house.daemon() as daemon:
        _jid, well = await two_sessions(daemon)
        with immutable(house.sessions):
            await storage_is_blamed(daemon, "new")
            await not_disturbed(daemon, well)
        assert state_name(await create(daemon, "new")) == "qr_generated"


@needs_root
async def test_a_read_only_session_keeps_its_credentials_and_comes_back(house: House) -> None:
    """A session whose directory takes no writes loses nothing by it, and works when it can be written again."""
    async with house.daemon() as daemon:
        jid, well = await two_sessions(daemon)
        await stop(daemon, "sick")
        directory = house.sessions / "sick"
        before = (directory / "creds.db").read_bytes()
        with immutable(*directory.iterdir(), directory):
            await refusal(daemon, "sick")
            await not_disturbed(daemon, well)
            assert (directory / "creds.db").read_bytes() == before
        await comes_back(daemon, "sick", jid)


async def test_a_directory_that_vanishes_under_a_session_costs_that_session_alone(house: House) -> None:
    """When a live session loses its directory, a new attempt does not show a QR to nobody: it says what is missing."""
    async with house.daemon() as daemon:
        jid, well = await two_sessions(daemon)
        away = house.root / "away"
        shutil.move(house.sessions / "sick", away)

        await stop(daemon, "sick")
        request = session_pb2.ReconnectSessionRequest(session_id="sick")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await daemon.sessions.ReconnectSession(request, timeout=PATIENCE)
        assert error_info(caught.value).reason in {"SESSION_NOT_LINKED", "CREDENTIALS_MISSING", "STORAGE_ERROR"}
        await not_disturbed(daemon, well)
        shutil.rmtree(house.sessions / "sick", ignore_errors=True)
        shutil.move(away, house.sessions / "sick")
        await comes_back(daemon, "sick", jid)


@needs_root
async def test_a_full_disk_refuses_new_sessions_and_they_work_once_there_is_room(house: House) -> None:
    """With no byte left, a creation is refused with the storage as the cause; with room again it works."""
    with small_disk(house.root / "volume") as sessions:
        house.settings["daemon"]["sessions_dir"] = str(sessions)
        async with house.daemon() as daemon:
            jid = (await daemon.link("sick", "491700000001"))[-1].user.jid
            await stop(daemon, "sick")
            fill(sessions / "ballast")
            await refusal(daemon, "new")
            assert (sessions / "sick" / "creds.db").exists()
            (sessions / "ballast").unlink()
            assert state_name(await create(daemon, "new")) == "qr_generated"
            await comes_back(daemon, "sick", jid)


def fill(path: Path) -> None:
    """Write until the disk is full."""
    with path.open("wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(b"\0" * 4096)
        except OSError:
            return
