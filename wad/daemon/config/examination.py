"""What must hold before a daemon starts: a configuration without a fault, on a host that has what it counts on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wad.daemon.config.host import doubts, lacking
from wad.daemon.config.layers import read_layers
from wad.daemon.config.loading import unusable, weigh

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wad.daemon.config.problems import Problem
    from wad.daemon.config.settings import Config


@dataclass(frozen=True, slots=True)
class Examined:
    """A configuration that a daemon can run with here.

    Attributes:
        config: It.
        file: Its file; None for none.
        doubts: What in it is probably a mistake.
    """

    config: Config
    file: Path | None
    doubts: Sequence[Problem]


def examine(path: Path | None = None, *, environ: Mapping[str, str] | None = None, serves: bool = False) -> Examined:
    """Return a configuration and what is doubtful about it; see :func:`~wad.daemon.config.layers.read_layers`.

    Args:
        path: Its file.
        environ: The environment.
        serves: This process is going to be the daemon.

    Raises:
        ConfigurationError: It is wrong, or does not fit this host; the text names every problem of both kinds.
    """
    layers = read_layers(path, environ=environ)
    weighed = weigh(layers.settings)
    problems = [*layers.problems, *weighed.problems]
    if all(problem.key for problem in problems):  # else the file could not be read: what it counts on is not known
        missing = lacking(weighed.config, layers.settings, serves=serves)
        problems += [one for one in missing if one.key not in weighed.stood_in]
    if problems:
        raise unusable(problems)
    return Examined(weighed.config, layers.file, list(doubts(weighed.config, layers.settings)))
