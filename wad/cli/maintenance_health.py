"""``wad health-report``."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import typer
from rich.console import Console

from wad.cli.failures import ExitCode
from wad.cli.maintenance_daemon import Live, ask
from wad.cli.maintenance_run import placed
from wad.cli.text import age, counted, printable, size
from wad.cli.views import state_name
from wad.domain.directories import Holding
from wad.maintenance.health import Daemon, HealthReport, report
from wad.v1 import admin_pb2, session_pb2

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wad.cli.maintenance_run import Places
    from wad.cli.output import Output

_LOST: Final = frozenset({session_pb2.SESSION_STATE_DISCONNECTED, session_pb2.SESSION_STATE_RECONNECTING})


def run_health_report(load: Callable[[Path | None], Places], config: Path | None, output: Output) -> None:
    """Report, and end the command with its exit code."""
    with placed(load, config, output) as places:
        live = ask(places.socket)
        found = report(places.custody, places.records, _daemon(live) if isinstance(live, Live) else live)
        if output.for_programs:
            typer.echo(output.dump(_as_json(found, places, time.time())))
        else:
            _show(found, places)
    raise typer.Exit(ExitCode.FAILED if found.findings else ExitCode.OK)


def _daemon(live: Live) -> Daemon:
    health = live.health
    return Daemon(
        status=admin_pb2.HealthStatus.Name(health.status).removeprefix("HEALTH_STATUS_").lower(),
        version=health.version,
        uptime=health.uptime.seconds + health.uptime.nanos / 1e9,
        active=health.sessions.active,
        limit=health.sessions.limit,
        qr_timers=health.sessions.qr_timers,
        session_timers=health.sessions.session_timers,
        memory=health.resident_memory_bytes,
        states={state_name(count.state): count.sessions for count in health.sessions.states if count.sessions},
        failed_checks=[f"{check.name}: {check.message}" for check in health.checks if not check.ok],
        disconnected=[s.session_id for s in live.sessions if s.HasField("user") and s.state in _LOST],
    )


def _as_json(found: HealthReport, places: Places, now: float) -> dict[str, Any]:
    facts = found.survey.directories
    daemon = found.daemon
    return {
        "status": "findings" if found.findings else "ok",
        "timestamp": now,
        "findings": list(found.findings),
        "sessions_dir": str(places.sessions_dir),
        "directories": [
            {
                "session_id": fact.session_id,
                "age_seconds": round(max(0.0, now - fact.changed_at), 3),
                "size_bytes": fact.size,
                "holding": fact.holding,
                "in_use": fact.in_use,
            }
            for fact in facts
        ],
        "size_bytes": sum(fact.size for fact in facts),
        "trash": {"entries": found.trash[0], "size_bytes": found.trash[1]},
        "disk": {"free_bytes": found.disk.free, "total_bytes": found.disk.total},
        "registry": {"sessions": len(found.records), "active": sum(found.records.values())},
        "daemon": {"error": daemon} if isinstance(daemon, str) else asdict(daemon),
    }


def _show(found: HealthReport, places: Places) -> None:
    facts = found.survey.directories
    held = ", ".join(f"{sum(f.holding is kind for f in facts)} {kind}" for kind in Holding)
    console = Console(highlight=False, markup=False, soft_wrap=True)
    console.print(f"Session directory: {places.sessions_dir}")
    console.print(f"Directories: {len(facts)} ({held}), {sum(fact.in_use for fact in facts)} in use")
    console.print(f"Size: {size(sum(fact.size for fact in facts))}")
    console.print(f"Trash: {counted(found.trash[0], 'entry', 'entries')}, {size(found.trash[1])}")
    console.print(f"Disk: {size(found.disk.free)} free of {size(found.disk.total)}")
    console.print(f"Registry: {counted(len(found.records), 'session')}, {sum(found.records.values())} in service")
    if not isinstance(found.daemon, str):  # else the findings say why
        _show_daemon(found.daemon, console)
    for finding in found.findings:
        console.print(f"! {printable(finding)}", style="yellow")
    console.print("Healthy." if not found.findings else f"{counted(len(found.findings), 'finding')}.", style="bold")


def _show_daemon(daemon: Daemon, console: Console) -> None:
    states = ", ".join(f"{count} {state}" for state, count in daemon.states.items())
    console.print(f"Daemon: {daemon.status}, version {printable(daemon.version)}, up {age(daemon.uptime)}")
    console.print(
        f"Sessions: {daemon.active} of {daemon.limit} ({daemon.utilization:.0%})" + (f": {states}" if states else "")
    )
    console.print(f"Timers: {daemon.qr_timers} QR, {daemon.session_timers} session; memory {size(daemon.memory)}")
