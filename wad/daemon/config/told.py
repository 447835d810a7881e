"""What of a configuration is told: its values as JSON has them, without what is secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wad.daemon.config.keys import SECRETS
from wad.domain.configuration import SECRET, ConfigSetting

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from wad.daemon.config.settings import Config


def value_of(config: Config, key: str) -> object:
    """Return the value of a key as it is used; it may be a secret."""
    section, _, name = key.partition(".")
    return getattr(getattr(config, section), name)


def told(config: Config, keys: Iterable[str], live: Collection[str]) -> list[ConfigSetting]:
    """Return what may be told of these keys, in their order.

    Args:
        config: The configuration.
        keys: The keys.
        live: Those that can change while a daemon runs.
    """
    shown = _without_secrets(config)
    return [ConfigSetting(key, shown[key], config.origin(key), key in live) for key in sorted(keys)]


def changes(before: Config, after: Config) -> dict[str, dict[str, object]]:
    """Return the keys whose values differ, each with its ``old`` and its ``new`` value, as they may be told."""
    old, new = _without_secrets(before), _without_secrets(after)
    changed = (key for key in new if value_of(before, key) != value_of(after, key))
    return {key: {"old": old[key], "new": new[key]} for key in sorted(changed)}


def _without_secrets(config: Config) -> dict[str, object]:
    tables: dict[str, dict[str, Any]] = config.model_dump(mode="json")
    found = {f"{section}.{name}": value for section, table in tables.items() for name, value in table.items()}
    for key in SECRETS:
        found[key] = SECRET if found[key] is not None else None
    grants = config.access.grants
    found["access.grants"] = (
        None if grants is None else [grant.model_dump(mode="json", exclude_none=True) for grant in grants]
    )
    return found
