"""Lines that stay, and below them one frame, such as a QR, that is drawn again in its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Size:
    """Columns and lines of a terminal."""

    columns: int
    lines: int

    def rows(self, line: str) -> int:
        """Return how many of the terminal's lines a line of text takes."""
        visible = len(_COLOUR.sub("", line))
        return max(1, -(-visible // self.columns))

    def height(self, text: str) -> int:
        """Return how many of the terminal's lines a text takes."""
        return sum(map(self.rows, text.splitlines()))


class Screen:
    """Writes to a terminal, or line by line to anything else.

    Args:
        out: Where to write.
        size: Returns the terminal's present size; None when *out* is not a terminal, and then nothing is ever erased.
    """

    def __init__(self, out: TextIO, size: Callable[[], Size | None]) -> None:
        self._out = out
        self._size = size
        self._frame = ""

    def line(self, text: str) -> None:
        """Write a line that stays; the frame moves below it."""
        frame = self._erase()
        self._out.write(f"{text}\n")
        if frame:
            self.show(frame)
        self._out.flush()

    def show(self, frame: str) -> None:
        """Draw *frame* in place of the one before."""
        self._erase()
        self._frame = frame
        self._out.write(f"{frame}\n")
        self._out.flush()

    def clear(self) -> None:
        """Take the frame away; on paper it stays."""
        self._erase()
        self._out.flush()

    def _erase(self) -> str:
        """Forget the frame, and erase it if the terminal shows all of it; return it if it was erased."""
        frame, self._frame = self._frame, ""
        size = self._size()
        if not frame or size is None:
            return ""
        height = size.height(frame)
        if height >= size.lines:
            return ""
        self._out.write(f"\x1b[{height}F\x1b[J")
        return frame
