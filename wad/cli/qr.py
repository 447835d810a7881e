"""A QR for the terminal, and as a picture.

Two rows of modules share one line of text, by half blocks. The colours are forced to black on white: on a dark terminal
a QR in the terminal's own colours is inverted, and many cameras do not read that.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import segno

if TYPE_CHECKING:
    from collections.abc import Sequence

QUIET_ZONE: Final = 4
"""Modules of white on every side, as ISO/IEC 18004 demands."""

BLACK_ON_WHITE: Final = "\x1b[38;5;16;48;5;231m"  # the colour cube's corners: schemes recolour the first sixteen only
RESET: Final = "\x1b[0m"

_HALF_BLOCKS: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
_PICTURE_SCALE: Final = 8


def _encode(text: str) -> segno.QRCode:
    # The lowest error level makes the smallest QR; segno raises the level as far as that costs no space.
    return segno.make_qr(text, error="l", boost_error=True)


def render_qr(text: str) -> str:
    """Return *text* as a QR made of lines for a terminal, each with its colours.

    Args:
        text: What the QR encodes.

    Raises:
        ValueError: *text* is too long for a QR.
    """
    rows = [[bool(dark) for dark in row] for row in _encode(text).matrix_iter(border=QUIET_ZONE)]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join(f"{BLACK_ON_WHITE}{_line(upper, lower)}{RESET}" for upper, lower in pairs)


def _line(upper: Sequence[bool], lower: Sequence[bool]) -> str:
    return "".join(_HALF_BLOCKS[pair] for pair in zip(upper, lower, strict=True))


def save_png(text: str, path: Path) -> None:
    """Write *text* as a QR picture that only its owner can read; a picture that is there is replaced at once.

    Args:
        text: What the QR encodes.
        path: The PNG file.

    Raises:
        OSError: It cannot be written.
    """
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:  # mode 0600
        draft = Path(file.name)
        try:
            _encode(text).save(file, kind="png", scale=_PICTURE_SCALE, border=QUIET_ZONE)
            draft.replace(path)
        except BaseException:
            draft.unlink()
            raise


def width(rendered: str) -> int:
    """Return how many columns a rendered QR takes."""
    return len(rendered.partition("\n")[0]) - len(BLACK_ON_WHITE) - len(RESET)
