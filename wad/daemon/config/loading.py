"""Turns what was read into a configuration, or into everything that is wrong with it at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from wad.daemon.config.keys import SECTIONS
from wad.daemon.config.layers import read_layers
from wad.daemon.config.problems import Problem, at, invalid
from wad.daemon.config.settings import Config
from wad.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
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
    weighed = weigh(settings)
    return list(weighed.problems) or weighed.config


@dataclass(frozen=True, slots=True)
class Weighed:
    """What settings are worth.

    Attributes:
        config: The configuration that they make, with a stand-in for each value that is bad, so that the rest can be
            looked at further.
        stood_in: The keys of those.
        problems: Everything that is wrong.
    """

    config: Config
    stood_in: Collection[str]
    problems: Sequence[Problem]


def weigh(settings: Mapping[str, Setting]) -> Weighed:
    """Return what *settings*, by key, are worth."""
    tables: dict[str, dict[str, object]] = {name: {} for name in SECTIONS}
    for setting in settings.values():
        section, _, name = setting.key.partition(".")
        tables[section][name] = setting.value
    problems: list[Problem] = []
    bad: set[str] = set()
    try:
        config = Config.model_validate(tables)
    except ValidationError as error:
        problems = [invalid(details, settings) for details in error.errors()]
        bad = {problem.key for problem in problems}
        for key in bad:
            _stand_in(tables, key)
        config = Config.model_validate(tables)
    problems += [
        at((name, conflict.key), conflict.message, settings)
        for name in SECTIONS
        for conflict in config.section(name).conflicts()
    ]
    origins = {setting.key: setting.origin for setting in settings.values()}
    return Weighed(config.with_origins(origins), bad, problems)


def _stand_in(tables: Mapping[str, dict[str, object]], key: str) -> None:
    """Let something that is certainly right stand in the place of a bad value."""
    section, _, name = key.partition(".")
    examples = SECTIONS[section].model_fields[name].examples
    if examples is None:
        del tables[section][name]
    else:
        tables[section][name] = examples[0]


def unusable(problems: Sequence[Problem]) -> ConfigurationError:
    """Return the error that names all *problems*."""
    count = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
    lines = (line for problem in problems for line in str(problem).splitlines())
    return ConfigurationError(f"The configuration has {count}:\n" + "\n".join(f"  {line}" for line in lines))
