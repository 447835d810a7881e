"""Directories that nobody but the daemon's user may look into."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from wad.domain.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

PRIVATE: Final = 0o700


_LASTING: Final = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EEXIST, errno.ELOOP, errno.ENAMETOOLONG}
)
"""Why a path cannot be used that does not pass by itself, as a full disk may."""


def lasts(error: BaseException | None) -> bool:
    """Return True when trying again does not help before somebody has changed something."""
    return not isinstance(error, OSError) or error.errno in _LASTING


def make_private(path: Path) -> None:
    """Make *path* a directory of mode 0700, its parents included; an existing one is closed to others.

    A symbolic link is followed: where the daemon keeps its state is the operator's choice, and systemd's dynamic users
    have such a link.

    Raises:
        StorageError: It cannot be made, is no directory, or belongs to somebody else; or root would make it on
            somebody else's ground.
    """
    try:
        _refuse_foreign_ground(path)
        path.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        owner = path.stat().st_uid
        if owner != os.geteuid():  # root may close it to others, but never to its owner
            raise StorageError(
                f"The directory {path} belongs to user {owner}, and wad runs as user {os.geteuid()}: whoever owns it "
                "could take the credentials. Give it to the user that wad runs as (chown)."
            )
        if stat.S_IMODE(path.stat().st_mode) != PRIVATE:
            path.chmod(PRIVATE)
    except FileExistsError as error:
        raise StorageError(f"{path} is not a directory; move it out of the way.") from error
    except OSError as error:
        raise StorageError(
            f"The directory {path} cannot be made or closed to other users: {error.strerror}. "
            "It must belong to the user that wad runs as."
        ) from error


def _refuse_foreign_ground(path: Path) -> None:
    """Let root make nothing where another user's daemon lives: that daemon could not use it."""
    if os.geteuid() != 0 or path.exists():
        return
    ground = next(parent for parent in path.absolute().parents if parent.exists())
    owner = ground.stat().st_uid
    if owner != 0:
        raise StorageError(
            f"The directory {path} is absent, and root does not make it in {ground}, which belongs to user {owner}: "
            "that user's daemon could not use it. Run this as that user (runuser -u USER -- …)."
        )


def obstacle(path: Path) -> str | None:
    """Return why nothing can be kept in the directory, be it there or yet to be made; None when something can.

    Raises:
        OSError: It cannot be looked at.
    """
    found = next(place for place in (path, *path.absolute().parents) if place.exists())
    if found == path and (owner := found.stat().st_uid) != os.geteuid():
        return f"belongs to user {owner}, and the daemon runs as user {os.geteuid()}"
    if not os.access(found, os.W_OK | os.X_OK):
        return "cannot be written" if found == path else "is absent and cannot be made"
    return None


@contextmanager
def opened(name: str | Path, *, within: int | None = None) -> Generator[int]:
    """Open a directory, and never through a symbolic link when *within* names the directory that holds it.

    Args:
        name: Its path, or its plain name in *within*.
        within: Descriptor of the parent directory.

    Yields:
        Its descriptor: what is done relative to it cannot be led elsewhere by a rename or a link.

    Raises:
        FileNotFoundError: There is no such directory.
        OSError: It is a link, no directory, or may not be opened.
    """
    flags = os.O_RDONLY | os.O_DIRECTORY | (0 if within is None else os.O_NOFOLLOW)
    descriptor = os.open(name, flags, dir_fd=within)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def move_all(names: Sequence[str], source: int, target: int) -> None:
    """Move files from one directory to another in this order, or none of them; both directories are flushed.

    Raises:
        OSError: One could not be moved; all are where they were.
    """
    moved: list[str] = []
    try:
        for name in names:
            os.rename(name, name, src_dir_fd=source, dst_dir_fd=target)
            moved.append(name)
    except OSError:
        for name in reversed(moved):
            os.rename(name, name, src_dir_fd=target, dst_dir_fd=source)
        raise
    os.fsync(target)
    os.fsync(source)


def make_within(parent: int, name: str) -> bool:
    """Make the directory *name* (mode 0700) in the directory of descriptor *parent*; return False if it was there.

    Raises:
        OSError: It cannot be made.
    """
    try:
        os.mkdir(name, PRIVATE, dir_fd=parent)
    except FileExistsError:
        return False
    os.fsync(parent)
    return True
