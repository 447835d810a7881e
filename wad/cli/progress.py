"""A bar for work that takes a while: below what is printed, gone when the work is done, and only on a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.progress import track

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

T = TypeVar("T")


def steps(what: str, things: Sequence[T]) -> Iterable[T]:
    """Return the things that are dealt with one after the other; a bar on standard error shows how many are done.

    Args:
        what: What is done to them.
        things: The things.
    """
    shown = sys.stderr.isatty() and len(things) > 1
    console = Console(stderr=True)
    return track(things, what, console=console, transient=True) if shown else things
