"""One holder of a session's credentials at a time."""

import os
from pathlib import Path

import pytest

from wad.domain.errors import SessionBusy, StorageError
from wad.worker.locking import SessionLock


def test_a_held_lock_names_its_holder(tmp_path: Path) -> None:
    """The second who wants the credentials is told which process has them."""
    lock = SessionLock(tmp_path)
    with pytest.raises(SessionBusy, match=f"process {os.getpid()};"):
        SessionLock(tmp_path)
    lock.release()


def test_a_released_lock_can_be_taken(tmp_path: Path) -> None:
    """After the release the credentials are free, and a second release does no harm."""
    lock = SessionLock(tmp_path)
    lock.release()
    lock.release()
    SessionLock(tmp_path).release()


def test_the_lock_file_is_private_and_stays(tmp_path: Path) -> None:
    """The file is never removed: two could then each lock one of their own."""
    SessionLock(tmp_path).release()
    assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600


def test_a_missing_directory_is_a_clear_error(tmp_path: Path) -> None:
    """Without the session's directory there is no lock, and the error says what to do."""
    with pytest.raises(StorageError, match="must exist"):
        SessionLock(tmp_path / "absent")
