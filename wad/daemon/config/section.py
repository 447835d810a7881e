"""What the configuration's sections have in common."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict


@dataclass(frozen=True, slots=True)
class Conflict:
    """Keys of a section that do not go together.

    Attributes:
        key: The key, without its section, at which to begin mending.
        message: What is wrong, and what would be right.
    """

    key: str
    message: str


class Section(BaseModel):
    """A section: it cannot be changed, takes no unknown keys, and its errors repeat no values.

    A key that cannot be left out, or whose default is None, has an example: it stands in for a bad value, so that what
    else is wrong can be found too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    def conflicts(self) -> Iterator[Conflict]:
        """Yield what is wrong between keys that are right by themselves."""
        yield from ()


def lower(value: object) -> object:
    """Return a text in lower case, and anything else as it is."""
    return value.lower() if isinstance(value, str) else value


def upper(value: object) -> object:
    """Return a text in upper case, and anything else as it is."""
    return value.upper() if isinstance(value, str) else value


def _level(value: object) -> object:
    named = lower(value)
    return "warning" if named == "warn" else named


LogLevel = Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_level)]
"""The lowest level of what is logged; ``warn`` and capitals are understood, too."""


def matching(pattern: str, otherwise: str) -> AfterValidator:
    """Return what refuses texts that the pattern is not for.

    Args:
        pattern: A regular expression for the whole text.
        otherwise: What to tell whoever wrote another one.
    """
    compiled = re.compile(pattern, re.ASCII)

    def check(text: str) -> str:
        if compiled.fullmatch(text) is None:
            raise ValueError(otherwise)
        return text

    return AfterValidator(check)


def absolute(path: Path) -> Path:
    """Return a path from the root; ``~`` stands for a home directory.

    Raises:
        ValueError: It is a relative one: nobody who reads a file can know where a daemon will be started.
    """
    if path == Path() or "\0" in str(path):
        raise ValueError("this is no path; write one such as /var/lib/wad")
    try:
        found = path.expanduser()
    except RuntimeError as error:  # no such user
        raise ValueError(f"whose home that is cannot be found out: {error}") from error
    if not found.is_absolute():
        raise ValueError("this is a relative path; write it from the root, /…, or from your home, ~/…")
    return found


FilePath = Annotated[Path, AfterValidator(absolute)]
"""A path from the root."""
