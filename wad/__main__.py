"""The ``wad`` command. Here, and only here, its subcommands come together; each lives in its own package."""

from __future__ import annotations

import os
import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from wad.cli import daemon_config, maintenance, monitoring, tokens
from wad.cli.version import VersionOption  # noqa: TC001 - typer reads it from the annotation
from wad.cli.zsh import complete_at_the_first_tab

# ruff: noqa: D301 - \b keeps typer from joining lines

if TYPE_CHECKING:
    from wad.cli.daemon_config import Checked, Shown
    from wad.cli.maintenance_run import Places

_EMULATOR_READY = """\
The emulator is ready; {0}/emulator.json says how to reach it. Control API: {1.control_url}
A daemon talks to it with this in its configuration:

[engine]
allow_custom_upstream = true
proxy_url = "{1.proxy_url}"
ca_file = "{1.ca_file}"
noise_root_key = "{1.noise_root_key}"
"""

app = typer.Typer(
    name="wad",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def root(
    ctx: typer.Context,
    *,
    version: VersionOption = False,  # noqa: ARG001 - its callback has shown it
) -> None:
    """Run a daemon for WhatsApp sessions, and look after its files.

    A running daemon is talked to with wadctl.

    \b
    Examples:
      wad serve
      wad config check
      wad backup --all --to /backups --recipient age1…
    """
    ctx.obj = _places


@app.command(epilog="Exit codes: 0 stopped in order; 1 failed; 2 wrong usage; 78 cannot run as it is configured.")
def serve(
    config: Annotated[
        Path | None,
        typer.Option(
            help="Configuration file (TOML).",
            envvar="WAD_CONFIG",
            show_default="/etc/wad/wad.toml, or else ~/.config/wad/wad.toml",
        ),
    ] = None,
) -> None:
    """Run the daemon in the foreground.

    It stops in order on SIGTERM or Ctrl-C. SIGUSR2 ends it alone and leaves the connections to the next daemon. On
    SIGHUP it reads its configuration again, and on SIGQUIT it writes into its log what it is doing.

    \b
    Examples:
      wad serve
      wad serve --config wad.toml
    """
    # In place of this process: what the command line has loaded would stay in the daemon's memory for all its life.
    file = () if config is None else (str(config),)
    os.execv(sys.executable, [sys.executable, "-P", "-m", "wad.daemon", *file])  # noqa: S606 - there is no shell


@app.command(epilog="Exit codes: 0 stopped in order; 1 failed; 2 wrong usage.")
def emulator(
    directory: Annotated[Path, typer.Option("--dir", help="Where the emulator keeps its keys and linked devices.")],
    proxy_port: Annotated[int, typer.Option(help="Port for the clients' connections; 0 takes a free one.")] = 0,
    control_port: Annotated[int, typer.Option(help="Port of the control API; 0 takes a free one.")] = 0,
    device_limit: Annotated[
        int, typer.Option(help="Devices that one phone may link, as WhatsApp allows 4; 0 for any number.")
    ] = 0,
    qr_codes: Annotated[
        int, typer.Option(min=1, help="QR codes per connection, as WhatsApp gives 6; with fewer each lasts 20 s.")
    ] = 6,
) -> None:
    """Run a WhatsApp Web server on loopback.

    Real clients pair with it, without a phone and the internet. DIR/emulator.json tells them the proxy's address, the
    CA file and the root key.

    \b
    Examples:
      wad emulator --dir /tmp/emulator
      wad emulator --dir /tmp/emulator --device-limit 4
    """
    from wad.emulator import run  # noqa: PLC0415 - a production host does not have the emulator's libraries
    from wad.emulator.errors import EmulatorError  # noqa: PLC0415

    try:
        run(
            directory,
            proxy_port=proxy_port,
            control_port=control_port,
            device_limit=device_limit,
            qr_codes=qr_codes,
            on_ready=lambda announcement: typer.echo(_EMULATOR_READY.format(directory, announcement)),
        )
    except EmulatorError as error:
        typer.echo(f"wad emulator: {error}", err=True)
        raise typer.Exit(1) from None


@app.command(epilog="Exit codes: 0 every step was seen; 1 one was not.")
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Keep the directory with the logs.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Link a session with the emulator, and show every step.

    \b
    Examples:
      wad demo
      wad demo --keep
    """
    from wad.cli.demo import run_demo  # noqa: PLC0415 - see above

    raise typer.Exit(run_demo(keep=keep))


def _places(config: Path | None) -> Places:
    """Return where the daemon of this configuration keeps what."""
    from wad.cli.maintenance_run import Places  # noqa: PLC0415 - see above
    from wad.daemon.clock import SystemClock  # noqa: PLC0415
    from wad.daemon.config import load_config  # noqa: PLC0415

    loaded = load_config(config)
    state_dir = loaded.daemon.state_dir
    return Places(
        state_dir, loaded.daemon.sessions_dir, state_dir / "registry.db", loaded.grpc.unix_socket, SystemClock()
    )


def _shown(config: Path | None, names: list[str]) -> Shown:
    """Return what a daemon that is started now would use."""
    from wad.cli.daemon_config import Shown  # noqa: PLC0415 - see above
    from wad.daemon.config import LiveConfig  # noqa: PLC0415
    from wad.daemon.config.keys import expanded  # noqa: PLC0415
    from wad.daemon.config.told import told  # noqa: PLC0415
    from wad.daemon.effects import LIVE  # noqa: PLC0415

    loaded = LiveConfig(config)
    return Shown(loaded.file, told(loaded.present, expanded(names), LIVE))


def _checked(config: Path | None) -> Checked:
    """Return whether a daemon could be started now."""
    from wad.cli.daemon_config import Checked  # noqa: PLC0415 - see above
    from wad.daemon.config.examination import examine  # noqa: PLC0415
    from wad.daemon.config.keys import KEYS  # noqa: PLC0415
    from wad.daemon.config.places import config_files  # noqa: PLC0415

    found = examine(config)
    changed = sum(found.config.origin(key) != "default" for key in KEYS)
    return Checked(found.file, config_files(os.environ), changed, [str(doubt) for doubt in found.doubts])


maintenance.mount(app)
daemon_config.mount(app, daemon_config.Ways(_shown, _checked))
tokens.mount(app, _places)
app.add_typer(monitoring.app)


def main() -> None:
    """Run the ``wad`` command."""
    complete_at_the_first_tab()
    app()


if __name__ == "__main__":
    main()
