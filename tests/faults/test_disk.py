"""A disk that fails costs the sessions on it a clear error, and nothing else: no credentials, no other session."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import grpc.aio
import pytest

from tests.faults.witnesses import is_undisturbed
from tests.house import PATIENCE, error_info, state_name
from wad.v1 import error_pb2, session_pb2

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from tests.faults.toll import Tolls
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


def damaged(store: Path, damage: str) -> bytes:
    """Damage a store and return what it is then."""
    good = store.read_bytes()
    store.write_bytes(b"nothing that SQLite knows " * 4000 if damage == "garbage" else good[: len(good) // 2])
    return store.read_bytes()


async def set_aside(daemon: Daemon, session_id: str) -> session_pb2.Session:
    """Set a session's damaged credentials aside."""
    request = session_pb2.SetAsideCredentialsRequest(session_id=session_id)
    return (await daemon.sessions.SetAsideCredentials(request, timeout=PATIENCE)).session


@pytest.mark.parametrize("damage", ["garbage", "truncated"])
async def test_a_damaged_store_is_refused_left_as_it_is_and_usable_once_mended(
    house: House, tolls: Tolls, damage: str
) -> None:
    """A store that is no database any more is neither used nor replaced: the session says so until it is mended."""
    async with house.daemon() as daemon:
        jid, well = await two_sessions(daemon)
        await stop(daemon, "sick")
        async with tolls.of(house, f"damaged credentials ({damage})", connections=0):
            store = house.sessions / "sick" / "creds.db"
            good = store.read_bytes()
            bad = damaged(store, damage)
            assert error_info(await refusal(daemon, "sick")).reason == "CREDENTIALS_DAMAGED"
            assert store.read_bytes() == bad
            assert not any((house.sessions / ".trash").glob("sick-*"))
            request = session_pb2.InspectSessionRequest(session_id="sick")
            found = await daemon.sessions.InspectSession(request, timeout=PATIENCE)
            assert found.damage
            assert str(house.root) not in found.damage
            await is_undisturbed(daemon, well)
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
        await is_undisturbed(daemon, well)


@pytest.mark.parametrize("damage", ["garbage", "truncated"])
async def test_damaged_credentials_are_set_aside_and_the_session_is_linked_anew(house: House, damage: str) -> None:
    """The way out that keeps the evidence: refused, set aside, linked by a new QR; the damaged bytes stay."""
    async with house.daemon() as daemon:
        _jid, well = await two_sessions(daemon)
        await stop(daemon, "sick")
        bad = damaged(house.sessions / "sick" / "creds.db", damage)
        assert error_info(await refusal(daemon, "sick")).reason == "CREDENTIALS_DAMAGED"

        aside = await set_aside(daemon, "sick")
        assert (state_name(aside), aside.desired_state) == ("disconnected", session_pb2.DESIRED_STATE_STOPPED)
        assert not aside.HasField("user")
        assert state_name((await daemon.link("sick", "491700000001"))[-1]) == "connected"

        (place,) = (house.sessions / "sick" / "set-aside").iterdir()
        assert (place / "creds.db").read_bytes() == bad
        request = session_pb2.InspectSessionRequest(session_id="sick")
        found = await daemon.sessions.InspectSession(request, timeout=PATIENCE)
        assert (list(found.set_aside), found.damage) == ([place.name], "")
        await is_undisturbed(daemon, well)


async def test_a_session_that_waits_for_its_damaged_credentials_is_set_aside_in_one_call(house: House) -> None:
    """After a restart it is ``disconnected`` and says why; setting aside ends its attempts, and a QR follows."""
    async with house.daemon() as daemon:
        await two_sessions(daemon)
    damaged(house.sessions / "sick" / "creds.db", "garbage")
    async with house.daemon() as daemon:
        waiting = (await daemon.until_state("sick", "disconnected"))[-1]
        assert waiting.last_error.reason == error_pb2.ERROR_REASON_CREDENTIALS_DAMAGED
        await daemon.until_state("well", "connected")
        assert not (await set_aside(daemon, "sick")).active
        assert state_name(await create(daemon, "sick")) == "qr_generated"


async def test_sound_credentials_are_not_set_aside(house: House) -> None:
    """A connected session and a stopped one refuse alike, and nothing about them changes."""
    async with house.daemon() as daemon:
        jid, well = await two_sessions(daemon)
        await stop(daemon, "sick")
        before = (house.sessions / "sick" / "creds.db").read_bytes()
        for session_id in ("sick", "well"):
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await set_aside(daemon, session_id)
            assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
            assert error_info(caught.value).reason == "CREDENTIALS_SOUND"
            assert not (house.sessions / session_id / "set-aside").exists()
        assert (house.sessions / "sick" / "creds.db").read_bytes() == before
        await is_undisturbed(daemon, well)
        await comes_back(daemon, "sick", jid)


async def test_a_link_in_place_of_the_directory_is_refused(house: House) -> None:
    """Credentials are never looked for, nor written, behind a symbolic link."""
    async with house.daemon() as daemon:
        jid, well = await two_sessions(daemon)
        await stop(daemon, "sick")
        directory, elsewhere = house.sessions / "sick", house.root / "elsewhere"
        shutil.move(directory, elsewhere)
        directory.symlink_to(elsewhere)
        await storage_is_blamed(daemon, "sick")
        await is_undisturbed(daemon, well)
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
async def test_a_directory_that_cannot_be_written_fails_a_new_session_and_leaves_no_trace(
    house: House, tolls: Tolls
) -> None:
    """While the sessions' root takes no new directory, a creation is refused; afterwards the same call works."""
    async with house.daemon() as daemon:
        _jid, well = await two_sessions(daemon)
        async with tolls.of(house, "read-only directory of all sessions", connections=0):
            with immutable(house.sessions):
                await storage_is_blamed(daemon, "new")
                await is_undisturbed(daemon, well)
            assert state_name(await create(daemon, "new")) == "qr_generated"


@needs_root
async def test_a_read_only_session_keeps_its_credentials_and_comes_back(house: House, tolls: Tolls) -> None:
    """A session whose directory takes no writes loses nothing by it, and works when it can be written again."""
    async with house.daemon() as daemon:
        jid, well = await two_sessions(daemon)
        await stop(daemon, "sick")
        directory = house.sessions / "sick"
        before = (directory / "creds.db").read_bytes()
        async with tolls.of(house, "read-only directory of a session", connections=0):
            with immutable(*directory.iterdir(), directory):
                await refusal(daemon, "sick")
                await is_undisturbed(daemon, well)
                assert (directory / "creds.db").read_bytes() == before
        await comes_back(daemon, "sick", jid)


async def loses_store(daemon: Daemon, session_id: str, reason: error_pb2.ErrorReason.ValueType) -> None:
    """Assert that a session notices by itself that its directory is away, and that its record stays."""

    def tells(session: session_pb2.Session) -> bool:
        return state_name(session) == "disconnected" and session.last_error.reason == reason

    await daemon.watch_until(session_id, tells, f"{session_id} misses its directory")
    session = await daemon.get(session_id)
    assert session.active
    assert str(daemon.house.root) not in session.last_error.message


@pytest.mark.parametrize("fault", ["directory moved", "directory replaced", "store moved", "lock replaced"])
async def test_a_connected_session_notices_that_its_files_vanish_and_comes_back_with_them(
    house: House, tolls: Tolls, fault: str
) -> None:
    """It leaves ``connected`` by itself and says why, disturbs nobody, and is the same device when they are back."""
    async with house.daemon() as daemon:
        jid, well = await two_sessions(daemon)
        sick, away = house.sessions / "sick", house.root / "away"
        async with tolls.of(house, f"{fault} under a connected session", connections=1):
            if fault == "lock replaced":  # nothing is missing then: a new client takes the new lock

                async def replace_lock() -> None:
                    (sick / "lock").unlink()
                    (sick / "lock").touch()

                await daemon.until_state("sick", "disconnected", after=replace_lock)
            elif fault == "store moved":
                away.mkdir()
                (sick / "creds.db").rename(away / "creds.db")
                await loses_store(daemon, "sick", error_pb2.ERROR_REASON_CREDENTIALS_MISSING)
                (away / "creds.db").rename(sick / "creds.db")
            else:
                sick.rename(away)
                if fault == "directory replaced":
                    sick.mkdir()
                await loses_store(daemon, "sick", error_pb2.ERROR_REASON_CREDENTIALS_MISSING)
                assert not (sick / "creds.db").exists(), "nothing is begun in place of the credentials"
                if fault == "directory replaced":
                    shutil.rmtree(sick)
                away.rename(sick)
            back = (await daemon.until_state("sick", "connected"))[-1]
        assert back.user.jid == jid
        assert not back.HasField("qr")
        await is_undisturbed(daemon, well)


async def test_an_unlinked_session_whose_directory_vanishes_shows_another_qr(house: House) -> None:
    """A QR whose credentials would be lost is withdrawn; the next one can be scanned, and the session is linked."""
    async with house.daemon() as daemon:
        await daemon.link("well", "491700000002")
        well = await daemon.get("well")
        old = (await create(daemon, "new")).qr.code
        (house.sessions / "new").rename(house.root / "away")
        await loses_store(daemon, "new", error_pb2.ERROR_REASON_STORAGE_ERROR)
        seen = await daemon.watch_until("new", lambda s: bool(s.qr.code) and s.qr.code != old, "it has another QR")
        await house.emulator.scan(seen[-1].qr.code, "491700000003")
        await daemon.until_state("new", "connected")
        assert (house.sessions / "new" / "creds.db").exists()
        await is_undisturbed(daemon, well)


async def test_a_lost_directory_is_missed_on_every_way_to_connect(house: House) -> None:
    """When a stopped session's directory is away, a reconnection says what is missing; it works when it is back."""
    async with house.daemon() as daemon:
        jid, well = await two_sessions(daemon)
        await stop(daemon, "sick")
        away = house.root / "away"
        shutil.move(house.sessions / "sick", away)
        request = session_pb2.ReconnectSessionRequest(session_id="sick")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await daemon.sessions.ReconnectSession(request, timeout=PATIENCE)
        assert error_info(caught.value).reason == "CREDENTIALS_MISSING"
        await is_undisturbed(daemon, well)
        shutil.move(away, house.sessions / "sick")
        await comes_back(daemon, "sick", jid)


@needs_root
async def test_a_disk_that_is_unmounted_is_missed_and_its_sessions_come_back_with_it(
    house: House, tolls: Tolls
) -> None:
    """Nothing is written where the disk should be; when it is mounted again its sessions connect by themselves."""
    disk, point = house.root / "disk", house.sessions
    disk.mkdir(mode=0o700)
    point.mkdir(mode=0o700, parents=True)
    if not run("mount", "--bind", disk, point):
        pytest.skip("no file system can be mounted here")
    try:
        async with house.daemon() as daemon:
            jid = (await daemon.link("sick", "491700000001"))[-1].user.jid
            async with tolls.of(house, "unmounted disk", connections=1):
                assert run("umount", "--lazy", point)
                await loses_store(daemon, "sick", error_pb2.ERROR_REASON_CREDENTIALS_MISSING)
                assert not (point / "sick").exists()
                assert run("mount", "--bind", disk, point)
                assert (await daemon.until_state("sick", "connected"))[-1].user.jid == jid
    finally:
        run("umount", "--lazy", point)


@needs_root
async def test_a_full_disk_refuses_new_sessions_and_they_work_once_there_is_room(house: House, tolls: Tolls) -> None:
    """With no byte left, a creation is refused with the storage as the cause; with room again it works."""
    with small_disk(house.root / "state") as disk:
        async with house.daemon() as daemon:
            jid, well = await two_sessions(daemon)
            await stop(daemon, "sick")
            async with tolls.of(house, "full disk", connections=0):
                fill(disk / "ballast")
                await refusal(daemon, "new")
                await is_undisturbed(daemon, well)
                (disk / "ballast").unlink()
                assert state_name(await create(daemon, "new")) == "qr_generated"
            await is_undisturbed(daemon, well)
            await comes_back(daemon, "sick", jid)


def fill(path: Path) -> None:
    """Write until the disk is full."""
    with path.open("wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(b"\0" * 4096)
        except OSError:
            return
