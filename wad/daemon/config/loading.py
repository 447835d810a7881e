"""Turns what was read into a configuration, or into everything that is wrong with it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from wad.daemon.config.keys import SECTIONS
from wad.daemon.config.layers import read_layers
from wad.daemon.config.problems import Problem, invalid
from wad.daemon.config.settings import Config
from wad.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wad.daemon.config.layers import Setting


def load_config(
    path: Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Config:
    """Return the configuration; see :func:`~wad.daemon.config.layers.read_layers` for the arguments.

    Raises:
        ConfigurationError: Something is wrong; the text names every problem with its file and line, or its variable.
    """
    layers = read_layers(path, environ=environ, overrides=overrides)
    judged = judge(layers.settings)
    if isinstance(judged, Config) and not layers.problems:
        return judged
    raise unusable([*layers.problems, *([] if isinstance(judged, Config) else judged)])


def judge(settings: Mapping[str, Setting]) -> Config | list[Problem]:
    """Return the configuration that *settings*, by key, make, or what is wrong with them."""
    tables: dict[str, dict[str, object]] = {name: {} for name in SECTIONS}
    for setting in settings.values():
        section, _, name = setting.key.partition(".")
        tables[section][name] = setting.value
    try:
        config = Config.model_validate(tables)
    except ValidationError as error:
        return [invalid(details, settings) for details in error.errors()]
    return config.with_origins({setting.key: setting.origin for setting in settings.values()})


def unusable(problems: Sequence[Problem]) -> ConfigurationError:
    """Return the error that names all *problems*."""
    count = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
    lines = (line for problem in problems for line in str(problem).splitlines())
    return ConfigurationError(f"The configuration has {count}:\n" + "\n".join(f"  {line}" for line in lines))
