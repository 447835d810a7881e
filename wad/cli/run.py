"""What every command of ``wadctl`` shares: the daemon it talks to, the form of its answers, and how it fails."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from typing import TYPE_CHECKING, Annotated, NoReturn

import grpc
import typer
from rich.text import Text

from wad.cli import connection, tls_trouble, views
from wad.cli.failures import CallFailure, ExitCode, explain
from wad.cli.output import Output, show

if TYPE_CHECKING:
    from collections.abc import Generator

    from google.protobuf.message import Message
    from rich.console import RenderableType


TimeoutOption = Annotated[
    float, typer.Option("--timeout", metavar="SECONDS", min=0.001, help="How long to wait for the daemon's answer.")
]


@dataclass
class Run:
    """One run of the command.

    Attributes:
        address: What the user gave as the daemon's address.
        output: The form of answers.
        identity: Who calls.
    """

    address: str | None
    output: Output
    identity: connection.Identity

    @property
    def for_programs(self) -> bool:
        """True when programs read the answers."""
        return self.output.for_programs

    @property
    def on_terminal(self) -> bool:
        """True when somebody reads the answers as they come."""
        return not self.for_programs and sys.stdout.isatty()

    def remark(self, text: str) -> None:
        """Print a line below an answer, for somebody at a terminal."""
        if self.on_terminal:
            show(Text(text, style="dim"))

    def show(self, message: Message, table: RenderableType) -> None:
        """Print the message in the form that was asked for; the table is the one for people."""
        if self.for_programs:
            typer.echo(self.output.dump(views.as_dict(message)))
        else:
            show(table)

    def show_one(self, message: Message) -> None:
        """Print one of many messages for programs: a line of JSON, or a document of YAML."""
        typer.echo(self.output.dump(views.as_dict(message), one_of_many=True))

    @contextmanager
    def channel(self) -> Generator[grpc.Channel]:
        """Open a channel to the daemon; whatever goes wrong inside is told, and ends the command."""
        address = self._find()
        try:
            with connection.open_channel(address, self.identity) as channel:
                yield channel
        except grpc.RpcError as error:
            failure = explain(error)
            if not failure.answered:
                trouble = tls_trouble.look(address, self.identity)
                self._no_daemon(
                    connection.NoDaemon(trouble) if trouble else connection.unreachable(address, failure.message)
                )
            self._fail(failure, failure.as_text())
        except BrokenPipeError:
            raise  # whoever read the answer has seen enough; typer ends the command
        except OSError as error:
            self._fail(CallFailure("UNKNOWN", str(error), "LOCAL_FILE"), f"Error: {error}")
        except KeyboardInterrupt:
            raise typer.Exit(ExitCode.INTERRUPTED) from None

    def _find(self) -> connection.Address:
        try:
            return connection.find(self.address, os.environ)
        except ValueError as error:
            self._fail(CallFailure("INVALID_ARGUMENT", str(error), "INVALID_INPUT"), f"Error: {error}")
        except connection.NoDaemon as error:
            self._no_daemon(error)

    def _no_daemon(self, error: connection.NoDaemon) -> NoReturn:
        self._fail(CallFailure("UNAVAILABLE", str(error)), f"Error: {error}")

    def _fail(self, failure: CallFailure, text: str) -> NoReturn:
        """Tell of a failure and end the command; *text* is for people."""
        typer.echo(self.output.dump(failure.as_dict(), one_of_many=True) if self.for_programs else text, err=True)
        raise typer.Exit(failure.exit_code) from None


def started(ctx: typer.Context, output: Output | None) -> Run:
    """Return this run; a form that was given after the command's name wins over one before it."""
    run: Run = ctx.obj
    if output is not None:
        run.output = output
    return run


def begin(address: str | None, output: Output, identity: connection.Identity) -> Run:
    """Return a new run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without UTF-8 shows question marks and no traceback
    return Run(address, output, identity)
