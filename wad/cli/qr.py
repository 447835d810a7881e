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
    from collections.abc import Mapping, Sequence
    from typing import TextIO

QUIET_ZONE: Final = 4
"""Modules of white on every side, as ISO/IEC 18004 demands."""

BLACK_ON_WHITE: Final = "\x1b[38;5;16;48;5;231m"  # the colour cube's corners: schemes recolour the first sixteen only
RESET: Final = "\x1b[0m"

_HALF_BLOCKS: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
_PICTURE_SCALE: Final = 8

PICTURES: Final = (".png", ".svg")
"""How names of picture files end, in small letters or in capitals."""


def _encode(text: str) -> segno.QRCode:
    # The lowest error level makes the smallest QR; segno raises the level as far as that costs no space.
    return segno.make_qr(text, error="l", boost_error=True)


def render_qr(text: str, *, coloured: bool = True) -> str:
    """Return *text* as a QR made of lines for a terminal.

    Args:
        text: What the QR encodes.
        coloured: Each line brings its colours. Without them the light modules are drawn, for a dark background.

    Raises:
        ValueError: *text* is too long for a QR.
    """
    rows = [[bool(dark) for dark in row] for row in _encode(text).matrix_iter(border=QUIET_ZONE)]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    pairs = zip(rows[::2], rows[1::2], strict=True)
    if coloured:
        return "\n".join(f"{BLACK_ON_WHITE}{_line(upper, lower)}{RESET}" for upper, lower in pairs)
    return "\n".join(_line([not dark for dark in upper], [not dark for dark in lower]) for upper, lower in pairs)


def takes_colours(out: TextIO, environ: Mapping[str, str]) -> bool:
    """Return True when *out* is a terminal whose user wants colours: https://no-color.org."""
    return out.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def _line(upper: Sequence[bool], lower: Sequence[bool]) -> str:
    return "".join(_HALF_BLOCKS[pair] for pair in zip(upper, lower, strict=True))


def save_picture(text: str, path: Path) -> None:
    """Write *text* as a QR picture that only its owner can read; a picture that is there is replaced at once.

    Args:
        text: What the QR encodes.
        path: The file; its name ends as one of :data:`PICTURES` does.

    Raises:
        OSError: It cannot be written.
    """
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:  # mode 0600
        draft = Path(file.name)
        try:
            _encode(text).save(
                file, kind=path.suffix[1:].lower(), scale=_PICTURE_SCALE, light="#fff", border=QUIET_ZONE
            )
            draft.replace(path)
        except BaseException:
            draft.unlink()
            raise


def width(rendered: str) -> int:
    """Return how many columns a rendered QR takes."""
    return len(rendered.partition("\n")[0].removeprefix(BLACK_ON_WHITE).removesuffix(RESET))
