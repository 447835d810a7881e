"""Reads the layers of the configuration, and reports all that is wrong with them at once.

The layers are read here and not by pydantic-settings: that ignores variables with misspelt names, stops at the first
layer that it cannot read, and forgets where a value came from. pydantic judges the merged values.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from pydantic import ValidationError

from wad.daemon.config.places import config_files, default_runtime_dir, default_state_dir
from wad.daemon.config.settings import Config
from wad.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

_PREFIX: Final = "WAD_"
_OF_COMMANDS: Final = frozenset({"WAD_ADDRESS", "WAD_BACKUP_PASSPHRASE", "WAD_CONFIG"})
"""Variables that options of commands read, and that are no keys."""
_SECRET: Final = frozenset({"engine.proxy_url"})
_SECTIONS: Final = {name: cast("type[BaseModel]", field.annotation) for name, field in Config.model_fields.items()}
_KEYS: Final = tuple(f"{name}.{key}" for name, section in _SECTIONS.items() for key in section.model_fields)


@dataclass(frozen=True, slots=True)
class _Setting:
    """A value of one key (``sessions.idle``), and where it stands."""

    key: str
    value: object
    origin: str


def load_config(
    path: Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Config:
    """Return the configuration.

    Args:
        path: The file to read, which must exist; without it ``/etc/wad/wad.toml``, or else the user's own, or none.
        environ: The environment; without it the process's. Empty variables count as absent.
        overrides: Values of the command line by key (``{"http.port": 0}``); a value of None counts as absent.

    Raises:
        ConfigurationError: Something is wrong; the text names every problem with its file and line, or its variable.
    """
    environ = os.environ if environ is None else environ
    problems: list[str] = []
    settings = [
        *_from_file(path, environ, problems),
        *_from_environment(environ),
        *(_Setting(key, value, "command line") for key, value in (overrides or {}).items() if value is not None),
    ]
    merged: dict[str, _Setting] = {}
    for setting in settings:
        if setting.key in _KEYS:
            merged[setting.key] = setting
        else:
            problems.append(_unknown(setting))
    for default in _derived(merged, environ):
        merged.setdefault(default.key, default)
    config = _validated(merged, problems)
    if config is None or problems:
        count = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise ConfigurationError(f"The configuration has {count}:\n" + "\n".join(f"  {line}" for line in problems))
    return config


# ── the layers ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _from_file(path: Path | None, environ: Mapping[str, str], problems: list[str]) -> list[_Setting]:
    """Return the settings of the file; one that cannot be read or parsed is added to the problems."""
    file = path or next((candidate for candidate in config_files(environ) if candidate.is_file()), None)
    if file is None:
        return []
    try:
        text = file.read_text("utf-8")
        tables = tomllib.loads(text)
    except OSError as error:
        problems.append(f"{file}: it cannot be read: {error.strerror}")
    except ValueError as error:  # not UTF-8, or not TOML
        problems.append(f"{file}: it is no TOML: {error}")
    else:
        lines = _lines(text)
        return [
            _Setting(key, value, f"{file}:{lines[key]}" if key in lines else str(file)) for key, value in _flat(tables)
        ]
    return []


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and (value or key in _SECTIONS):
            yield from _flat(cast("dict[str, object]", value), f"{key}.")
        else:
            yield key, value


def _lines(text: str) -> dict[str, int]:
    """Return the line of each key that is written in the usual way; the parser does not tell them."""
    found: dict[str, int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([\w.-]+)\s*\]", line):
            section = f"{header[1]}."
        elif name := re.match(r"\s*([\w.-]+)\s*=", line):
            found.setdefault(section + name[1], number)
    return found


def _from_environment(environ: Mapping[str, str]) -> Iterator[_Setting]:
    for name, value in sorted(environ.items()):
        if name.upper().startswith(_PREFIX) and value and name not in _OF_COMMANDS:
            yield _Setting(name[len(_PREFIX) :].lower().replace("__", "."), value, f"environment variable {name}")


def _derived(merged: Mapping[str, _Setting], environ: Mapping[str, str]) -> Iterator[_Setting]:
    """Yield the defaults that depend on the machine, or on other values."""

    def given(key: str, default: Path) -> Path:
        return Path(str(merged[key].value)) if key in merged else default

    state_dir = given("daemon.state_dir", default_state_dir(environ))
    runtime_dir = given("daemon.runtime_dir", default_runtime_dir(environ, state_dir))
    yield _Setting("daemon.state_dir", state_dir, "default")
    yield _Setting("daemon.runtime_dir", runtime_dir, "default")
    yield _Setting("daemon.sessions_dir", state_dir / "sessions", "default")
    yield _Setting("grpc.unix_socket", runtime_dir / "wad.sock", "default")


# ── judgement ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _validated(merged: Mapping[str, _Setting], problems: list[str]) -> Config | None:
    tables: dict[str, dict[str, object]] = {name: {} for name in _SECTIONS}
    for setting in merged.values():
        section, _, name = setting.key.partition(".")
        tables[section][name] = setting.value
    try:
        config = Config.model_validate(tables)
    except ValidationError as error:
        problems += [_invalid(details, merged) for details in error.errors()]
        return None
    return config.with_origins({setting.key: setting.origin for setting in merged.values()})


def _invalid(details: ErrorDetails, merged: Mapping[str, _Setting]) -> str:
    key = ".".join(str(part) for part in details["loc"][:2])
    cause = details.get("ctx", {}).get("error")
    message = str(cause) if isinstance(cause, ValueError) else details["msg"]
    setting = merged.get(key)
    if setting is None:
        return f"{key}: {message}"
    value = "" if key in _SECRET else f" = {setting.value!r}"
    if isinstance(setting.value, Path):
        value = f" = {str(setting.value)!r}"
    return f"{setting.origin}: {key}{value}: {message}"


def _unknown(setting: _Setting) -> str:
    suggestion = _nearest(setting.key)
    if setting.key in _SECTIONS:
        example = next(key for key in _KEYS if key.startswith(f"{setting.key}."))
        advice = f"it is a section, not a key; set its keys, such as {example}"
    elif suggestion:
        name = suggestion
        if setting.origin.startswith("environment"):
            name = _PREFIX + suggestion.upper().replace(".", "__")
        advice = f"there is no such key; did you mean {name}?"
    else:
        advice = "there is no such key"
    return f"{setting.origin}: {setting.key}: {advice}"


def _nearest(key: str) -> str | None:
    """Return the key that was probably meant: one spelt much the same, or one of that name in another section."""
    if close := difflib.get_close_matches(key, _KEYS, 1, 0.75):
        return close[0]
    names = {known.partition(".")[2]: known for known in reversed(_KEYS)}  # of two sections, the first is meant
    close = difflib.get_close_matches(key.rpartition(".")[2], names, 1, 0.75)
    return names[close[0]] if close else None
