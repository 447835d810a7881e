"""The form of answers: tables for people, JSON and YAML for programs."""

from __future__ import annotations

import json
import os
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console, RenderableType

_UNLIMITED: Final = 10_000
"""Columns for whoever reads the output from a pipe or a file."""


class Output(StrEnum):
    """The form of answers."""

    TABLE = "table"
    JSON = "json"
    YAML = "yaml"

    @property
    def for_programs(self) -> bool:
        """True when programs read the answers."""
        return self is not Output.TABLE

    def dump(self, data: Mapping[str, Any], *, one_of_many: bool = False) -> str:
        """Return *data* for programs.

        Args:
            data: What JSON can hold.
            one_of_many: More of the kind follow: each is a line of JSON, or a document of YAML.
        """
        if self is Output.YAML:
            from wad.cli import yaml_form  # noqa: PLC0415 - only who asks for it waits for it

            return yaml_form.dump(data, one_of_many=one_of_many)
        return json.dumps(data, ensure_ascii=False, indent=None if one_of_many else 2)


OutputOption = Annotated[
    Output | None,
    typer.Option(
        "--output",
        "-o",
        help="Form of the answer: a table for people, JSON or YAML for programs.",
        show_default=False,
    ),
]


def people() -> Console:
    """Return the console for people; what is piped on is as wide as it needs to be, for grep and its kin."""
    from rich.console import Console  # noqa: PLC0415 - the help needs none

    limited = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(highlight=False, width=None if limited else _UNLIMITED)


def show(what: RenderableType) -> None:
    """Print something for people; in a pipe or a file no line ends in blanks."""
    console = people()
    if console.is_terminal:
        console.print(what)
        return
    with console.capture() as captured:
        console.print(what)
    typer.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))
