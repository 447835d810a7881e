"""What is wrong with a configuration, in words, with the place where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from wad.daemon.config.keys import SECRETS, no_such_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic_core import ErrorDetails

    from wad.daemon.config.layers import Setting

_LONGEST_VALUE: Final = 200
"""Characters of a bad value that are shown."""

_NOT_WHOLE: Final = "this is no whole number; write one such as 50"

_PLAINLY: Final = {
    "extra_forbidden": "there is no such key",
    "missing": "it is missing",
    "model_type": "this is no table",
    "literal_error": "write {expected}",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "int_type": _NOT_WHOLE,
    "int_parsing": _NOT_WHOLE,
    "int_parsing_size": _NOT_WHOLE,
    "int_from_float": _NOT_WHOLE,
    "finite_number": "this is no number; write one such as 2",
    "float_type": "this is no number; write one such as 0.8",
    "float_parsing": "this is no number; write one such as 0.8",
    "string_type": "this is no text; write it in quotes",
    "string_too_short": "it is empty; write something, or delete the key",
    "path_type": 'this is no path; write one such as "/var/lib/wad", in quotes',
    "greater_than_equal": "this is too little; write {ge} or more",
    "less_than_equal": "this is too much; write {le} or less",
    "less_than": "this is too much; write less than {lt}",
    "tuple_type": "this is no list; write one such as ['*']",
}
"""What pydantic says of programs, said of files, with what it knows about the error."""

_NOTHING: Final = object()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        key: The key; empty when it is about a whole file.
        origin: Where that stands; empty when nobody knows.
        text: What is wrong, and what would be right.
    """

    key: str
    origin: str
    text: str

    def __str__(self) -> str:
        return f"{self.origin}: {self.text}" if self.origin else self.text


def unknown(key: str, origin: str, prefix: str = "") -> Problem:
    """Return the problem of a name that is no key; see :func:`~wad.daemon.config.keys.no_such_key`."""
    return Problem(key, origin, f"{_cut(key)}: {no_such_key(key, prefix)}")


def invalid(details: ErrorDetails, settings: Mapping[str, Setting]) -> Problem:
    """Return the problem that pydantic has found.

    Args:
        details: What it says.
        settings: What was judged.
    """
    context = details.get("ctx", {})
    cause = context.get("error")
    plainly = _PLAINLY[details["type"]].format_map(context) if details["type"] in _PLAINLY else details["msg"]
    return at(details["loc"], str(cause) if isinstance(cause, ValueError) else plainly, settings)


def at(place: Sequence[int | str], text: str, settings: Mapping[str, Setting]) -> Problem:
    """Return the problem of what stands at a place.

    Args:
        place: The section, the key in it, and the way on inside its value.
        text: What is wrong, and what would be right.
        settings: What was judged.
    """
    key = ".".join(map(str, place[:2]))
    path = key + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place[2:])
    setting = settings.get(key)
    if setting is None:
        return Problem(key, "", f"{path}: {text}")
    value = _value_at(setting.value, place[2:])
    shown = "" if key in SECRETS or value is _NOTHING else f" = {_shown(value)}"
    return Problem(key, _origin_at(setting, path), f"{path}{shown}: {text}")


def _value_at(value: object, path: Sequence[int | str]) -> object:
    """Return what stands at *path* inside *value*."""
    for part in path:
        if isinstance(value, str):
            return _NOTHING
        inside = cast("Any", value)
        try:
            value = inside[part]
        except (KeyError, IndexError, TypeError):
            return _NOTHING
    return value


def _origin_at(setting: Setting, path: str) -> str:
    """Return the origin of what is nearest to *path*."""
    while path not in setting.lines and len(path) > len(setting.key):
        path = path[: max(path.rfind("."), path.rfind("["))]
    return setting.lines.get(path, setting.origin)


def _shown(value: object) -> str:
    return _cut(repr(str(value) if isinstance(value, Path) else value))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
