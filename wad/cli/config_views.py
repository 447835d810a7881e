"""Keys of the configuration as a table for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from google.protobuf import json_format
from rich.text import Text

from wad.cli.listing import Column, Listing
from wad.cli.text import printable
from wad.v1 import admin_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.struct_pb2 import Value

DEFAULT = "default"
"""Origin of what nobody has set."""


def without_defaults(response: admin_pb2.GetConfigResponse) -> admin_pb2.GetConfigResponse:
    """Return only the keys that somebody has set."""
    return admin_pb2.GetConfigResponse(settings=[one for one in response.settings if one.origin != DEFAULT])


def settings(found: Iterable[admin_pb2.ConfigSetting]) -> Listing:
    """Return one line for each key; what was set stands out."""
    table = Listing("KEY", "VALUE", Column("ORIGIN", 2), Column("LIVE", 1))
    for one in found:
        style = "" if one.origin == DEFAULT else "bold"
        live = "yes" if one.live else "restart"
        table.add_row(one.key, Text(printable(text(one.value)), style), printable(one.origin), live)
    return table


def text(value: Value) -> str:
    """Return a value as people read it: texts bare, everything else as JSON."""
    if value.WhichOneof("kind") == "null_value":
        return "-"
    if value.HasField("string_value"):
        return value.string_value
    if value.HasField("number_value"):
        return f"{value.number_value:.15g}"
    return json.dumps(json_format.MessageToDict(value), ensure_ascii=False)
