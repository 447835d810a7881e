"""``--version``, of both commands."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer


def _show(ctx: typer.Context, wanted: bool) -> None:  # noqa: FBT001 - typer passes it so
    if wanted:
        typer.echo(f"{ctx.command.name} {version('wad')}")
        raise typer.Exit


VersionOption = Annotated[
    bool, typer.Option("--version", callback=_show, is_eager=True, help="Show the version and exit.")
]
