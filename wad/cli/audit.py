"""``wadctl audit``: who changed what, or tried to."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer
from google.protobuf.timestamp_pb2 import Timestamp
from rich.text import Text

from wad.cli.listing import Column, Listing
from wad.cli.output import OutputOption  # noqa: TC001 - typer reads it from the annotation
from wad.cli.run import TimeoutOption, started
from wad.cli.text import moment, printable, short_time, timed
from wad.v1 import admin_pb2, admin_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Sequence

# ruff: noqa: D301 - \b keeps typer from joining lines

_LARGEST_PAGE = 1000


def audit(
    ctx: typer.Context,
    *,
    target: Annotated[str, typer.Option(help="Only what was done to this session, worker or token.")] = "",
    caller: Annotated[str, typer.Option(help="Only what this user, certificate or token did.")] = "",
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="From then on: 2h for two hours ago, or 2026-11-23T09:00.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Until then, likewise.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many records at most.")] = 100,
    timeout: TimeoutOption = 30,
    output: OutputOption = None,
) -> None:
    """Show who changed what.

    That is the audit log: every call that changed something, or tried to, newest first.

    \b
    Examples:
      wadctl audit --target shop
      wadctl audit --caller billing --since 1d --limit 1000
      wadctl audit -o json | jq '.records[] | select(.status == "PERMISSION_DENIED")'
    """
    run = started(ctx, output)
    request = admin_pb2.ListAuditRecordsRequest(
        target=target, caller=caller, start_time=_moment(since, "--since"), end_time=_moment(until, "--until")
    )
    found = admin_pb2.ListAuditRecordsResponse()
    with run.channel() as channel:
        stub = admin_pb2_grpc.AdminServiceStub(channel)
        while len(found.records) < limit:
            request.page_size = min(limit - len(found.records), _LARGEST_PAGE)
            request.page_token = found.next_page_token
            page = stub.ListAuditRecords(request, timeout=timeout)
            found.records.extend(page.records)
            found.next_page_token = page.next_page_token
            if not page.next_page_token:
                break
    run.show(found, _table(found.records))


def _moment(text: str | None, option: str) -> Timestamp | None:
    if text is None:
        return None
    stamp = Timestamp()
    try:
        stamp.FromMicroseconds(round(moment(text, time.time()) * 1e6))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error
    return stamp


def _table(records: Sequence[admin_pb2.AuditRecord]) -> Listing:
    table = Listing(
        Column(timed("TIME"), 1),
        Column("CALLER", 2, shortened=True),
        "METHOD",
        Column("TARGET", shortened=True),
        "OUTCOME",
        Column("DETAIL", 4, shortened=True),
        Column("TOOK", 3),
    )
    for record in records:
        succeeded = record.status == "OK"
        outcome = record.reason or ("ok" if succeeded else record.status)
        table.add_row(
            short_time(record.time),
            printable(record.caller or "-"),
            printable(record.method.rpartition("/")[2]),
            printable(record.target or "-"),
            Text(printable(outcome), style="" if outcome == "ok" else "red"),
            printable(record.detail or "-"),
            f"{record.duration.ToMicroseconds() / 1e6:.2f} s",
        )
    return table
