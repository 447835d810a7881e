"""What no request may hold: fields and enum numbers that this version does not know."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.message import Message
from google.protobuf.unknown_fields import UnknownFieldSet

from wad.domain.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.descriptor import FieldDescriptor

_MOST_NAMED: Final = 10
"""Unknown fields that an error names; a garbled request may have millions."""


def refuse_unknown(message: Message, path: str = "") -> None:
    """Refuse fields and enum numbers that this version does not know: they would silently do nothing.

    Raises:
        InvalidInput: There is one; its field is the path of what holds it.
    """
    numbers = sorted({field.field_number for field in islice(UnknownFieldSet(message), _MOST_NAMED)})
    if numbers:
        listed = ", ".join(map(str, numbers))
        raise InvalidInput(
            path or "request",
            f"{message.DESCRIPTOR.full_name} has no field with number {listed}; "
            "the daemon is older than the client, or the request is garbled.",
        )
    for field, value in message.ListFields():
        if field.enum_type is not None or field.message_type is not None:  # of texts there may be millions
            where = f"{path}.{field.name}" if path else field.name
            _refuse_unknown_values(field, value, where)


def _refuse_unknown_values(field: FieldDescriptor, value: Any, path: str) -> None:
    values = _values(field, value)
    if field.enum_type is not None:
        known = field.enum_type.values_by_number
        for index, number in enumerate(values):
            if number not in known:
                where = f"{path}[{index}]" if field.is_repeated else path
                raise InvalidInput(where, f"{field.enum_type.full_name} has no value {number}.")
        return
    for index, item in enumerate(values):
        if isinstance(item, Message):
            refuse_unknown(item, f"{path}[{index}]" if field.is_repeated else path)


def _values(field: FieldDescriptor, value: Any) -> Iterable[Any]:
    if not field.is_repeated:
        return (value,)
    is_map = field.message_type is not None and field.message_type.GetOptions().map_entry
    return value.values() if is_map else value
