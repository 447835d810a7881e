"""The audit log's files: they outlive crashes and full disks, and do not grow without end."""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from wad.domain.access import Mechanism
from wad.domain.audit import AuditFilter, AuditRecord
from wad.domain.errors import StorageError
from wad.storage.audit_log import MOST_FILES, AuditLog

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from structlog.typing import EventDict

pytestmark = pytest.mark.anyio

RECORD = AuditRecord(1000.25, "c0", "wad.v1.SessionService/StopSession", "OK", 0.25, "ada", Mechanism.TOKEN, "shop")
ALL = AuditFilter()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Return where the log is; it is not there yet."""
    return tmp_path / "state" / "audit"


def add(log: AuditLog, *names: str) -> list[EventDict]:
    """Add a record of each name, and return what was logged meanwhile."""
    with capture_logs() as logged:
        for name in names:
            log.add(replace(RECORD, call_id=name))
    return [dict(event) for event in logged]


async def names(log: AuditLog) -> list[str]:
    """Return the names of all records, newest first."""
    return [entry.record.call_id for entry in await log.find(ALL, limit=10**6)]


def files(directory: Path) -> list[Path]:
    """Return the files of a log."""
    return list(directory.iterdir())


@contextmanager
def in_the_way(directory: Path) -> Generator[None]:
    """Put a file where the directory belongs."""
    directory.parent.mkdir()
    directory.touch()
    yield
    directory.unlink()


def mode(path: Path) -> int:
    """Return the permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


async def test_nobody_else_can_read_it(directory: Path) -> None:
    """The directory is made with mode 0700, and every file with 0600, whatever the umask."""
    umask = os.umask(0o022)
    try:
        add(AuditLog(directory, largest_file=400), "1", "2", "3")
    finally:
        os.umask(umask)
    assert mode(directory) == 0o700
    assert {mode(path) for path in files(directory)} == {0o600}


async def test_a_later_daemon_goes_on_where_the_earlier_one_ended(directory: Path) -> None:
    """Records and numbers go on after a restart, also when the newest file has just been begun or is gone."""
    for name in "1234567":
        add(AuditLog(directory, largest_file=400), name)
    (directory / "audit.jsonl").unlink()
    add(AuditLog(directory, largest_file=400), "8")
    found = await AuditLog(directory).find(ALL, limit=100)
    numbers = [entry.number for entry in found]
    assert found[0].record.call_id == "8"
    assert numbers == sorted(set(numbers), reverse=True)
    told = [entry.record.call_id for entry in found]
    assert told == sorted(told, reverse=True)
    assert {"1", "2", "3", "4"} <= set(told)


@pytest.mark.parametrize("kept", [0.0, 0.5, 1.0])
async def test_a_line_that_a_crash_has_torn_harms_no_other(directory: Path, kept: float) -> None:
    """Wherever a crash cuts the last line, the lines before it and those that follow are read whole."""
    add(AuditLog(directory), "1", "2")
    path = directory / "audit.jsonl"
    size, line = path.stat().st_size, len(path.read_bytes().splitlines()[-1])
    os.truncate(path, size - 1 - round((1 - kept) * line))
    add(AuditLog(directory), "3")
    found = await names(AuditLog(directory))
    assert found == (["3", "2", "1"] if kept == 1.0 else ["3", "1"])


async def test_what_is_no_record_is_passed_over(directory: Path) -> None:
    """Lines that somebody else has written, or of which fields are missing or of a wrong kind, are left out."""
    add(log := AuditLog(directory), "1")
    with (directory / "audit.jsonl").open("ab") as file:
        for line in (
            b"",
            b"\xff\x00",
            b"[]",
            b'{"number":7}',
            b'{"number":8,"at":"x"}',
            b'{"number":9,"at":[]',
            b"x" * 200_000,
        ):
            file.write(line + b"\n")
    add(log, "2")
    assert await names(log) == ["2", "1"]


async def test_lines_of_earlier_releases_are_read(directory: Path) -> None:
    """A line that has no detail is a record without one; one that has it is read back with it."""
    log = AuditLog(directory)
    log.add(replace(RECORD, detail="reason=manual"))
    path = directory / "audit.jsonl"
    path.write_bytes(path.read_bytes().replace(b',"detail":"reason=manual"', b""))
    log.add(replace(RECORD, call_id="c1", detail="reason=logout"))
    assert [entry.record.detail for entry in await log.find(ALL, limit=10)] == ["reason=logout", ""]


async def test_the_oldest_go_when_there_are_too_many(directory: Path) -> None:
    """There are never more files than that, none is larger than it may be, and the newest records are all there."""
    log = AuditLog(directory, largest_file=1000)
    wanted = [f"{number:04}" for number in range(100)]
    add(log, *wanted)
    assert len(files(directory)) == MOST_FILES
    assert max(path.stat().st_size for path in files(directory)) <= 1000
    found = await names(log)
    assert found == wanted[::-1][: len(found)]
    assert len(found) > 3 * (MOST_FILES - 1)


async def test_a_full_file_without_a_record_displaces_no_other(directory: Path) -> None:
    """A file that is as large as it may be, and of which nothing can be read, is put aside like any other."""
    log = AuditLog(directory, largest_file=650)
    add(log, "1", "2", "3", "4")
    before = len(files(directory))
    (directory / "audit.jsonl").write_bytes(b"?" * 650)
    later = AuditLog(directory, largest_file=650)
    add(later, "5")
    found = await later.find(ALL, limit=100)
    assert [entry.record.call_id for entry in found][:3] == ["5", "3", "2"]
    assert await later.find(ALL, before=found[0].number, limit=100) == found[1:]
    assert len(files(directory)) == before + 1


async def test_a_page_is_whole_though_files_move_meanwhile(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that becomes an earlier one between two steps of reading is neither missed nor read twice."""
    log = AuditLog(directory, largest_file=600)
    add(log, "1", "2", "3")
    listed = log._earlier  # pyright: ignore[reportPrivateUsage] - the step in between

    def rotate_first() -> list[tuple[Path, int]]:
        monkeypatch.setattr(log, "_earlier", listed)
        add(log, "4", "5", "6")
        return listed()

    monkeypatch.setattr(log, "_earlier", rotate_first)
    found = await names(log)
    assert [name for name in found if name in "123"] == ["3", "2", "1"]
    assert len(set(found)) == len(found)


async def test_a_full_disk_loses_no_record(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be written, or in part only, is in the daemon's log with all its fields; the next is tried again."""
    log = AuditLog(directory)
    assert add(log, "1") == []
    write = os.write

    def full(descriptor: int, data: bytes) -> int:
        return write(descriptor, data[:20])

    def fuller(_descriptor: int, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    for name, failing in (("2", full), ("3", fuller), ("4", full)):
        monkeypatch.setattr(os, "write", failing)
        (event,) = add(log, name)
        assert (event["event"], event["log_level"]) == ("audit.unwritable", "error")
        told = {field: event[field] for field in RECORD.__slots__}
        assert told == {field: getattr(RECORD, field) for field in RECORD.__slots__} | {
            "call_id": name,
            "mechanism": "token",
        }
    monkeypatch.undo()
    assert add(log, "5") == []
    assert await names(log) == ["5", "1"]


async def test_a_directory_that_cannot_be_made_fails_no_call(directory: Path) -> None:
    """As long as there is no place for it, records go into the daemon's log; then they go where they belong."""
    log = AuditLog(directory)
    with in_the_way(directory):
        (event,) = add(log, "1")
    assert event["event"] == "audit.unwritable"
    assert add(log, "2") == []
    assert await names(log) == ["2"]


async def test_files_that_somebody_has_moved_are_begun_anew(directory: Path) -> None:
    """When the files, or the directory with them, have been taken away, one record at most goes elsewhere."""
    add(log := AuditLog(directory), "1")
    (directory / "audit.jsonl").rename(directory / "elsewhere")
    assert add(log, "2") == []
    shutil.rmtree(directory)
    assert len(add(log, "3", "4", "5")) == 1
    assert await names(log) == ["5", "4"]


async def test_a_log_that_cannot_be_read_is_a_storage_error(directory: Path) -> None:
    """What is in the way of reading is told as an error of the storage, and not as an empty log."""
    add(log := AuditLog(directory), "1")
    (directory / "audit.jsonl").unlink()
    (directory / "audit.jsonl").symlink_to("/etc/hostname")
    with pytest.raises(StorageError, match="audit log"):
        await log.find(ALL, limit=1)
