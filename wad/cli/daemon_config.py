"""``wad config check|show``: what a daemon that is started now would use, or why it would not start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from wad.cli.maintenance import ConfigOption, OutputOption  # noqa: TC001 - typer reads them from the annotations
from wad.cli.output import Output, people
from wad.cli.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wad.domain.configuration import ConfigSetting

    Read = Callable[[Path | None, list[str]], "Shown"]

# ruff: noqa: PLC0415 - only what the help needs is imported here
# ruff: noqa: D301 - \b keeps typer from joining lines

app = typer.Typer(
    name="config", no_args_is_help=True, help="Check and show the daemon's configuration.", rich_markup_mode=None
)

_CODES = "Exit codes: 0 it can be used; 2 wrong usage; 78 it cannot."

NamesArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[KEY|SECTION]...", help="Only these.", show_default="all")
]
ChangedOption = Annotated[bool, typer.Option("--changed", help="Only what does not have its default value.")]


@dataclass(frozen=True, slots=True)
class Shown:
    """A configuration that can be used.

    Attributes:
        file: Its file; None for none.
        settings: Its keys, ordered.
    """

    file: Path | None
    settings: Sequence[ConfigSetting]


def mount(root: typer.Typer, read: Read) -> None:
    """Add the commands to *root*.

    Args:
        root: The command line.
        read: Returns the keys of these names, or all for none, of a configuration file, or of the usual one.
    """

    @app.callback()
    def prepare(ctx: typer.Context) -> None:  # pyright: ignore[reportUnusedFunction] - typer calls it
        ctx.obj = read

    root.add_typer(app)


@app.command(epilog=_CODES)
def check(ctx: typer.Context, *, config: ConfigOption = None, output: OutputOption = Output.TABLE) -> None:
    """Say whether a daemon could use the configuration.

    That is the file, the environment and what follows from both. Everything that is wrong is named at once, with its
    file and line, or its variable.

    \b
    Examples:
      wad config check
      wad config check --config new.toml && mv new.toml /etc/wad/wad.toml && systemctl reload wad
    """
    from wad.cli.maintenance_run import placed

    with placed(_only(ctx.obj, []), config, output) as shown:
        changed = sum(setting.origin != "default" for setting in shown.settings)
        file = None if shown.file is None else str(shown.file)
        if output.for_programs:
            typer.echo(output.dump({"ok": True, "file": file, "changed": changed}))
        else:
            what = f"{file} can be used" if file else "There is no configuration file"
            typer.echo(f"{what}; {counted(changed, 'key is', 'keys are')} set.")


@app.command(epilog=_CODES)
def show(
    ctx: typer.Context,
    names: NamesArgument = None,
    *,
    changed: ChangedOption = False,
    config: ConfigOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show what a daemon that is started now would use.

    Each key comes with its value and where that comes from. A running daemon may use other values: ask it with wadctl
    config get. LIVE keys change on a reload.

    \b
    Examples:
      wad config show --changed
      wad config show sessions engine.worker_max_memory
      wad config show -o json | jq -r '.settings[] | "\\(.key)=\\(.value)"'
    """
    from wad.cli import config_views, views
    from wad.cli.maintenance_run import placed
    from wad.rpc import convert_config
    from wad.v1 import admin_pb2

    with placed(_only(ctx.obj, names or []), config, output) as shown:
        response = admin_pb2.GetConfigResponse(settings=convert_config.settings(shown.settings))
        if changed:
            response = config_views.without_defaults(response)
        if output.for_programs:
            typer.echo(output.dump(views.as_dict(response)))
        else:
            people().print(config_views.settings(response.settings))


def _only(read: Read, names: list[str]) -> Callable[[Path | None], Shown]:
    return lambda config: read(config, names)
