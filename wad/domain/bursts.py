"""How much of a burst is told: what strangers can cause at will must not fill the log. Pure."""

from __future__ import annotations

from typing import Final

MOST_REFUSALS: Final = 10
"""Callers who are not recognised have so many warnings a minute at most."""

_MINUTE: Final = 60.0


class Bursts:
    """Lets so much through a minute.

    Args:
        most: How much.
    """

    def __init__(self, most: int = MOST_REFUSALS) -> None:
        self._most = most
        self._began = -_MINUTE
        self._came = 0

    def admits(self, now: float) -> tuple[bool, int]:
        """Take one more; return whether it is let through, and how many were not since the last that was.

        Args:
            now: Monotonic seconds.
        """
        omitted = 0
        if now - self._began >= _MINUTE:
            omitted = max(0, self._came - self._most)
            self._began, self._came = now, 0
        self._came += 1
        return self._came <= self._most, omitted
