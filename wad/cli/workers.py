"""``wadctl workers list|drain|replace``: the processes that run the sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from wad.cli import completion, worker_views
from wad.cli.failures import ExitCode
from wad.cli.output import OutputOption  # noqa: TC001 - typer reads it from the annotation
from wad.cli.run import TimeoutOption, started
from wad.v1 import admin_pb2, admin_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wad.cli.run import Run

# ruff: noqa: D301 - \b keeps typer from joining lines

app = typer.Typer(
    no_args_is_help=True, help="Look at, empty and replace the processes that run sessions.", rich_markup_mode=None
)

WorkerArgument = Annotated[
    str,
    typer.Argument(
        metavar="WORKER",
        help="The worker's name; see the list.",
        show_default=False,
        autocompletion=completion.worker_names,
    ),
]


@app.command(name="list")
def list_(ctx: typer.Context, timeout: TimeoutOption = 30, output: OutputOption = None) -> None:
    """List the workers.

    Shows their sessions, what they use, and why one gets no new sessions. SHARE is its part of the memory, where what
    several share is divided among them.

    \b
    Examples:
      wadctl workers list
      wadctl workers list -o json | jq '.workers[] | {worker_id, session_ids}'
      wadctl workers list -o json | jq '[.workers[].usage.proportional_memory_bytes | tonumber] | add'
    """
    run = started(ctx, output)
    with run.channel() as channel:
        request = admin_pb2.ListWorkersRequest()
        response = admin_pb2_grpc.AdminServiceStub(channel).ListWorkers(request, timeout=timeout)
    run.show(response, worker_views.workers_table(response.workers))


@app.command()
def drain(ctx: typer.Context, worker: WorkerArgument, timeout: TimeoutOption = 30, output: OutputOption = None) -> None:
    """Give a worker no new sessions.

    It ends when those that it has are gone. To move them, replace the worker.

    \b
    Examples:
      wadctl workers drain w1
      wadctl workers drain w1 -o json | jq '.worker.session_ids | length'
    """
    run = started(ctx, output)
    with run.channel() as channel:
        request = admin_pb2.DrainWorkerRequest(worker_id=worker)
        response = admin_pb2_grpc.AdminServiceStub(channel).DrainWorker(request, timeout=timeout)
    run.show(response, worker_views.workers_table([response.worker]))


@app.command()
def replace(
    ctx: typer.Context,
    worker: WorkerArgument = "",
    *,
    all_: Annotated[bool, typer.Option("--all", "-a", help="Every worker, one after the other.")] = False,
    timeout: TimeoutOption = 3600,
    output: OutputOption = None,
) -> None:
    """Move the sessions of a worker to others, and end it.

    They move one by one, each offline for about a second. It stops at the first session that does not come up
    elsewhere, and exits with 1 then.

    \b
    Examples:
      wadctl workers replace w1
      wadctl workers replace --all                 # after an upgrade of the engine
      wadctl workers replace --all -o json | jq -c 'select(.move) | .move | [.session_id, .outcome, .duration]'
    """
    run = started(ctx, output)
    if bool(worker) == all_:
        raise typer.BadParameter("name one worker, or say --all", ctx, param_hint="WORKER")
    request = admin_pb2.ReplaceWorkersRequest(all=True) if all_ else admin_pb2.ReplaceWorkersRequest(worker_id=worker)
    with run.channel() as channel:
        code = _follow(run, admin_pb2_grpc.AdminServiceStub(channel).ReplaceWorkers(request, timeout=timeout))
    raise typer.Exit(code)


def _follow(run: Run, steps: Iterable[admin_pb2.ReplaceWorkersResponse]) -> ExitCode:
    code = ExitCode.FAILED
    for step in steps:
        if run.for_programs:
            run.show_one(step)
        else:
            typer.echo(worker_views.step_line(step))
        if step.HasField("summary"):
            code = ExitCode.FAILED if step.summary.failed else ExitCode.OK
    return code
