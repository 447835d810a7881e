"""``wadctl``: everything a running daemon can be asked, over gRPC alone."""

from __future__ import annotations

import os
from pathlib import Path  # noqa: TC003 - typer reads the annotations when it runs
from typing import Annotated

import typer

import wad.cli.silence  # noqa: F401  # pyright: ignore[reportUnusedImport] - it comes before whatever imports gRPC
from wad.cli import (
    alerts,
    audit,
    cleanup,
    config,
    debug,
    devices,
    drain,
    events,
    messages,
    sessions,
    top,
    upkeep,
    views,
    workers,
)
from wad.cli.failures import EXIT_CODES_HELP
from wad.cli.identity import identity
from wad.cli.output import Output, OutputOption
from wad.cli.run import TimeoutOption, begin, started
from wad.cli.version import VersionOption  # noqa: TC001 - typer reads it from the annotation
from wad.cli.zsh import complete_at_the_first_tab
from wad.v1 import access_pb2, access_pb2_grpc, admin_pb2, admin_pb2_grpc

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
app.add_typer(config.app, name="config")
app.command()(cleanup.stats)
app.command()(alerts.alerts)
app.command()(audit.audit)
app.command()(drain.drain)
app.command()(events.events)
app.command()(top.top)
app.command()(debug.debug)
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
    *,
    token_file: Annotated[
        Path | None,
        typer.Option(
            envvar="WAD_TOKEN_FILE",
            help="File with the token to call with; or the token in WAD_TOKEN.",
            show_default=False,
        ),
    ] = None,
    ca_file: Annotated[
        Path | None,
        typer.Option(
            envvar="WAD_CA_FILE", help="Authorities (PEM) of the daemon's certificate.", show_default="the system's"
        ),
    ] = None,
    cert_file: Annotated[
        Path | None,
        typer.Option(
            envvar="WAD_CERT_FILE", help="Your own certificate (PEM), if the daemon asks for one.", show_default=False
        ),
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option(envvar="WAD_KEY_FILE", help="Its private key (PEM).", show_default=False)
    ] = None,
    version: VersionOption = False,  # noqa: ARG001 - its callback has shown it
) -> None:
    """Talk to a wad daemon: link, watch and remove WhatsApp sessions.

    On the daemon's host the unix socket needs no token. Another host is always called over TLS.

    \b
    Examples:
      wadctl session link shop
      wadctl --address wad.internal:7600 --token-file shop.token session list -o json
      wadctl health
    """
    ctx.obj = begin(
        address,
        output,
        identity(
            token_file,
            os.environ.get("WAD_TOKEN", ""),
            ca_file=ca_file,
            cert_file=cert_file,
            key_file=key_file,
        ),
    )


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


@app.command()
def whoami(ctx: typer.Context, timeout: TimeoutOption = 10, output: OutputOption = None) -> None:
    """Show who you are to the daemon.

    And what you may do.

    \b
    Examples:
      wadctl whoami
      WAD_TOKEN=wad_… wadctl --address wad.internal:7600 whoami
    """
    run = started(ctx, output)
    with run.channel() as channel:
        response = access_pb2_grpc.AccessServiceStub(channel).GetCaller(access_pb2.GetCallerRequest(), timeout=timeout)
    run.show(response, views.caller_details(response.caller))


def main() -> None:
    """Run the command line."""
    complete_at_the_first_tab()
    app()


if __name__ == "__main__":
    main()
