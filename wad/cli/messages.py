"""``wadctl message …``: send messages through sessions, and receive what comes."""

from __future__ import annotations

import sys
import uuid
from typing import Annotated

import typer

from wad.cli import receiving
from wad.cli.output import OutputOption  # noqa: TC001 - typer reads it from the annotation
from wad.cli.run import TimeoutOption, started
from wad.cli.sessions import SessionArgument  # noqa: TC001 - typer reads it from the annotation
from wad.cli.text import local_time, printable
from wad.cli.views import pairs
from wad.v1 import message_pb2, message_pb2_grpc

# ruff: noqa: D301 - \b keeps typer from joining lines

app = typer.Typer(
    no_args_is_help=True, help="Send messages through sessions, and receive what comes.", rich_markup_mode=None
)


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
    request = message_pb2.SendMessageRequest(
        session_id=session_id,
        to=to,
        text=_read() if text == "-" else text,
        request_id=str(uuid.uuid4()),  # for the daemon to know it again, should the connection break in the midst
    )
    with run.channel() as channel:
        response = message_pb2_grpc.MessageServiceStub(channel).SendMessage(request, timeout=timeout)
    sent = ("message", printable(response.message_id)), ("sent", local_time(response.send_time))
    run.show(response, pairs(sent))


@app.command()
def receive(
    ctx: typer.Context,
    session_ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="SESSION", help="Only messages of these sessions.", show_default="all"),
    ] = None,
    *,
    count: Annotated[
        int, typer.Option("--count", "-n", metavar="N", min=0, help="End after so many messages; 0 goes on.")
    ] = 0,
    keep: Annotated[
        bool, typer.Option("--keep", help="Acknowledge nothing: the messages come again to whoever receives next.")
    ] = False,
    output: OutputOption = None,
) -> None:
    """Receive messages, and what becomes of those that were sent.

    The messages that are kept come first, the oldest first. Each is acknowledged once it is shown, and forgotten
    by the daemon then. It goes on until it is interrupted, also after a restart of the daemon.

    \b
    Examples:
      wadctl message receive
      wadctl message receive shop --keep
      wadctl message receive -o json | jq -r 'select(.delivery) | .delivery.message.text'
    """
    run = started(ctx, output)
    wanted = message_pb2.Receive(session_ids=session_ids or ())

    def show(response: message_pb2.ReceiveMessagesResponse) -> None:
        if run.for_programs:
            run.show_one(response)
        else:
            typer.echo(receiving.line(response))

    with run.channel() as channel:
        receiving.receive(channel, wanted, show, most=count, acknowledge=not keep)


@app.command()
def get(
    ctx: typer.Context,
    session_id: SessionArgument,
    message_id: Annotated[
        str, typer.Argument(metavar="MESSAGE", help="The message's id, as send shows it.", show_default=False)
    ],
    *,
    timeout: TimeoutOption = 10,
    output: OutputOption = None,
) -> None:
    """Show one message.

    It tells how far one has come that was sent, or what one says that waits to be acknowledged.

    \b
    Examples:
      wadctl message get shop 3EB0C0FFEE
      wadctl message get shop 3EB0C0FFEE -o json | jq -r .message.status
    """
    run = started(ctx, output)
    request = message_pb2.GetMessageRequest(session_id=session_id, message_id=message_id)
    with run.channel() as channel:
        response = message_pb2_grpc.MessageServiceStub(channel).GetMessage(request, timeout=timeout)
    message = response.message
    sent = message.direction == message_pb2.MESSAGE_DIRECTION_SENT
    shown = [
        ("message", printable(message.message_id)),
        ("chat", printable(message.chat)),
        ("status", receiving.status(message.status)) if sent else ("from", receiving.sender(message)),
        ("sent", local_time(message.send_time)),
    ]
    if not sent:
        shown.append(("text", printable(message.text)))
    run.show(response, pairs(shown))


def _read() -> str:
    """Return what standard input says, without the line break at its end."""
    try:
        return sys.stdin.buffer.read().decode().removesuffix("\n")
    except UnicodeDecodeError as error:
        raise typer.BadParameter("standard input is not UTF-8.", param_hint="TEXT") from error
