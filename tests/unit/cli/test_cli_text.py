"""Texts and values as people write and read them."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from wad.cli.text import duration, exact_size, local_time, moment, printable, short_time, span, timed, zone
from wad.daemon.config.quantities import parse_duration, parse_size

if TYPE_CHECKING:
    from collections.abc import Generator


@pytest.fixture(params=[("UTC", "UTC"), ("<+01>-1", "+01"), ("<-0330>3:30", "-03:30")], ids=["UTC", "east", "west"])
def here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Generator[str]:
    """Be in a time zone, and return what it is called."""
    variable, name = request.param
    with monkeypatch.context() as patch:
        patch.setenv("TZ", variable)
        time.tzset()
        yield name
    time.tzset()


def test_every_time_says_its_zone(here: str) -> None:
    """A time carries its zone, or, in a table, the heading of its column does."""
    assert local_time(Timestamp(seconds=1_800_000_000)).endswith(f":00 {here}")
    assert (zone(), timed("SINCE")) == (here, f"SINCE {here}")


@pytest.mark.usefixtures("here")
def test_times_of_today_are_short() -> None:
    """In a table a time of today goes without its date, and any other with it."""
    assert len(short_time(Timestamp(seconds=int(time.time())))) == len("12:34:56")
    assert len(short_time(Timestamp(seconds=1))) == len("1970-01-01 12:34:56")


@pytest.mark.parametrize(
    ("seconds", "text"), [(1_209_600, "14d"), (5400, "1h30m"), (900, "15m"), (90, "1m30s"), (0.25, "250ms"), (0, "0")]
)
def test_durations_are_shown_as_a_configuration_has_them(seconds: float, text: str) -> None:
    """What is shown can be written into the file."""
    assert span(seconds) == text


@given(st.integers(0, 10**12))
def test_what_is_shown_of_a_configuration_reads_back_the_same(number: int) -> None:
    """The daemon reads durations, to the millisecond, and sizes, to the byte, as the command line writes them."""
    assert parse_duration(span(number / 1000)) == pytest.approx(number / 1000, abs=1e-4)
    assert parse_size(exact_size(number)) == number


@pytest.mark.parametrize(("number", "text"), [(1_048_576_000, "1000MiB"), (1 << 30, "1GiB"), (1500, "1500"), (0, "0")])
def test_sizes_are_shown_as_a_configuration_has_them(number: int, text: str) -> None:
    """A size comes with the largest unit of which it is a whole number."""
    assert exact_size(number) == text


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
