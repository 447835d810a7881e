"""Requests that nobody sane would send: made for any method from its descriptor, with what an attacker would know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message_factory import GetMessageClass
from hypothesis import strategies as st

from wad.rpc import tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from google.protobuf.descriptor import Descriptor
    from google.protobuf.message import Message
    from hypothesis.strategies import DrawFn, SearchStrategy

DEEPEST: Final = 4
"""Messages within each other; bombs of nesting are made by hand, in bytes."""

NASTY: Final = (
    "",
    " ",
    ".",
    "..",
    "../../etc/passwd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/etc/passwd",
    "a/../b",
    "a\0b",
    "\r\nx-injected: 1",
    '"}\n{"level": "error"}',
    "\x1b[31mred",
    "{request_id} %s %n ${jndi:x}",
    "'; DROP TABLE sessions; --",
    "\u202eetirw\u200b",
    "\ufeff\ufffe\uffff",
    "Ａ１",
    "٣٤",
    "e\u0301" * 40,
    "👩‍👩‍👧‍👦",
    "\U0010ffff" * 100,
    "9" * 400,
    "9" * 5000,
    "-1",
    "1e999",
    "nan",
    "*",
    "null",
    "x" * 64,
    "x" * 65,
    "x" * 70_000,
    "ü" * 40_000,
)
_LONG: Final = 200_000
_SECONDS: Final = (0, 1, -1, 60, 253402300799, 253402300800, -62135596801, 2**63 - 1, -(2**63), 315576000001)
_NANOS: Final = (0, 1, -1, 999_999_999, 1_000_000_000, -999_999_999, 2**31 - 1, -(2**31))
_DOUBLES: Final = (0.0, -0.0, 1.0, -1.0, 0.5, 1e308, 5e-324, float("nan"), float("inf"), float("-inf"), 2.0**63)

_BITS: Final = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
}


@dataclass(frozen=True, repr=False)
class Known:
    """What an attacker has found out.

    Attributes:
        texts: What fits the fields of each name: ids of its own and of others, keys of the configuration.
        pages: Tokens of lists and watches that were really given out.
    """

    texts: Mapping[str, Sequence[str]]
    pages: Sequence[str]


def texts() -> SearchStrategy[str]:
    """Return any text; surrogates are none, for a message cannot hold them."""
    return st.one_of(
        st.sampled_from(NASTY),
        st.text(max_size=40),
        st.integers(1, _LONG).map(lambda size: "y" * size),
    )


@st.composite
def garbled_tokens(draw: DrawFn, known: Known) -> str:
    """Return a token that was given out, whole, cut off, or with a part exchanged for another."""
    token = draw(st.sampled_from(known.pages))
    match draw(st.sampled_from(["whole", "cut", "part", "bits"])):
        case "cut":
            return token[: draw(st.integers(0, len(token)))]
        case "part":
            parts = tokens.decode(token, field="", count=_parts(token))
            parts[draw(st.integers(0, len(parts) - 1))] = draw(texts()).replace(":", ";")
            return tokens.encode(*parts)
        case "bits":
            place = draw(st.integers(0, len(token) - 1))
            return token[:place] + draw(st.sampled_from("Az09-_=+/ ")) + token[place + 1 :]
        case _:
            return token


def _parts(token: str) -> int:
    return next(count for count in (2, 3) if _has(token, count))


def _has(token: str, count: int) -> bool:
    try:
        tokens.decode(token, field="", count=count)
    except ValueError:
        return False
    except Exception:  # noqa: BLE001 - the error of the service that refuses it
        return False
    return True


@st.composite
def messages(draw: DrawFn, descriptor: Descriptor, known: Known, depth: int = 0) -> Any:
    """Return a message of that kind, any of whose fields may hold anything."""
    message: Any = GetMessageClass(descriptor)()
    for field in descriptor.fields:
        if draw(st.sampled_from([True, True, True, False])):
            _fill(draw, message, field, known, depth)
    if not depth:
        _forge(draw, message, known)
    return message


def _fill(draw: DrawFn, message: Any, field: FieldDescriptor, known: Known, depth: int) -> None:
    kind = field.message_type
    if kind is not None and depth >= DEEPEST:
        return
    if kind is not None and kind.GetOptions().map_entry:
        _fill_map(draw, getattr(message, field.name), kind, known, depth)
    elif field.is_repeated:
        for _ in range(draw(st.integers(0, 3))):
            value = _value(draw, field, known, depth)
            getattr(message, field.name).append(value)
    elif kind is not None:
        getattr(message, field.name).CopyFrom(_value(draw, field, known, depth))
    else:
        setattr(message, field.name, _value(draw, field, known, depth))


def _fill_map(draw: DrawFn, entries: Any, kind: Descriptor, known: Known, depth: int) -> None:
    key, value = kind.fields_by_name["key"], kind.fields_by_name["value"]
    for _ in range(draw(st.sampled_from([0, 1, 2, 40]))):
        name = draw(st.one_of(st.sampled_from(known.texts["section"]), texts())) if depth else _value(draw, key, known, 0)
        if value.message_type is None:
            entries[name] = _value(draw, value, known, depth)
        else:
            entries[name].CopyFrom(_value(draw, value, known, depth))


def _value(draw: DrawFn, field: FieldDescriptor, known: Known, depth: int) -> Any:
    if field.message_type is not None:
        return _message(draw, field.message_type, known, depth)
    if field.enum_type is not None:
        numbers = sorted(field.enum_type.values_by_number)
        return draw(st.sampled_from([*numbers, *numbers, -1, 999, 2**31 - 1, -(2**31)]))
    match field.cpp_type:
        case FieldDescriptor.CPPTYPE_BOOL:
            return draw(st.booleans())
        case FieldDescriptor.CPPTYPE_DOUBLE | FieldDescriptor.CPPTYPE_FLOAT:
            return draw(st.one_of(st.sampled_from(_DOUBLES), st.floats()))
        case FieldDescriptor.CPPTYPE_STRING if field.type == FieldDescriptor.TYPE_BYTES:
            return draw(st.binary(max_size=200))
        case FieldDescriptor.CPPTYPE_STRING:
            return draw(_named_texts(field.name, known))
        case number:
            least, most = _BITS[number]
            edges = [edge for edge in (-1, 0, 1, 2, 1000, 1001, least, most) if least <= edge <= most]
            return draw(st.one_of(st.sampled_from(edges), st.integers(least, most)))


def _named_texts(name: str, known: Known) -> SearchStrategy[str]:
    if name.endswith("_token"):
        return st.one_of(garbled_tokens(known), garbled_tokens(known), texts())
    if name in known.texts:
        fitting = st.sampled_from(known.texts[name])
        return st.one_of(fitting, fitting, fitting, texts())
    return texts()


def _message(draw: DrawFn, kind: Descriptor, known: Known, depth: int) -> Message:
    if kind.full_name in {"google.protobuf.Duration", "google.protobuf.Timestamp"}:
        seconds = st.one_of(st.sampled_from(_SECONDS), st.integers(0, 10**6), st.integers(-(2**63), 2**63 - 1))
        return GetMessageClass(kind)(seconds=draw(seconds), nanos=draw(st.sampled_from(_NANOS)))
    return draw(messages(kind, known, depth + 1))


def _forge(draw: DrawFn, message: Any, known: Known) -> None:
    """Give a page or a watch a token whose mark fits its filters, and whose place is anything."""
    names = {field.name for field in message.DESCRIPTOR.fields}
    token = next((name for name in ("page_token", "after_token") if name in names), None)
    if token is None or not draw(st.booleans()):
        return
    place = draw(texts()).replace(":", ";")
    filters = type(message)()
    filters.CopyFrom(message)
    for name in ("page_size", token):
        if name in names:
            filters.ClearField(name)
    mark = tokens.fingerprint(filters)
    if token == "page_token":
        message.page_token = tokens.encode(mark, place)
        return
    given = draw(st.sampled_from([token for token in known.pages if _has(token, 3)]))
    epoch = tokens.decode(given, field="", count=3)[0]
    message.ClearField("types")
    message.after_token = tokens.encode(epoch, place, tokens.fingerprint(_watch_filters(message)))


def _watch_filters(message: Any) -> Message:
    filters = type(message)(session_ids=sorted(set(message.session_ids)), phone_number=message.phone_number)
    if filters.phone_number.startswith("+"):
        filters.phone_number = filters.phone_number[1:]
    return filters


@st.composite
def updates(draw: DrawFn, kind: Descriptor, known: Known) -> Any:
    """Return a change of the configuration whose keys are real and whose values may be anything."""
    keys = draw(st.lists(st.sampled_from(known.texts["paths"]), min_size=1, max_size=3, unique=True))
    request: Any = GetMessageClass(kind)(validate_only=draw(st.booleans()))
    request.update_mask.paths.extend(keys)
    for key in keys:
        section, _, name = key.partition(".")
        if not request.config.fields[section].HasField("struct_value"):
            request.config.fields[section].struct_value.Clear()
        if name:
            value = draw(messages(request.config.fields[section].DESCRIPTOR, known, 1))
            request.config.fields[section].struct_value.fields[name].CopyFrom(value)
    return request


def requests_of(descriptor: Descriptor, known: Known) -> SearchStrategy[Any]:
    """Return requests of that kind."""
    if descriptor.full_name == "wad.v1.UpdateConfigRequest":
        return st.one_of(updates(descriptor, known), messages(descriptor, known))
    return messages(descriptor, known)
