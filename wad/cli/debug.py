"""``wadctl debug``: what the daemon is doing, for whoever looks for a fault in it."""

from __future__ import annotations

from collections import defaultdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group
from rich.text import Text

from wad.cli import worker_views
from wad.cli.listing import Column, Listing
from wad.cli.output import OutputOption  # noqa: TC001 - typer reads it from the annotation
from wad.cli.run import TimeoutOption, started
from wad.cli.text import printable
from wad.v1 import admin_pb2, admin_pb2_grpc

if TYPE_CHECKING:
    from google.protobuf.duration_pb2 import Duration
    from rich.console import RenderableType

# ruff: noqa: D301 - \b keeps typer from joining lines

_OWN = "wad."
_NAMED = 3  # names of tasks at the same place that are told


class Section(StrEnum):
    """A part of it."""

    TASKS = "tasks"
    TIMERS = "timers"
    QUEUES = "queues"
    WORKERS = "workers"
    CALLS = "calls"


def debug(
    ctx: typer.Context,
    sections: Annotated[
        list[Section] | None, typer.Argument(metavar="[SECTION]...", help="Only these parts.", show_default="all")
    ] = None,
    *,
    timeout: TimeoutOption = 10,
    output: OutputOption = None,
) -> None:
    """Show what the daemon is doing.

    Sections: tasks, timers, queues, workers, calls. There are no secrets in it. On SIGQUIT the daemon writes the same
    into its log.

    \b
    Examples:
      wadctl debug
      wadctl debug timers queues
      wadctl debug tasks -o json | jq -r '.tasks[] | "\\(.name): \\(.stack[0])"'
      systemctl kill --signal QUIT wad     # into its log, as lines "debug.dump"
    """
    run = started(ctx, output)
    with run.channel() as channel:
        found = admin_pb2_grpc.AdminServiceStub(channel).GetDebug(admin_pb2.GetDebugRequest(), timeout=timeout)
    wanted = list(dict.fromkeys(sections or Section))
    for section in set(Section) - set(wanted):
        found.ClearField(section.value)
    run.show(found, _report(found, wanted))


def _report(found: admin_pb2.GetDebugResponse, wanted: list[Section]) -> RenderableType:
    parts: dict[Section, RenderableType] = {
        Section.TASKS: _tasks(found),
        Section.TIMERS: _timers(found),
        Section.QUEUES: _queues(found),
        Section.WORKERS: worker_views.workers_table(found.workers),
        Section.CALLS: _calls(found),
    }
    shown: list[RenderableType] = []
    for section in wanted:
        title = Text(f"{section.value} ({len(getattr(found, section.value))})", style="bold underline")
        shown += [*([Text()] if shown else []), title, parts[section]]
    return Group(*shown)


def _tasks(found: admin_pb2.GetDebugResponse) -> Listing:
    """Return the places where tasks are, each with the tasks that are there."""
    places: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for task in found.tasks:
        places[tuple(task.stack)].append(printable(task.name))
    table = Listing("TASKS", "WHERE", Column("NAMES", wrapped=True))
    for stack, names in sorted(places.items(), key=lambda place: -len(place[1])):
        more = "" if len(names) <= _NAMED else f", … {len(names) - _NAMED} more"
        table.add_row(str(len(names)), _place(stack), ", ".join(names[:_NAMED]) + more)
    return table


def _place(stack: tuple[str, ...]) -> str:
    """Return where a task is: the innermost function of wad's own, else the innermost."""
    own = next((place for place in stack if place.startswith(_OWN)), None)
    return printable(own or (stack[0] if stack else "-"))


def _timers(found: admin_pb2.GetDebugResponse) -> Listing:
    table = Listing("DUE IN", "KIND", "SESSION")
    for timer in found.timers:
        seconds = timer.due_in.ToMicroseconds() / 1e6
        table.add_row(Text(f"{seconds:.1f} s", style="red" if seconds < 0 else ""), timer.kind, timer.session_id or "-")
    return table


def _queues(found: admin_pb2.GetDebugResponse) -> Listing:
    table = Listing("QUEUE", "LENGTH", Column("OF", 2), Column("MEANING", 1, wrapped=True))
    for queue in found.queues:
        full = queue.capacity and queue.length * 2 > queue.capacity
        length = Text(str(queue.length), style="yellow" if full and queue.name != "event log" else "")
        table.add_row(printable(queue.name), length, str(queue.capacity or "-"), printable(queue.meaning))
    return table


def _calls(found: admin_pb2.GetDebugResponse) -> Listing:
    table = Listing("CALL", "METHOD", "AGE", Column("CALLER", 1, wrapped=True), Column("TARGET", 2, wrapped=True))
    for call in found.calls:
        method = call.method.rpartition("/")[2]
        table.add_row(
            printable(call.call_id),
            printable(method),
            _seconds(call.age),
            printable(call.caller) or "-",
            printable(call.target) or "-",
        )
    return table


def _seconds(duration: Duration) -> str:
    return f"{duration.ToMicroseconds() / 1e6:.1f} s"
