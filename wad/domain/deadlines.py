"""The times at which a session's machine wants to be called."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from wad.domain.states import RemovalReason, SessionState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wad.domain.events import Moment
    from wad.domain.policy import Policy
    from wad.domain.qr_window import QrWindow

_S = SessionState
_LOGGED_IN = frozenset({_S.CONNECTED, _S.RECONNECTING})


class DeadlineKind(StrEnum):
    """What a deadline is for; the first two are counted in the metrics."""

    QR = "qr"
    SESSION = "session"
    STATE = "state"
    RETRY = "retry"
    HEARTBEAT = "heartbeat"


@dataclass(frozen=True, slots=True, order=True)
class Deadline:
    """A time at which the machine wants to be called.

    Attributes:
        at: Monotonic seconds.
        kind: What it is for.
    """

    at: float
    kind: DeadlineKind


class TimeLimits:
    """How long a session may be in a state, idle, and alive.

    Attributes:
        window: The QR window, which spans states; None before the first QR.
        entered: Monotonic seconds at which the present state began.
        active: Monotonic seconds of the latest activity.
    """

    def __init__(self, policy: Policy, now: Moment) -> None:
        self.window: QrWindow | None = None
        self.entered = self.active = self._started = now.mono
        self._policy = policy

    def of_state(self, state: SessionState) -> Iterator[Deadline]:
        """Return when *state*, if it is the present one, must have ended."""
        policy = self._policy
        if state is _S.QR_GENERATED and self.window is not None and self.window.ends is not None:
            yield Deadline(self.window.ends, DeadlineKind.QR)
        limits = {
            _S.CONNECTING: policy.connecting,
            _S.PAIRING_SUCCESS: policy.pairing,
            _S.SYNCING: policy.syncing,
            _S.RECONNECTING: policy.reconnecting,
        }
        limit = limits.get(state)
        if limit:
            yield Deadline(self.entered + limit, DeadlineKind.STATE)

    def of_life(self, state: SessionState) -> Iterator[Deadline]:
        """Return the times at which the session ends if nobody uses it."""
        policy = self._policy
        if state is _S.QR_GENERATED:
            yield from self.of_state(state)
        if state in _LOGGED_IN and policy.idle:
            yield Deadline(self.active + policy.idle, DeadlineKind.SESSION)
        if policy.max_age:
            yield Deadline(self._started + policy.max_age, DeadlineKind.SESSION)

    def outlived(self, state: SessionState, now: Moment) -> RemovalReason | None:
        """Return the limit that the session has outlived at *now*: its age, or its time without activity."""
        policy = self._policy
        if policy.max_age and now.mono >= self._started + policy.max_age:
            return RemovalReason.MAX_AGE
        idle = state in _LOGGED_IN and policy.idle and now.mono >= self.active + policy.idle
        return RemovalReason.IDLE if idle else None
