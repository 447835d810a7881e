"""A session's heartbeats: when WhatsApp is asked next whether it still answers, and how often it did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wad.domain.events import Moment
    from wad.domain.policy import Policy


class Heartbeats:
    """The heartbeats of one session, from its first connection on.

    Attributes:
        next_at: Monotonic seconds of the next one; None while there are none.
    """

    def __init__(self, policy: Policy) -> None:
        self.next_at: float | None = None
        self._interval = policy.heartbeat
        self._last: float | None = None

    def begin(self, now: Moment) -> None:
        """Begin with a connection, unless they have begun.

        The first is due at a random time within the interval, so that those of many devices which connect together are
        spread over it, and stay so.
        """
        self._last = now.mono
        if self._interval and self.next_at is None:
            self.next_at = now.mono + now.chance * self._interval

    @property
    def begun(self) -> bool:
        """True from the first connection on."""
        return self._last is not None

    def is_due(self, now: Moment) -> bool:
        """Return True when the next one's time has come."""
        return self.next_at is not None and now.mono >= self.next_at

    def plan_next(self, now: Moment) -> None:
        """Plan the one that follows the one that is due; those that a sleeping machine missed are not made up for."""
        if self.next_at is not None:
            missed = max(0, int((now.mono - self.next_at) // self._interval))
            self.next_at += (1 + missed) * self._interval

    def succeed(self, now: Moment) -> None:
        """Note that the session is alive."""
        self._last = now.mono

    def is_overdue(self, now: Moment) -> bool:
        """Return True when the last one that succeeded was more than two intervals ago."""
        return self._last is not None and 0 < 2 * self._interval < now.mono - self._last
