"""What backup and restore guarantee on a real disk."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.integration.maintenance.rooms import HOUR, JID, Rooms, snapshot
from wad.domain.errors import (
    CredentialsNewer,
    SessionBusy,
    SessionNotFound,
    SessionNotLinked,
    StorageError,
    WadError,
)
from wad.domain.events import UserIdentity
from wad.domain.ids import SessionId
from wad.domain.records import SessionRecord
from wad.domain.states import DesiredState
from wad.maintenance.backup import back_up, save, write
from wad.maintenance.encryption import Keys, Plaintext
from wad.maintenance.restore import Opened, Wish, open_archive, restore
from wad.storage.memory import MemoryRegistry

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

ID = SessionId("shop")


def saved(rooms: Rooms) -> Opened:
    """Back the session up and open the archive."""
    return open_archive(back_up(rooms.custody, ID, Plaintext()).content, Keys())


def devices(directory: Path) -> list[str]:
    """Return the devices of a store."""
    with closing(sqlite3.connect(directory / "creds.db")) as store:
        return [row[0] for row in store.execute("SELECT jid FROM whatsmeow_device ORDER BY jid")]


def test_backup_of_a_store_in_use_is_complete(rooms: Rooms) -> None:
    """A backup holds what its client has committed, also what is only in the write-ahead log, and nothing half done."""
    rooms.paired(ID)
    with closing(sqlite3.connect(rooms.path(ID) / "creds.db")) as store, rooms.client(ID):
        store.execute("PRAGMA journal_mode = WAL")
        store.execute("CREATE TABLE keys (n INTEGER)")
        store.executemany("INSERT INTO keys VALUES (?)", [(n,) for n in range(100)])
        store.commit()
        store.execute("INSERT INTO keys VALUES (100)")
        opened = saved(rooms)
    with closing(sqlite3.connect(":memory:")) as copy:
        copy.deserialize(opened.store)
        assert copy.execute("SELECT count(*) FROM keys").fetchone() == (100,)
    assert (opened.manifest.jid, opened.manifest.session_id) == (JID, ID)


@pytest.mark.parametrize(
    ("kind", "error"), [("empty", SessionNotLinked), ("damaged", StorageError), ("absent", SessionNotFound)]
)
def test_only_credentials_are_backed_up(rooms: Rooms, kind: str, error: type[WadError]) -> None:
    """There is no backup of what holds no linked device, or cannot be read."""
    if kind != "absent":
        getattr(rooms, kind)(ID)
    with pytest.raises(error):
        back_up(rooms.custody, ID, Plaintext())


def test_archives_are_private_and_replace_nothing(rooms: Rooms, tmp_path: Path) -> None:
    """An archive's file is closed to others, an existing file is never replaced, and no part of one is left."""
    rooms.paired(ID)
    made = back_up(rooms.custody, ID, Plaintext())
    path = save(made, tmp_path / "backups")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(StorageError, match="exists already"):
        write(b"other", path)
    assert path.read_bytes() == made.content
    assert list(path.parent.iterdir()) == [path]


async def test_lost_session_is_restored(rooms: Rooms) -> None:
    """A session whose directory is lost is there again, closed to others, known and stopped."""
    rooms.paired(ID)
    opened = saved(rooms)
    rooms.path(ID).rename(rooms.root.parent / "lost")
    registry = MemoryRegistry()
    record = await restore(rooms.custody, registry, opened, Wish(ID), now=5.0)
    assert devices(rooms.path(ID)) == [JID]
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (rooms.path(ID), rooms.path(ID) / "creds.db")]
    assert modes == [0o700, 0o600]
    assert record == await registry.get(ID)
    assert (record.active, record.desired, record.user) == (False, DesiredState.STOPPED, UserIdentity(JID))
    assert rooms.trash() == []


async def test_a_restore_keeps_what_was_set_aside(rooms: Rooms) -> None:
    """Damaged credentials are still there beside the restored ones, also after the trash has been purged."""
    rooms.paired(ID)
    opened = saved(rooms)
    rooms.path(ID).rename(rooms.root.parent / "lost")
    rooms.set_aside(ID, age=-HOUR)  # newer than the archive, and no reason to refuse it
    kept = rooms.path(ID) / "set-aside" / "20261122T235959000000Z" / "creds.db"
    damaged = kept.read_bytes()
    await restore(rooms.custody, MemoryRegistry(), opened, Wish(ID), now=5.0)
    assert devices(rooms.path(ID)) == [JID]
    shutil.rmtree(rooms.root / ".trash")
    assert kept.read_bytes() == damaged
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


async def test_root_is_made(rooms: Rooms, tmp_path: Path) -> None:
    """A session can be restored on a host that never had one, under another name."""
    rooms.paired(ID)
    elsewhere = Rooms(tmp_path / "other" / "sessions")
    await restore(elsewhere.custody, MemoryRegistry(), saved(rooms), Wish(SessionId("shop-2")), now=5.0)
    assert devices(elsewhere.path("shop-2")) == [JID]


async def test_owners_wish_is_kept(rooms: Rooms) -> None:
    """A known session keeps its labels and what its owner wanted of it; start makes it wanted."""
    rooms.paired(ID)
    opened = saved(rooms)
    known = SessionRecord(ID, 1.0, 2.0, desired=DesiredState.RUNNING, labels={"team": "sales"})
    kept = await restore(rooms.custody, MemoryRegistry([known]), opened, Wish(ID), now=5.0)
    assert (kept.desired, kept.labels, kept.active) == (DesiredState.RUNNING, {"team": "sales"}, False)
    stopped = replace(known, desired=DesiredState.STOPPED)
    started = await restore(rooms.custody, MemoryRegistry([stopped]), opened, Wish(ID, start=True), now=5.0)
    assert started.desired is DesiredState.RUNNING


async def test_credentials_in_use_are_never_replaced(rooms: Rooms) -> None:
    """A session that a client uses stays as it is, even with force."""
    rooms.paired(ID)
    opened = saved(rooms)
    with rooms.client(ID):
        before = snapshot(rooms.root)
        with pytest.raises(SessionBusy):
            await restore(rooms.custody, MemoryRegistry(), opened, Wish(ID, force=True), now=5.0)
        assert snapshot(rooms.root) == before


async def test_session_in_service_is_never_replaced(rooms: Rooms) -> None:
    """A session that a running daemon has in service is refused, also while its client happens to be down."""
    rooms.paired(ID)
    registry = MemoryRegistry([SessionRecord(ID, 1.0, 1.0, active=True)])
    with pytest.raises(SessionBusy, match="in service"):
        await restore(rooms.custody, registry, saved(rooms), Wish(ID, force=True, daemon_runs=True), now=5.0)


@pytest.mark.parametrize("kind", ["paired", "damaged"])
async def test_newer_credentials_stay(rooms: Rooms, kind: str) -> None:
    """Credentials that were used after the archive was made stay; force moves them into the trash, whole."""
    rooms.paired(ID)
    opened = saved(rooms)
    rooms.path(ID).rename(rooms.root.parent / "old")
    getattr(rooms, kind)(ID, age=-HOUR)
    before = snapshot(rooms.path(ID))
    registry = MemoryRegistry()
    with pytest.raises(CredentialsNewer, match="force"):
        await restore(rooms.custody, registry, opened, Wish(ID), now=5.0)
    assert {k: v for k, v in snapshot(rooms.path(ID)).items() if k != "lock"} == before
    assert registry.saved == []
    await restore(rooms.custody, registry, opened, Wish(ID, force=True), now=5.0)
    [entry] = rooms.trash()
    assert {k: v for k, v in snapshot(entry).items() if k != "lock"} == before
    assert devices(rooms.path(ID)) == [JID]


async def test_older_credentials_are_replaced(rooms: Rooms) -> None:
    """Credentials that nobody used since the archive was made are replaced, and are in the trash."""
    rooms.paired(ID)
    await restore(rooms.custody, MemoryRegistry(), saved(rooms), Wish(ID), now=5.0)
    assert len(rooms.trash()) == 1


async def test_restoring_twice_is_no_conflict(rooms: Rooms) -> None:
    """The same archive can be restored again: what it put there is not newer than itself."""
    rooms.paired(ID)
    opened = saved(rooms)
    for _ in range(2):
        await restore(rooms.custody, MemoryRegistry(), opened, Wish(ID), now=5.0)
    assert devices(rooms.path(ID)) == [JID]


async def test_link_in_the_sessions_place_is_refused(rooms: Rooms, tmp_path: Path) -> None:
    """A link in the place of a session is not followed, and nothing is written behind it."""
    rooms.paired(ID)
    opened = saved(rooms)
    (tmp_path / "elsewhere").mkdir()
    rooms.path("other").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError):
        await restore(rooms.custody, MemoryRegistry(), opened, Wish(SessionId("other"), force=True), now=5.0)
    assert list((tmp_path / "elsewhere").iterdir()) == []


async def test_nobody_can_start_before_the_record_is_written(rooms: Rooms) -> None:
    """A client cannot start on restored credentials before the registry knows them."""
    rooms.paired(ID)
    opened = saved(rooms)

    class Watching(MemoryRegistry):
        locked = False

        async def save(self, record: SessionRecord) -> None:
            try:
                with rooms.client(ID):
                    pass
            except BlockingIOError:
                self.locked = True
            await super().save(record)

    registry = Watching()
    await restore(rooms.custody, registry, opened, Wish(ID), now=5.0)
    assert registry.locked
    with rooms.client(ID):
        pass


async def test_damaged_store_is_not_restored(rooms: Rooms) -> None:
    """An archive whose store is no sound database of a linked device changes nothing, though its checksums match."""
    rooms.paired(ID)
    opened = replace(saved(rooms), store=b"nothing that SQLite knows" * 100)
    before = snapshot(rooms.root)
    with pytest.raises(StorageError, match="damaged"):
        await restore(rooms.custody, MemoryRegistry(), opened, Wish(ID), now=time.time())
    assert snapshot(rooms.root) == before
