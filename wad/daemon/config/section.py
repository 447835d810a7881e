"""What the configuration's sections have in common."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


class Section(BaseModel):
    """A section: it cannot be changed, takes no unknown keys, and its errors repeat no values."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Conflict(ValueError):
    """Keys of a section that do not go together.

    Args:
        key: The key, without its section, at which to begin mending.
        message: What is wrong, and what would be right.
    """

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def lower(value: object) -> object:
    """Return a text in lower case, and anything else as it is."""
    return value.lower() if isinstance(value, str) else value


def upper(value: object) -> object:
    """Return a text in upper case, and anything else as it is."""
    return value.upper() if isinstance(value, str) else value


def _absolute(path: Path) -> Path:
    if path == Path():
        raise ValueError("the path is empty")
    try:
        return path.expanduser().absolute()
    except (OSError, RuntimeError) as error:  # no such user, or the present directory is gone
        raise ValueError(f"the path cannot be made absolute: {error}") from error


FilePath = Annotated[Path, AfterValidator(_absolute)]
"""A path, made absolute."""
