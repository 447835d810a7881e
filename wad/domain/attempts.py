"""A session's attempts to connect: how many failed in a row, and when the next one is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wad.domain.events import Moment
    from wad.domain.policy import Policy

_SUSPICIOUS = 2
"""Crashes within the period after which a session gets a worker of its own."""


class Attempts:
    """The attempts of one session.

    Attributes:
        next_at: Monotonic seconds at which the client is to be replaced; None when that is not planned.
    """

    def __init__(self, policy: Policy) -> None:
        self.next_at: float | None = None
        self._policy = policy
        self._failures = 0
        self._held_against = 0
        self._silence = 0.0
        self._opened_at = 0.0
        self._replaced_at: float | None = None
        self._crashes: list[float] = []

    def is_due(self, now: Moment) -> bool:
        """Return True when the next attempt's time has come."""
        return self.next_at is not None and now.mono >= self.next_at

    @property
    def exhausted(self) -> bool:
        """True when as many attempts failed in a row as the session may have."""
        return 0 < self._policy.max_failures <= self._held_against

    def fail(self, *, ours: bool = False) -> None:
        """Count a failure; a fault of *ours* makes the next attempt later, and is not held against the session."""
        self._failures += 1
        if not ours:
            self._held_against += 1

    def crash(self, now: Moment) -> int:
        """Count a crash of the client's worker, and return how many there were within the period."""
        self._crashes = [at for at in self._crashes if now.mono - at < self._policy.restart_period]
        self._crashes.append(now.mono)
        return len(self._crashes)

    @property
    def crash_looping(self) -> bool:
        """True when the worker has crashed more often within the period than the session may live through."""
        return 0 < self._policy.restart_intensity < len(self._crashes)

    @property
    def suspected(self) -> bool:
        """True when the worker has crashed again: the session may be why, and is to take no other down with it."""
        return len(self._crashes) >= _SUSPICIOUS

    def back_off(self, now: Moment) -> None:
        """Plan the next attempt, the later the more failed before."""
        self.next_at = now.mono + self._policy.backoff(self._failures, now.chance)

    def open(self, now: Moment) -> None:
        """Note that a connection has begun."""
        self._opened_at = now.mono

    def lose(self, now: Moment) -> None:
        """Note that a connection has ended; one that was stable lets earlier failures be forgiven."""
        if now.mono - self._opened_at >= self._policy.stable_after:
            self._failures = self._held_against = 0

    def expect_login(self, now: Moment) -> None:
        """Plan to replace a client that stays silent after it was paired."""
        self._silence = self._policy.pairing_silence
        self.next_at = now.mono + self._silence if self._silence else None

    def expect_login_longer(self, now: Moment) -> None:
        """Give the next client twice the time: a machine under load may only be slow."""
        self._silence *= 2
        self.next_at = now.mono + self._silence

    def give_way(self, now: Moment) -> None:
        """Plan one attempt after another client took the stream; none when that happens again within the window."""
        policy, before = self._policy, self._replaced_at
        self._replaced_at = now.mono
        again = before is not None and now.mono - before < policy.replaced_window
        self.next_at = None if again else now.mono + policy.replaced_wait

    def insist(self) -> None:
        """Forget that another client took the stream, and every crash: somebody wants the session back."""
        self._replaced_at = None
        self._crashes.clear()
