"""What the terminal shows is read again by a real QR reader."""

import pytest
import zxingcpp
from PIL import Image

from wad.cli.qr import BLACK_ON_WHITE, RESET, render_qr

TEXT = "https://wa.me/settings/linked_devices#2@" + "Ab3+/x9" * 26 + ",CHROME"
MODULE = 4
"""Pixels of one module; a line of text is two modules high."""


def photograph(rendered: str, surroundings: int, *, ink: int = 0) -> Image.Image:
    """Return a picture of the rendered lines as a terminal shows them, in a wide frame of that grey.

    Blocks have the grey *ink*, and what is between them the opposite.
    """
    lines = [line.removeprefix(BLACK_ON_WHITE).removesuffix(RESET) for line in rendered.splitlines()]
    wide, high = len(lines[0]), 2 * len(lines)
    picture = Image.new("L", (wide + 40, high + 40), surroundings)
    for row, line in enumerate(lines):
        for column, block in enumerate(line):
            picture.putpixel((20 + column, 20 + 2 * row), ink if block in "▀█" else 255 - ink)
            picture.putpixel((20 + column, 21 + 2 * row), ink if block in "▄█" else 255 - ink)
    large = (picture.width * MODULE, picture.height * MODULE)
    return picture.resize(large, Image.Resampling.NEAREST)  # pyright: ignore[reportUnknownMemberType] - knows numpy's types


@pytest.mark.parametrize("surroundings", [0, 40, 255], ids=["black", "dark", "white"])
def test_a_camera_reads_the_terminal(surroundings: int) -> None:
    """The QR in the terminal is read as exactly its text, on a dark terminal as on a light one."""
    found = zxingcpp.read_barcodes(photograph(render_qr(TEXT), surroundings))
    assert [code.text for code in found] == [TEXT]


def test_a_camera_reads_what_is_drawn_without_colours() -> None:
    """Without colours the QR is read on a dark background, where it is drawn in light blocks."""
    found = zxingcpp.read_barcodes(photograph(render_qr(TEXT, coloured=False), 0, ink=255), try_invert=False)
    assert [code.text for code in found] == [TEXT]
