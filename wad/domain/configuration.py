"""What can be told of the daemon's configuration: its keys, each with its value and where that comes from. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SECRET: Final = "(secret)"  # noqa: S105 - it stands in place of one
"""What is told in place of a secret value."""


@dataclass(frozen=True, slots=True)
class ConfigSetting:
    """One key.

    Attributes:
        key: The key with its section, ``sessions.idle``.
        value: Its value as JSON has it: durations in seconds, sizes in bytes; :data:`SECRET` for a secret one.
        origin: Where the value comes from.
        live: It can change while the daemon runs.
    """

    key: str
    value: object
    origin: str
    live: bool
