"""Every command that the documents and the help show, read by the real command lines up to where something is done."""

from __future__ import annotations

import os
import re
import shlex
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import wad.__main__ as host
from tests.unit.cli.test_cli_help import LEAVES, ROOTS, helped
from wad.cli import demo, wadctl
from wad.cli.connection import Identity
from wad.cli.run import Run
from wad.daemon.config.keys import expanded
from wad.domain.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

PLACE: Final = Path(__file__).parents[3]
DOCUMENTS: Final = sorted(
    path for path in (*PLACE.glob("*.md"), *PLACE.glob("docs/**/*.md"), *PLACE.glob("clients/*/README.md"))
)

_PROMPT: Final = re.compile(r"^(?:\$|#) (.*(?:(?:\\|\|)\n.*)*)", re.MULTILINE)
_BLOCK: Final = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_SPAN: Final = re.compile(r"`((?:\.venv/bin/)?wad(?:ctl)?\s[^`]*)`")
_BEFORE: Final = frozenset({"sudo", "time", "runuser", "-u", "--"})
"""Words that may stand before a command."""


class Example(NamedTuple):
    """A command that somebody is shown, or, in a text, perhaps only its name."""

    origin: str
    words: tuple[str, ...]
    in_text: bool


def commands(line: str) -> Iterator[tuple[str, ...]]:
    """Yield the commands of wad's own in a line for a shell; of words such as ``list|drain`` each."""
    words: list[str] = []
    lexer = shlex.shlex(line.replace("\\\n", " "), posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    for word in (*lexer, ";"):
        if not set(word) <= set("|&;<>"):
            words.append(word)
            continue
        yield from own(words)
        words = ["file"] if word in {"<", ">", ">>"} else []


def own(words: list[str]) -> Iterator[tuple[str, ...]]:
    """Yield a command if it is one of wad's own."""
    for place, word in enumerate(words):
        if place and words[place - 1] == "-u":
            continue
        if os.path.basename(word) in ROOTS:  # noqa: PTH119 - a word
            yield (os.path.basename(word), *words[place + 1 :])  # noqa: PTH119 - a word
            return
        if word not in _BEFORE and "=" not in word:
            return


def spans(text: str) -> Iterator[str]:
    """Yield what stands between backquotes, with each of several alternatives."""
    for span in _SPAN.findall(text):
        words = span.split()
        choice = next((place for place, word in enumerate(words) if re.fullmatch(r"[a-z-]+(\|[a-z-]+)+", word)), None)
        if choice is None:
            yield " ".join(words)
        else:
            yield from (" ".join([*words[:choice], one, *words[choice + 1 :]]) for one in words[choice].split("|"))


def documented() -> Iterator[Example]:
    """Yield what the documents show."""
    for path in DOCUMENTS:
        text, name = path.read_text("utf-8"), str(path.relative_to(PLACE))
        blocks = "\n".join(_BLOCK.findall(text))
        for line in _PROMPT.findall(blocks):
            yield from (Example(name, words, in_text=False) for words in commands(line))
        for line in spans(_BLOCK.sub("", text)):
            yield from (Example(name, words, in_text=True) for words in commands(line))


def exemplified() -> Iterator[Example]:
    """Yield what the help shows."""
    for words in LEAVES:
        block = helped(words, columns=1000).partition("Examples:\n")[2].partition("\n\n")[0]
        for line in re.sub(r"\|\n", "| ", block).splitlines():
            yield from (Example(f"{' '.join(words)} --help", command, in_text=False) for command in commands(line))


EXAMPLES: Final = sorted({*documented(), *exemplified()})


class _Reached(Exception):
    """A command has read all its words, and would begin now."""


@pytest.fixture
def nothing_happens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Generator[None]:
    """End every command where it would begin."""

    def begin(*_: object, **__: object) -> None:
        raise _Reached

    @contextmanager
    def entered(*_: object, **__: object) -> Generator[None]:
        raise _Reached
        yield

    monkeypatch.setattr(Run, "channel", entered)
    monkeypatch.setattr(wadctl, "identity", lambda *_, **__: Identity())  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType] - it ignores its arguments
    monkeypatch.setattr(host, "_places", begin)
    monkeypatch.setenv("WAD_CONFIG", str(tmp_path / "none.toml"))  # what works on the daemon's files reads it first
    monkeypatch.setattr(os, "execv", begin)
    monkeypatch.setattr("wad.emulator.run", begin)
    monkeypatch.setattr("wad.monitoring.export", begin)
    monkeypatch.setattr(demo, "run_demo", begin)
    monkeypatch.chdir(tmp_path)
    before = os.umask(0o077)  # the commands set it, for a process of their own
    yield
    os.umask(before)


def is_name(words: tuple[str, ...]) -> bool:
    """Return True for the name of a command, or of a group of them, and nothing else."""
    command: Any = get_command(ROOTS[words[0]])
    for word in words[1:]:
        command = getattr(command, "commands", {}).get(word)
    return command is not None


def title(example: Example) -> str:
    """Return what a test of this example is called."""
    return f"{example.origin}: {' '.join(example.words)}"


@pytest.mark.usefixtures("nothing_happens")
@pytest.mark.parametrize("example", EXAMPLES, ids=title)
def test_command_that_is_shown_can_be_given(example: Example) -> None:
    """What somebody copies out of a document or the help is no wrong usage; a text may leave arguments out."""
    command, *arguments = example.words
    result = CliRunner().invoke(ROOTS[command], arguments, env={"COLUMNS": "200"})
    informs = {"--help", "--version", "--install-completion", "--show-completion"} & set(arguments)
    begun = isinstance(result.exception, _Reached) or result.exit_code == os.EX_CONFIG
    named = example.in_text and (is_name(example.words) or "Missing argument" in result.output)
    assert begun or informs or named, result.output


@pytest.mark.parametrize(
    "example",
    [one for one in EXAMPLES if one.words[1:2] == ("config",) and one.words[2:3] in {("get",), ("set",), ("unset",)}],
    ids=title,
)
def test_key_that_is_shown_exists(example: Example) -> None:
    """Each key of the configuration in an example, and each section, is one."""
    keys = [word.partition("=")[0] for word in example.words[3:] if re.fullmatch(r"[a-z]+(\.[a-z_]+)?(=.*)?", word)]
    try:
        expanded([key for key in keys if key not in {"json", "yaml"}])
    except InvalidInput as error:
        pytest.fail(str(error))


def test_examples_are_found() -> None:
    """The search finds what stands in blocks, in texts, behind other commands, and as alternatives."""
    found = {words for _, words, _ in EXAMPLES}
    assert len(found) > 150
    assert list(commands("# runuser -u wad -- wad cleanup")) == []
    assert list(commands("A=1 time .venv/bin/wad cleanup --dry-run && wadctl stats | wc -l > wad")) == [
        ("wad", "cleanup", "--dry-run"),
        ("wadctl", "stats"),
    ]
    assert list(commands("usermod -aG wad alice; runuser -u wad -- wad health-report  # daily")) == [
        ("wad", "health-report")
    ]
    assert list(spans("so `wadctl workers\n  list|drain x` does")) == [
        "wadctl workers list x",
        "wadctl workers drain x",
    ]
