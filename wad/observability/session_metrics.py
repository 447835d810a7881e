"""Counts what happens to sessions, out of the events that watchers get too."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

from prometheus_client import Counter, Histogram

from wad.domain.records import AlertEvent, EventKind
from wad.domain.states import TRANSITIONS, RemovalReason, SessionState

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from wad.domain.ids import SessionId
    from wad.domain.records import SessionEvent, WatchEvent

_S = SessionState
_SHOWINGS: Final = frozenset({EventKind.QR_ISSUED, EventKind.PAIRING_CODE_ISSUED})

PAIRING_OUTCOMES: Final = ("success", "expired", "failure", "abandoned")
PAIRING_METHODS: Final = ("qr", "code")
"""Nobody says how a phone was linked: it counts as by code when the session showed a pairing code at the end."""
RECONNECT_OUTCOMES: Final = ("success", "failure", "abandoned")
HEARTBEAT_OUTCOMES: Final = ("answered", "missed")
_ABANDONED: Final = frozenset(
    {
        RemovalReason.MANUAL,
        RemovalReason.SHUTDOWN,
        RemovalReason.STOPPED,
        RemovalReason.IDLE,
        RemovalReason.MAX_AGE,
        RemovalReason.CLEANUP,
    }
)
"""Removals in the midst of an attempt that say nothing about whether it would have succeeded."""
_PAIRING_REFUSED: Final = "PAIRING_FAILED"
"""The error with which a scan ends that comes to nothing."""

# From the scan to the connection: a fifth of a second to a second is usual. A client that stays silent is replaced
# after 5 s, then 10 s; the limits of the two states in between add up to 90 s.
_LINK_BUCKETS: Final = (0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10, 15, 30, 60, 90)
# The engine reconnects within seconds or not within its limit of 60 s; then come attempts up to a minute apart.
_RECONNECT_BUCKETS: Final = (0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)


@dataclass(slots=True)
class _Course:
    """How far a session has come; times are those of its events.

    Attributes:
        pairing: A QR was shown, and what came of it is not known yet.
        tried: A phone has tried it: a QR that nobody scanned cannot fail.
        method: ``code`` when a pairing code was shown next to the latest QR, else ``qr``.
        scanned_at: When the phone scanned it.
        lost_at: When the connection was lost that has not been restored yet.
        reconnecting: Its restoration has begun. A connection that ends with its session is lost, but not restored.
    """

    pairing: bool = False
    tried: bool = False
    method: str = "qr"
    scanned_at: float | None = None
    lost_at: float | None = None
    reconnecting: bool = False


class SessionMetrics:
    """Implements :class:`wad.ports.EventSink`.

    Args:
        registry: Where the metrics are registered.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._courses: dict[SessionId, _Course] = {}
        self._events = Counter("wad_events", "Events published to watchers.", ["type"], registry=registry)
        self._transitions = Counter(
            "wad_session_state_transitions", "Changes of a session's state.", ["from", "to"], registry=registry
        )
        self._removed = Counter("wad_sessions_removed", "Sessions taken out of service.", ["reason"], registry=registry)
        self._pairings = Counter(
            "wad_session_pairing_attempts",
            "Ended attempts to link a phone, counted from the first QR that was shown.",
            ["method", "outcome"],
            registry=registry,
        )
        self._reconnects = Counter(
            "wad_session_reconnects", "Lost connections by what became of them.", ["outcome"], registry=registry
        )
        self._heartbeats = Counter(
            "wad_heartbeats", "Heartbeats of sessions by what became of them.", ["outcome"], registry=registry
        )
        self._link_duration = Histogram(
            "wad_session_link_duration_seconds",
            "From the scan of the QR to the connection.",
            buckets=_LINK_BUCKETS,
            registry=registry,
        )
        self._reconnect_duration = Histogram(
            "wad_session_reconnect_duration_seconds",
            "From the loss of a connection to its restoration.",
            buckets=_RECONNECT_BUCKETS,
            registry=registry,
        )
        self._initialise()

    def _initialise(self) -> None:
        """Make every series that there can be: a counter that appears with its first event hides that event."""
        for kind in (*EventKind, AlertEvent.kind):
            self._events.labels(str(kind))
        for source, targets in TRANSITIONS.items():
            for target in targets:
                self._transitions.labels(source.value, target.value)
        for reason in RemovalReason:
            self._removed.labels(reason.value)
        for method, outcome in product(PAIRING_METHODS, PAIRING_OUTCOMES):
            self._pairings.labels(method, outcome)
        for outcome in RECONNECT_OUTCOMES:
            self._reconnects.labels(outcome)
        for outcome in HEARTBEAT_OUTCOMES:
            self._heartbeats.labels(outcome)

    def publish(self, event: WatchEvent) -> None:
        """Count one event."""
        self._events.labels(str(event.kind)).inc()
        if not isinstance(event, AlertEvent):
            self._count_session(event)

    def _count_session(self, event: SessionEvent) -> None:
        record = event.view.record
        if event.kind is EventKind.STATE_CHANGED:
            if event.previous is not None:
                self._transitions.labels(event.previous.value, record.state.value).inc()
            course = self._courses.setdefault(record.session_id, _Course())
            course.tried = course.tried or (event.cause is not None and event.cause.reason == _PAIRING_REFUSED)
            self._follow(course, event.previous, record.state, event.at)
        elif event.kind in _SHOWINGS:
            course = self._courses.setdefault(record.session_id, _Course())
            course.method = "qr" if event.view.pairing_code is None else "code"
        elif event.kind is EventKind.HEARTBEAT:
            self._heartbeats.labels("missed" if record.failed_heartbeats else "answered").inc()
        elif event.kind is EventKind.REMOVED:
            reason = record.removal or RemovalReason.ERROR
            self._removed.labels(reason.value).inc()
            self._end(self._courses.pop(record.session_id, _Course()), reason)

    def _follow(self, course: _Course, previous: SessionState | None, state: SessionState, at: float) -> None:
        if state is _S.QR_GENERATED:
            course.pairing = True
        elif state is _S.PAIRING_SUCCESS:
            course.tried, course.scanned_at = True, at
        elif state is _S.CONNECTED:
            self._connected(course, at)
        elif state is _S.RECONNECTING:
            course.lost_at, course.reconnecting = at, True
        elif state is _S.DISCONNECTED and previous is _S.CONNECTED:
            course.lost_at = at
        elif state is _S.CONNECTING and previous is _S.DISCONNECTED:
            course.reconnecting = course.lost_at is not None
            self._give_up_pairing(course, "failure")

    def _connected(self, course: _Course, at: float) -> None:
        if course.pairing:
            self._pairings.labels(course.method, "success").inc()
        if course.scanned_at is not None:
            self._link_duration.observe(max(0.0, at - course.scanned_at))
        if course.reconnecting and course.lost_at is not None:
            self._reconnects.labels("success").inc()
            self._reconnect_duration.observe(max(0.0, at - course.lost_at))
        course.pairing, course.tried, course.scanned_at = False, False, None
        course.lost_at, course.reconnecting = None, False

    def _give_up_pairing(self, course: _Course, outcome: str) -> None:
        """Count an attempt that came to nothing: with *outcome* if a phone tried it, as abandoned if none did."""
        if course.pairing:
            self._pairings.labels(course.method, outcome if course.tried or outcome == "expired" else "abandoned").inc()
        course.pairing, course.tried, course.scanned_at = False, False, None

    def _end(self, course: _Course, reason: RemovalReason) -> None:
        outcome = "abandoned" if reason in _ABANDONED else "failure"
        self._give_up_pairing(course, "expired" if reason is RemovalReason.QR_EXPIRED else outcome)
        if course.reconnecting:
            self._reconnects.labels(outcome).inc()
