"""``wadctl top``: the daemon's sessions and workers, live."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import grpc
import typer
from rich.live import Live

from wad.cli import views
from wad.cli.failures import explain
from wad.cli.live_sessions import LiveSessions
from wad.cli.output import OutputOption, people, show
from wad.cli.resuming import PAUSE, passes
from wad.cli.run import started
from wad.cli.text import zone
from wad.cli.top_views import Frame, Order
from wad.v1 import admin_pb2, admin_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Generator

    from wad.cli.run import Run

# ruff: noqa: D301 - \b keeps typer from joining lines

_PATIENCE = 10.0
_REDRAWS = 4  # within an interval at most


def top(
    ctx: typer.Context,
    *,
    sort: Annotated[Order, typer.Option(help="What comes first.")] = Order.SESSION,
    interval: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.1, help="Between two looks at workers and memory.")
    ] = 2,
    once: Annotated[bool, typer.Option("--once", help="Show it once, as where there is no terminal.")] = False,
    output: OutputOption = None,
) -> None:
    """Show sessions and workers live, until interrupted with Ctrl-C.

    Sessions change as soon as something happens to them. What finds no room is counted below. It goes on after a
    restart of the daemon.

    \b
    Examples:
      wadctl top
      wadctl top --sort messages
      wadctl top --once --sort expires | head -20
    """
    run = started(ctx, output)
    with run.channel() as channel:
        if once or not run.on_terminal:
            with LiveSessions(channel, _PATIENCE) as sessions:
                _show_once(run, next(_frames(channel, sessions, sort, interval)))
            return
        with Live(console=people(), screen=True, auto_refresh=False) as screen:
            for frame in _lasting(channel, sort, interval):
                screen.update(frame, refresh=True)


def _lasting(channel: grpc.Channel, order: Order, interval: float) -> Generator[Frame]:
    """Yield what is to be shown, without end: while the daemon restarts that is what was there, with a note."""
    last: Frame | None = None
    while True:
        try:
            with LiveSessions(channel, _PATIENCE) as sessions:
                for frame in _frames(channel, sessions, order, interval):
                    last = frame
                    yield frame
        except grpc.RpcError as error:
            failure = explain(error)
            if last is None or not passes(failure):
                raise
            since = f"{datetime.now().astimezone():%H:%M:%S} {zone()}" if not last.note else last.since
            why = "The daemon is going down" if failure.reason == "DRAINING" else "The daemon gives no answer"
            last = replace(last, note=f"{why} since {since}. Trying again.", since=since)
            yield last
        time.sleep(PAUSE)


def _show_once(run: Run, frame: Frame) -> None:
    if run.for_programs:
        shown = {
            "health": views.as_dict(frame.health),
            "stats": views.as_dict(frame.stats),
            "sessions": [views.as_dict(session) for session in frame.sessions],
        }
        typer.echo(run.output.dump(shown))
    else:
        show(frame)


def _frames(channel: grpc.Channel, sessions: LiveSessions, order: Order, interval: float) -> Generator[Frame]:
    """Yield what is to be shown: at every interval, and soon after something has happened."""
    admin = admin_pb2_grpc.AdminServiceStub(channel)
    while True:
        health = admin.GetHealth(admin_pb2.GetHealthRequest(), timeout=_PATIENCE)
        stats = admin.GetStats(admin_pb2.GetStatsRequest(), timeout=_PATIENCE)
        until = time.monotonic() + interval
        while True:
            yield Frame(health, stats, sessions.now(), order)
            sessions.wait(interval / _REDRAWS)
            if time.monotonic() >= until:
                break
