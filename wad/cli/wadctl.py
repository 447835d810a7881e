"""``wadctl``: everything a running daemon can be asked, over gRPC alone."""

from __future__ import annotations

from typing import Annotated

import typer

from wad.cli import cleanup, devices, messages, sessions, upkeep, views, workers
from wad.cli.failures import EXIT_CODES_HELP
from wad.cli.run import Output, OutputOption, TimeoutOption, begin, started
from wad.v1 import admin_pb2, admin_pb2_grpc

# ruff: noqa: D301 - \b keeps typer from joining lines

app = typer.Typer(
    name="wadctl",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXIT_CODES_HELP,
)
app.add_typer(sessions.app, name="session")
app.add_typer(devices.app, name="device")
app.add_typer(messages.app, name="message")
app.add_typer(cleanup.app, name="cleanup")
app.add_typer(workers.app, name="workers")
app.command()(cleanup.stats)
for command in upkeep.COMMANDS:
    sessions.app.command()(command)


@app.callback()
def root(
    ctx: typer.Context,
    address: Annotated[
        str | None,
        typer.Option(
            envvar="WAD_ADDRESS",
            help="The daemon: unix:///path or host:port.",
            show_default="$XDG_RUNTIME_DIR/wad/wad.sock or /run/wad/wad.sock",
        ),
    ] = None,
    output: Annotated[Output, typer.Option("--output", "-o", help="Form of the answers.")] = Output.TABLE,
) -> None:
    """Talk to a wad daemon: link, watch and remove WhatsApp sessions.

    \b
    Examples:
      wadctl session link shop
      wadctl --address 127.0.0.1:7600 session list -o json
      wadctl health
    """
    ctx.obj = begin(address, output)


@app.command()
def health(ctx: typer.Context, timeout: TimeoutOption = 10, output: OutputOption = None) -> None:
    """Show how the daemon is.

    \b
    Examples:
      wadctl health
      wadctl health -o json | jq -r .status
    """
    run = started(ctx, output)
    with run.channel() as channel:
        response = admin_pb2_grpc.AdminServiceStub(channel).GetHealth(admin_pb2.GetHealthRequest(), timeout=timeout)
    run.show(response, views.health_details(response))


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
