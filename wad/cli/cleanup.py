"""``wadctl cleanup run|start|stop`` and ``wadctl stats``: the sweep, and the daemon's counts."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from wad.cli import upkeep_views
from wad.cli.output import OutputOption  # noqa: TC001 - typer reads it from the annotation
from wad.cli.run import TimeoutOption, started
from wad.v1 import admin_pb2, admin_pb2_grpc

# ruff: noqa: D301 - \b keeps typer from joining lines

app = typer.Typer(
    no_args_is_help=True,
    help="Sweep: end expired sessions, purge the trash.",
    rich_markup_mode=None,
)


@app.command()
def run(
    ctx: typer.Context,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    timeout: TimeoutOption = 120,
    output: OutputOption = None,
) -> None:
    """Sweep now, and show what was done and why.

    \b
    Examples:
      wadctl cleanup run --dry-run
      wadctl cleanup run -o json | jq .report.unknown_directories
    """
    this = started(ctx, output)
    with this.channel() as channel, Console(stderr=True).status("Sweeping…"):  # shows nothing without a terminal
        request = admin_pb2.RunCleanupRequest(dry_run=dry_run)
        response = admin_pb2_grpc.AdminServiceStub(channel).RunCleanup(request, timeout=timeout)
    this.show(response, upkeep_views.cleanup_report(response.report))


@app.command()
def start(ctx: typer.Context, timeout: TimeoutOption = 10, output: OutputOption = None) -> None:
    """Have the daemon sweep at every interval again.

    \b
    Examples:
      wadctl cleanup start
    """
    this = started(ctx, output)
    with this.channel() as channel:
        request = admin_pb2.StartCleanupSchedulerRequest()
        response = admin_pb2_grpc.AdminServiceStub(channel).StartCleanupScheduler(request, timeout=timeout)
    this.show(response, upkeep_views.scheduler(response.cleanup))


@app.command()
def stop(ctx: typer.Context, timeout: TimeoutOption = 10, output: OutputOption = None) -> None:
    """Have the daemon sweep no more by itself.

    That holds until it is started again, or the daemon is restarted.

    \b
    Examples:
      wadctl cleanup stop
    """
    this = started(ctx, output)
    with this.channel() as channel:
        request = admin_pb2.StopCleanupSchedulerRequest()
        response = admin_pb2_grpc.AdminServiceStub(channel).StopCleanupScheduler(request, timeout=timeout)
    this.show(response, upkeep_views.scheduler(response.cleanup))


def stats(ctx: typer.Context, timeout: TimeoutOption = 10, output: OutputOption = None) -> None:
    """Show the daemon's counts.

    These are sessions, limits, workers, timers, watchers, and the sweep.

    \b
    Examples:
      wadctl stats
      wadctl stats -o json | jq '.workers[] | {pid, sessions}'
    """
    this = started(ctx, output)
    with this.channel() as channel:
        response = admin_pb2_grpc.AdminServiceStub(channel).GetStats(admin_pb2.GetStatsRequest(), timeout=timeout)
    this.show(response, upkeep_views.stats(response))
