"""What is kept of damaged credentials: ``set-aside/<UTC time>/`` within the session's directory.

It leaves the session's directory only with it, when the session is removed by hand: no retention, cleanup or restore
takes it away, for it may be all that is left of a linked device.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Final

from wad.storage.credentials import STORE_FILES
from wad.storage.directories import PRIVATE, make_within, move_all, opened

SET_ASIDE: Final = "set-aside"
_TIME: Final = "%Y%m%dT%H%M%S%fZ"


def set_aside(directory: int, now: float) -> None:
    """Move the store and its journals below ``set-aside``, all of them or none.

    The store goes first: a crash after that leaves journals without a store, which count as damaged too and can be set
    aside in turn. A store without its latest journal might look sound.

    Args:
        directory: Descriptor of the session's directory, whose lock is held.
        now: Seconds since the epoch.

    Raises:
        OSError: They could not be moved; they are where they were.
    """
    present = [name for name in STORE_FILES if _exists(name, directory)]
    make_within(directory, SET_ASIDE)
    with opened(SET_ASIDE, within=directory) as shelf:
        place = f"{datetime.fromtimestamp(now, UTC):{_TIME}}"
        os.mkdir(place, PRIVATE, dir_fd=shelf)
        try:
            with opened(place, within=shelf) as target:
                move_all(present, directory, target)
        except OSError:
            os.rmdir(place, dir_fd=shelf)
            raise
        os.fsync(shelf)
    os.fsync(directory)


def places_set_aside(directory: int) -> tuple[str, ...]:
    """Return the names of the directories below ``set-aside``, ordered by time.

    Raises:
        OSError: They cannot be read.
    """
    try:
        with opened(SET_ASIDE, within=directory) as shelf, os.scandir(shelf) as entries:
            return tuple(sorted(entry.name for entry in entries))
    except FileNotFoundError:
        return ()


def carry_over(source: int, target: int) -> None:
    """Have the session's directory *target* also hold what was set aside in *source*, which it is to replace.

    Links are made, not moves: whatever fails, and whenever, there is a directory that holds all of it.

    Raises:
        OSError: It cannot be done.
    """
    places = places_set_aside(source)
    if not places:
        return
    make_within(target, SET_ASIDE)
    with opened(SET_ASIDE, within=source) as old, opened(SET_ASIDE, within=target) as new:
        for place in places:
            with ExitStack() as held:
                kept = held.enter_context(opened(place, within=old))
                make_within(new, place)
                copy = held.enter_context(opened(place, within=new))
                with os.scandir(kept) as files:
                    for file in files:
                        os.link(file.name, file.name, src_dir_fd=kept, dst_dir_fd=copy, follow_symlinks=False)
                os.fsync(copy)
        os.fsync(new)
    os.fsync(target)


def _exists(name: str, within: int) -> bool:
    try:
        os.stat(name, dir_fd=within, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
