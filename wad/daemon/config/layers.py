"""The layers of the configuration as they are read: a file, then the environment, then the command line.

They are read here and not by pydantic-settings: that ignores variables with misspelt names, stops at the first layer
that it cannot read, and forgets where a value came from.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from wad.daemon.config.keys import KEYS, SECTIONS
from wad.daemon.config.places import config_files, default_runtime_dir, default_state_dir
from wad.daemon.config.problems import Problem, unknown
from wad.daemon.config.section import absolute

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PREFIX: Final = "WAD_"
_OF_COMMANDS: Final = frozenset(
    {
        *("WAD_ADDRESS", "WAD_TOKEN", "WAD_TOKEN_FILE", "WAD_CA_FILE", "WAD_CERT_FILE", "WAD_KEY_FILE"),
        *("WAD_BACKUP_PASSPHRASE", "WAD_CONFIG"),
    }
)
"""Variables that options of commands read, and that are no keys."""

_HEADER: Final = re.compile(r"\s*\[\s*([\w.-]+)\s*\]")
_ENTRY_HEADER: Final = re.compile(r"\s*\[\[\s*([\w.-]+)\s*\]\]")
_KEY: Final = re.compile(r"\s*([\w.-]+)\s*=")


@dataclass(frozen=True, slots=True)
class Setting:
    """A value of one key, and where it stands.

    Attributes:
        key: The key, ``sessions.idle``.
        value: As it was written.
        origin: Such as its file and line.
        lines: Origin of what stands inside the value, by its path (``access.grants[0].role``), as far as it is known.
    """

    key: str
    value: object
    origin: str
    lines: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Layers:
    """What the layers say together.

    Attributes:
        file: The file that was read; None for none.
        settings: The value of each key that has one; the later layer has won.
        problems: What could not be read, and what is no key.
    """

    file: Path | None
    settings: Mapping[str, Setting]
    problems: tuple[Problem, ...]


def read_layers(
    path: Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Layers:
    """Read the layers; what is wrong with them is among their problems.

    Args:
        path: The file to read, which must exist; without it ``/etc/wad/wad.toml``, or else the user's own, or none.
        environ: The environment; without it the process's. Empty variables count as absent.
        overrides: Values of the command line by key (``{"http.port": 0}``); a value of None counts as absent.
    """
    environ = os.environ if environ is None else environ
    file = path or next((candidate for candidate in config_files(environ) if candidate.is_file()), None)
    problems: list[Problem] = []
    merged: dict[str, Setting] = {}
    for setting in (
        *(() if file is None else _from_file(file, problems)),
        *_from_environment(environ),
        *(Setting(key, value, "command line") for key, value in (overrides or {}).items() if value is not None),
    ):
        if setting.key in KEYS:
            merged[setting.key] = setting
        else:
            prefix = _PREFIX if setting.origin.startswith("environment") else ""
            problems.append(unknown(setting.key, setting.origin, prefix))
    for default in _derived(merged, environ):
        merged.setdefault(default.key, default)
    return Layers(file, merged, tuple(problems))


def _from_file(file: Path, problems: list[Problem]) -> list[Setting]:
    """Return the settings of the file; one that cannot be read or parsed is added to the problems."""
    try:
        text = file.read_text("utf-8")
        values = list(_flat(tomllib.loads(text)))
    except OSError as error:
        problems.append(Problem("", str(file), f"it cannot be read: {error.strerror}"))
    except ValueError as error:  # not UTF-8, or not TOML
        problems.append(Problem("", str(file), f"it is no TOML: {error}"))
    except RecursionError:
        problems.append(Problem("", str(file), "it is nested too deeply"))
    else:
        lines = {key: f"{file}:{number}" for key, number in _lines(text).items()}
        return [
            Setting(key, value, lines.get(key, str(file)), {at: lines[at] for at in lines if at.startswith(f"{key}[")})
            for key, value in values
        ]
    return []


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and (value or key in SECTIONS):
            yield from _flat(cast("dict[str, object]", value), f"{key}.")
        else:
            yield key, value


def _lines(text: str) -> dict[str, int]:
    """Return the line of each key that is written in the usual way; the parser does not tell them."""
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if entry := _ENTRY_HEADER.match(line):
            index = counts.get(entry[1], 0)
            counts[entry[1]] = index + 1
            found.setdefault(entry[1], number)
            found[f"{entry[1]}[{index}]"] = number
            section = f"{entry[1]}[{index}]."
        elif header := _HEADER.match(line):
            section = f"{header[1]}."
        elif name := _KEY.match(line):
            found.setdefault(section + name[1], number)
    return found


def _from_environment(environ: Mapping[str, str]) -> Iterator[Setting]:
    for name, value in sorted(environ.items()):
        if name.upper().startswith(_PREFIX) and value and name not in _OF_COMMANDS:
            yield Setting(name[len(_PREFIX) :].lower().replace("__", "."), value, f"environment variable {name}")


def _derived(merged: Mapping[str, Setting], environ: Mapping[str, str]) -> Iterator[Setting]:
    """Yield the defaults that depend on the machine, or on other values."""

    def given(key: str, default: Path) -> Path:
        try:
            return absolute(Path(str(merged[key].value))) if key in merged else default
        except ValueError:  # which is told of the key; what follows from it is right then
            return default

    state_dir = given("daemon.state_dir", default_state_dir(environ))
    runtime_dir = given("daemon.runtime_dir", default_runtime_dir(environ, state_dir))
    yield Setting("daemon.state_dir", state_dir, "default")
    yield Setting("daemon.runtime_dir", runtime_dir, "default")
    yield Setting("daemon.sessions_dir", state_dir / "sessions", "default")
    yield Setting("grpc.unix_socket", runtime_dir / "wad.sock", "default")
