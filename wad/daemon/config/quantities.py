"""Durations and sizes as people write them."""

from __future__ import annotations

import math
import re
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field

LONGEST_DURATION: Final = 10 * 365 * 24 * 3600
"""Seconds, as of a limit that a caller sets."""

LARGEST_SIZE: Final = 1 << 50
"""Bytes."""

MOST: Final = 1_000_000
"""Of anything that is counted."""

_DURATION_UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION: Final = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+", re.ASCII)
_DURATION_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", re.ASCII)
_SIZE_UNITS: Final = {
    "": 1,
    "B": 1,
    "kB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "KiB": 1024,
    "MiB": 1024**2,
    "GiB": 1024**3,
}
_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?) ?([A-Za-z]*)", re.ASCII)


def parse_duration(value: object) -> float:
    """Return the seconds that *value* stands for: ``90s``, ``15m``, ``1h30m``, ``500ms``, or a number of seconds.

    Raises:
        ValueError: It is no duration, negative, or not finite.
    """
    seconds = _seconds(value)
    if seconds is None or not 0 <= seconds < math.inf:
        raise ValueError("this is no duration; write 15m, 2h, 90s, 500ms, or a number of seconds that is not negative")
    return seconds


def _seconds(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    if _DURATION.fullmatch(text):
        return sum(float(number) * _DURATION_UNITS[unit] for number, unit in _DURATION_PART.findall(text))
    try:
        return float(text)  # a variable of the environment cannot hold a number
    except ValueError:
        return None


def parse_size(value: object) -> int:
    """Return the bytes that *value* stands for: ``1GiB``, ``512 MiB``, ``10MB``, or a whole number of bytes.

    Raises:
        ValueError: It is no size, or negative.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    factor = _SIZE_UNITS.get(match[2]) if match else None
    if match is None or factor is None:
        raise ValueError(f"this is no size; write 1GiB, 512MiB, or a number of bytes ({', '.join(_SIZE_UNITS)[2:]})")
    size = float(match[1]) * factor
    return round(size) if size < math.inf else LARGEST_SIZE + 1


def _bounded_duration(seconds: float) -> float:
    if seconds > LONGEST_DURATION:
        raise ValueError("this is longer than ten years; write 0 to switch a limit off")
    return seconds


def _bounded_size(size: int) -> int:
    if size > LARGEST_SIZE:
        raise ValueError("this is more than 1 PiB")
    return size


def _bounded_count(number: int) -> int:
    if number > MOST:
        raise ValueError(f"this is more than {MOST:,}")
    return number


def _part(number: float) -> float:
    if number > 1:
        raise ValueError("this is a part of 1, so it is at most 1; write 0.8 for 80 %")
    return number


def _no_truth(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("this is no number")  # noqa: TRY004 - pydantic takes ValueErrors
    return value


Seconds = Annotated[float, BeforeValidator(parse_duration), AfterValidator(_bounded_duration)]
"""A duration of a configuration; 0 switches a limit off."""

Bytes = Annotated[int, BeforeValidator(parse_size), AfterValidator(_bounded_size)]
"""A size of a configuration."""

Number = Annotated[float, BeforeValidator(_no_truth), Field(ge=0, le=MOST, allow_inf_nan=False)]
"""A number of a configuration that need not be whole."""

Ratio = Annotated[float, BeforeValidator(_no_truth), Field(ge=0, allow_inf_nan=False), AfterValidator(_part)]
"""A part of something, from 0 to 1."""

Count = Annotated[int, BeforeValidator(_no_truth), AfterValidator(_bounded_count)]
"""A number of a configuration."""
