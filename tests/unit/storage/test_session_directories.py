"""What the sessions' directories guarantee on a real disk."""

# ruff: noqa: ASYNC240 - the directories are the test's, and nothing else runs in its loop

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from wad.domain.errors import CredentialsDamaged, CredentialsSound, SessionNotLinked, StorageError
from wad.domain.ids import SessionId
from wad.domain.states import RemovalReason
from wad.storage.inspection import DirectoryInspector
from wad.storage.session_files import SessionDirectories

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

ID = SessionId("alpha")
NOW = 1_800_000_000.0  # 2027-01-15T08:00:00Z


class Wall:
    """A wall clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def wall() -> Wall:
    """Return a wall clock."""
    return Wall()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root whose name holds all that means something in a URI."""
    return tmp_path / "sess?ions#1 %20&x=y"


@pytest.fixture
def files(root: Path, wall: Wall) -> SessionDirectories:
    """Return the store."""
    return SessionDirectories(root, wall=wall)


def link(directory: Path, journal: str = "delete") -> None:
    """Write the credentials of a linked device."""
    with closing(sqlite3.connect(directory / "creds.db")) as store:
        store.execute(f"PRAGMA journal_mode = {journal}")
        with store:
            store.execute("CREATE TABLE whatsmeow_device (jid TEXT PRIMARY KEY)")
            store.execute("INSERT INTO whatsmeow_device VALUES ('491700000000:1@s.whatsapp.net')")


def mode(path: Path) -> int:
    """Return the permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


def names(directory: Path) -> set[str]:
    """Return the names in a directory."""
    return {path.name for path in directory.iterdir()}


async def test_only_the_owner_may_enter(files: SessionDirectories, root: Path) -> None:
    """The root and each directory are closed to others from the first moment, whatever the umask."""
    before = os.umask(0)
    try:
        await files.prepare(ID)
    finally:
        os.umask(before)
    assert (mode(root), mode(root / ID)) == (0o700, 0o700)


async def test_open_directories_are_closed(files: SessionDirectories, root: Path) -> None:
    """Directories that others could enter, from a restored copy perhaps, are closed when they are used."""
    (root / ID).mkdir(parents=True)
    root.chmod(0o755)
    (root / ID).chmod(0o777)
    assert await files.prepare(ID) is False
    assert (mode(root), mode(root / ID)) == (0o700, 0o700)


async def test_link_in_the_place_of_a_session_is_refused(files: SessionDirectories, root: Path, tmp_path: Path) -> None:
    """A symbolic link is no session: nothing is made, read or deleted through it."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link(elsewhere)
    root.mkdir()
    (root / ID).symlink_to(elsewhere)
    with pytest.raises(StorageError, match="not a link"):
        await files.prepare(ID)
    with pytest.raises(StorageError, match="not a link"):
        await files.is_paired(ID)
    with pytest.raises(StorageError, match="not a link"):
        await files.trash_credentials(ID)
    with pytest.raises(StorageError, match="not a link"):
        await files.delete(ID, RemovalReason.MANUAL)
    assert names(elsewhere) == {"creds.db"}


async def test_file_in_the_place_of_a_session_is_refused(files: SessionDirectories, root: Path) -> None:
    """A plain file is not taken for a directory, and not deleted."""
    root.mkdir()
    (root / ID).write_text("mine")
    with pytest.raises(StorageError, match="must be a directory"):
        await files.prepare(ID)
    with pytest.raises(StorageError, match="must be a directory"):
        await files.delete(ID, RemovalReason.MANUAL)
    assert (root / ID).read_text() == "mine"


async def test_link_in_the_place_of_the_store_is_refused(files: SessionDirectories, root: Path, tmp_path: Path) -> None:
    """Credentials are not read through a symbolic link."""
    link(tmp_path)
    await files.prepare(ID)
    (root / ID / "creds.db").symlink_to(tmp_path / "creds.db")
    with pytest.raises(StorageError, match="not a regular file"):
        await files.is_paired(ID)


async def test_links_within_a_deleted_directory_are_not_followed(
    files: SessionDirectories, root: Path, tmp_path: Path
) -> None:
    """Deleting a session deletes the links in it, and nothing behind them."""
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").touch()
    await files.prepare(ID)
    (root / ID / "link").symlink_to(tmp_path / "precious")
    await files.delete(ID, RemovalReason.MANUAL)
    assert names(tmp_path / "precious") == {"file"}
    assert names(root / ".trash") == set()


async def test_link_in_the_place_of_the_trash_is_refused(files: SessionDirectories, root: Path, tmp_path: Path) -> None:
    """Sessions are not moved through a symbolic link; they stay where they are."""
    await files.prepare(ID)
    link(root / ID)
    (root / ".trash").symlink_to(tmp_path)
    with pytest.raises(StorageError):
        await files.delete(ID, RemovalReason.MANUAL)
    with pytest.raises(StorageError):
        await files.trash_credentials(ID)
    assert await files.is_paired(ID) is True


# ── reading credentials ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("journal", ["delete", "wal"])
async def test_reading_leaves_no_trace(files: SessionDirectories, root: Path, journal: str) -> None:
    """Looking at credentials makes no file and changes none."""
    await files.prepare(ID)
    link(root / ID, journal)
    before = (names(root / ID), (root / ID / "creds.db").stat())
    assert await files.is_paired(ID) is True
    after = (names(root / ID), (root / ID / "creds.db").stat())
    assert [after[0], after[1].st_mtime_ns] == [before[0], before[1].st_mtime_ns]


async def test_credentials_that_are_only_in_the_log_are_seen(files: SessionDirectories, root: Path) -> None:
    """A device that stands only in the write-ahead log, as after a crash of the engine, is linked."""
    await files.prepare(ID)
    with closing(sqlite3.connect(root / ID / "creds.db")) as store:
        store.execute("PRAGMA journal_mode = wal")
        with store:
            store.execute("CREATE TABLE whatsmeow_device (jid TEXT PRIMARY KEY)")
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with store:
            store.execute("INSERT INTO whatsmeow_device VALUES ('1@s.whatsapp.net')")
        copy = root / "copy"
        shutil.copytree(root / ID, copy)  # what a killed process leaves behind
    assert await files.is_paired(SessionId("copy")) is True


@pytest.mark.parametrize("journal", ["delete", "wal"])
async def test_reading_does_not_wait_for_a_writer(files: SessionDirectories, root: Path, journal: str) -> None:
    """A client that is writing does not hinder a look at its credentials, nor does the look hinder it."""
    await files.prepare(ID)
    link(root / ID, journal)
    with closing(sqlite3.connect(root / ID / "creds.db", isolation_level=None, timeout=0)) as client:
        client.execute("BEGIN IMMEDIATE")
        client.execute("INSERT INTO whatsmeow_device VALUES ('2@s.whatsapp.net')")
        assert await files.is_paired(ID) is True
        client.execute("COMMIT")


async def test_unfinished_transaction_is_rolled_back_and_read(files: SessionDirectories, root: Path) -> None:
    """A store whose writer died within a transaction counts as what it was before that."""
    await files.prepare(ID)
    link(root / ID)
    with closing(sqlite3.connect(root / ID / "creds.db", isolation_level=None)) as client:
        client.execute("PRAGMA cache_size = 1")
        client.execute("CREATE TABLE padding (a)")
        client.execute("BEGIN IMMEDIATE")
        client.execute("DELETE FROM whatsmeow_device")
        client.executemany("INSERT INTO padding VALUES (?)", [("x" * 1000,)] * 200)
        shutil.copytree(root / ID, root / "copy")
    assert (root / "copy" / "creds.db-journal").stat().st_size
    assert await files.is_paired(SessionId("copy")) is True


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE other (a)", "CREATE TABLE whatsmeow_device (jid TEXT)", "CREATE VIEW whatsmeow_device AS SELECT 1"],
)
async def test_store_without_a_device_is_not_paired(files: SessionDirectories, root: Path, statement: str) -> None:
    """A store without the table, or without a row in it, holds no linked device."""
    await files.prepare(ID)
    with closing(sqlite3.connect(root / ID / "creds.db")) as store, store:
        store.execute(statement)
    assert await files.is_paired(ID) is False


async def test_empty_store_is_not_paired(files: SessionDirectories, root: Path) -> None:
    """An empty file, as SQLite makes it before the first write, holds no linked device."""
    await files.prepare(ID)
    (root / ID / "creds.db").touch()
    assert await files.is_paired(ID) is False


@pytest.mark.parametrize("kept", [1, 15, 100, 511, 512, 4096, 4097, 8000])
async def test_truncated_credentials_are_an_error_and_never_unpaired(
    files: SessionDirectories, root: Path, kept: int
) -> None:
    """A store that lost its end is not taken for one without a device."""
    await files.prepare(ID)
    link(root / ID)
    store = root / ID / "creds.db"
    assert store.stat().st_size > kept
    os.truncate(store, kept)
    with pytest.raises(CredentialsDamaged):
        await files.is_paired(ID)


# ── setting aside ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_damaged_credentials_are_set_aside_together(files: SessionDirectories, root: Path, wall: Wall) -> None:
    """Store and journals are moved, byte by byte as they were, into a private directory named after the time."""
    await files.prepare(ID)
    for name in ("creds.db", "creds.db-wal", "creds.db-shm", "note"):
        (root / ID / name).write_bytes(name.encode() * 200)
    await files.set_aside(ID)
    place = root / ID / "set-aside" / "20270115T080000000000Z"
    assert names(root / ID) == {"lock", "note", "set-aside"}
    assert names(place) == {"creds.db", "creds.db-wal", "creds.db-shm"}
    for name in ("creds.db", "creds.db-wal"):  # the index is SQLite's, and says nothing that these do not
        assert (place / name).read_bytes() == name.encode() * 200
    assert (mode(root / ID / "set-aside"), mode(place)) == (0o700, 0o700)

    (root / ID / "creds.db").write_bytes(b"damaged again" * 100)
    wall.now += 0.25
    await files.set_aside(ID)
    assert names(root / ID / "set-aside") == {"20270115T080000000000Z", "20270115T080000250000Z"}


async def test_journals_without_their_store_can_be_set_aside(files: SessionDirectories, root: Path) -> None:
    """What a crash in the midst leaves behind counts as damaged, and goes the same way."""
    await files.prepare(ID)
    (root / ID / "creds.db-wal").write_bytes(b"the latest keys")
    await files.set_aside(ID)
    assert await files.is_paired(ID) is False
    assert (root / ID / "set-aside" / "20270115T080000000000Z" / "creds.db-wal").read_bytes() == b"the latest keys"


async def test_what_cannot_all_be_moved_stays(
    files: SessionDirectories, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a file cannot be set aside, those before it are put back, and the credentials are refused as before."""
    await files.prepare(ID)
    for name in ("creds.db", "creds.db-wal"):
        (root / ID / name).write_bytes(name.encode() * 200)
    rename = os.rename

    def failing(name: str, *arguments: Any, **options: Any) -> None:
        if name == "creds.db-wal":
            raise OSError(5, "Input/output error")
        rename(name, *arguments, **options)

    monkeypatch.setattr(os, "rename", failing)
    with pytest.raises(StorageError, match="Input/output error"):
        await files.set_aside(ID)
    assert names(root / ID) >= {"creds.db", "creds.db-wal"}
    assert names(root / ID / "set-aside") == set()
    with pytest.raises(CredentialsDamaged):
        await files.is_paired(ID)


async def test_damage_that_nobody_has_met_yet_counts(files: SessionDirectories, root: Path) -> None:
    """A store whose device can be read, but not all of its keys, is damaged and can be set aside."""
    await files.prepare(ID)
    link(root / ID)
    with closing(sqlite3.connect(root / ID / "creds.db")) as store, store:
        store.execute("CREATE TABLE keys (key BLOB)")
        store.executemany("INSERT INTO keys VALUES (?)", [(os.urandom(3000),) for _ in range(40)])
    path = root / ID / "creds.db"
    with path.open("r+b") as file:
        file.seek(path.stat().st_size - 3 * 4096)
        file.write(b"\xff" * 4096)
    assert await files.is_paired(ID) is True
    assert await files.is_damaged(ID) is True
    await files.set_aside(ID)
    assert await files.is_paired(ID) is False


async def test_what_is_only_out_of_reach_is_not_damaged(files: SessionDirectories, root: Path, tmp_path: Path) -> None:
    """A store that cannot be opened may be good: it is not set aside."""
    await files.prepare(ID)
    link(tmp_path)
    (root / ID / "creds.db").symlink_to(tmp_path / "creds.db")
    with pytest.raises(StorageError, match="cannot be read"):
        await files.set_aside(ID)
    assert names(root / ID) >= {"creds.db"}


async def test_sound_credentials_are_untouched_by_the_attempt(files: SessionDirectories, root: Path) -> None:
    """Not even a file is made when credentials are not set aside; one without a device is told apart."""
    await files.prepare(ID)
    link(root / ID)
    before = (root / ID / "creds.db").read_bytes()
    with pytest.raises(CredentialsSound, match="not damaged"):
        await files.set_aside(ID)
    assert names(root / ID) == {"creds.db", "lock"}
    assert (root / ID / "creds.db").read_bytes() == before
    with closing(sqlite3.connect(root / ID / "creds.db")) as store, store:
        store.execute("DELETE FROM whatsmeow_device")
    with pytest.raises(SessionNotLinked):
        await files.set_aside(ID)


async def test_what_is_set_aside_outlives_every_purge(files: SessionDirectories, root: Path, wall: Wall) -> None:
    """No retention applies to it, and refused credentials of a later link leave it where it is."""
    await files.prepare(ID)
    (root / ID / "creds.db").write_bytes(b"damaged" * 100)
    await files.set_aside(ID)
    link(root / ID)
    await files.trash_credentials(ID)
    wall.now += 10 * 365 * 86_400
    assert await files.purge_trash(0) == 1
    assert names(root / ID / "set-aside") == {"20270115T080000000000Z"}


async def test_an_inspection_names_and_measures_what_was_set_aside(files: SessionDirectories, root: Path) -> None:
    """Whoever looks sees that something was set aside, and its bytes count."""
    await files.prepare(ID)
    (root / ID / "creds.db").write_bytes(b"damaged" * 100)
    inspector = DirectoryInspector(root)
    found = await inspector.inspect(ID)
    assert found is not None
    assert (found.set_aside, bool(found.damage)) == ((), True)
    await files.set_aside(ID)
    found = await inspector.inspect(ID)
    assert found is not None
    assert (found.set_aside, found.damage, found.device) == (("20270115T080000000000Z",), "", None)
    assert await inspector.measure([ID, SessionId("absent")]) == 700


# ── the trash ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_refused_credentials_go_into_the_trash_together(files: SessionDirectories, root: Path) -> None:
    """The store and its journals are moved into one entry; the other files of the session stay."""
    await files.prepare(ID)
    for name in ("creds.db", "creds.db-wal", "creds.db-shm", "note"):
        (root / ID / name).write_text(name)
    await files.trash_credentials(ID)
    assert names(root / ID) == {"lock", "note"}
    (entry,) = (root / ".trash").iterdir()
    assert entry.name.startswith("alpha-20270115T080000Z-")
    assert names(entry) == {"creds.db", "creds.db-wal", "creds.db-shm"}
    assert (mode(root / ".trash"), mode(entry)) == (0o700, 0o700)


async def test_failed_move_leaves_the_credentials_where_they_were(
    files: SessionDirectories, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a file cannot be moved, those that were moved before it are moved back."""
    await files.prepare(ID)
    contents = {name: name for name in ("creds.db", "creds.db-wal", "creds.db-shm")}
    for name in contents:
        (root / ID / name).write_text(name)
    rename = os.rename

    def fail(source: str, target: str, **where: Any) -> None:
        if source == "creds.db-wal":
            raise OSError(28, "No space left on device")
        rename(source, target, **where)

    monkeypatch.setattr(os, "rename", fail)
    with pytest.raises(StorageError, match="No space left"):
        await files.trash_credentials(ID)
    assert {path.name: path.read_text() for path in (root / ID).glob("creds*")} == contents


async def test_journals_without_their_store_are_damage_and_not_nothing(files: SessionDirectories, root: Path) -> None:
    """The log of a store that is missing or empty may be the only copy of the keys: no new store is made over it."""
    await files.prepare(ID)
    directory = root / ID
    with closing(sqlite3.connect(directory / "creds.db")) as store:
        store.execute("PRAGMA journal_mode = wal")
        with store:
            store.execute("CREATE TABLE whatsmeow_device (jid TEXT)")
            store.execute("INSERT INTO whatsmeow_device VALUES ('1@s.whatsapp.net')")
        for name in ("creds.db-wal", "creds.db-shm"):
            shutil.copy(directory / name, directory / f"kept-{name}")
    (directory / "creds.db").unlink()
    for name in ("creds.db-wal", "creds.db-shm"):
        (directory / f"kept-{name}").rename(directory / name)
    with pytest.raises(StorageError, match="its journal is there"):
        await files.is_paired(ID)
    (directory / "creds.db").touch()
    with pytest.raises(StorageError, match="its journal is there"):
        await files.is_paired(ID)
    assert (directory / "creds.db-wal").stat().st_size > 0


async def test_session_whose_deletion_fails_is_gone_and_purged_later(
    files: SessionDirectories, root: Path, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash or a failure after the rename leaves no session, and what is left of it in the trash."""
    await files.prepare(ID)
    link(root / ID)

    def fail(path: str, **_: Any) -> None:
        raise OSError(5, "Input/output error", path)

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", fail)
        with pytest.raises(StorageError, match="Input/output error"):
            await files.delete(ID, RemovalReason.MANUAL)
    assert names(root) == {".trash"}
    assert len(names(root / ".trash")) == 1
    await files.delete(ID, RemovalReason.MANUAL)
    wall.now += 1
    assert await files.purge_trash(0) == 1
    assert names(root / ".trash") == set()


async def test_purge_takes_what_is_old_enough(files: SessionDirectories, root: Path, wall: Wall) -> None:
    """Entries are purged by the time at which they came into the trash."""
    for name in ("old", "new"):
        await files.prepare(SessionId(name))
        link(root / name)
        await files.trash_credentials(SessionId(name))
        wall.now += 3600
    assert await files.purge_trash(5400) == 1
    assert [name.split("-")[0] for name in names(root / ".trash")] == ["new"]


async def test_purge_leaves_strangers_alone(files: SessionDirectories, root: Path, wall: Wall) -> None:
    """What nobody here put into the trash is not deleted from it."""
    strangers = {"backup", "alpha-20270199T000000Z-00000000", "alpha-20270115T080000Z-xyz"}
    for name in strangers:
        (root / ".trash" / name).mkdir(parents=True)
    wall.now += 10**9
    assert await files.purge_trash(0) == 0
    assert names(root / ".trash") == strangers


async def test_purge_goes_on_after_an_entry_that_cannot_be_deleted(
    files: SessionDirectories, root: Path, wall: Wall
) -> None:
    """One bad entry is named in the error; the others are gone."""
    (root / ".trash" / "good-20200101T000000Z-00000000").mkdir(parents=True)
    (root / ".trash" / "bad-20200101T000000Z-00000000").touch()  # no directory, as if somebody had put it there
    with pytest.raises(StorageError, match="bad-20200101T000000Z"):
        await files.purge_trash(0)
    assert names(root / ".trash") == {"bad-20200101T000000Z-00000000"}


async def test_purging_an_absent_trash_is_harmless(files: SessionDirectories) -> None:
    """Without a root or a trash there is nothing to purge."""
    assert await files.purge_trash(0) == 0


async def test_listing_names_sessions_alone(files: SessionDirectories, root: Path, tmp_path: Path) -> None:
    """Only directories whose names are ids are listed, in order; an absent root holds none."""
    assert await files.sessions() == ()
    for name in ("b", "a-1", "a"):
        await files.prepare(SessionId(name))
    (root / "not an id").mkdir()
    (root / ".hidden").mkdir()
    (root / "file").touch()
    (root / "link").symlink_to(tmp_path)
    assert await files.sessions() == ("a", "a-1", "b")


@pytest.mark.parametrize("name", ["creds.db.bak", ".creds.db.Xy12Ab", "notes.txt", "copy/creds.db"])
async def test_what_wad_did_not_write_is_never_deleted_on_the_side(
    files: SessionDirectories, root: Path, name: str
) -> None:
    """A directory with anything foreign in it, which may be a copy of credentials, outlives a failed creation."""
    await files.prepare(ID)
    assert await files.is_expendable(ID)
    foreign = root / ID / name
    foreign.parent.mkdir(exist_ok=True)
    foreign.write_text("precious")
    assert not await files.is_expendable(ID)
    for reason in (RemovalReason.ERROR, RemovalReason.STUCK):
        with pytest.raises(StorageError, match="are kept"):
            await files.delete(ID, reason)
    assert foreign.read_text() == "precious"
