"""``wadctl drain``: makes the daemon ready to be stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from wad.cli.failures import ExitCode
from wad.cli.output import OutputOption  # noqa: TC001 - typer reads it from the annotation
from wad.cli.run import TimeoutOption, started
from wad.cli.text import counted
from wad.v1 import admin_pb2, admin_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wad.cli.run import Run

# ruff: noqa: D301 - \b keeps typer from joining lines

_BAR = (SpinnerColumn(), BarColumn(bar_width=24), TextColumn("{task.description}"))


def drain(
    ctx: typer.Context,
    *,
    close_sessions: Annotated[
        bool, typer.Option("--close-sessions", help="Also close every session; the next start reconnects them.")
    ] = False,
    timeout: TimeoutOption = 3600,
    output: OutputOption = None,
) -> None:
    """Make the daemon ready to be stopped.

    It takes no more work, ends its streams, and finishes what is under way. Exits with 0 once nothing is left to wait
    for. The drain goes on when this command is interrupted; only a restart of the daemon takes it back.

    \b
    Examples:
      wadctl drain && systemctl restart wad        # sessions stay connected
      wadctl drain --close-sessions && systemctl stop wad
      wadctl drain -o json | jq -r .phase
    """
    run = started(ctx, output)
    request = admin_pb2.DrainRequest(close_sessions=close_sessions)
    with run.channel() as channel:
        code = _follow(run, admin_pb2_grpc.AdminServiceStub(channel).Drain(request, timeout=timeout))
    raise typer.Exit(code)


def _follow(run: Run, steps: Iterable[admin_pb2.DrainResponse]) -> ExitCode:
    code = ExitCode.FAILED
    console = Console(highlight=False)
    shown = console.is_terminal and not run.for_programs
    most = 0
    with Progress(*_BAR, console=console, transient=True, disable=not shown) as progress:
        bar = progress.add_task("Draining…", total=None)
        for step in steps:
            if step.phase == admin_pb2.DRAIN_PHASE_DRAINED:
                code = ExitCode.OK
            if run.for_programs:
                run.show_one(step)
            elif not shown or code is ExitCode.OK:
                console.print(_line(step), soft_wrap=True)
            else:
                most = max(most, step.sessions_left)
                closing = step.phase == admin_pb2.DRAIN_PHASE_CLOSING_SESSIONS
                total, done = (most, most - step.sessions_left) if closing else (None, 0)
                progress.update(bar, description=_line(step), total=total, completed=done)
    return code


def _line(step: admin_pb2.DrainResponse) -> str:
    sessions = counted(step.sessions_left, "session")
    match step.phase:
        case admin_pb2.DRAIN_PHASE_FINISHING_CALLS:
            return f"Waiting for {counted(step.calls_left, 'call')} under way; {sessions} live."
        case admin_pb2.DRAIN_PHASE_CLOSING_SESSIONS:
            return f"Closing sessions: {sessions} left."
        case _:
            seconds = step.elapsed.seconds + step.elapsed.nanos / 1e9
            return f"Drained after {seconds:.1f} s; {sessions} live. The daemon can be stopped."
