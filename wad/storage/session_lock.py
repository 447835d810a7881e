"""The lock in a session's directory that a client holds as long as it uses the credentials."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Generator

LOCK: Final = "lock"


@contextmanager
def session_lock(directory: int) -> Generator[None]:
    """Hold the lock of the session whose directory has the descriptor *directory*.

    Raises:
        BlockingIOError: A client holds it.
        OSError: Its file cannot be opened, or is a link.
    """
    lock = os.open(LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=directory)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(lock)


def announce(directory: int) -> None:
    """Show that a client is about to take the lock: until it does, only the age of the directory's files protects them.

    Raises:
        OSError: The lock's file cannot be opened, or is a link.
    """
    lock = os.open(LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=directory)
    try:
        os.utime(lock)
    finally:
        os.close(lock)


def is_locked(directory: int) -> bool:
    """Return True when a client holds the lock; nothing is made or changed to find out.

    Raises:
        OSError: The lock's file cannot be opened, or is a link.
    """
    try:
        lock = os.open(LOCK, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False
