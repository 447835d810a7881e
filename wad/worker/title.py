"""What whoever lists the machine's processes sees of this one."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_ARG_START, _ARG_END = 48, 49  # proc(5), the fields of /proc/self/stat
_FIRST_AFTER_NAME = 3


def show_as(command: Sequence[str]) -> None:
    """Show *command* as this process's command line; what does not fit into the place of the present one is cut off."""
    fields = Path("/proc/self/stat").read_text("utf-8").rpartition(")")[2].split()
    start, end = (int(fields[number - _FIRST_AFTER_NAME]) for number in (_ARG_START, _ARG_END))
    room = end - start
    line = b"".join(part.encode() + b"\0" for part in command)
    # A zero at the very end tells the kernel that the arguments end there.
    ctypes.memmove(start, line[: room - 1].ljust(room, b"\0"), room)
