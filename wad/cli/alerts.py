"""``wadctl alerts``: what is worth somebody's attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer  # noqa: TC002 - typer reads the annotations
from rich.console import Group
from rich.text import Text

from wad.cli import alert_views
from wad.cli.listing import Column, Listing
from wad.cli.output import OutputOption  # noqa: TC001 - typer reads it from the annotation
from wad.cli.run import TimeoutOption, started
from wad.cli.text import local_time, printable, short_time, span, timed
from wad.v1 import admin_pb2, admin_pb2_grpc

if TYPE_CHECKING:
    from rich.console import RenderableType

# ruff: noqa: D301 - \b keeps typer from joining lines


def alerts(ctx: typer.Context, timeout: TimeoutOption = 10, output: OutputOption = None) -> None:
    """Show what is worth somebody's attention.

    And how far everything else is from that.

    \b
    Examples:
      wadctl alerts
      wadctl alerts -o json | jq -r '.alerts[] | select(.active) | .name'
      wadctl config set alerts.memory=2GiB
    """
    run = started(ctx, output)
    with run.channel() as channel:
        response = admin_pb2_grpc.AdminServiceStub(channel).ListAlerts(admin_pb2.ListAlertsRequest(), timeout=timeout)
    run.show(response, _table(response))


def _table(found: admin_pb2.ListAlertsResponse) -> RenderableType:
    table = Listing("ALERT", "STATE", "VALUE", "THRESHOLD", Column(timed("SINCE"), 1))
    for alert in found.alerts:
        off = not alert.HasField("threshold")
        state = "off" if off else "RAISED" if alert.active else "quiet"
        table.add_row(
            Text(printable(alert.name)),
            Text(state, style="red" if alert.active else ""),
            alert_views.value(alert),
            alert_views.threshold(alert),
            short_time(alert.change_time) if alert.HasField("change_time") else "-",
        )
    looked = local_time(found.look_time) if found.HasField("look_time") else "never"
    interval = f"every {span(found.interval.ToSeconds())}" if found.interval.ToSeconds() else "not any more"
    return Group(table, Text(), Text(f"looked {looked}, looks {interval}"))
