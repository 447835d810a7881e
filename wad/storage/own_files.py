"""What in a session's directory is wad's own: all else is somebody's, and is never deleted on the side."""

from __future__ import annotations

import os
from typing import Final

from wad.storage.credentials import STORE_FILES
from wad.storage.session_lock import LOCK
from wad.storage.set_aside import SET_ASIDE

_OWN: Final = frozenset({LOCK, SET_ASIDE, *STORE_FILES})


def foreign_entries(directory: int) -> list[str]:
    """Return what somebody else has put into a session's directory, ordered by name.

    It may be a copy of credentials, or one that is just being made.

    Args:
        directory: Descriptor of the directory.

    Raises:
        OSError: It cannot be read.
    """
    return sorted(name for name in os.listdir(directory) if name not in _OWN)
