"""``wadctl drain``: makes the daemon ready to be stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from wad.cli import views
from wad.cli.failures import ExitCode
from wad.cli.run import OutputOption, TimeoutOption, started
from wad.v1 import admin_pb2, admin_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wad.cli.run import Run

# ruff: noqa: D301 - \b keeps typer from joining lines


def drain(
    ctx: typer.Context,
    *,
    close_sessions: Annotated[
        bool, typer.Option("--close-sessions", help="Also close every session; the next start reconnects them.")
    ] = False,
    timeout: TimeoutOption = 3600,
    output: OutputOption = None,
) -> None:
    """Make the daemon ready to be stopped: it takes no more work, ends its streams, and finishes what is under way.

    Exits with 0 once nothing is left to wait for. The drain goes on when this command is interrupted; only a restart of
    the daemon takes it back.

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
    with console.status("Draining…") as line:  # shows nothing where there is no terminal
        for step in steps:
            if step.phase == admin_pb2.DRAIN_PHASE_DRAINED:
                code = ExitCode.OK
            if run.json:
                typer.echo(views.as_json(step, one_line=True))
            elif console.is_terminal and code is not ExitCode.OK:
                line.update(_line(step))
            else:
                console.print(_line(step), soft_wrap=True)
    return code


def _line(step: admin_pb2.DrainResponse) -> str:
    sessions = "1 session" if step.sessions_left == 1 else f"{step.sessions_left} sessions"
    match step.phase:
        case admin_pb2.DRAIN_PHASE_FINISHING_CALLS:
            calls = "1 call" if step.calls_left == 1 else f"{step.calls_left} calls"
            return f"Waiting for {calls} under way; {sessions} live."
        case admin_pb2.DRAIN_PHASE_CLOSING_SESSIONS:
            return f"Closing sessions: {sessions} left."
        case _:
            seconds = step.elapsed.seconds + step.elapsed.nanos / 1e9
            return f"Drained after {seconds:.1f} s; {sessions} live. The daemon can be stopped."
