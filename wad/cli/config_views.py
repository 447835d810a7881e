"""Keys of the configuration as a table for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from google.protobuf import json_format
from rich.console import Group
from rich.text import Text

from wad.cli.listing import Column, Listing
from wad.cli.text import exact_size, printable, span
from wad.v1 import admin_pb2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

DEFAULT: Final = "default"
"""Origin of what nobody has set."""

_BY_CALL: Final = "UpdateConfig"
_WHILE_RUNNING: Final = "set while running"

DURATIONS: Final = frozenset(
    {
        "daemon.stop_timeout",
        *(
            f"sessions.{name}"
            for name in (
                *("cleanup_interval", "trash_retention", "connecting", "qr_window", "pairing", "syncing"),
                *("reconnecting", "idle", "max_age", "backoff_base", "backoff_cap", "stable_after", "heartbeat"),
                *("pairing_silence", "replaced_wait", "replaced_window", "restart_period"),
            )
        ),
        *(f"devices.{name}" for name in ("qr_window", "idle", "max_age", "heartbeat")),
        "messages.retention",
        "engine.worker_max_age",
        *(f"alerts.{name}" for name in ("interval", "cleanup_age", "certificate_left")),
        *(f"alerts.{name}" for name in ("event_loop_lag", "grpc_latency")),
    }
)
"""Keys whose values are durations; the contract has them in seconds."""

SIZES: Final = frozenset({"grpc.max_message_size", "engine.worker_max_memory", "alerts.memory", "alerts.free_space"})
"""Keys whose values are sizes; the contract has them in bytes."""


def without_defaults(response: admin_pb2.GetConfigResponse) -> admin_pb2.GetConfigResponse:
    """Return only the keys that somebody has set."""
    return admin_pb2.GetConfigResponse(settings=[one for one in response.settings if one.origin != DEFAULT])


def settings(found: Sequence[admin_pb2.ConfigSetting]) -> RenderableType:
    """Return one line for each key; what was set stands out."""
    table = Listing("KEY", "VALUE", Column("ORIGIN", 2), Column("LIVE", 1))
    for one in found:
        style = "" if one.origin == DEFAULT else "bold"
        origin = _WHILE_RUNNING if one.origin == _BY_CALL else printable(one.origin)
        table.add_row(one.key, Text(printable(text(one)), style), origin, "yes" if one.live else "restart")
    if all(one.origin != _BY_CALL for one in found):
        return table
    return Group(table, Text(f"What was {_WHILE_RUNNING} holds until the next start or reload.", style="dim"))


def text(one: admin_pb2.ConfigSetting) -> str:
    """Return a key's value as people write it: durations and sizes with units, texts bare, everything else as JSON."""
    value = one.value
    if value.WhichOneof("kind") == "null_value":
        return "-"
    if value.HasField("string_value"):
        return value.string_value
    if not value.HasField("number_value"):
        return json.dumps(json_format.MessageToDict(value), ensure_ascii=False)
    if one.key in DURATIONS:
        return span(value.number_value)
    if one.key in SIZES:
        return exact_size(round(value.number_value))
    return f"{value.number_value:.15g}"
