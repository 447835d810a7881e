"""What the daemon measures of itself for its alerts."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from types import SimpleNamespace
from typing import Any

import pytest

from wad.daemon.clock import FakeClock
from wad.daemon.measures import Measures
from wad.domain.alerts import WATCHED, Alert
from wad.domain.states import SessionState
from wad.observability.snapshot import Snapshot

S = SessionState
SNAPSHOT = Snapshot(
    {S.CONNECTED: 6, S.RECONNECTING: 1, S.DISCONNECTED: 2, S.QR_GENERATED: 1},
    sessions_limit=40,
    qr_timers=1,
    worker_resident_bytes=300,
    free_bytes=7,
)


class Scene:
    """A daemon to be measured."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.snapshot = SNAPSHOT
        self.swept_at: float | None = None
        reporter: Any = SimpleNamespace(snapshot=lambda: self.snapshot, resident_memory=lambda: 50)
        sweeper: Any = lambda: SimpleNamespace(last_success_at=self.swept_at)  # noqa: E731 - as small as can be
        self.measure = Measures(reporter, sweeper, self.clock)


def test_everything_that_the_daemon_looks_for_is_measured() -> None:
    """Each value is what its alert says that it is."""
    scene = Scene()
    scene.snapshot = replace(SNAPSHOT, certificate_expires_at=scene.clock.wall() + 3600)
    assert scene.measure() == {
        Alert.SESSION_UTILIZATION_HIGH: 0.25,
        Alert.MEMORY_HIGH: 350,
        Alert.TIMER_LEAK: 0.1,
        Alert.SESSIONS_DEGRADED: 0.3,
        Alert.CLEANUP_STALE: 0,
        Alert.STATE_DIR_FILLING_UP: 7,
        Alert.CERTIFICATE_EXPIRING: 3600,
    }
    assert scene.measure().keys() == set(WATCHED)


def test_without_sessions_no_timer_may_run() -> None:
    """A timer that runs for nobody is too many; none is none."""
    scene = Scene()
    scene.snapshot = Snapshot({}, 40, qr_timers=1)
    assert scene.measure()[Alert.TIMER_LEAK] == inf
    scene.snapshot = Snapshot({}, 40)
    assert scene.measure()[Alert.TIMER_LEAK] == 0


def test_without_a_certificate_none_expires() -> None:
    """Who serves without TLS is not told of it."""
    assert Scene().measure()[Alert.CERTIFICATE_EXPIRING] is None


@pytest.mark.anyio
async def test_before_the_first_sweep_the_daemon_has_waited_since_its_start() -> None:
    """A daemon that has just begun is not late with its first sweep, and one that never sweeps is."""
    scene = Scene()
    await scene.clock.advance(7200)
    assert scene.measure()[Alert.CLEANUP_STALE] == 7200
    scene.swept_at = scene.clock.wall() - 60
    assert scene.measure()[Alert.CLEANUP_STALE] == 60
