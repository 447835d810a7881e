"""The time that a user has to scan, however often the code rotates meanwhile, and what is shown in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wad.domain.records import PairingCode, QrCode

if TYPE_CHECKING:
    from wad.domain.events import Moment, PairingCodeIssued, QrIssued


class QrWindow:
    """One QR window: it opens with the first code and outlives the clients that show the codes.

    Attributes:
        ends: Monotonic seconds at which it closes; None when it never does.
        qr: The QR to show; None when nothing is to be shown any more.
        pairing_code: The pairing code that may be typed instead; it lives as long as the client that asked for it.
        batch_ended: The client that showed the codes has gone, and the next one has not shown any yet.
    """

    def __init__(self, now: Moment, length: float) -> None:
        """Open a window of *length* seconds; 0 stands for one that never closes."""
        self.ends = now.mono + length if length else None
        self.qr: QrCode | None = None
        self.pairing_code: PairingCode | None = None
        self.batch_ended = False
        self._codes = 0
        self._latest = now.mono
        self._generation = 0
        self._batch_began = now.mono

    def show(self, issued: QrIssued, now: Moment) -> None:
        """Show a QR: valid as long as the engine says, and never longer than the window."""
        self._codes += 1
        self._latest = now.mono
        if issued.generation != self._generation:
            self._generation, self._batch_began = issued.generation, now.mono
            self.pairing_code, self.batch_ended = None, False
        self.qr = QrCode(issued.code, now.wall, now.wall + self._left(issued.valid_for, now), self._codes)

    def show_code(self, issued: PairingCodeIssued, now: Moment) -> None:
        """Show a pairing code, in place of any earlier one: valid as long as its client lives, within the window."""
        since_first_qr = now.mono - self._batch_began
        left = self._left(max(0.0, issued.valid_for - since_first_qr), now)
        self.pairing_code = PairingCode(issued.code, issued.phone_number, now.wall, now.wall + left)

    def end_batch(self) -> None:
        """Note that the client has gone, and its pairing code with it; the QR stands until the next one."""
        self.pairing_code, self.batch_ended = None, True

    def hide(self) -> None:
        """Show nothing any more."""
        self.qr = self.pairing_code = None

    def is_closed(self, now: Moment) -> bool:
        """Return True when its time is over."""
        return self.ends is not None and now.mono >= self.ends

    def ended_at_once(self, now: Moment) -> bool:
        """Return True when the latest code was cut off right after it was shown, as by a server that closes."""
        return now.mono - self._latest < 1

    def _left(self, seconds: float, now: Moment) -> float:
        return seconds if self.ends is None else min(seconds, self.ends - now.mono)
