"""What a cleanup removes, and above all what it does not."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.integration.maintenance.rooms import HOUR, Rooms, snapshot
from wad.domain.errors import StorageError
from wad.domain.ids import SessionId
from wad.domain.records import SessionRecord
from wad.maintenance.backup import back_up, save
from wad.maintenance.cleanup import CleanupReport, CleanupRules, Verdict, clean_up
from wad.maintenance.encryption import Plaintext
from wad.storage import custody as custody_module
from wad.storage.offline import OfflineRegistry
from wad.storage.registry import open_registry
from wad.storage.session_files import SessionDirectories

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path


def cleaned(rooms: Rooms, rules: CleanupRules | None = None, *, dry_run: bool = False) -> CleanupReport:
    """Clean up, without a registry."""
    records = OfflineRegistry(rooms.root.parent / "registry.db")
    return clean_up(rooms.custody, records, rules or CleanupRules(), now=time.time, dry_run=dry_run)


def verdicts(report: CleanupReport) -> dict[str, tuple[Verdict, str]]:
    """Return what became of each directory, and why."""
    return {found.session_id: (found.verdict, found.reason) for found in report.findings}


def test_old_unpaired_directory_goes(rooms: Rooms) -> None:
    """A directory that never held a linked device and that nobody used for ten minutes is removed, and all of it."""
    rooms.empty("old")
    rooms.empty("young", age=60)
    report = cleaned(rooms)
    assert (report.count(Verdict.REMOVED), report.remaining, rooms.names(), rooms.trash()) == (1, 1, {"young"}, [])
    assert verdicts(report)["young"] == (Verdict.KEPT, "recent")


def test_directory_without_files_has_an_age(rooms: Rooms) -> None:
    """A directory in which nothing was ever written goes by its own age."""
    rooms.path("bare").mkdir()
    rooms.made("bare", HOUR)
    rooms.path("fresh").mkdir()
    cleaned(rooms)
    assert rooms.names() == {"fresh"}


def test_one_recent_file_keeps_a_directory(rooms: Rooms) -> None:
    """A directory is as old as the youngest file in it, whatever its own time says."""
    rooms.empty("busy")
    before = rooms.path("busy").stat()
    (rooms.path("busy") / "creds.db-wal").write_bytes(b"")
    os.utime(rooms.path("busy"), ns=(before.st_atime_ns, before.st_mtime_ns))
    assert verdicts(cleaned(rooms))["busy"][1] == "recent"


def test_paired_credentials_stay(rooms: Rooms) -> None:
    """The credentials of a linked device stay, however old they are."""
    rooms.paired("shop", age=1000 * HOUR)
    before = snapshot(rooms.root)
    assert verdicts(cleaned(rooms))["shop"] == (Verdict.KEPT, "holds the credentials of a linked device")
    assert snapshot(rooms.root) == before


def test_unreadable_store_stays(rooms: Rooms) -> None:
    """A store that cannot be read may be one of a linked device, and stays."""
    rooms.damaged("broken")
    rooms.empty("cut")
    (rooms.path("cut") / "creds.db").write_bytes(b"SQLite")
    rooms.made("cut", HOUR)
    report = cleaned(rooms)
    assert {verdict for verdict, _ in verdicts(report).values()} == {Verdict.KEPT}
    assert all("may hold" in why for _, why in verdicts(report).values())


def test_credentials_that_were_set_aside_stay(rooms: Rooms) -> None:
    """A directory that holds them counts like a paired one, however old they are, until it is included."""
    rooms.set_aside("shop", age=1000 * HOUR)
    before = snapshot(rooms.root)
    assert verdicts(cleaned(rooms))["shop"] == (Verdict.KEPT, "holds damaged credentials that were set aside")
    assert snapshot(rooms.root) == before
    assert verdicts(cleaned(rooms, CleanupRules(include_paired=True)))["shop"][0] is Verdict.REMOVED


@pytest.mark.parametrize("include_paired", [False, True])
def test_what_wad_did_not_write_stays(rooms: Rooms, include_paired: bool) -> None:  # noqa: FBT001 - pytest passes it
    """A directory with anything foreign in it stays, for it may be a copy of credentials by another name."""
    rooms.empty("copied")
    (rooms.path("copied") / "creds.db.bak").write_text("precious")
    rooms.made("copied", HOUR)
    before = snapshot(rooms.root)
    verdict, why = verdicts(cleaned(rooms, CleanupRules(include_paired=include_paired)))["copied"]
    assert (verdict, why) == (Verdict.KEPT, "holds what wad did not write: creds.db.bak")
    assert snapshot(rooms.root) == before


def test_directory_in_use_is_never_touched(rooms: Rooms) -> None:
    """What a client uses stays as it is, though everything may go and its files are old."""
    rooms.empty("live")
    with rooms.client("live"):
        rooms.made("live", HOUR)
        before = snapshot(rooms.root)
        report = cleaned(rooms, CleanupRules(older_than=0, include_paired=True))
        assert verdicts(report)["live"] == (Verdict.KEPT, "in use")
        assert snapshot(rooms.root) == before


def test_session_that_starts_meanwhile_is_seen(rooms: Rooms) -> None:
    """A client that starts between the first look and the deletion keeps its directory."""
    rooms.empty("shop")

    class Racing(type(rooms.custody)):  # pyright: ignore[reportUntypedBaseClass] - the class is only known here
        def claimed(self, session_id: SessionId):
            with rooms.client("shop"):
                pass
            (rooms.path("shop") / "creds.db").touch()
            return super().claimed(session_id)

    report = clean_up(Racing(rooms.root), OfflineRegistry(rooms.root / "none"), CleanupRules(), now=time.time)
    assert verdicts(report)["shop"] == (Verdict.KEPT, "recent")


def test_nobody_can_start_on_a_directory_that_is_going(rooms: Rooms) -> None:
    """While a directory is being removed, a client cannot lock it."""
    session_id = rooms.empty("shop")
    with rooms.custody.claimed(session_id) as claim:
        assert claim is not None
        with pytest.raises(BlockingIOError), rooms.client("shop"):
            pass


def test_directory_that_was_replaced_is_not_taken_for_the_old_one(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a directory is replaced between being opened and being locked, the new one, perhaps in use, stays."""
    rooms.empty("shop")
    lock = custody_module.session_lock

    def slow_lock(directory: int) -> AbstractContextManager[None]:
        rooms.path("shop").rename(rooms.root.parent / "elsewhere")
        rooms.empty("shop")
        return lock(directory)

    monkeypatch.setattr(custody_module, "session_lock", slow_lock)
    assert verdicts(cleaned(rooms))["shop"] == (Verdict.KEPT, "in use")
    assert rooms.names() == {"shop"}


@pytest.mark.anyio
async def test_session_that_is_about_to_start_is_recent(rooms: Rooms) -> None:
    """An old directory that the daemon has prepared for a client stays, although its client has not locked it yet."""
    rooms.empty("shop")
    await SessionDirectories(rooms.root).prepare(SessionId("shop"))
    assert verdicts(cleaned(rooms))["shop"] == (Verdict.KEPT, "recent")


def test_dry_run_changes_nothing(rooms: Rooms) -> None:
    """A dry run reports what would go, and neither removes nor makes anything."""
    rooms.empty("old")
    before = snapshot(rooms.root)
    report = cleaned(rooms, dry_run=True)
    assert (report.count(Verdict.REMOVED), report.remaining) == (1, 0)
    assert snapshot(rooms.root) == before


def test_missing_root_is_made(tmp_path: Path) -> None:
    """A root that does not exist is made, closed to others, and that is said; a dry run makes none."""
    rooms = Rooms(tmp_path / "state" / "sessions")
    assert not cleaned(rooms, dry_run=True).created
    assert not rooms.root.exists()
    assert cleaned(rooms).created
    assert rooms.root.stat().st_mode & 0o777 == 0o700
    assert not cleaned(rooms).created


def test_links_lead_nowhere(rooms: Rooms, tmp_path: Path) -> None:
    """Links in the place of sessions, and links within them, are not followed: nothing outside is removed."""
    outside = Rooms(tmp_path / "outside")
    outside.empty("victim")
    (rooms.root / "linked").symlink_to(outside.path("victim"))
    rooms.empty("inner")
    (rooms.path("inner") / "media").symlink_to(outside.root)
    rooms.made("inner", HOUR)
    (rooms.path("sneaky")).mkdir()
    (rooms.path("sneaky") / "creds.db").symlink_to(outside.path("victim") / "creds.db")
    rooms.made("sneaky", HOUR)
    report = cleaned(rooms)
    assert [stranger.name for stranger in report.strangers] == ["linked"]
    assert verdicts(report)["sneaky"][0] is Verdict.KEPT
    assert verdicts(report)["inner"] == (Verdict.KEPT, "holds what wad did not write: media")
    assert rooms.names() == {"linked", "inner", "sneaky"}
    assert outside.names() == {"victim"}


def test_linked_lock_is_not_followed(rooms: Rooms, tmp_path: Path) -> None:
    """A link in the place of a lock makes no file elsewhere, and the directory stays."""
    rooms.empty("shop")
    (rooms.path("shop") / "lock").symlink_to(tmp_path / "made")
    rooms.made("shop", HOUR)
    assert cleaned(rooms).count(Verdict.REMOVED) == 0
    assert not (tmp_path / "made").exists()


def test_strangers_are_told_and_left(rooms: Rooms) -> None:
    """Directories whose names are no session ids are reported and left alone, and plain files too."""
    (rooms.root / "README.md").write_text("hello")
    (rooms.root / "not a session").mkdir()
    rooms.made("not a session", HOUR)
    report = cleaned(rooms, CleanupRules(older_than=0, include_paired=True))
    assert {stranger.name for stranger in report.strangers} == {"not a session"}
    assert rooms.names() == {"README.md", "not a session"}


def test_paired_credentials_are_saved_first(rooms: Rooms, tmp_path: Path) -> None:
    """Credentials that are to go as well are saved, and the report says where."""
    rooms.paired("shop")

    def saved(session_id: SessionId) -> str:
        return str(save(back_up(rooms.custody, session_id, Plaintext()), tmp_path / "backups"))

    report = cleaned(rooms, CleanupRules(include_paired=True, save=saved))
    assert report.findings[0].verdict is Verdict.REMOVED
    assert [str(path) for path in (tmp_path / "backups").iterdir()] == [report.findings[0].backup]
    assert rooms.names() == set()


def test_what_cannot_be_saved_stays(rooms: Rooms) -> None:
    """Credentials whose backup fails are not removed, and the others are."""
    rooms.paired("shop")
    rooms.empty("old")

    def refused(_session_id: SessionId) -> str:
        raise StorageError("the disk is full")

    report = cleaned(rooms, CleanupRules(include_paired=True, save=refused))
    assert verdicts(report)["shop"] == (Verdict.FAILED, "the disk is full")
    assert rooms.names() == {"shop"}


@pytest.mark.anyio
async def test_records_of_removed_sessions_go_unless_in_service(rooms: Rooms) -> None:
    """The record of a removed session goes with it, but never the record of a session in service, nor of another."""
    path = rooms.root.parent / "registry.db"
    for name in ("gone", "live"):
        rooms.empty(name)
    async with open_registry(path) as registry:
        for name, active in (("gone", False), ("live", True), ("other", False)):
            await registry.save(SessionRecord(SessionId(name), 1.0, 1.0, active=active))
        report = await anyio.to_thread.run_sync(cleaned, rooms)
        assert [record.session_id for record in await registry.load()] == ["live", "other"]
    assert (report.count(Verdict.REMOVED), report.forgotten) == (2, 1)


def test_no_registry_is_made(rooms: Rooms) -> None:
    """A cleanup without a registry makes none: what made the directories may be gone."""
    rooms.empty("old")
    assert cleaned(rooms).forgotten == 0
    assert not (rooms.root.parent / "registry.db").exists()


def test_looking_makes_no_directory_younger(rooms: Rooms) -> None:
    """A directory whose client left a write-ahead log behind, as the engine does, ages although it is looked at."""
    rooms.empty("old")
    store = sqlite3.connect(rooms.path("old") / "creds.db")
    store.execute("PRAGMA journal_mode = WAL")
    store.execute("CREATE TABLE other (n INTEGER)")
    left = {name: (rooms.path("old") / name).read_bytes() for name in ("creds.db", "creds.db-wal", "creds.db-shm")}
    store.close()
    for name, content in left.items():
        (rooms.path("old") / name).write_bytes(content)
    rooms.made("old", HOUR)
    rooms.custody.survey()
    assert cleaned(rooms).count(Verdict.REMOVED) == 1


def test_store_that_is_being_written_can_be_looked_at(rooms: Rooms) -> None:
    """A survey reads the store of a client in the middle of its work, and leaves no file behind."""
    rooms.paired("shop")
    with closing(sqlite3.connect(rooms.path("shop") / "creds.db")) as store, rooms.client("shop"):
        store.execute("PRAGMA journal_mode = WAL")
        store.execute("INSERT INTO whatsmeow_device VALUES ('x')")
        before = {path.name for path in rooms.path("shop").iterdir()}
        [facts] = rooms.custody.survey().directories
        assert (facts.in_use, facts.holding, facts.session_id) == (True, "paired", "shop")
        assert {path.name for path in rooms.path("shop").iterdir()} == before
