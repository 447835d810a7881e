"""Texts and values as people write and read them."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wad.cli.text import duration, moment, printable


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("90", 90),
        ("90s", 90),
        ("15m", 900),
        ("1h30m", 5400),
        ("2d", 172_800),
        ("250ms", 0.25),
        ("1.5h", 5400),
    ],
)
def test_durations_read_as_people_write_them(text: str, seconds: float) -> None:
    """A number with a unit, or several, is so many seconds; a number alone is seconds."""
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "5x", "-5s", "5 m", "1h30", "\u0661s"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    """Anything else is refused with an example of what would be right."""
    with pytest.raises(ValueError, match="15m"):
        duration(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2h", 1_800_000_000 - 7200),
        ("2027-01-15T08:00:00Z", 1_800_000_000),
        ("2027-01-15T09:00+01:00", 1_800_000_000),
        ("2027-01-15", datetime.fromisoformat("2027-01-15").astimezone().timestamp()),
    ],
)
def test_times_read_as_people_write_them(text: str, seconds: float) -> None:
    """A duration is so long ago; a date, with or without a time of day and an offset, is itself."""
    assert moment(text, 1_800_000_000) == seconds


@pytest.mark.parametrize("text", ["", "yesterday", "2027-13-01", "-2h", "25:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    """Anything else is refused with an example of what would be right."""
    with pytest.raises(ValueError, match="2h"):
        moment(text, 0)


@given(st.text())
def test_foreign_text_never_drives_the_terminal(text: str) -> None:
    """No control character, and so no escape sequence, of somebody's name reaches the terminal."""
    shown = printable(text)
    assert shown.isprintable()
    assert len(shown) == len(text)
