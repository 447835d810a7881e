"""What no request may hold: fields and enum numbers that this version does not know.

All other calls wait while a request is searched, so the search takes no time worth mentioning, whatever was sent: what
a request may hold millions of is never looked at one by one.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from google.protobuf.unknown_fields import UnknownFieldSet

from wad.domain.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
    from google.protobuf.message import Message

_LARGEST_NAMED: Final = 1000
"""Bytes of unknown fields within which their numbers are named."""

_MOST_NUMBERS: Final = 1000
"""Enum numbers in one field."""


def refuse_unknown(message: Message, path: str = "") -> None:
    """Refuse fields and enum numbers that this version does not know: they would silently do nothing.

    Raises:
        InvalidInput: There is one; its field is the path of what holds it.
    """
    if size := _unknown_bytes(message):
        raise _unknown_field(message, path, size)
    _refuse_numbers(message, path)


def _unknown_bytes(message: Message) -> int:
    """Return how many bytes of unknown fields a message holds, at any depth."""
    known = type(message)()
    known.CopyFrom(message)
    known.DiscardUnknownFields()
    return message.ByteSize() - known.ByteSize()


def _unknown_field(message: Message, path: str, size: int) -> InvalidInput:
    for field, value in message.ListFields():
        if field.message_type is not None and not field.is_repeated and (inside := _unknown_bytes(value)):
            return _unknown_field(value, f"{path}.{field.name}" if path else field.name, inside)
    numbers: set[int] = set()
    if size <= _LARGEST_NAMED:
        numbers = {field.field_number for field in UnknownFieldSet(message)}
    what = f"has no field with number {', '.join(map(str, sorted(numbers)))}" if numbers else "has no such fields"
    return InvalidInput(
        path or "request",
        f"{message.DESCRIPTOR.full_name} {what}; the daemon is older than the client, or the request is garbled.",
    )


def _refuse_numbers(message: Message, path: str) -> None:
    for field, value in message.ListFields():
        where = f"{path}.{field.name}" if path else field.name
        if field.enum_type is not None:
            _refuse_number(field.enum_type, value if field.is_repeated else [value], where, listed=field.is_repeated)
        elif field.message_type is not None and _holds_numbers(field.message_type):
            for item in value if field.is_repeated else (value,):
                _refuse_numbers(item, where)


def _refuse_number(kind: EnumDescriptor, numbers: Sequence[int], path: str, *, listed: bool) -> None:
    if len(numbers) > _MOST_NUMBERS:
        raise InvalidInput(path, f"There are {len(numbers)} values, and {kind.full_name} has not nearly as many.")
    for index, number in enumerate(numbers):
        if number not in kind.values_by_number:
            where = f"{path}[{index}]" if listed else path
            raise InvalidInput(where, f"{kind.full_name} has no value {number}.")


@cache
def _holds_numbers(kind: Descriptor) -> bool:
    """Return True when messages of that kind hold enum numbers that mean something, at any depth."""
    if kind.file.package == "google.protobuf":  # a null's number means nothing
        return False
    fields: Iterable[FieldDescriptor] = kind.fields
    return any(
        f.enum_type is not None or (f.message_type is not None and _holds_numbers(f.message_type)) for f in fields
    )
