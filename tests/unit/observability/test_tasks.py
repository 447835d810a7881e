"""Where the tasks of an event loop are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from wad.observability.tasks import DEEPEST, tasks_now

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from wad.domain.debugging import TaskFacts

pytestmark = pytest.mark.anyio


async def _numbers(gate: anyio.Event) -> AsyncGenerator[int]:
    yield 1
    await gate.wait()


async def _reads(gate: anyio.Event) -> None:
    async for _ in _numbers(gate):
        pass


async def _deep(gate: anyio.Event, depth: int) -> None:
    await (_deep(gate, depth - 1) if depth else gate.wait())


async def test_a_task_is_told_with_the_functions_that_it_waits_in() -> None:
    """The innermost comes first, through coroutines and asynchronous generators, with module and line and no path."""
    gate, found = anyio.Event(), dict[str, tuple[str, ...]]()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_reads, gate, name="reader")
        await anyio.wait_all_tasks_blocked()
        found.update({task.name: task.where for task in tasks_now()})
        gate.set()
    stack = found["reader"]
    own = [place.rsplit(":", 1) for place in stack if place.startswith(__name__)]
    assert [function for function, _ in own] == [f"{__name__}._numbers", f"{__name__}._reads"]
    assert all(line.isdecimal() for _, line in own)
    assert "wait" in stack[0]
    assert not any("/" in place for place in stack)


async def test_a_deep_stack_is_told_by_its_innermost_part() -> None:
    """Of a stack without end, as a runaway recursion makes it, only so much is told."""
    gate, found = anyio.Event(), dict[str, tuple[str, ...]]()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_deep, gate, 150, name="deep")
        await anyio.wait_all_tasks_blocked()
        found.update({task.name: task.where for task in tasks_now()})
        gate.set()
    assert len(found["deep"]) == DEEPEST


async def test_the_running_task_is_among_them() -> None:
    """Whoever asks is told of itself too, by its outermost function."""
    found: list[TaskFacts] = []

    async def asks() -> None:
        found.extend(task for task in tasks_now() if task.name == "asker")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(asks, name="asker")
    assert [len(task.where) for task in found] == [1]
