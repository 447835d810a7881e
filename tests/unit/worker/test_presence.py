"""A client's files are watched at the paths that they were opened at."""

from __future__ import annotations

import asyncio
import os
import shutil
from typing import TYPE_CHECKING, cast

import anyio
import pytest

from wad.wire.v1 import worker_pb2 as pb
from wad.worker.client import Client
from wad.worker.locking import SessionLock
from wad.worker.presence import Presence

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wad.worker.engine import Engine


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Return a session's directory with a lock and a store."""
    directory = tmp_path / "session"
    directory.mkdir()
    (directory / "lock").touch()
    (directory / "creds.db").write_text("keys")
    return directory


def presence(directory: Path) -> Presence:
    """Watch the directory's files."""
    return Presence(directory / "lock", directory / "creds.db")


def replaced(path: Path) -> None:
    """Put another file of the same content in the place of one."""
    shutil.copy(path, path.with_name("copy"))
    path.with_name("copy").rename(path)


def test_files_that_only_change_are_present(directory: Path) -> None:
    """Writing to the files, or renaming the directory away and back, is no trouble."""
    watch = presence(directory)
    (directory / "creds.db").write_text("more keys")
    directory.rename(directory.with_name("away"))
    directory.with_name("away").rename(directory)
    assert not watch.trouble()


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "deleted": (shutil.rmtree, "lock is gone"),
    "moved": (lambda path: path.rename(path.with_name("away")), "lock is gone"),
    "no store": (lambda path: (path / "creds.db").unlink(), "creds.db is gone"),
    "another store": (lambda path: replaced(path / "creds.db"), "creds.db is another one"),
    "another lock": (lambda path: replaced(path / "lock"), "lock is another one"),
    "a file": (lambda path: (path.rename(path.with_name("away")), path.touch()), "lock is gone"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_missing_or_replaced_is_named(directory: Path, name: str) -> None:
    """Files that vanish or give way to others are noticed, whichever way that happens, and no path is told."""
    watch = presence(directory)
    fault, said = FAULTS[name]
    fault(directory)
    assert said in watch.trouble()
    assert str(directory) not in watch.trouble()


def test_a_copy_in_the_place_of_the_directory_is_noticed(directory: Path) -> None:
    """A directory with the same content is not the one that the client writes to."""
    watch = presence(directory)
    directory.rename(directory.with_name("away"))
    shutil.copytree(directory.with_name("away"), directory)
    assert "lock is another one" in watch.trouble()


def test_a_store_is_watched_once_it_is_there(directory: Path) -> None:
    """A new session's store does not exist before its client has made it, and may not vanish afterwards."""
    (directory / "creds.db").unlink()
    watch = presence(directory)
    assert not watch.trouble()
    (directory / "creds.db").touch()
    assert not watch.trouble()
    (directory / "creds.db").unlink()
    assert "creds.db is gone" in watch.trouble()


@pytest.mark.parametrize("error", [5, 13, 107, 116], ids=os.strerror)
def test_a_disk_that_fails_is_as_good_as_gone(directory: Path, monkeypatch: pytest.MonkeyPatch, error: int) -> None:
    """Whatever keeps the files from being looked at, the client could not store anything either."""
    watch = presence(directory)

    def fail(_path: Path) -> os.stat_result:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(type(directory), "stat", fail)
    assert os.strerror(error) in watch.trouble()


class QuietEngine:
    """An engine whose clients are connected and say nothing."""

    def __init__(self) -> None:
        self.stopped: list[str] = []

    async def start(self, uuid: str, store: Path, inbox: Callable[[object], None]) -> asyncio.Future[str]:
        """Take a client."""
        del uuid, store, inbox
        return asyncio.get_running_loop().create_future()

    async def is_connected(self, uuid: str) -> bool:
        """Say that it is."""
        del uuid
        return True

    async def stop(self, uuid: str) -> None:
        """Note that it was stopped."""
        self.stopped.append(uuid)

    def count_leak(self, returned: asyncio.Future[str]) -> None:
        """Count nothing."""


@pytest.mark.anyio
async def test_a_client_that_lost_its_store_is_closed_and_says_so_once(directory: Path) -> None:
    """It leaves the engine and gives the lock up before it tells that its store is lost, and tells nothing else."""
    told: list[pb.Event] = []
    engine = QuietEngine()
    client = Client(
        cast("Engine", engine),
        "s",
        3,
        directory=directory,
        lock=SessionLock(directory),
        emit=told.append,
        watch_login=lambda: None,
    )
    client.lose_store("its file creds.db is gone")
    client.lose_store("its file creds.db is gone")
    with anyio.fail_after(10):
        await client.serve()
    client.lose_store("its file creds.db is gone")
    assert engine.stopped == ["s#3"]
    SessionLock(directory).release()
    ended = pb.ClientEnded(message="its file creds.db is gone", store_lost=True)
    assert told == [pb.Event(session_id="s", generation=3, client_ended=ended)]
