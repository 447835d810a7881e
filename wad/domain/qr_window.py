"""The time that a user has to scan, however often the code rotates meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wad.domain.records import QrCode

if TYPE_CHECKING:
    from wad.domain.events import Moment, QrIssued


class QrWindow:
    """One QR window: it opens with the first code and outlives the clients that show the codes.

    Attributes:
        ends: Monotonic seconds at which it closes; None when it never does.
    """

    def __init__(self, now: Moment, length: float) -> None:
        """Open a window of *length* seconds; 0 stands for one that never closes."""
        self.ends = now.mono + length if length else None
        self._codes = 0
        self._latest = now.mono

    def show(self, issued: QrIssued, now: Moment) -> QrCode:
        """Return the code as it is shown: valid as long as the engine says, and never longer than the window."""
        self._codes += 1
        self._latest = now.mono
        left = issued.valid_for if self.ends is None else min(issued.valid_for, self.ends - now.mono)
        return QrCode(issued.code, now.wall, now.wall + left, self._codes)

    def is_closed(self, now: Moment) -> bool:
        """Return True when its time is over."""
        return self.ends is not None and now.mono >= self.ends

    def ended_at_once(self, now: Moment) -> bool:
        """Return True when the latest code was cut off right after it was shown, as by a server that closes."""
        return now.mono - self._latest < 1
