"""Texts and values as people write and read them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from google.protobuf.timestamp_pb2 import Timestamp

_UNITS: Final = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_AGES: Final = ((86_400, "d"), (3600, "h"), (60, "min"))
_SPANS: Final = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1))
_SIZES: Final = (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10))
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|)", re.ASCII)


def duration(text: str) -> float:
    """Return the seconds that *text* stands for: ``90``, ``90s``, ``15m``, ``1h30m``, ``0`` for off.

    Raises:
        ValueError: It is not a duration.
    """
    parts = list(_DURATION.finditer(text))
    if not parts or "".join(part.group() for part in parts) != text or (len(parts) > 1 and not parts[-1].group(2)):
        raise ValueError(f"{text!r} is not a duration; write 90s, 15m, 1h30m, or 0 to switch the limit off.")
    return sum(float(part.group(1)) * _UNITS[part.group(2)] for part in parts)


def moment(text: str, now: float) -> float:
    """Return the time that *text* stands for: ``2h`` for two hours ago, or a date with or without a time of day.

    Args:
        text: A duration, or ISO 8601; without an offset it is on this machine's wall clock.
        now: Seconds since the epoch.

    Raises:
        ValueError: It is neither.
    """
    try:
        return now - duration(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text).astimezone().timestamp()
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text!r} is not a time; write 2h for two hours ago, or 2026-11-23T09:00, with +01:00 or Z as you need it."
        ) from None


def printable(text: str) -> str:
    """Return *text* without characters that a terminal would act upon: names come from other people's phones."""
    return "".join(char if char.isprintable() else "�" for char in text)


def local_time(moment: Timestamp) -> str:
    """Return a time on this machine's wall clock, to the second, with its zone."""
    shown = datetime.fromtimestamp(moment.seconds).astimezone()
    return f"{shown:%Y-%m-%d %H:%M:%S} {_zone(shown)}"


def short_time(moment: Timestamp) -> str:
    """Return a time for a table, in the zone that :func:`zone` names: of today the time of day alone."""
    now = datetime.now().astimezone()
    shown = datetime.fromtimestamp(moment.seconds, now.tzinfo)
    return f"{shown:%H:%M:%S}" if shown.date() == now.date() else f"{shown:%Y-%m-%d %H:%M:%S}"


def zone() -> str:
    """Return this machine's present distance from UTC: ``UTC``, ``+01``, ``-03:30``."""
    return _zone(datetime.now().astimezone())


def timed(heading: str) -> str:
    """Return the heading of a table's column of times, which says their zone."""
    return f"{heading} {zone()}"


def _zone(moment: datetime) -> str:
    offset = f"{moment:%z}"
    hours, minutes = offset[:3], offset[3:5]
    return "UTC" if offset.strip("+-0") == "" else hours if minutes == "00" else f"{hours}:{minutes}"


def age(seconds: float) -> str:
    """Return how long something is, or has been, as people say it: ``5 min``."""
    length, unit = next(((length, unit) for length, unit in _AGES if abs(seconds) >= length), (1, "s"))
    return f"{seconds / length:.0f} {unit}"


def span(seconds: float) -> str:
    """Return a duration as a configuration has it, to the millisecond: ``14d``, ``1h30m``, ``250ms``, ``0``."""
    left, parts = round(seconds * 1000), list[str]()
    for unit, length in _SPANS:
        number, left = divmod(left, length)
        parts += [f"{number}{unit}"] if number else []
    return "".join(parts) or "0"


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number of things: ``1 session``, ``2 sessions``.

    Args:
        number: How many.
        one: What one is called.
        many: What several are called, unless that is *one* with an s.
    """
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def size(number: float) -> str:
    """Return a number of bytes as people read it: ``120 KiB``."""
    value, units = float(number), iter(("B", "KiB", "MiB", "GiB"))
    unit = next(units)
    while value >= 1024 and (larger := next(units, None)) is not None:  # noqa: PLR2004 - what the units are made of
        value, unit = value / 1024, larger
    return f"{value:.0f} {unit}" if unit == "B" or value >= 10 else f"{value:.1f} {unit}"  # noqa: PLR2004 - two digits


def exact_size(number: int) -> str:
    """Return a number of bytes as a configuration has it: ``1000MiB``, ``1GiB``, ``1500``."""
    unit, factor = next(((unit, factor) for unit, factor in _SIZES if number and number % factor == 0), ("", 1))
    return f"{number // factor}{unit}"
