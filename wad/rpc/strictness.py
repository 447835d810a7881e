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

_LARGEST_NAMED: Final = 64 * 1024
"""Bytes of a request within which an unknown field is named; to look for it in a larger one would take long."""

_MOST_NUMBERS: Final = 1000
"""Enum numbers in one field."""


def refuse_unknown(message: Message) -> None:
    """Refuse fields and enum numbers that this version does not know: they would silently do nothing.

    Raises:
        InvalidInput: There is one; its field is the path of what holds it.
    """
    size = message.ByteSize()
    if size <= _LARGEST_NAMED:
        if _has_unknown(message):
            raise _unknown_field(message, "")
    else:
        message.DiscardUnknownFields()
        if message.ByteSize() < size:
            raise _refusal(message, "", "no such fields")
    _refuse_numbers(message, "")


def _has_unknown(message: Message) -> bool:
    known = type(message)()
    known.CopyFrom(message)
    known.DiscardUnknownFields()
    return known.ByteSize() < message.ByteSize()


def _unknown_field(message: Message, path: str) -> InvalidInput:
    for field, value in message.ListFields():
        if field.message_type is not None and not field.is_repeated and _has_unknown(value):
            return _unknown_field(value, f"{path}.{field.name}" if path else field.name)
    numbers = {field.field_number for field in UnknownFieldSet(message)}
    what = f"no field with number {', '.join(map(str, sorted(numbers)))}" if numbers else "no such fields"
    return _refusal(message, path, what)


def _refusal(message: Message, path: str, what: str) -> InvalidInput:
    return InvalidInput(
        path or "request",
        f"{message.DESCRIPTOR.full_name} has {what}; the daemon is older than the client, or the request is garbled.",
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
