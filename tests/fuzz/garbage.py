"""Requests that nobody sane would send: made for any method from its descriptor, with what an attacker would know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from google.protobuf import descriptor_pool
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message_factory import GetMessageClass
from hypothesis import HealthCheck
from hypothesis import strategies as st

from wad.domain.errors import InvalidInput
from wad.rpc import tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from google.protobuf.descriptor import Descriptor, MethodDescriptor
    from google.protobuf.message import Message
    from hypothesis.strategies import DrawFn, SearchStrategy

UNHURRIED: Final = (
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
    HealthCheck.large_base_example,
    HealthCheck.function_scoped_fixture,
)
"""Checks of hypothesis that mean nothing here: each request goes to a real daemon, which is meant to remember."""

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
    "\uff21\uff11",
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
_WILDEST: Final = 4
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
        live: Keys of the configuration that may be changed.
    """

    texts: Mapping[str, Sequence[str]]
    pages: Sequence[str]
    live: Sequence[str]


def described(method: str) -> MethodDescriptor:
    """Return the description of ``service/method``."""
    return descriptor_pool.Default().FindMethodByName(method.replace("/", "."))


def kind_of(method: MethodDescriptor) -> str:
    """Return the kind of a method as gRPC calls it."""
    one, other = ("stream" if streams else "unary" for streams in (method.client_streaming, method.server_streaming))
    return f"{one}_{other}"


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
    except InvalidInput:
        return False
    return True


@st.composite
def messages(draw: DrawFn, descriptor: Descriptor, known: Known, wildness: int, depth: int = 0) -> Any:
    """Return a message of that kind.

    Args:
        draw: Given by hypothesis.
        descriptor: Its kind.
        known: What fits its fields.
        wildness: Of four fields so many hold anything at all; the others something that fits.
        depth: Messages around it.
    """
    message: Any = GetMessageClass(descriptor)()
    maker = _Maker(draw, known, wildness)
    for field in descriptor.fields:
        if draw(st.integers(0, 7)):
            maker.fill(message, field, depth)
    if not depth and maker.wild():
        _forge(draw, message, known)
    return message


@dataclass(frozen=True)
class _Maker:
    """Makes what a message holds."""

    draw: DrawFn
    known: Known
    wildness: int

    def wild(self) -> bool:
        """Return True when the next value may be anything."""
        return self.wildness == _WILDEST or (self.wildness > 0 and self.draw(st.integers(1, _WILDEST)) <= self.wildness)

    def fill(self, message: Any, field: FieldDescriptor, depth: int) -> None:
        """Give a field a value, or several."""
        kind = field.message_type
        if kind is not None and depth >= DEEPEST:
            return
        if kind is not None and kind.GetOptions().map_entry:
            self._fill_map(getattr(message, field.name), kind, depth)
        elif field.is_repeated:
            for _ in range(self.draw(st.integers(0, 3))):
                getattr(message, field.name).append(self.value(field, depth))
        elif kind is not None:
            getattr(message, field.name).CopyFrom(self.value(field, depth))
        else:
            setattr(message, field.name, self.value(field, depth))

    def _fill_map(self, entries: Any, kind: Descriptor, depth: int) -> None:
        key, value = kind.fields_by_name["key"], kind.fields_by_name["value"]
        for _ in range(self.draw(st.sampled_from([0, 1, 2, 40 if self.wild() else 3]))):
            name = self.value(key, depth)
            if value.message_type is None:
                entries[name] = self.value(value, depth)
            else:
                entries[name].CopyFrom(self.value(value, depth))

    def value(self, field: FieldDescriptor, depth: int) -> Any:
        """Return a value that a field can hold."""
        if field.message_type is not None:
            return self._message(field.message_type, depth)
        return self.draw(self._scalar(field, wild=self.wild()))

    def _scalar(self, field: FieldDescriptor, *, wild: bool) -> SearchStrategy[Any]:
        if field.enum_type is not None:
            numbers = sorted(field.enum_type.values_by_number)
            return st.sampled_from([*numbers, -1, 999, 2**31 - 1, -(2**31)] if wild else numbers)
        if field.type == FieldDescriptor.TYPE_STRING:
            return self._text(field.name, wild=wild)
        if field.type == FieldDescriptor.TYPE_BYTES:
            return st.binary(max_size=200)
        if field.type == FieldDescriptor.TYPE_BOOL:
            return st.booleans()
        if not wild:
            return st.integers(0, 100)
        return _numbers(field.cpp_type)

    def _text(self, name: str, *, wild: bool) -> SearchStrategy[str]:
        if name.endswith("_token"):
            return st.one_of(garbled_tokens(self.known), texts()) if wild else st.sampled_from(["", *self.known.pages])
        fitting = st.sampled_from(self.known.texts.get(name, ("", "word", "7", "aa.bb/cc")))
        return st.one_of(fitting, texts(), texts()) if wild else fitting

    def _message(self, kind: Descriptor, depth: int) -> Message:
        if kind.full_name not in {"google.protobuf.Duration", "google.protobuf.Timestamp"}:
            return self.draw(messages(kind, self.known, self.wildness, depth + 1))
        if not self.wild():
            return GetMessageClass(kind)(seconds=self.draw(st.integers(0, 10**6)))
        seconds = st.one_of(st.sampled_from(_SECONDS), st.integers(-(2**63), 2**63 - 1))
        return GetMessageClass(kind)(seconds=self.draw(seconds), nanos=self.draw(st.sampled_from(_NANOS)))


def _numbers(kind: int) -> SearchStrategy[Any]:
    """Return any numbers of a kind of protobuf's, and often those at its edges."""
    if kind in {FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT}:
        return st.one_of(st.sampled_from(_DOUBLES), st.floats())
    least, most = _BITS[kind]
    edges = [edge for edge in (-1, 0, 1, 2, 1000, 1001, least, most) if least <= edge <= most]
    return st.one_of(st.sampled_from(edges), st.integers(least, most))


def _forge(draw: DrawFn, message: Any, known: Known) -> None:
    """Give a page or a watch a token whose mark fits its filters, and whose place is anything."""
    names = {field.name for field in message.DESCRIPTOR.fields}
    asked = next((name for name in ("page_token", "after_token") if name in names), None)
    if asked is None or not draw(st.booleans()):
        return
    place = draw(texts()).replace(":", ";")
    filters = type(message)()
    filters.CopyFrom(message)
    for name in ("page_size", asked):
        if name in names:
            filters.ClearField(name)
    mark = tokens.fingerprint(filters)
    if asked == "page_token":
        message.page_token = tokens.encode(mark, place)
        return
    given = draw(st.sampled_from([token for token in known.pages if _has(token, 3)]))
    epoch = tokens.decode(given, field="", count=3)[0]
    message.ClearField("types")
    message.after_token = tokens.encode(epoch, place, tokens.fingerprint(_watch_filters(message)))


def _watch_filters(message: Any) -> Message:
    filters = type(message)(session_ids=sorted(set(message.session_ids)), phone_number=message.phone_number)
    filters.phone_number = filters.phone_number.removeprefix("+")
    return filters


@st.composite
def updates(draw: DrawFn, kind: Descriptor, known: Known, wildness: int) -> Any:
    """Return a change of the configuration whose keys are real and whose values may be anything."""
    keys = draw(st.lists(st.sampled_from(known.live), min_size=1, max_size=3, unique=True))
    request: Any = GetMessageClass(kind)(validate_only=draw(st.booleans()))
    request.update_mask.paths.extend(keys)
    for key in keys:
        section, _, name = key.partition(".")
        if not request.config.fields[section].HasField("struct_value"):
            request.config.fields[section].struct_value.Clear()
        if name:
            value = draw(messages(request.config.fields[section].DESCRIPTOR, known, wildness, 1))
            request.config.fields[section].struct_value.fields[name].CopyFrom(value)
    return request


@st.composite
def requests_of(draw: DrawFn, descriptor: Descriptor, known: Known) -> Any:
    """Return a request of that kind, from one that fits but for its meaning to one that holds anything."""
    wildness = draw(st.sampled_from([0, 0, 1, 1, _WILDEST]))
    if descriptor.full_name == "wad.v1.UpdateConfigRequest" and draw(st.booleans()):
        return draw(updates(descriptor, known, wildness))
    return draw(messages(descriptor, known, wildness))
