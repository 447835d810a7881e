"""The configuration as people read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.struct_pb2 import Value

from wad.cli.config_views import DURATIONS, SIZES, text
from wad.daemon.config.quantities import parse_duration, parse_size
from wad.daemon.config.settings import Config
from wad.v1 import admin_pb2

if TYPE_CHECKING:
    from collections.abc import Callable


def keys_read_by(reader: Callable[[object], Any]) -> set[str]:
    """Return the keys whose values the daemon reads with *reader*."""
    sections: dict[str, Any] = {name: field.annotation for name, field in Config.model_fields.items()}
    return {
        f"{name}.{key}"
        for name, section in sections.items()
        for key, field in section.model_fields.items()
        if any(getattr(part, "func", None) is reader for part in field.metadata)
    }


def test_units_are_known_of_every_key_that_has_one() -> None:
    """What the daemon reads as a duration, or as a size, the command line shows as one, and nothing else."""
    assert keys_read_by(parse_duration) == DURATIONS
    assert keys_read_by(parse_size) == SIZES


def test_values_come_with_units() -> None:
    """People read 14d and 1000MiB where programs get numbers; what has no unit stays as it is."""
    values = {"alerts.certificate_left": 1_209_600, "alerts.memory": 1_048_576_000, "alerts.hysteresis": 0.1}
    shown = [text(admin_pb2.ConfigSetting(key=key, value=Value(number_value=value))) for key, value in values.items()]
    assert shown == ["14d", "1000MiB", "0.1"]
