"""Alerts as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wad.cli.text import printable, size, span

if TYPE_CHECKING:
    from wad.v1 import admin_pb2

_COARSE: Final = (3600.0, 60.0, 1.0)
_WORTH: Final = 24
"""So many of a unit are enough for the smaller ones to be left out."""


def value(alert: admin_pb2.Alert) -> str:
    """Return what was measured last, with its unit."""
    return _amount(alert, alert.value) if alert.HasField("value") else "-"


def threshold(alert: admin_pb2.Alert) -> str:
    """Return which values raise the alert."""
    if not alert.HasField("threshold"):
        return "-"
    return f"{'<' if alert.below else '>'} {_amount(alert, alert.threshold)}"


def change(alert: admin_pb2.Alert) -> str:
    """Return that the alert was raised or resolved, and why, on one line."""
    compared = f"threshold {threshold(alert)}" if alert.HasField("threshold") else "switched off"
    changed = "raised" if alert.active else "resolved"
    return f"alert {changed}: {value(alert)} ({compared}), {printable(alert.measures)}"


def _amount(alert: admin_pb2.Alert, number: float) -> str:
    """Return a value with its unit, and with as many digits as tell something."""
    if "bytes" in alert.measures:
        return size(round(number))
    return span(_rounded(number)) if "seconds" in alert.measures else f"{number:.3g}"


def _rounded(seconds: float) -> float:
    """Return a duration without the parts that tell nothing beside the larger ones."""
    coarse = next((unit for unit in _COARSE if seconds >= _WORTH * unit), 0.001)
    return coarse * round(seconds / coarse)
