"""Generate the Grafana dashboards from the panels below, or check that those that are checked in are not stale."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grafana_foundation_sdk.builders import common, prometheus, stat, timeseries
from grafana_foundation_sdk.builders import dashboard as grafana
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import GraphDrawStyle, LegendDisplayMode, StackingMode
from grafana_foundation_sdk.models.dashboard import DashboardCursorSync, DashboardLinkType, DataSourceRef

if TYPE_CHECKING:
    from grafana_foundation_sdk.models.dashboard import Dashboard

TARGET = Path(__file__).resolve().parent.parent / "wad" / "monitoring" / "dashboards"

D = 'job=~"$job", instance=~"$instance"'
"""Chooses the daemons that a dashboard shows."""


@dataclass(frozen=True)
class Panel:
    """One panel.

    Attributes:
        title: What it shows.
        unit: Grafana's name of its unit.
        queries: PromQL, each with the legend of its series.
        kind: ``lines``, ``stack`` for parts of a sum, ``number`` for the present value alone.
        note: What is worth knowing of it.
    """

    title: str
    unit: str
    queries: dict[str, str]
    kind: str = "lines"
    note: str = ""


def rate(metric: str, by: str = "", more: str = "") -> str:
    """Return the rate of a counter, summed up but for the labels *by*."""
    labels = ", ".join(filter(None, (D, more)))
    return f"sum by ({by}) (rate({metric}{{{labels}}}[$__rate_interval]))"


def quantile(part: float, metric: str, by: str = "", more: str = "") -> str:
    """Return a quantile of a histogram."""
    return f"histogram_quantile({part}, {rate(f'{metric}_bucket', f'{by}, le' if by else 'le', more)})"


def quantiles(metric: str, more: str = "") -> dict[str, str]:
    """Return the median and the slow end of a histogram."""
    return {quantile(part, metric, more=more): f"p{part * 100:g}" for part in (0.5, 0.95, 0.99)}


def threshold(alert: str) -> dict[str, str]:
    """Return the configured threshold of an alert."""
    return {f'min by (alert) (wad_alert_threshold{{{D}, alert="{alert}"}})': "threshold"}


OVERVIEW = (
    Panel("Daemons up", "short", {f"sum(up{{{D}}})": "up"}, "number"),
    Panel("Ready", "short", {f'min(wad_health_check_status{{{D}, check=~"serving|workers"}})': "ready"}, "number"),
    Panel("Live sessions", "short", {f"sum(wad_sessions{{{D}}})": "sessions"}, "number"),
    Panel("Connected", "short", {f'sum(wad_sessions{{{D}, state="connected"}})': "connected"}, "number"),
    Panel("Taken now", "percentunit", {f"max(wad_session_utilization_ratio{{{D}}})": "taken"}, "number"),
    Panel(
        "Alerts firing",
        "short",
        {'count(ALERTS{alertname=~"Wad.*", alertstate="firing"}) or vector(0)': "firing"},
        "number",
        "Of the rules for Prometheus; the daemon's own are below.",
    ),
    Panel("Sessions by state", "short", {f"sum by (state) (wad_sessions{{{D}}})": "{{state}}"}, "stack"),
    Panel(
        "Places taken",
        "percentunit",
        {f"max(wad_session_utilization_ratio{{{D}}})": "taken"} | threshold("WadSessionUtilizationHigh"),
    ),
    Panel(
        "Attempts to link a phone",
        "ops",
        {rate("wad_session_pairing_attempts_total", "method, outcome"): "{{method}} {{outcome}}"},
        note="Expired: nobody scanned the QR in time. Failure: somebody did, or tried to, in vain.",
    ),
    Panel("From the scan to the connection", "s", quantiles("wad_session_link_duration_seconds")),
    Panel("Lost connections", "ops", {rate("wad_session_reconnects_total", "outcome"): "{{outcome}}"}),
    Panel("From the loss to the restoration", "s", quantiles("wad_session_reconnect_duration_seconds")),
    Panel("Sessions removed", "ops", {rate("wad_sessions_removed_total", "reason"): "{{reason}}"}),
    Panel(
        "Changes of state",
        "ops",
        {rate("wad_session_state_transitions_total", "to"): "to {{to}}"},
    ),
    Panel(
        "Messages",
        "ops",
        {rate("wad_messages_total", "direction, kind, outcome"): "{{direction}} {{kind}} {{outcome}}"},
    ),
    Panel("Heartbeats", "ops", {rate("wad_heartbeats_total", "outcome"): "{{outcome}}"}),
    Panel(
        "Timers and devices",
        "short",
        {
            f"sum(wad_qr_timers{{{D}}})": "QR timers",
            f"sum(wad_session_timers{{{D}}})": "session timers",
            f"sum(wad_devices{{{D}}})": "devices",
        },
    ),
    Panel(
        "Health checks", "short", {f"min by (check) (wad_health_check_status{{{D}}})": "{{check}}"}, note="1 passes."
    ),
    Panel("Alerts that the daemon raised", "short", {f"max by (alert) (wad_alert_active{{{D}}})": "{{alert}}"}),
    Panel(
        "Versions",
        "short",
        {f"wad_build_info{{{D}}}": "{{instance}} {{version}} engine {{engine_version}} {{upstream}}"},
    ),
)
API = (
    Panel("Calls by method", "reqps", {rate("grpc_server_handled_total", "grpc_method"): "{{grpc_method}}"}, "stack"),
    Panel("Calls by status", "reqps", {rate("grpc_server_handled_total", "grpc_code"): "{{grpc_code}}"}, "stack"),
    Panel(
        "Calls that fail by the daemon's fault",
        "percentunit",
        {
            rate("grpc_server_handled_total", more='grpc_code=~"UNKNOWN|INTERNAL|DATA_LOSS|UNAVAILABLE"')
            + " / "
            + rate("grpc_server_handled_total"): "failing"
        }
        | threshold("WadGrpcErrors"),
    ),
    Panel(
        "Time that calls take which only look something up",
        "s",
        quantiles("grpc_server_handling_seconds", 'grpc_method=~"(Get|List|Touch|Heartbeat).*"')
        | threshold("WadGrpcSlow"),
    ),
    Panel(
        "The slow end by method (p95)",
        "s",
        {quantile(0.95, "grpc_server_handling_seconds", "grpc_method"): "{{grpc_method}}"},
        note="LinkSession, LinkDevice and WatchEvents last as long as their callers wish.",
    ),
    Panel(
        "Calls under way",
        "short",
        {
            f"sum by (grpc_method) (grpc_server_started_total{{{D}}})"
            f" - sum by (grpc_method) (grpc_server_handled_total{{{D}}})": "{{grpc_method}}"
        },
    ),
    Panel(
        "Watchers", "short", {f"sum(wad_watchers{{{D}}})": "open", f"sum(wad_draining{{{D}}})": "daemons that drain"}
    ),
    Panel("Watches ended", "ops", {rate("wad_watch_ended_total", "reason"): "{{reason}}"}),
    Panel("Events", "ops", {rate("wad_events_total", "type"): "{{type}}"}, "stack"),
    Panel("From an event to its watchers", "s", quantiles("wad_event_delivery_lag_seconds")),
    Panel("Callers not recognised", "ops", {rate("wad_auth_failures_total", "mechanism"): "{{mechanism}}"}),
)
WORKERS = (
    Panel("Workers by state", "short", {f"sum by (state) (wad_workers{{{D}}})": "{{state}}"}, "stack"),
    Panel("Sessions for each worker", "short", {f"sum(wad_sessions{{{D}}}) / sum(wad_workers{{{D}}})": "sessions"}),
    Panel(
        "Memory",
        "bytes",
        {
            f"sum(wad_worker_resident_memory_bytes{{{D}}})": "workers",
            f"sum(process_resident_memory_bytes{{{D}}})": "daemon",
        }
        | threshold("WadMemoryHigh"),
    ),
    Panel(
        "Memory for each session",
        "bytes",
        {f"sum(wad_worker_resident_memory_bytes{{{D}}}) / sum(wad_sessions{{{D}}})": "bytes"},
    ),
    Panel(
        "Workers that were restarted",
        "short",
        {f"sum by (reason) (increase(wad_worker_restarts_total{{{D}}}[10m]))": "{{reason}}"}
        | threshold("WadWorkerCrashLooping"),
        note="Within ten minutes.",
    ),
    Panel(
        "Workers taken over from an earlier daemon",
        "short",
        {f"sum by (outcome) (wad_worker_adoptions_total{{{D}}})": "{{outcome}}"},
    ),
    Panel("Time until a worker is ready", "s", quantiles("wad_worker_start_duration_seconds")),
)
HOST = (
    Panel("Up for", "s", {f"time() - process_start_time_seconds{{{D}}}": "{{instance}}"}, "number"),
    Panel("Free now", "bytes", {f"min(wad_state_dir_free_bytes{{{D}}})": "free"}, "number"),
    Panel(
        "Certificate expires in",
        "s",
        {f"min(wad_tls_certificate_expiry_timestamp_seconds{{{D}}}) - time()": "left"},
        "number",
        "Nothing without TLS.",
    ),
    Panel("CPU of the daemon", "percentunit", {rate("process_cpu_seconds_total", "instance"): "{{instance}}"}),
    Panel("Memory of the daemon", "bytes", {f"process_resident_memory_bytes{{{D}}}": "{{instance}}"}),
    Panel(
        "Open descriptors",
        "short",
        {f"process_open_fds{{{D}}}": "{{instance}}", f"min(process_max_fds{{{D}}})": "limit"},
    ),
    Panel(
        "Lateness of the event loop", "s", quantiles("wad_event_loop_lag_seconds") | threshold("WadEventLoopLagging")
    ),
    Panel(
        "Free for sessions",
        "bytes",
        {f"min(wad_state_dir_free_bytes{{{D}}})": "free"} | threshold("WadStateDirFillingUp"),
    ),
    Panel("Session files", "bytes", {f"sum(wad_session_files_bytes{{{D}}})": "bytes"}),
    Panel(
        "Since the last sweep that succeeded",
        "s",
        {
            f"time() - max(wad_cleanup_last_success_timestamp_seconds{{{D}}} > 0"
            f" or process_start_time_seconds{{{D}}})": "age"
        }
        | threshold("WadCleanupStale"),
    ),
    Panel("Taken away by sweeps", "short", {f"sum by (what) (wad_cleanup_removed_total{{{D}}})": "{{what}}"}),
)
DASHBOARDS = {"overview": OVERVIEW, "api": API, "workers": WORKERS, "host": HOST}

_SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
_SPANS = {"number": (4, 4), "lines": (12, 8), "stack": (12, 8)}


def _panel(panel: Panel) -> stat.Panel | timeseries.Panel:
    built = stat.Panel() if panel.kind == "number" else _lines(stacked=panel.kind == "stack")
    width, height = _SPANS[panel.kind]
    built.title(panel.title).description(panel.note).unit(panel.unit).datasource(_SOURCE).span(width).height(height)
    for place, (query, legend) in enumerate(panel.queries.items()):
        target = prometheus.Dataquery().expr(query).legend_format(legend).ref_id(chr(ord("A") + place))
        built.with_target(target.instant() if panel.kind == "number" else target.range())
    return built


def _lines(*, stacked: bool) -> timeseries.Panel:
    legend = (
        common.VizLegendOptions()
        .display_mode(LegendDisplayMode.TABLE)
        .calcs(["lastNotNull", "max"])
        .show_legend(show_legend=True)
    )
    lines = timeseries.Panel().min(0).draw_style(GraphDrawStyle.LINE).legend(legend)
    if stacked:
        lines.fill_opacity(30).stacking(common.StackingConfig().mode(StackingMode.NORMAL))
    return lines


def dashboard(name: str) -> Dashboard:
    """Return the dashboard of that name."""
    title = "API" if name == "api" else name
    built = (
        grafana.Dashboard(f"wad: {title}")
        .uid(f"wad-{name}")
        .tags(["wad"])
        .time("now-1h", "now")
        .refresh("30s")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .link(grafana.DashboardLink("wad").type(DashboardLinkType.DASHBOARDS).tags(["wad"]).keep_time(keep_time=True))
        .with_variable(grafana.DatasourceVariable("datasource").type("prometheus"))
    )
    for label in ("job", "instance"):
        built.with_variable(
            grafana.QueryVariable(label)
            .datasource(_SOURCE)
            .query(f"label_values(wad_build_info, {label})")
            .multi(multi=True)
            .include_all(include_all=True)
            .all_value(".*")
        )
    for panel in DASHBOARDS[name]:
        built.with_panel(_panel(panel))
    return built.build()


def main() -> None:
    """Write the dashboards, or with ``--check`` only compare them."""
    fresh = {TARGET / f"{name}.json": JSONEncoder(indent=2).encode(dashboard(name)) + "\n" for name in DASHBOARDS}
    if "--check" not in sys.argv:
        for path, content in fresh.items():
            path.write_text(content)
        return
    present = {path: path.read_text() for path in TARGET.glob("*.json")}
    if fresh != present:
        raise SystemExit("The dashboards are stale; run `make dashboards` and commit.")


if __name__ == "__main__":
    main()
