"""``wadctl message …``: send messages through sessions."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from wad.cli.output import OutputOption  # noqa: TC001 - typer reads it from the annotation
from wad.cli.run import TimeoutOption, started
from wad.cli.sessions import SessionArgument  # noqa: TC001 - typer reads it from the annotation
from wad.cli.text import local_time, printable
from wad.cli.views import pairs
from wad.v1 import message_pb2, message_pb2_grpc

# ruff: noqa: D301 - \b keeps typer from joining lines

app = typer.Typer(no_args_is_help=True, help="Send messages through sessions.", rich_markup_mode=None)


@app.callback()
def root() -> None:
    """Keep ``send`` a command of its own while it is the only one."""


@app.command()
def send(
    ctx: typer.Context,
    session_id: SessionArgument,
    to: Annotated[
        str,
        typer.Argument(
            metavar="TO",
            help="Who gets it: a phone number in international format, or a jid of a person or a group.",
            show_default=False,
        ),
    ],
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="What it says; - reads it from standard input.", show_default=False)
    ],
    *,
    timeout: TimeoutOption = 60,
    output: OutputOption = None,
) -> None:
    """Send a text.

    Its id is shown once WhatsApp has taken it.

    \b
    Examples:
      wadctl message send shop +4915112345678 "Your parcel is ready."
      wadctl message send shop 120363012345678901@g.us - < note.txt
      wadctl message send shop 4915112345678 hello -o json | jq -r .message_id
    """
    run = started(ctx, output)
    request = message_pb2.SendMessageRequest(session_id=session_id, to=to, text=_read() if text == "-" else text)
    with run.channel() as channel:
        response = message_pb2_grpc.MessageServiceStub(channel).SendMessage(request, timeout=timeout)
    sent = ("message", printable(response.message_id)), ("sent", local_time(response.send_time))
    run.show(response, pairs(sent))


def _read() -> str:
    """Return what standard input says, without the line break at its end."""
    try:
        return sys.stdin.buffer.read().decode().removesuffix("\n")
    except UnicodeDecodeError as error:
        raise typer.BadParameter("standard input is not UTF-8.", param_hint="TEXT") from error
