"""What the commands tell of themselves."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from wad import __main__ as wad
from wad.cli import wadctl

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOTS: dict[str, Any] = {"wad": wad.app, "wadctl": wadctl.app}


def commands(name: str, command: Any) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command and group."""
    yield (name,)
    for inner in getattr(command, "commands", {}).values():
        for words in commands(inner.name, inner):
            yield (name, *words)


ALL = [words for name, app in ROOTS.items() for words in commands(name, get_command(app))]
LEAVES = [words for words in ALL if not any(len(other) > len(words) and other[: len(words)] == words for other in ALL)]


def helped(words: tuple[str, ...], columns: int = 80) -> str:
    """Return the help as a terminal of so many columns shows it."""
    environment = {"COLUMNS": str(columns)}
    result = CliRunner().invoke(ROOTS[words[0]], [*words[1:], "--help"], env=environment, prog_name=words[0])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_help_is_plain_and_fits(words: tuple[str, ...]) -> None:
    """Every help is in one style without boxes; each command of a group has one line, and none is cut off."""
    text = helped(words)
    assert not set(text) & set("╭│╰─")
    listed = text.partition("\nCommands:\n")[2].partition("\n\n")[0].splitlines()
    assert all(line.startswith("  ") and line[2] != " " and not line.endswith("...") for line in listed)


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_help_of_each_command_has_examples(words: tuple[str, ...]) -> None:
    """Whoever asks for a command's help sees how it is used: whole lines that begin with the command's name."""
    examples = helped(words).partition("Examples:\n")[2]
    assert examples.lstrip().startswith(words[0]), words
    assert " ".join(words) in examples


@pytest.mark.parametrize("name", ROOTS)
def test_version_is_told(name: str) -> None:
    """Both commands tell their version."""
    result = CliRunner().invoke(ROOTS[name], ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"{name} {version('wad')}\n")


@pytest.mark.parametrize("words", [words for words in LEAVES if words[0] == "wad"], ids=" ".join)
def test_exit_codes_of_each_command_of_the_host_are_documented(words: tuple[str, ...]) -> None:
    """Each command of wad says what its exit codes mean; those of wadctl have one list, in its own help."""
    assert "Exit codes: 0 " in helped(words)
    assert "130 interrupted" in helped(("wadctl",))
