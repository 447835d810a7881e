"""Blocking calls, each in a daemon thread of its own."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def in_thread(call: Callable[[], T], name: str) -> asyncio.Future[T]:
    """Run *call* in a new daemon thread and return the future of its result.

    There is no pool: a client holds its thread for its whole life, and a call that hangs inside the library must
    neither take the place of another nor keep the process from exiting.

    Args:
        call: What blocks.
        name: Name of the thread, for whoever looks at the process.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # pyright: ignore[reportArgumentType] - no error, so this is call's result

    def body() -> None:
        result: T | None = None
        error: BaseException | None = None
        try:
            result = call()
        except BaseException as caught:  # noqa: BLE001 - it is raised again in the loop, by the future
            error = caught
        with suppress(RuntimeError):  # the loop is closed: the process is on its way out and nobody waits
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=body, name=name, daemon=True).start()
    return future
