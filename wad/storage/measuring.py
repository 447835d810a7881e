"""Names, times and sizes below a directory that is known by its descriptor; no link is followed."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from wad.storage.credentials import INDEX, STORE_FILES
from wad.storage.trash import TRASH


def names(directory: int) -> list[str]:
    """Return the names in the directory, ordered, without the trash."""
    with os.scandir(directory) as entries:
        return sorted(entry.name for entry in entries if entry.name != TRASH)


def is_file(directory: int, name: str) -> bool:
    """Return True when *name* is a plain file."""
    try:
        return stat.S_ISREG(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


def is_same(parent: int, name: str, directory: int) -> bool:
    """Return True when *name* in *parent* still is the directory that was opened as *directory*."""
    try:
        found = os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return os.path.samestat(found, os.fstat(directory))


def measure(directory: int) -> tuple[float, int]:
    """Return when a file below *directory* changed last, and the bytes of all; without files, it has its own time.

    A store's index does not count: who only looks at the store writes to it too.
    """
    newest, size = 0.0, 0
    for _path, _directories, files, descriptor in os.fwalk(dir_fd=directory):
        for name in files:
            try:
                found = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            except FileNotFoundError:
                continue  # its user works on
            size += found.st_size
            if name != INDEX:
                newest = max(newest, found.st_mtime)
    return newest or os.fstat(directory).st_mtime, size


def stored_at(directory: int) -> float:
    """Return when the credential store, a journal included, changed last."""
    newest = 0.0
    for name in set(STORE_FILES) - {INDEX}:
        with suppress(FileNotFoundError):
            newest = max(newest, os.stat(name, dir_fd=directory, follow_symlinks=False).st_mtime)
    return newest
