"""What the configuration's sections have in common."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


class Section(BaseModel):
    """A section: it cannot be changed, takes no unknown keys, and its errors repeat no values."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def lower(value: object) -> object:
    """Return a text in lower case, and anything else as it is."""
    return value.lower() if isinstance(value, str) else value


def upper(value: object) -> object:
    """Return a text in upper case, and anything else as it is."""
    return value.upper() if isinstance(value, str) else value


def _absolute(path: Path) -> Path:
    if path == Path():
        raise ValueError("the path is empty")
    return path.expanduser().absolute()


FilePath = Annotated[Path, AfterValidator(_absolute)]
"""A path, made absolute."""
