"""What no request may hold: fields and enum numbers that this version does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.unknown_fields import UnknownFieldSet

from wad.domain.errors import InvalidInput

if TYPE_CHECKING:
    from google.protobuf.descriptor import FieldDescriptor
    from google.protobuf.message import Message


def refuse_unknown(message: Message, path: str = "") -> None:
    """Refuse fields and enum numbers that this version does not know: they would silently do nothing.

    Raises:
        InvalidInput: There is one; its field is the path of what holds it.
    """
    numbers = sorted({field.field_number for field in UnknownFieldSet(message)})
    if numbers:
        listed = ", ".join(map(str, numbers))
        raise InvalidInput(
            path or "request",
            f"{message.DESCRIPTOR.full_name} has no field with number {listed}; "
            "the daemon is older than the client, or the request is garbled.",
        )
    for field, value in message.ListFields():
        values = list(value) if field.is_repeated else [value]
        where = f"{path}.{field.name}" if path else field.name
        for index, item in enumerate(values):
            _refuse_unknown_value(field, item, f"{where}[{index}]" if field.is_repeated else where)


def _refuse_unknown_value(field: FieldDescriptor, value: object, path: str) -> None:
    if field.enum_type is not None and value not in field.enum_type.values_by_number:
        raise InvalidInput(path, f"{field.enum_type.full_name} has no value {value}.")
    if field.message_type is not None and not field.message_type.GetOptions().map_entry:
        refuse_unknown(value, path)  # pyright: ignore[reportArgumentType] - a message field holds a message
