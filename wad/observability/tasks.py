"""The tasks of the event loop and where each of them is."""

from __future__ import annotations

import asyncio
import gc
from types import AsyncGeneratorType, CoroutineType, GeneratorType
from typing import TYPE_CHECKING, Any, Final, cast

from wad.domain.debugging import TaskFacts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType

DEEPEST: Final = 12
"""Functions of a stack that are told, the innermost."""

_LONGEST_CHAIN: Final = 100
_LINKS: Final[Mapping[type, tuple[str, str]]] = {
    CoroutineType: ("cr_frame", "cr_await"),
    GeneratorType: ("gi_frame", "gi_yieldfrom"),
    AsyncGeneratorType: ("ag_frame", "ag_await"),
}
_NEXT_ITEMS: Final = frozenset({"anext_awaitable", "async_generator_asend", "async_generator_athrow"})


def tasks_now() -> tuple[TaskFacts, ...]:
    """Return the tasks of the running event loop, ordered by name.

    Only names of functions are told, with their module and line: no value of a variable, and no path.
    """
    found = [TaskFacts(task.get_name(), _stack(task.get_coro())) for task in asyncio.all_tasks()]
    return tuple(sorted(found, key=lambda task: (task.name, task.where)))


def _stack(task: Any) -> tuple[str, ...]:
    """Return where a coroutine is, through all that it awaits, the innermost first."""
    places: list[str] = []
    waiting = task
    for _ in range(_LONGEST_CHAIN):
        name = getattr(waiting, "__qualname__", "")
        frame, waiting = _step(waiting)
        if frame is not None:
            module = frame.f_globals.get("__name__", "?")
            places.append(f"{module}.{frame.f_code.co_qualname}:{frame.f_lineno}")
        elif name:  # compiled, as gRPC's own coroutines are
            places.append(name)
        if waiting is None:
            break
    return tuple(places[::-1][:DEEPEST])


def _step(waiting: Any) -> tuple[FrameType | None, Any]:
    """Return the frame of what can be awaited, and what that itself awaits."""
    kind = cast("type[object]", type(waiting))
    if (links := _LINKS.get(kind)) is not None:
        frame, inner = links
        return getattr(waiting, frame), getattr(waiting, inner)
    if kind.__name__ in _NEXT_ITEMS:
        # The next item of an asynchronous generator does not tell whose it is; the garbage collector knows.
        return None, next(filter(_is_async_generator, gc.get_referents(waiting)), None)
    return None, None


def _is_async_generator(thing: object) -> bool:
    return isinstance(thing, AsyncGeneratorType)
