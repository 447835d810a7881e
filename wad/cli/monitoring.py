"""``wad monitoring export``: the rules and dashboards that belong to the daemon's metrics."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations when it runs
from typing import Annotated

import typer

from wad import monitoring

# ruff: noqa: D301 - \b keeps typer from joining lines

app = typer.Typer(
    name="monitoring",
    no_args_is_help=True,
    help="Rules for Prometheus and dashboards for Grafana.",
    rich_markup_mode=None,
)


@app.callback()
def group() -> None:
    """Rules for Prometheus and dashboards for Grafana."""


@app.command(epilog="Exit codes: 0 written; 1 a file cannot be written; 2 wrong usage.")
def export(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Made if it is missing.", show_default=False)],
    *,
    runbooks: Annotated[
        str, typer.Option(metavar="URL", help="Where your people find the runbooks of docs/runbooks.")
    ] = monitoring.RUNBOOKS,
) -> None:
    """Write alert rules and dashboards into a directory.

    They are wad.rules.yml and dashboards/*.json, and replace those that are there.

    \b
    Examples:
      wad monitoring export /etc/prometheus/wad
      wad monitoring export . --runbooks https://wiki.example.com/runbooks && promtool check rules wad.rules.yml
    """
    if "\n" in runbooks:
        raise typer.BadParameter("An address has one line.", param_hint="--runbooks")
    try:
        for path in monitoring.export(directory, runbooks=runbooks):
            typer.echo(path)
    except OSError as error:
        typer.echo(f"wad monitoring export: {error.filename}: {error.strerror}", err=True)
        raise typer.Exit(1) from None
