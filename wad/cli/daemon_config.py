"""``wad config check|show``: what a daemon that is started now would use, or why it would not start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from wad.cli.maintenance import ConfigOption, OutputOption  # noqa: TC001 - typer reads them from the annotations
from wad.cli.output import Output
from wad.cli.output import show as show_table
from wad.cli.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wad.domain.configuration import ConfigSetting

    Read = Callable[[Path | None, list[str]], "Shown"]
    Check = Callable[[Path | None], "Checked"]

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


@dataclass(frozen=True, slots=True)
class Checked:
    """A configuration that a daemon can run with on this host.

    Attributes:
        file: Its file; None for none.
        sought: Where one was looked for, unless one was named.
        changed: How many keys it sets.
        doubts: What in it is probably a mistake.
    """

    file: Path | None
    sought: Sequence[Path]
    changed: int
    doubts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Ways:
    """How the commands get at a configuration file, or at the usual one.

    Attributes:
        read: Returns the keys of these names, or all for none.
        check: Looks whether a daemon can run with it.
    """

    read: Read
    check: Check


def mount(root: typer.Typer, ways: Ways) -> None:
    """Add the commands to *root*."""

    @app.callback()
    def prepare(ctx: typer.Context) -> None:  # pyright: ignore[reportUnusedFunction] - typer calls it
        ctx.obj = ways

    root.add_typer(app)


@app.command(epilog=_CODES)
def check(ctx: typer.Context, *, config: ConfigOption = None, output: OutputOption = Output.TABLE) -> None:
    """Say whether a daemon could run with the configuration on this host.

    That is the file, the environment, what follows from both, and the files and directories that they name, as far as
    the user who asks can tell. Everything that is wrong is named at once, with its file and line, or its variable.

    \b
    Examples:
      wad config check
      runuser -u wad -- wad config check
      wad config check --config new.toml && mv new.toml /etc/wad/wad.toml && systemctl reload wad
    """
    from wad.cli.maintenance_run import placed

    ways: Ways = ctx.obj
    with placed(ways.check, config, output) as checked:
        file = None if checked.file is None else str(checked.file)
        if output.for_programs:
            typer.echo(
                output.dump({"ok": True, "file": file, "changed": checked.changed, "warnings": list(checked.doubts)})
            )
            return
        for doubt in checked.doubts:
            typer.echo(f"Warning: {doubt}", err=True)
        sought = " and ".join(map(str, checked.sought))
        what = f"{file} can be used" if file else f"There is no configuration file (looked for {sought})"
        typer.echo(f"{what}; {counted(checked.changed, 'key is', 'keys are')} set.")


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

    ways: Ways = ctx.obj
    with placed(lambda file: ways.read(file, names or []), config, output) as shown:
        response = admin_pb2.GetConfigResponse(settings=convert_config.settings(shown.settings))
        if changed:
            response = config_views.without_defaults(response)
        if output.for_programs:
            typer.echo(output.dump(views.as_dict(response)))
        else:
            show_table(config_views.settings(response.settings))
