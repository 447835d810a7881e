"""``wadctl config get|set|unset``: the configuration of the running daemon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.struct_pb2 import Struct

from wad.cli import config_views
from wad.cli.output import OutputOption  # noqa: TC001 - typer reads it from the annotation
from wad.cli.run import TimeoutOption, started
from wad.v1 import admin_pb2, admin_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wad.cli.run import Run

# ruff: noqa: D301 - \b keeps typer from joining lines

app = typer.Typer(
    no_args_is_help=True, help="Look at and change the running daemon's configuration.", rich_markup_mode=None
)

DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only say whether it could be done.")]


@app.command()
def get(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY|SECTION]...", help="Only these.", show_default="all")
    ] = None,
    *,
    changed: Annotated[bool, typer.Option("--changed", help="Only what does not have its default value.")] = False,
    timeout: TimeoutOption = 10,
    output: OutputOption = None,
) -> None:
    """Show the configuration.

    Each key comes with its value, where that comes from, and whether it can change live. For programs durations are in
    seconds, sizes in bytes.

    \b
    Examples:
      wadctl config get --changed
      wadctl config get sessions devices.idle
      wadctl config get sessions.idle -o json | jq '.settings[0].value'
    """
    run = started(ctx, output)
    with run.channel() as channel:
        request = admin_pb2.GetConfigRequest(read_mask=FieldMask(paths=names or []))
        response = admin_pb2_grpc.AdminServiceStub(channel).GetConfig(request, timeout=timeout)
    response = config_views.without_defaults(response) if changed else response
    run.show(response, config_views.settings(response.settings))


@app.command(name="set")
def set_(
    ctx: typer.Context,
    values: Annotated[list[str], typer.Argument(metavar="KEY=VALUE...", show_default=False)],
    *,
    dry_run: DryRunOption = False,
    timeout: TimeoutOption = 10,
    output: OutputOption = None,
) -> None:
    """Change keys that can change live.

    All or none of them change, until the daemon restarts or reloads its files. Values are written as in the
    environment: 20m, 512MiB, 30, or JSON for access.grants.

    \b
    Examples:
      wadctl config set sessions.idle=20m sessions.max_sessions=80
      wadctl config set daemon.log_level=debug --dry-run
      wadctl config set 'access.grants=[{"group": "wad", "role": "operator"}]'
    """
    given: dict[str, str] = {}
    for text in values:
        key, equals, value = text.partition("=")
        if not equals:
            raise typer.BadParameter(f"{text!r} is not KEY=VALUE, such as sessions.idle=20m.")
        if "." not in key:
            raise typer.BadParameter(
                f"there is no key {key!r}: keys have a section, such as sessions.idle; see `wadctl config get`."
            )
        if key in given:
            raise typer.BadParameter(f"{key} is given twice.")
        given[key] = value
    tables: dict[str, dict[str, str]] = {}
    for key, value in given.items():
        section, _, name = key.partition(".")
        tables.setdefault(section, {})[name] = value
    config = Struct()
    config.update(tables)
    _update(started(ctx, output), list(given), config, dry_run=dry_run, timeout=timeout)


@app.command()
def unset(
    ctx: typer.Context,
    keys: Annotated[list[str], typer.Argument(metavar="KEY...", show_default=False)],
    *,
    dry_run: DryRunOption = False,
    timeout: TimeoutOption = 10,
    output: OutputOption = None,
) -> None:
    """Give keys back the values of the daemon's files.

    The environment counts too.

    \b
    Examples:
      wadctl config unset sessions.idle
      wadctl config get --changed -o json | jq -r '.settings[] | select(.origin == "UpdateConfig") | .key' |
        xargs wadctl config unset
    """
    _update(started(ctx, output), keys, Struct(), dry_run=dry_run, timeout=timeout)


def _update(run: Run, keys: Sequence[str], config: Struct, *, dry_run: bool, timeout: float) -> None:
    request = admin_pb2.UpdateConfigRequest(config=config, update_mask=FieldMask(paths=keys), validate_only=dry_run)
    with run.channel() as channel:
        response = admin_pb2_grpc.AdminServiceStub(channel).UpdateConfig(request, timeout=timeout)
    run.show(response, config_views.settings(response.settings))
