"""One daemon for one state directory."""

from __future__ import annotations

import fcntl
import os
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from wad.domain.errors import ConfigurationError, StorageError
from wad.storage.directories import lasts, make_private

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

LOCK_NAME: Final = "wad.lock"
OWNER_NAME: Final = "state_dir"


@contextmanager
def state_lock(state_dir: Path, *, key: str = "daemon.state_dir") -> Generator[None]:
    """Hold a directory for this process alone; the directory is made if it is absent.

    The kernel gives the lock back however the process ends. The file stays: deleting it would let two daemons hold
    locks on two files of one name. Processes that are started through ``exec`` do not inherit it.

    Args:
        state_dir: The directory.
        key: The setting that gives a daemon another one.

    Raises:
        ConfigurationError: Another daemon runs on this directory, or it cannot be used before somebody mends it.
        StorageError: The directory or the lock's file cannot be used at the moment.
    """
    path = state_dir / LOCK_NAME
    try:
        make_private(state_dir)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except StorageError as error:
        if lasts(error.__cause__):
            raise ConfigurationError(f"{error} Or choose another directory with {key}.") from error
        raise
    except OSError as error:
        kind = ConfigurationError if lasts(error) else StorageError
        raise kind(f"The lock {path} cannot be opened: {error.strerror}.") from error
    try:
        _take(descriptor, state_dir, key)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, state_dir: Path, key: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
        raise ConfigurationError(
            f"Another wad (pid {holder}) already runs on {state_dir}. Stop it first, or give this one another "
            f"directory with {key}."
        ) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)


def claim_workers(workers: Path, state_dir: Path) -> None:
    """Note that the workers whose sockets are in a directory, which is locked, are those of a state directory.

    Raises:
        ConfigurationError: Workers of another one still run there: a daemon that does not know their sessions would end
            them.
        StorageError: It cannot be noted.
    """
    note, mine = workers / OWNER_NAME, str(state_dir.resolve())
    try:
        other = note.read_text() if note.exists() else mine
        if other != mine and any(map(_answers, workers.glob("*.sock"))):
            raise ConfigurationError(
                f"Workers with the sessions of {other} still run in {workers}, and this daemon is to use {mine}. Set "
                "daemon.state_dir to the former; or start a daemon there and stop it; or choose another "
                "daemon.runtime_dir."
            )
        note.write_text(mine)
    except OSError as error:
        raise StorageError(f"{note} cannot be read or written: {error.strerror}.") from error


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as caller:
        try:
            caller.connect(str(path))
        except OSError:
            return False
    return True


def is_state_locked(state_dir: Path) -> bool:
    """Return True when a daemon runs on the directory; nothing is made or changed to find out.

    Raises:
        StorageError: The lock's file cannot be opened.
    """
    path = state_dir / LOCK_NAME
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StorageError(f"The lock {path} cannot be opened: {error.strerror}.") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
