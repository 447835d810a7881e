"""The names of the configuration's sections and keys, and which key was meant by a name that is none."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final, cast

from wad.daemon.config.settings import Config
from wad.domain.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

SECTIONS: Final = {name: cast("type[BaseModel]", field.annotation) for name, field in Config.model_fields.items()}
"""The sections by name."""

KEYS: Final = tuple(f"{name}.{key}" for name, section in SECTIONS.items() for key in section.model_fields)
"""Every key with its section, in the order in which they are declared."""

SECRETS: Final = frozenset({"engine.proxy_url"})
"""Keys whose values are not told: they may hold a password."""

_LONGEST_NAME: Final = 100
"""Characters; a longer one resembles no key, and looking for one like it would take long."""


def keys_of(section: str) -> tuple[str, ...]:
    """Return the keys of a section; none when there is no such section."""
    return tuple(key for key in KEYS if key.startswith(f"{section}."))


def expanded(names: Sequence[str]) -> set[str]:
    """Return the keys that *names*, which are keys and sections, stand for; all keys for none of them.

    Raises:
        InvalidInput: One of them is neither; it is the error's field.
    """
    found: set[str] = set() if names else set(KEYS)
    for name in names:
        if name not in KEYS and name not in SECTIONS:
            sections = difflib.get_close_matches(name, SECTIONS, 1, 0.75) if "." not in name else []
            suggestion = next(iter(sections), None) or nearest(name)
            way_on = f"did you mean {suggestion}?" if suggestion else f"the sections are {', '.join(SECTIONS)}."
            raise InvalidInput(name, f"{name}: there is no such key or section; {way_on}")
        found.update([name] if name in KEYS else keys_of(name))
    return found


def nearest(key: str) -> str | None:
    """Return the key that was probably meant: one spelt much the same, or one of that name in another section."""
    if len(key) > _LONGEST_NAME:
        return None
    if close := difflib.get_close_matches(key, KEYS, 1, 0.75):
        return close[0]
    names = {known.partition(".")[2]: known for known in reversed(KEYS)}  # of two sections, the first is meant
    close = difflib.get_close_matches(key.rpartition(".")[2], names, 1, 0.75)
    return names[close[0]] if close else None


def no_such_key(key: str, prefix: str = "") -> str:
    """Return what to tell whoever wrote *key*, which is none.

    Args:
        key: What was written.
        prefix: Of variables of the environment, when it was one.
    """
    section, _, name = key.rpartition(".")
    suggestion = nearest(key)
    if key in SECTIONS:
        return f"it is a section, not a key; set its keys, such as {keys_of(key)[0]}"
    if section in KEYS:
        return f"there is no such key; {section} is one, and has a value instead of keys such as {name!r}"
    if suggestion is None:
        return "there is no such key"
    shown = prefix + suggestion.upper().replace(".", "__") if prefix else suggestion
    return f"there is no such key; did you mean {shown}?"
