"""The configuration of a running daemon, and how it changes: by a call, or when the files are read again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import anyio.to_thread
import structlog

from wad.daemon.config.keys import KEYS, expanded, no_such_key
from wad.daemon.config.layers import Setting, read_layers
from wad.daemon.config.loading import judge, unusable
from wad.daemon.config.settings import Config
from wad.daemon.config.told import changes, told, value_of
from wad.domain.access_errors import RestartRequired
from wad.domain.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from wad.daemon.config.layers import Layers
    from wad.daemon.config.problems import Problem
    from wad.domain.configuration import ConfigSetting

    Effect = Callable[[Config], None]

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_ORIGIN = "UpdateConfig"
_PROBLEMS_TOLD = 10


class LiveConfig:
    """The configuration that holds now; there is one in a daemon.

    Args:
        path: The file that was named on the command line; None for the usual ones.
        environ: The environment; None for the process's.

    Attributes:
        present: What holds now. It is replaced as a whole, never changed.
        file: The file that it was read from; None for none.

    Raises:
        ConfigurationError: Something is wrong; the text names every problem.
    """

    def __init__(self, path: Path | None = None, *, environ: Mapping[str, str] | None = None) -> None:
        layers = read_layers(path, environ=environ)
        config = _judged(layers)
        if not isinstance(config, Config):
            raise unusable(config)
        self.present = config
        self._environ = environ
        self.file = layers.file
        self._settings = layers.settings
        self._updates: dict[str, Setting] = {}
        self._effects: Mapping[str, Effect] = {}

    def attend(self, effects: Mapping[str, Effect]) -> None:
        """Let the keys of *effects*, and no others, change from now on, each by calling its effect."""
        self._effects = effects

    # ── asked over the contract ───────────────────────────────────────────────────────────────────────────────────

    def get(self, names: Sequence[str] = ()) -> list[ConfigSetting]:
        """Return keys, ordered.

        Args:
            names: Keys and sections; none of them for all keys.

        Raises:
            InvalidInput: One of them is neither; it is the error's field.
        """
        return told(self.present, expanded(names), self._effects)

    def update(
        self, values: Mapping[str, object], keys: Sequence[str], *, validate_only: bool = False
    ) -> list[ConfigSetting]:
        """Change *keys* all at once; return them as they are then, or would be, ordered.

        Args:
            values: The new values; a key without one goes back to what the files and the environment said when they
                were last read.
            keys: The keys.
            validate_only: Change nothing.

        Raises:
            InvalidInput: A key is unknown or cannot have this value; it is the error's field. Nothing was changed.
            RestartRequired: A key takes effect only at a start. Nothing was changed.
        """
        for key in keys:
            if key not in KEYS:
                raise InvalidInput(key, f"{key}: {no_such_key(key)}.")
        for key in keys:
            if key not in self._effects:
                raise RestartRequired(key)
        updates = {key: setting for key, setting in self._updates.items() if key not in keys}
        updates |= {key: Setting(key, values[key], _ORIGIN) for key in keys if key in values}
        config = judge({**self._settings, **updates})
        if not isinstance(config, Config):
            raise _refused(config)
        if not validate_only:
            changed = changes(self.present, config)
            self._updates = updates
            self._hold(config, changed)
            _log.info("config.updated", keys=sorted(keys), changes=changed)
        return told(config, set(keys), self._effects)

    # ── the files ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def reload(self) -> None:
        """Read the files again: what can change live does so, what cannot is named in the log.

        Values that were set by :meth:`update` are forgotten. When anything is wrong nothing changes, and the log has
        all of it.
        """
        layers = await anyio.to_thread.run_sync(lambda: read_layers(self.file, environ=self._environ))
        asked = _judged(layers)
        if not isinstance(asked, Config):
            _log.error("config.unusable", problems=[str(problem) for problem in asked], message="nothing was changed")
            return
        waiting = [
            key for key in KEYS if key not in self._effects and value_of(asked, key) != value_of(self.present, key)
        ]
        settings = {key: setting for key, setting in layers.settings.items() if key not in waiting}
        settings |= {key: self._settings[key] for key in waiting if key in self._settings}
        config = judge(settings)
        if not isinstance(config, Config):  # possible only where a live key and another one must fit together
            _log.error("config.unusable", problems=[str(problem) for problem in config], message="restart the daemon")
            return
        changed = changes(self.present, config)
        self.file, self._settings, self._updates = layers.file, settings, {}
        self._hold(config, changed)
        _log.info("config.reloaded", changes=changed)
        if waiting:
            _log.warning("config.restart_required", keys=waiting)

    def _hold(self, config: Config, changed: Iterable[str]) -> None:
        """Let *config* hold from now on; nothing is awaited, so nobody sees a part of it."""
        self.present = config
        for effect in dict.fromkeys(self._effects[key] for key in changed):
            effect(config)


def _judged(layers: Layers) -> Config | list[Problem]:
    judged = judge(layers.settings)
    if isinstance(judged, Config):
        return list(layers.problems) or judged
    return [*layers.problems, *judged]


def _refused(problems: Sequence[Problem]) -> InvalidInput:
    texts = [str(replace(problem, origin="")) for problem in problems[:_PROBLEMS_TOLD]]
    more = len(problems) - len(texts)
    return InvalidInput(problems[0].key, "\n".join([*texts, *([f"and {more} more"] if more else [])]))
