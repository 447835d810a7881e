"""What the daemon measures of itself for its alerts, at the moment of a look."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from wad.domain.alerts import Alert
from wad.domain.states import SessionState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wad.daemon.reporting import Reporter
    from wad.managers.sweeper import SweeperState
    from wad.ports import Clock

_DEGRADED = (SessionState.RECONNECTING, SessionState.DISCONNECTED)


class Measures:
    """Measures what alerts are about.

    Args:
        reporter: Counts sessions, memory, disk and certificate.
        sweeper: Returns how the sweeps are.
        clock: Tells the time.
    """

    def __init__(self, reporter: Reporter, sweeper: Callable[[], SweeperState], clock: Clock) -> None:
        self._reporter = reporter
        self._sweeper = sweeper
        self._clock = clock
        self._began_at = clock.wall()

    def __call__(self) -> Mapping[Alert, float | None]:
        """Return what there is to compare with the thresholds; None for what cannot be measured."""
        now, snapshot = self._clock.wall(), self._reporter.snapshot()
        active, expires_at = snapshot.active_sessions, snapshot.certificate_expires_at
        degraded = sum(snapshot.sessions.get(state, 0) for state in _DEGRADED)
        swept_at = self._sweeper().last_success_at or self._began_at
        return {
            Alert.SESSION_UTILIZATION_HIGH: snapshot.utilization,
            Alert.MEMORY_HIGH: self._reporter.resident_memory() + snapshot.worker_resident_bytes,
            Alert.TIMER_LEAK: _for_each(snapshot.qr_timers, active),
            Alert.SESSIONS_DEGRADED: _for_each(degraded, active),
            Alert.CLEANUP_STALE: now - swept_at,
            Alert.STATE_DIR_FILLING_UP: snapshot.free_bytes,
            Alert.CERTIFICATE_EXPIRING: None if expires_at is None else expires_at - now,
        }


def _for_each(count: int, sessions: int) -> float:
    """Return how many there are for each session; without sessions there should be none."""
    if not sessions:
        return inf if count else 0
    return count / sessions
