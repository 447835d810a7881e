"""Where a soak happens, and what is wanted of it."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Final

import anyio

from tests.house import finish, until

if TYPE_CHECKING:
    import signal
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from tests.house import Daemon, House

    Actions = dict[str, tuple[int, Callable[[], Awaitable[None]]]]

LIMITS: Final[dict[str, object]] = {
    "idle": "0",
    "max_age": "0",
    "connecting": "10s",
    "reconnecting": "10s",
    "backoff_cap": "2s",
    "max_failures": 0,
    "replaced_wait": "1s",
}


class Scene:
    """A house with one daemon after another.

    Args:
        house: The house.
        seed: Draws what happens in it.

    Attributes:
        wanted: Jids of the sessions that are to be connected in the end.
        stopped: Those of the sessions that somebody has stopped.
        gone: Those of the sessions that were removed, or revoked at their phone.
        codes: Every QR that was scanned.
        done: How often what was done.
        chances: What draws the actions of each actor.
        daemon: The present daemon; None between two.
    """

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.wanted: dict[str, str] = {}
        self.stopped: dict[str, str] = {}
        self.gone: dict[str, str] = {}
        self.codes: set[str] = set()
        self.done: Counter[str] = Counter()
        self.chances = {name: random.Random(f"{seed} {name}") for name in ("users", "faults", "texts")}  # noqa: S311 - it is to be repeatable, not secret
        self.daemon: Daemon | None = None
        self._callers = 0
        self._up = anyio.Event()
        self._reign = AsyncExitStack()
        house.settings["sessions"] = dict(LIMITS)
        house.settings["engine"]["sessions_per_worker"] = 4

    def any_wanted(self, actor: str) -> str | None:
        """Draw one of the sessions that are to be connected."""
        return self.chances[actor].choice(sorted(self.wanted)) if self.wanted else None

    @asynccontextmanager
    async def calling(self) -> AsyncGenerator[Daemon]:
        """Yield the present daemon, once there is one, and count who calls it."""
        while self.daemon is None:
            await self._up.wait()
        self._callers += 1
        try:
            yield self.daemon
        finally:
            self._callers -= 1

    async def change_daemon(self, number: signal.Signals) -> None:
        """End the present daemon with a signal, and begin another."""
        assert self.daemon is not None
        daemon, self.daemon, self._up = self.daemon, None, anyio.Event()
        await finish(daemon.process, number)
        # Closing a channel under its callers would cancel them, which no actor could tell from the end.
        await until(lambda: not self._callers, "every call has ended with its daemon")
        await self._reign.aclose()
        await self.begin()

    async def begin(self) -> None:
        """Begin a daemon."""
        self._reign = AsyncExitStack()
        self.daemon = await self._reign.enter_async_context(self.house.daemon())
        self._up.set()

    async def end(self) -> None:
        """Stop the daemon in order."""
        with anyio.CancelScope(shield=True):
            await self._reign.aclose()
