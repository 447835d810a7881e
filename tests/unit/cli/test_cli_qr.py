"""A QR in the terminal, read back."""

from __future__ import annotations

import re
import stat
from io import StringIO
from typing import TYPE_CHECKING

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from wad.cli import qr

if TYPE_CHECKING:
    from pathlib import Path

_HALVES = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}

REAL_LENGTH = "2@" + "Zm9vYmFy" * 28  # WhatsApp's texts have about 230 characters


def read_back(rendered: str) -> list[list[int]]:
    """Return the modules that a camera would see, 1 for dark; refuses anything that is not black on white."""
    upper_and_lower: list[list[int]] = []
    for line in rendered.split("\n"):
        blocks = re.fullmatch(r"\x1b\[38;5;16;48;5;231m([ ▀▄█]+)\x1b\[0m", line)
        assert blocks, line
        halves = [_HALVES[block] for block in blocks.group(1)]
        upper_and_lower += [[upper for upper, _ in halves], [lower for _, lower in halves]]
    return upper_and_lower


@settings(max_examples=30)
@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=300))
def test_terminal_shows_the_very_modules_of_the_qr(text: str) -> None:
    """The blocks of the terminal are the QR's modules, black on white whatever the terminal's colours are."""
    code = segno.make_qr(text, error="l", boost_error=True)
    expected = [list(row) for row in code.matrix_iter(border=qr.QUIET_ZONE)]
    assert read_back(qr.render_qr(text))[: len(expected)] == expected


def test_quiet_zone_is_complete() -> None:
    """Four white modules surround the QR on every side, which cameras need to find it."""
    rows = read_back(qr.render_qr(REAL_LENGTH))
    zone = qr.QUIET_ZONE
    edge = [*rows[:zone], *rows[-zone:]]
    assert not any(any(row) for row in edge)
    assert not any(any(row[:zone]) or any(row[-zone:]) for row in rows)


def test_real_qr_fits_a_terminal_of_eighty_columns() -> None:
    """A QR of WhatsApp's length needs no terminal wider than eighty columns."""
    assert qr.width(qr.render_qr(REAL_LENGTH)) <= 80


def test_text_beyond_the_largest_qr_is_refused() -> None:
    """No QR holds more than 2953 bytes."""
    with pytest.raises(ValueError, match="too large"):
        qr.render_qr("x" * 2954)


def test_picture_is_for_its_owner_only_and_replaces_the_one_before(tmp_path: Path) -> None:
    """The picture of a QR, which is a secret, has mode 0600; the next code takes its place and leaves nothing else."""
    path = tmp_path / "qr.png"
    qr.save_picture("one", path)
    first = path.read_bytes()
    qr.save_picture("two", path)
    assert first.startswith(b"\x89PNG")
    assert path.read_bytes() != first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["qr.svg", "QR.PNG"])
def test_picture_has_the_form_that_its_name_says(tmp_path: Path, name: str) -> None:
    """A name that ends in .svg makes an SVG with a white ground, one that ends in .png a PNG."""
    qr.save_picture("one", tmp_path / name)
    content = (tmp_path / name).read_bytes()
    assert (b"<svg" in content and b"#fff" in content) if name == "qr.svg" else content.startswith(b"\x89PNG")


class _Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("out", "environ", "coloured"),
    [
        (_Terminal(), {"TERM": "xterm-256color"}, True),
        (_Terminal(), {"NO_COLOR": ""}, True),
        (_Terminal(), {"NO_COLOR": "1"}, False),
        (_Terminal(), {"TERM": "dumb"}, False),
        (StringIO(), {}, False),
    ],
    ids=["terminal", "empty NO_COLOR", "NO_COLOR", "dumb", "pipe"],
)
def test_colours_are_for_terminals_whose_user_wants_them(
    out: StringIO,
    environ: dict[str, str],
    coloured: bool,  # noqa: FBT001 - pytest passes it
) -> None:
    """A pipe, a dumb terminal and whoever sets NO_COLOR get a QR without escape sequences."""
    assert qr.takes_colours(out, environ) is coloured


def test_plain_qr_has_no_escape_sequence() -> None:
    """Without colours a QR is made of blocks alone, as wide as the coloured one."""
    plain = qr.render_qr(REAL_LENGTH, coloured=False)
    assert set(plain) <= {" ", "▀", "▄", "█", "\n"}
    assert qr.width(plain) == qr.width(qr.render_qr(REAL_LENGTH))
