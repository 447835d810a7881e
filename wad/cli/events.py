"""``wadctl events`` and ``wadctl session watch``: what happens, as it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from wad.cli.options import Type
from wad.cli.output import OutputOption  # noqa: TC001 - likewise
from wad.cli.resuming import resumed
from wad.cli.run import started
from wad.cli.watch_views import WatchLines
from wad.v1 import event_pb2

if TYPE_CHECKING:
    from wad.cli.run import Run

# ruff: noqa: D301 - \b keeps typer from joining lines

TypesOption = Annotated[list[Type] | None, typer.Option("--type", help="Only this type; may be repeated.")]
FromNowOption = Annotated[bool, typer.Option("--from-now", help="Do not show the present sessions first.")]
AfterOption = Annotated[str, typer.Option(metavar="TOKEN", help="Go on after the answer with this token.")]


def events(
    ctx: typer.Context,
    *,
    type_: TypesOption = None,
    from_now: FromNowOption = False,
    after: AfterOption = "",
    output: OutputOption = None,
) -> None:
    """Show whatever happens to sessions and devices, and alerts.

    The present sessions come first. It goes on until it is interrupted, also after a restart of the daemon.

    \b
    Examples:
      wadctl events
      wadctl events --from-now --type alert
      wadctl events -o json | jq -c 'select(.event.removed) | [.event.session.session_id, .event.removed.reason]'
    """
    follow(started(ctx, output), request(type_, from_now=from_now, after=after))


def request(types: list[Type] | None, *, from_now: bool, after: str) -> event_pb2.WatchEventsRequest:
    """Return what these options ask for.

    Raises:
        BadParameter: They contradict each other.
    """
    if from_now and after:
        raise typer.BadParameter("--from-now and --after exclude each other.")
    wanted = event_pb2.WatchEventsRequest(types=[kind.number for kind in types or ()])
    if from_now:
        wanted.from_now.SetInParent()
    elif after:
        wanted.after_token = after
    return wanted


def follow(run: Run, wanted: event_pb2.WatchEventsRequest) -> None:
    """Show what a watch tells, until it is interrupted."""
    lines = WatchLines()
    with run.channel() as channel:
        for response in resumed(channel, wanted, lambda note: typer.echo(f"wadctl: {note}", err=True)):
            if run.for_programs:
                run.show_one(response)
            elif (line := lines.line(response)) is not None:
                typer.echo(line)
