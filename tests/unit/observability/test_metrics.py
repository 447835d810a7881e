"""What the metrics guarantee."""

from __future__ import annotations

from dataclasses import replace
from math import isnan
from typing import TYPE_CHECKING, cast

import anyio
import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from wad.domain.alerts import WATCHED, Alert, AlertState, Thresholds
from wad.domain.devices import Device
from wad.domain.events import MessageReceived
from wad.domain.ids import SessionId
from wad.domain.records import EventKind, LastError, PairingCode, SessionEvent, SessionRecord, SessionView
from wad.domain.states import TRANSITIONS, RemovalReason, SessionState
from wad.engine.observer import Adoption, Restart
from wad.managers.hub import WatchEnd
from wad.managers.messages import Sending
from wad.observability.health import Result
from wad.observability.metrics import Metrics
from wad.observability.rpc_metrics import GRPC_CODES
from wad.observability.snapshot import Snapshot
from wad.observability.worker_metrics import WorkerMetrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from prometheus_client import Metric

S = SessionState
R = RemovalReason

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]

ALPHA = SessionRecord(SessionId("a-very-private-id"), created_at=0.0, last_activity_at=0.0)


class Scraped:
    """Metrics, and what Prometheus would read of them."""

    def __init__(self, snapshot: Snapshot | None = None) -> None:
        self.snapshot = snapshot or Snapshot({}, 50, workers={"ready": 0})
        self.workers = WorkerMetrics()
        self.metrics = Metrics(
            self.workers, lambda: self.snapshot, version="1.2.3", engine_version="0.5.2", custom_upstream=False
        )

    def families(self) -> dict[str, Metric]:
        """Return the families by name, as a parser reads them."""
        body, _ = self.metrics.exposition("")
        return {family.name: family for family in parse_text(body.decode())}

    def samples(self) -> Samples:
        """Return all values."""
        return {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in self.families().values()
            for sample in family.samples
        }

    def value(self, name: str, labels: Mapping[str, str] | None = None) -> float:
        """Return the value of one series, which must exist."""
        return self.samples()[name, frozenset((labels or {}).items())]

    def walk(self, *states: SessionState, seconds: float = 1.0) -> None:
        """Lead the session through *states*, a step every so many *seconds*, beginning at 0."""
        previous: SessionState | None = None
        for step, state in enumerate(states):
            view = SessionView(replace(ALPHA, state=state))
            self.metrics.sessions.publish(SessionEvent(EventKind.STATE_CHANGED, step * seconds, view, previous))
            previous = state

    def remove(self, reason: RemovalReason) -> None:
        """Remove the session."""
        view = SessionView(replace(ALPHA, active=False, removal=reason))
        self.metrics.sessions.publish(SessionEvent(EventKind.REMOVED, 0.0, view))

    def pairings(self) -> dict[str, float]:
        """Return the outcomes of pairing that occurred."""
        return self._occurred("wad_session_pairing_attempts_total", "outcome")

    def reconnects(self) -> dict[str, float]:
        """Return the outcomes of reconnects that occurred."""
        return self._occurred("wad_session_reconnects_total", "outcome")

    def _occurred(self, name: str, label: str) -> dict[str, float]:
        return {
            dict(labels)[label]: value for (found, labels), value in self.samples().items() if found == name and value
        }


@pytest.fixture
def scraped() -> Scraped:
    """Return metrics of a daemon that has done nothing yet."""
    return Scraped()


# ── the exposition ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_metric_is_there_before_anything_happened(scraped: Scraped) -> None:
    """The metrics that rules and dashboards name exist from the first scrape."""
    assert {
        "wad_alert_active",
        "wad_alert_threshold",
        "wad_auth_failures",
        "wad_build_info",
        "wad_cleanup_last_success_timestamp_seconds",
        "wad_cleanup_removed",
        "wad_devices",
        "wad_draining",
        "wad_event_delivery_lag_seconds",
        "wad_event_loop_lag_seconds",
        "wad_events",
        "wad_health_check_status",
        "wad_heartbeats",
        "wad_messages",
        "wad_qr_timers",
        "wad_session_files_bytes",
        "wad_session_link_duration_seconds",
        "wad_session_pairing_attempts",
        "wad_session_reconnect_duration_seconds",
        "wad_session_reconnects",
        "wad_session_state_transitions",
        "wad_session_timers",
        "wad_session_utilization_ratio",
        "wad_sessions",
        "wad_sessions_limit",
        "wad_sessions_removed",
        "wad_state_dir_free_bytes",
        "wad_tls_certificate_expiry_timestamp_seconds",
        "wad_watch_ended",
        "wad_watchers",
        "wad_worker_adoptions",
        "wad_worker_resident_memory_bytes",
        "wad_worker_restarts",
        "wad_worker_start_duration_seconds",
        "wad_workers",
        "grpc_server_started",
        "grpc_server_handled",
        "grpc_server_handling_seconds",
        "process_resident_memory_bytes",
        "process_open_fds",
    } <= scraped.families().keys()


def test_every_series_that_can_be_is_zero_from_the_start(scraped: Scraped) -> None:
    """States, the table's transitions, reasons and event kinds each have their series before they occur."""
    samples = scraped.samples()
    expected: set[tuple[str, frozenset[tuple[str, str]]]] = set()
    expected |= {("wad_sessions", frozenset({("state", state.value)})) for state in S}
    expected |= {("wad_sessions_removed_total", frozenset({("reason", reason.value)})) for reason in R}
    expected |= {("wad_events_total", frozenset({("type", kind.value)})) for kind in EventKind}
    expected |= {("wad_watch_ended_total", frozenset({("reason", end.value)})) for end in WatchEnd}
    expected |= {("wad_heartbeats_total", frozenset({("outcome", end)})) for end in ("answered", "missed")}
    messages = {("received", kind, "success") for kind in ("text", "media", "other")}
    messages |= {("sent", "text", outcome) for outcome in ("success", "failure", "unknown")}
    names = ("direction", "kind", "outcome")
    expected |= {("wad_messages_total", frozenset(zip(names, labels, strict=True))) for labels in messages}
    assert sum(name == "wad_messages_total" for name, _ in samples) == len(messages)
    transitions = {
        ("wad_session_state_transitions_total", frozenset({("from", source.value), ("to", target.value)}))
        for source, targets in TRANSITIONS.items()
        for target in targets
    }
    assert {key for key in samples if key[0] == "wad_session_state_transitions_total"} == transitions
    assert {samples[key] for key in expected | transitions} == {0.0}


def test_heartbeats_count_by_what_became_of_them(scraped: Scraped) -> None:
    """A heartbeat is missed when the count of failed ones has grown, and otherwise was answered."""
    for failed in (0, 1, 2, 0):
        view = SessionView(replace(ALPHA, failed_heartbeats=failed))
        scraped.metrics.sessions.publish(SessionEvent(EventKind.HEARTBEAT, 0.0, view))
    for outcome in ("answered", "missed"):
        assert scraped.value("wad_heartbeats_total", {"outcome": outcome}) == 2


def test_restarts_of_workers_count_by_their_reason() -> None:
    """Every reason that the engine can tell has its series at zero before it occurs, and is counted under its name."""
    workers = WorkerMetrics()
    metrics = Metrics(workers, lambda: Snapshot({}, 1), version="1", engine_version="2", custom_upstream=False)

    def counted() -> dict[str, float]:
        families = {family.name: family for family in parse_text(metrics.exposition("")[0].decode())}
        return {sample.labels["reason"]: sample.value for sample in families["wad_worker_restarts"].samples}

    assert counted() == {reason.value: 0 for reason in Restart}
    for reason in Restart:
        workers.worker_restarted(reason)
    assert counted() == {reason.value: 1 for reason in Restart}


def test_received_messages_count_by_their_kind(scraped: Scraped) -> None:
    """One report of several messages counts each of them."""
    scraped.metrics.messages.received(MessageReceived(1, text=2, other=1))
    counted = {
        kind: scraped.value("wad_messages_total", {"direction": "received", "kind": kind, "outcome": "success"})
        for kind in ("text", "media", "other")
    }
    assert counted == {"text": 2, "media": 0, "other": 1}


def test_every_metric_explains_itself(scraped: Scraped) -> None:
    """Each metric of ours has a help text."""
    ours = [family for name, family in scraped.families().items() if name.startswith(("wad_", "grpc_"))]
    assert [family.name for family in ours if not family.documentation] == []


def test_the_number_of_series_does_not_depend_on_the_number_of_sessions() -> None:
    """One session that lives through everything makes no series, and neither do 500."""
    untouched, one, many = Scraped(), Scraped(), Scraped()
    lead_through_everything(one, 1)
    lead_through_everything(many, 500)
    assert many.samples().keys() == one.samples().keys() == untouched.samples().keys()


def lead_through_everything(scraped: Scraped, sessions: int) -> None:
    """Have many sessions that have everything happen to them that can, with a worker and a watcher each."""
    metrics = scraped.metrics
    scraped.snapshot = Snapshot({S.CONNECTED: sessions}, sessions, workers={"ready": sessions}, watchers=sessions)
    for number in range(sessions):
        record = replace(ALPHA, session_id=SessionId(f"session-{number}"), device=Device.declared("491700000001", "a"))
        for kind in EventKind:
            metrics.sessions.publish(SessionEvent(kind, 0.0, SessionView(record)))
        for source, targets in TRANSITIONS.items():
            for target in targets:
                view = SessionView(replace(record, state=target))
                metrics.sessions.publish(SessionEvent(EventKind.STATE_CHANGED, 0.0, view, source))
        for reason in R:
            view = SessionView(replace(record, removal=reason))
            metrics.sessions.publish(SessionEvent(EventKind.REMOVED, 0.0, view))
        metrics.messages.received(MessageReceived(1, text=2, media=1, other=1))
        for outcome in Sending:
            metrics.messages.sent(outcome)
        metrics.rpc.started("wad.v1.SessionService", f"Method{number}")
        metrics.rpc.ended("wad.v1.SessionService", f"Method{number}", "OK", 0.1)
        metrics.rpc.event_delivered(0.001)
        for restart in Restart:
            scraped.workers.worker_restarted(restart)
        for outcome in Adoption:
            scraped.workers.worker_left_over(outcome)


def test_no_label_holds_a_session(scraped: Scraped) -> None:
    """Whatever happens to a session, its id is in no label and no new kind of label appears."""
    scraped.walk(S.CONNECTING, S.QR_GENERATED, S.PAIRING_SUCCESS, S.SYNCING, S.CONNECTED, S.LOGGED_OUT)
    scraped.remove(R.LOGOUT)
    body, _ = scraped.metrics.exposition("")
    assert ALPHA.session_id not in body.decode()


def test_build_says_what_runs_and_whether_it_is_whatsapp() -> None:
    """The build's labels hold both versions, and a custom server is visible."""
    labels = {"version": "1.2.3", "engine_version": "0.5.2", "upstream": "whatsapp"}
    assert Scraped().value("wad_build_info", labels) == 1
    custom = Metrics(WorkerMetrics(), lambda: Snapshot({}, 1), version="1", engine_version="2", custom_upstream=True)
    assert b'upstream="custom"' in custom.exposition("")[0]


def test_openmetrics_is_given_to_who_asks_for_it(scraped: Scraped) -> None:
    """The format follows the Accept header, and either parses."""
    body, content_type = scraped.metrics.exposition("application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
    assert content_type.startswith("application/openmetrics-text; version=1.0.0")
    parse = cast("Callable[[str], Iterable[Metric]]", openmetrics.text_string_to_metric_families)  # pyright: ignore[reportUnknownMemberType] - untyped
    names = {family.name for family in parse(body.decode())}
    assert "wad_sessions_removed" in names
    assert scraped.metrics.exposition("*/*")[1].startswith("text/plain; version=")


def test_registries_do_not_share_anything() -> None:
    """Two daemons' metrics in one process count apart."""
    first, second = Scraped(), Scraped()
    first.remove(R.IDLE)
    assert second.value("wad_sessions_removed_total", {"reason": "idle"}) == 0


def test_nothing_is_counted_before_the_first_scrape() -> None:
    """Making the metrics does not call for a snapshot, which may need what is made after them."""

    def too_early() -> Snapshot:
        raise AssertionError("called too early")

    Metrics(WorkerMetrics(), too_early, version="1", engine_version="2", custom_upstream=False)


# ── gauges ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_gauges_show_the_present_counts(scraped: Scraped) -> None:
    """Each scrape shows the snapshot of its moment."""
    scraped.snapshot = Snapshot(
        sessions={S.CONNECTED: 30, S.QR_GENERATED: 10},
        sessions_limit=50,
        qr_timers=10,
        session_timers=29,
        workers={"ready": 4, "starting": 0},
        worker_resident_bytes=123_456,
        watchers=7,
        devices=12,
        draining=True,
        certificate_expires_at=1_900_000_000.5,
        free_bytes=1 << 40,
    )
    assert scraped.value("wad_sessions", {"state": "connected"}) == 30
    assert scraped.value("wad_sessions", {"state": "expired"}) == 0
    assert scraped.value("wad_sessions_limit") == 50
    assert scraped.value("wad_session_utilization_ratio") == 0.8
    assert scraped.value("wad_qr_timers") == 10
    assert scraped.value("wad_session_timers") == 29
    assert scraped.value("wad_workers", {"state": "ready"}) == 4
    assert scraped.value("wad_workers", {"state": "starting"}) == 0
    assert scraped.value("wad_worker_resident_memory_bytes") == 123_456
    assert scraped.value("wad_watchers") == 7
    assert scraped.value("wad_devices") == 12
    assert scraped.value("wad_draining") == 1
    assert scraped.value("wad_tls_certificate_expiry_timestamp_seconds") == 1_900_000_000.5
    assert scraped.value("wad_state_dir_free_bytes") == 1 << 40
    scraped.snapshot = Snapshot({}, 0)
    assert scraped.value("wad_session_utilization_ratio") == 0


def test_without_a_certificate_there_is_no_time_at_which_it_expires(scraped: Scraped) -> None:
    """The series is there, and no comparison with it holds."""
    assert isnan(scraped.value("wad_tls_certificate_expiry_timestamp_seconds"))


def test_alerts_and_all_thresholds_are_shown(scraped: Scraped) -> None:
    """An alert is 1 while it is raised; a threshold of 0 is none."""
    raised = AlertState(Alert.MEMORY_HIGH, active=True, threshold=5)
    scraped.metrics.alerts.show([raised], replace(Thresholds(), memory=5, worker_crashes=0))
    shown = {alert: scraped.value("wad_alert_threshold", {"alert": alert.value}) for alert in Alert}
    assert shown[Alert.MEMORY_HIGH] == 5
    assert isnan(shown[Alert.WORKER_CRASH_LOOPING])
    assert {alert: scraped.value("wad_alert_active", {"alert": alert.value}) for alert in WATCHED} == {
        alert: float(alert is Alert.MEMORY_HIGH) for alert in WATCHED
    }


def test_health_checks_are_shown(scraped: Scraped) -> None:
    """A check is 1 while it passes."""
    scraped.metrics.health.show([Result("workers", None), Result("storage", "the disk is full")])
    assert scraped.value("wad_health_check_status", {"check": "workers"}) == 1
    assert scraped.value("wad_health_check_status", {"check": "storage"}) == 0


# ── sessions ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_linking_a_phone_is_one_success(scraped: Scraped) -> None:
    """A scan that leads to a connection counts once, with the time from the scan."""
    scraped.walk(S.CONNECTING, S.QR_GENERATED, S.PAIRING_SUCCESS, S.SYNCING, S.CONNECTED, seconds=0.5)
    assert scraped.pairings() == {"success": 1}
    assert scraped.value("wad_session_link_duration_seconds_sum") == 1.0
    assert scraped.value("wad_session_link_duration_seconds_count") == 1
    assert scraped.reconnects() == {}


def test_a_pairing_counts_by_the_code_that_was_shown_last(scraped: Scraped) -> None:
    """A session that shows a pairing code was linked by it; one whose code went with its client was scanned."""
    code = PairingCode("ABCD-1234", "491700000001", 0, 160)
    shown, scanned = (replace(ALPHA, state=S.QR_GENERATED, session_id=SessionId(name)) for name in ("a", "b"))
    sessions = scraped.metrics.sessions
    for record in (shown, scanned):
        sessions.publish(SessionEvent(EventKind.STATE_CHANGED, 0.0, SessionView(record), S.CONNECTING))
        sessions.publish(SessionEvent(EventKind.PAIRING_CODE_ISSUED, 0.0, SessionView(record, pairing_code=code)))
    sessions.publish(SessionEvent(EventKind.QR_ISSUED, 0.0, SessionView(scanned)))
    for record in (shown, scanned):
        connected = SessionView(replace(record, state=S.CONNECTED))
        sessions.publish(SessionEvent(EventKind.STATE_CHANGED, 1.0, connected, S.SYNCING))
    for method in ("code", "qr"):
        assert scraped.value("wad_session_pairing_attempts_total", {"method": method, "outcome": "success"}) == 1


def test_stored_credentials_are_no_pairing(scraped: Scraped) -> None:
    """A session that connects without a QR counts neither as linked nor as reconnected."""
    scraped.walk(S.CONNECTING, S.CONNECTED)
    assert (scraped.pairings(), scraped.reconnects()) == ({}, {})


@pytest.mark.parametrize("reason", sorted(R))
def test_qr_that_nobody_scanned_is_no_failure(scraped: Scraped, reason: RemovalReason) -> None:
    """Why ever a session goes whose QR no phone has tried, its attempt was abandoned, or its time was up."""
    scraped.walk(S.CONNECTING, S.QR_GENERATED, S.DISCONNECTED)
    scraped.remove(reason)
    assert scraped.pairings() == {"expired" if reason is R.QR_EXPIRED else "abandoned": 1}


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        (R.MANUAL, "abandoned"),
        (R.SHUTDOWN, "abandoned"),
        (R.CONNECTION_ERROR, "failure"),
        (R.ERROR, "failure"),
        (R.STUCK, "failure"),
    ],
)
def test_scanned_qr_ends_as_its_session_ends(scraped: Scraped, reason: RemovalReason, outcome: str) -> None:
    """A removal after a phone has tried decides the attempt's outcome."""
    scraped.walk(S.CONNECTING, S.QR_GENERATED, S.PAIRING_SUCCESS, S.DISCONNECTED)
    scraped.remove(reason)
    assert scraped.pairings() == {outcome: 1}


def test_scan_that_whatsapp_refuses_is_a_failure(scraped: Scraped) -> None:
    """A phone that tries and is refused counts as a failure, though the session never got beyond its QR."""
    refused, cause = replace(ALPHA, state=S.DISCONNECTED), LastError("PAIRING_FAILED", "refused", 2.0)
    scraped.walk(S.CONNECTING, S.QR_GENERATED)
    scraped.metrics.sessions.publish(
        SessionEvent(EventKind.STATE_CHANGED, 2.0, SessionView(refused), S.QR_GENERATED, cause)
    )
    scraped.remove(R.CONNECTION_ERROR)
    assert scraped.pairings() == {"failure": 1}


def test_pairing_that_must_begin_anew_has_failed(scraped: Scraped) -> None:
    """A scan that fell back to a new connection is a failure, one without a scan is none, and the next one counts."""
    again = (S.DISCONNECTED, S.CONNECTING, S.QR_GENERATED)
    scraped.walk(S.CONNECTING, S.QR_GENERATED, S.PAIRING_SUCCESS, *again, *again, S.PAIRING_SUCCESS, S.CONNECTED)
    assert scraped.pairings() == {"failure": 1, "abandoned": 1, "success": 1}


def test_restored_connection_is_one_reconnect(scraped: Scraped) -> None:
    """A loss that the engine mends counts once, with its duration."""
    scraped.walk(S.CONNECTING, S.CONNECTED, S.RECONNECTING, S.CONNECTED, seconds=3)
    assert scraped.reconnects() == {"success": 1}
    assert scraped.value("wad_session_reconnect_duration_seconds_sum") == 3


def test_restoration_over_several_attempts_is_one_reconnect(scraped: Scraped) -> None:
    """A loss that is mended after attempts of our own counts once, from the loss on."""
    scraped.walk(S.CONNECTED, S.DISCONNECTED, S.CONNECTING, S.DISCONNECTED, S.CONNECTING, S.CONNECTED)
    assert scraped.reconnects() == {"success": 1}
    assert scraped.value("wad_session_reconnect_duration_seconds_sum") == 4


def test_loss_that_is_never_mended_is_a_failure(scraped: Scraped) -> None:
    """A session that is given up while it reconnects counts as a failed reconnect."""
    scraped.walk(S.CONNECTED, S.RECONNECTING, S.DISCONNECTED)
    scraped.remove(R.CONNECTION_ERROR)
    assert scraped.reconnects() == {"failure": 1}


def test_end_of_a_connected_session_is_no_reconnect(scraped: Scraped) -> None:
    """A connection that ends because its session ends was not lost."""
    scraped.walk(S.CONNECTING, S.CONNECTED, S.DISCONNECTED)
    scraped.remove(R.SHUTDOWN)
    assert scraped.reconnects() == {}
    assert scraped.value("wad_sessions_removed_total", {"reason": "shutdown"}) == 1


def test_backward_clock_does_not_break_the_durations(scraped: Scraped) -> None:
    """A wall clock that was set back gives a duration of 0, not a negative one."""
    scraped.walk(S.CONNECTED, S.RECONNECTING, S.CONNECTED, seconds=-60)
    assert scraped.value("wad_session_reconnect_duration_seconds_sum") == 0


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b"]), st.none() | st.sampled_from(S), st.sampled_from(S) | st.sampled_from(R)),
        max_size=30,
    )
)
def test_no_event_breaks_the_counting(
    steps: list[tuple[str, SessionState | None, SessionState | RemovalReason]],
) -> None:
    """Whatever events come in whatever order, each is counted once, and nothing is kept of removed sessions."""
    scraped = Scraped()
    for name, previous, what in steps:
        record = replace(ALPHA, session_id=SessionId(name))
        if isinstance(what, SessionState):
            event = SessionEvent(EventKind.STATE_CHANGED, 0.0, SessionView(replace(record, state=what)), previous)
        else:
            event = SessionEvent(EventKind.REMOVED, 0.0, SessionView(replace(record, removal=what)))
        scraped.metrics.sessions.publish(event)
    for name in ("a", "b"):
        record = replace(ALPHA, session_id=SessionId(name), removal=R.IDLE)
        scraped.metrics.sessions.publish(SessionEvent(EventKind.REMOVED, 0.0, SessionView(record)))
    counted = sum(value for (name, _), value in scraped.samples().items() if name == "wad_events_total")
    assert counted == len(steps) + 2
    assert scraped.metrics.sessions._courses == {}  # pyright: ignore[reportPrivateUsage] - what must not leak


# ── calls ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_statuses_are_those_of_grpc() -> None:
    """No status is missing, so that each has its series."""
    assert set(GRPC_CODES) == {code.name for code in grpc.StatusCode}


def test_registered_method_has_all_its_series(scraped: Scraped) -> None:
    """Before its first call a method counts 0 of every status."""
    scraped.metrics.rpc.register("wad.v1.SessionService", "GetSession")
    labels = {"grpc_service": "wad.v1.SessionService", "grpc_method": "GetSession"}
    assert scraped.value("grpc_server_started_total", labels) == 0
    assert scraped.value("grpc_server_handling_seconds_count", labels) == 0
    for code in GRPC_CODES:
        assert scraped.value("grpc_server_handled_total", {**labels, "grpc_code": code}) == 0


def test_calls_are_counted(scraped: Scraped) -> None:
    """A call counts at its beginning, and at its end with status and duration."""
    scraped.metrics.rpc.register("S", "M")
    labels = {"grpc_service": "S", "grpc_method": "M"}
    scraped.metrics.rpc.started("S", "M")
    assert scraped.value("grpc_server_started_total", labels) == 1
    scraped.metrics.rpc.ended("S", "M", "NOT_FOUND", 0.5)
    assert scraped.value("grpc_server_handled_total", {**labels, "grpc_code": "NOT_FOUND"}) == 1
    assert scraped.value("grpc_server_handling_seconds_sum", labels) == 0.5


def test_strangers_calls_make_no_series_of_their_own(scraped: Scraped) -> None:
    """However many methods that do not exist are called, they are counted as one."""
    for number in range(20):
        scraped.metrics.rpc.started("evil", f"Method{number}")
        scraped.metrics.rpc.ended("evil", f"Method{number}", f"CODE{number}", 0)
    labels = {"grpc_service": "unknown", "grpc_method": "unknown"}
    assert scraped.value("grpc_server_handled_total", {**labels, "grpc_code": "UNKNOWN"}) == 20
    assert [key for key in scraped.samples() if "evil" in str(key)] == []


@pytest.mark.anyio
async def test_lag_of_the_event_loop_is_measured(scraped: Scraped, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop is asked for a timer again and again, and its lateness is recorded."""
    monkeypatch.setattr("wad.observability.metrics.LAG_INTERVAL", 0.001)

    class Late:
        """A clock on which each timer is half a second late."""

        def __init__(self) -> None:
            self.now = 0.0

        def monotonic(self) -> float:
            self.now += 0.501
            return self.now

        def wall(self) -> float:
            return 0.0

        async def sleep(self, seconds: float) -> None:
            await anyio.sleep(seconds)

    with anyio.fail_after(30):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(scraped.metrics.watch_loop, Late())
            while scraped.value("wad_event_loop_lag_seconds_count") < 3:
                await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()
    labels = {"le": "0.25"}
    assert scraped.value("wad_event_loop_lag_seconds_bucket", labels) == 0
    assert scraped.value("wad_event_loop_lag_seconds_bucket", {"le": "0.5"}) >= 3
