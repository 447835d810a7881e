"""A frame that is drawn again in its place, below lines that stay."""

from __future__ import annotations

import re
from io import StringIO

from wad.cli.screen import Screen, Size


def displayed(written: str) -> list[str]:
    """Return what a terminal shows that understands the two movements which the screen uses."""
    lines = [""]
    for part in re.split(r"(\x1b\[\d+F|\x1b\[J|\n)", written):
        if part == "\n":
            lines.append("")
        elif part.startswith("\x1b") and part.endswith("F"):
            rows = int(part[2:-1])
            assert rows < len(lines), "moved above the first line"
            row = len(lines) - 1 - rows
            lines = [*lines[:row], ""]
        elif part != "\x1b[J":
            lines[-1] += part
    return [line for line in lines if line]


def test_next_frame_takes_the_place_of_the_one_before() -> None:
    """On a terminal a QR that rotates is drawn over the old one, and lines stay above it in their order."""
    out = StringIO()
    screen = Screen(out, lambda: Size(80, 24))
    screen.line("first")
    screen.show("qr one\nfooter")
    screen.line("second")
    screen.show("qr two\nfooter")
    assert displayed(out.getvalue()) == ["first", "second", "qr two", "footer"]


def test_cleared_frame_is_gone() -> None:
    """When there is nothing left to scan, the QR goes away, and lines follow where it was."""
    out = StringIO()
    screen = Screen(out, lambda: Size(80, 24))
    screen.show("qr")
    screen.clear()
    screen.line("done")
    assert displayed(out.getvalue()) == ["done"]


def test_file_gets_no_movement() -> None:
    """What is not a terminal gets every frame in turn, and no movement of a cursor."""
    out = StringIO()
    screen = Screen(out, lambda: None)
    for text in ("one", "two"):
        screen.show(text)
    screen.clear()
    screen.line("done")
    assert out.getvalue() == "one\ntwo\ndone\n"


def test_frame_higher_than_the_terminal_is_not_erased() -> None:
    """A frame whose top has scrolled away cannot be reached: the next one is drawn below it."""
    out = StringIO()
    screen = Screen(out, lambda: Size(80, 2))
    screen.show("a\nb\nc")
    screen.show("d\ne\nf")
    assert "\x1b" not in out.getvalue()


def test_line_that_wraps_counts_as_many() -> None:
    """A frame line that is wider than the terminal is erased as the several lines that it takes there."""
    out = StringIO()
    screen = Screen(out, lambda: Size(10, 24))
    screen.show(f"\x1b[1m{'x' * 21}\x1b[0m\nfooter")
    screen.clear()
    assert out.getvalue().endswith("\x1b[4F\x1b[J")
