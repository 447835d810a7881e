"""Directories that belong to the daemon's user alone, whoever makes them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from wad.domain.errors import StorageError
from wad.storage.custody import SessionCustody
from wad.storage.directories import obstacle

if TYPE_CHECKING:
    from pathlib import Path

SOMEBODY = 4321
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory to another user")


@needs_root
def test_root_makes_nothing_in_the_directory_of_somebody_else(tmp_path: Path) -> None:
    """A cleanup by root on the state of another user's daemon makes no directory that this daemon could not use."""
    os.chown(tmp_path, SOMEBODY, -1)
    with pytest.raises(StorageError, match=f"belongs to user {SOMEBODY}.*Run this as that user"):
        SessionCustody(tmp_path / "sessions").ensure()
    assert list(tmp_path.iterdir()) == []


def test_the_owner_makes_what_is_absent(tmp_path: Path) -> None:
    """Whoever owns the place gets the directory, and finds no obstacle before and after that."""
    sessions = tmp_path / "sessions"
    assert obstacle(sessions) is None
    assert SessionCustody(sessions).ensure()
    assert obstacle(sessions) is None


@needs_root
def test_directory_of_somebody_else_is_an_obstacle(tmp_path: Path) -> None:
    """What the daemon would refuse to keep credentials in is told with both users, and without its path."""
    os.chown(tmp_path, SOMEBODY, -1)
    told = obstacle(tmp_path)
    assert told == f"belongs to user {SOMEBODY}, and the daemon runs as user {os.geteuid()}"


def _denied(_path: Path, _mode: int) -> bool:
    return False


def test_directory_that_cannot_be_written_is_an_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory without the permission to write, or one that cannot be made, is told apart from a sound one."""
    monkeypatch.setattr(os, "access", _denied)  # root may write anywhere
    assert obstacle(tmp_path) == "cannot be written"
    assert obstacle(tmp_path / "sessions") == "is absent and cannot be made"
