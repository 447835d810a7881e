"""Durations and sizes as people write them."""

from __future__ import annotations

import math
import re
from typing import Annotated, Final

from pydantic import BeforeValidator

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
    return round(float(match[1]) * factor)


Seconds = Annotated[float, BeforeValidator(parse_duration)]
"""A duration of a configuration; 0 switches a limit off."""

Bytes = Annotated[int, BeforeValidator(parse_size)]
"""A size of a configuration."""
