"""The configuration, between the domain and the contract. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from google.protobuf import json_format
from google.protobuf.struct_pb2 import Value

from wad.domain.errors import InvalidInput
from wad.v1 import admin_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from google.protobuf.field_mask_pb2 import FieldMask
    from google.protobuf.struct_pb2 import Struct

    from wad.domain.configuration import ConfigSetting

LONGEST_NAME: Final = 100
"""Characters of a key or a section; no key has half as many."""

LARGEST_CONFIG: Final = 1024 * 1024
"""Bytes of the values in one request; a thousand grants have not nearly as many."""

MOST_NAMES: Final = 500
"""In one mask; there are not nearly as many keys."""


@dataclass(frozen=True, slots=True)
class Update:
    """What a caller wants to change.

    Attributes:
        keys: The keys to change, each once.
        values: Their new values; a key without one goes back to what it was configured as.
    """

    keys: tuple[str, ...]
    values: Mapping[str, object]


def settings(found: Iterable[ConfigSetting]) -> list[admin_pb2.ConfigSetting]:
    """Return keys as they are told."""
    return [
        admin_pb2.ConfigSetting(key=one.key, value=_value(one.value), origin=one.origin, live=one.live) for one in found
    ]


def changes(before: Iterable[ConfigSetting], after: Iterable[ConfigSetting]) -> str:
    """Return which keys have other values than before, with both, as they may be told.

    Args:
        before: Keys as they were.
        after: Keys as they are.
    """
    old = {one.key: one.value for one in before}
    return "; ".join(
        f"{one.key}: {json.dumps(old.get(one.key))} -> {json.dumps(one.value)}"
        for one in after
        if one.value != old.get(one.key)
    )


def _value(value: object) -> Value:
    return json_format.ParseDict(value, Value())  # pyright: ignore[reportArgumentType] - it takes any JSON


def names(request: admin_pb2.GetConfigRequest) -> tuple[str, ...]:
    """Return the keys and sections that a caller wants to see; none for all.

    Raises:
        InvalidInput: The mask cannot be used.
    """
    return _paths(request.read_mask, "read_mask")


def update(request: admin_pb2.UpdateConfigRequest) -> Update:
    """Return what a caller wants to change.

    Raises:
        InvalidInput: The mask is empty, or does not name a key that has a value; a section holds no keys; or the values
            are far too large.
    """
    keys = _paths(request.update_mask, "update_mask")
    if not keys:
        raise InvalidInput("update_mask", "Name each key to change in update_mask, such as sessions.idle.")
    if (size := request.config.ByteSize()) > LARGEST_CONFIG:
        raise InvalidInput("config", f"config has {size} bytes; at most {LARGEST_CONFIG} are possible.")
    values = _flat(request.config)
    for key in values:
        if key not in keys:
            raise InvalidInput(
                "update_mask",
                f"config has a value for {key[:LONGEST_NAME]!r}, which update_mask does not name: name it, or leave it "
                "out.",
            )
    return Update(keys, values)


def _paths(mask: FieldMask, field: str) -> tuple[str, ...]:
    paths: Sequence[str] = mask.paths
    if len(paths) > MOST_NAMES:
        raise InvalidInput(field, f"{field} has {len(paths)} entries; there are not nearly as many keys.")
    for path in paths:
        if "*" in path:
            raise InvalidInput(field, f"{field} takes no '*': name each key, such as sessions.idle.")
        if not path or len(path) > LONGEST_NAME:
            raise InvalidInput(field, f"{field} has an entry of {len(path)} characters; name keys as in sessions.idle.")
    return tuple(dict.fromkeys(paths))


def _flat(config: Struct) -> dict[str, object]:
    """Return the values by key."""
    found: dict[str, object] = {}
    for section, table in config.fields.items():
        if not table.HasField("struct_value"):
            raise InvalidInput(
                f"config.{section[:LONGEST_NAME]}",
                'A section holds its keys: write {"sessions": {"idle": "20m"}}, not {"sessions.idle": "20m"}.',
            )
        for name, value in table.struct_value.fields.items():
            found[f"{section}.{name}"] = _plain(value)
    return found


def _plain(value: Value) -> object:
    """Return a value as a file would have it: the contract has only one kind of numbers."""
    match value.WhichOneof("kind"):
        case "number_value":
            return int(value.number_value) if value.number_value.is_integer() else value.number_value
        case "string_value":
            return value.string_value
        case "bool_value":
            return value.bool_value
        case "struct_value":
            return {name: _plain(inside) for name, inside in value.struct_value.fields.items()}
        case "list_value":
            return [_plain(inside) for inside in value.list_value.values]
        case _:
            return None
