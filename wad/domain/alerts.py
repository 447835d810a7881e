"""What is worth somebody's attention: alerts, their thresholds, and the judgement of one look at the daemon. Pure.

An alert has the same name here, among the rules for Prometheus, and on the page that says what to do about it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import nan
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class Alert(StrEnum):
    """Alerts that have a threshold."""

    SESSION_UTILIZATION_HIGH = "WadSessionUtilizationHigh"
    MEMORY_HIGH = "WadMemoryHigh"
    TIMER_LEAK = "WadTimerLeak"
    SESSIONS_DEGRADED = "WadSessionsDegraded"
    CLEANUP_STALE = "WadCleanupStale"
    STATE_DIR_FILLING_UP = "WadStateDirFillingUp"
    CERTIFICATE_EXPIRING = "WadCertificateExpiring"
    PAIRING_FAILING = "WadPairingFailing"
    RECONNECT_STORM = "WadReconnectStorm"
    WORKER_CRASH_LOOPING = "WadWorkerCrashLooping"
    EVENT_LOOP_LAGGING = "WadEventLoopLagging"
    GRPC_ERRORS = "WadGrpcErrors"
    GRPC_SLOW = "WadGrpcSlow"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How much is too much; 0 switches an alert off.

    The first three are those of the monitoring that users know from other servers; the rest are this project's own.

    Attributes:
        session_utilization: Live sessions over their limit.
        memory: Resident bytes of the daemon and its workers together.
        qr_timers_per_session: Running QR windows for each live session: more than one each means that some leak.
        degraded_sessions: The part of the live sessions that have lost their connection, seen at two looks in a row.
        cleanup_age: Seconds since a sweep last ended without a failure.
        free_space: Bytes free for sessions; the alert is about less.
        certificate_left: Seconds until the TLS certificate expires; the alert is about fewer.
        pairing_failures: The part of the attempts to link a phone within half an hour that failed.
        reconnects_per_session: Connections lost within ten minutes for each live session.
        worker_crashes: Workers that crashed or answered no more within ten minutes.
        event_loop_lag: Seconds by which one timer in a hundred is late.
        grpc_errors: The part of the calls that end with an error of the daemon's.
        grpc_latency: Seconds that the slowest one in twenty of the quick calls takes.
    """

    session_utilization: float = 0.8
    memory: float = 1000 * 1024**2
    qr_timers_per_session: float = 2
    degraded_sessions: float = 0.2
    cleanup_age: float = 60 * 60
    free_space: float = 1024**3
    certificate_left: float = 14 * 24 * 60 * 60
    pairing_failures: float = 0.5
    reconnects_per_session: float = 2
    worker_crashes: float = 3
    event_loop_lag: float = 0.25
    grpc_errors: float = 0.05
    grpc_latency: float = 1


@dataclass(frozen=True, slots=True)
class Terms:
    """How an alert is judged.

    Attributes:
        threshold: The field of :class:`Thresholds`.
        measures: What is compared with it, for people, with its unit.
        below: It is raised by less than the threshold, not by more.
        looks: Looks in a row that must find it before it is raised; 0 when the daemon does not look, because one moment
            does not tell: Prometheus, which has the history, judges those alone.
    """

    threshold: str
    measures: str
    below: bool = False
    looks: int = 1


TERMS: Final[Mapping[Alert, Terms]] = {
    Alert.SESSION_UTILIZATION_HIGH: Terms("session_utilization", "live sessions over their limit"),
    Alert.MEMORY_HIGH: Terms("memory", "bytes resident in the daemon and its workers"),
    Alert.TIMER_LEAK: Terms("qr_timers_per_session", "QR timers for each live session"),
    Alert.SESSIONS_DEGRADED: Terms("degraded_sessions", "part of the live sessions without a connection", looks=2),
    Alert.CLEANUP_STALE: Terms("cleanup_age", "seconds since the last sweep without a failure, or since the start"),
    Alert.STATE_DIR_FILLING_UP: Terms("free_space", "bytes free for sessions", below=True),
    Alert.CERTIFICATE_EXPIRING: Terms("certificate_left", "seconds until the TLS certificate expires", below=True),
    Alert.PAIRING_FAILING: Terms("pairing_failures", "part of the attempts to link that failed", looks=0),
    Alert.RECONNECT_STORM: Terms("reconnects_per_session", "connections lost for each live session", looks=0),
    Alert.WORKER_CRASH_LOOPING: Terms("worker_crashes", "workers that crashed or answered no more", looks=0),
    Alert.EVENT_LOOP_LAGGING: Terms("event_loop_lag", "seconds by which timers are late", looks=0),
    Alert.GRPC_ERRORS: Terms("grpc_errors", "part of the calls that end with an error of the daemon's", looks=0),
    Alert.GRPC_SLOW: Terms("grpc_latency", "seconds that quick calls take", looks=0),
}
"""THE table of the alerts that have a threshold."""

WATCHED: Final = tuple(alert for alert, terms in TERMS.items() if terms.looks)
"""Alerts that the daemon looks for by itself."""


@dataclass(frozen=True, slots=True)
class AlertState:
    """An alert at one moment.

    Attributes:
        alert: The alert.
        active: It is raised.
        value: What was last measured; None before that, or when it cannot be.
        threshold: What that is compared with; NaN when the alert is switched off.
        changed_at: When it was last raised or resolved, in seconds since the epoch; None for never.
        found: Looks in a row that found it.
    """

    alert: Alert
    active: bool = False
    value: float | None = None
    threshold: float = nan
    changed_at: float | None = None
    found: int = 0


def threshold_of(alert: Alert, thresholds: Thresholds) -> float:
    """Return the alert's threshold; NaN, which nothing is more or less than, when it is switched off."""
    value: float = getattr(thresholds, TERMS[alert].threshold)
    return value or nan


def judged(before: AlertState, value: float | None, threshold: float, *, hysteresis: float, now: float) -> AlertState:
    """Return an alert as it is after one more look.

    Args:
        before: As it was.
        value: What was measured; None when it cannot be measured, which changes nothing.
        threshold: What that is compared with; NaN when the alert is switched off.
        hysteresis: The part of the threshold by which a raised alert's value must have come back for it to be resolved,
            so that one that trembles around the threshold does not raise the alert again and again.
        now: Seconds since the epoch.
    """
    off = threshold != threshold  # noqa: PLR0124 - only NaN differs from itself
    if value is None and not off:
        return replace(before, value=None, threshold=threshold)
    terms = TERMS[before.alert]
    margin = 1.0
    if before.active:
        margin = 1 + hysteresis if terms.below else 1 - hysteresis
    beyond = value is not None and (value < threshold * margin if terms.below else value > threshold * margin)
    found = before.found + 1 if beyond else 0
    active = beyond and (before.active or found >= terms.looks)
    changed_at = before.changed_at if active is before.active else now
    return AlertState(before.alert, active, value, threshold, changed_at, found)
