"""One soak: users, faults and messages at one time, and the promises that must hold afterwards."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

import anyio
import grpc.aio
import psutil

from tests.faults import witnesses
from tests.faults.soak_reckoning import TEXT, reckon
from tests.house import PATIENCE, finish, state_name, until
from wad.emulator.client import ControlError
from wad.emulator.faults import RefuseConnection, Stall
from wad.v1 import admin_pb2, session_pb2

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from tests.house import Daemon, House

    Actions = dict[str, tuple[int, Callable[[], Awaitable[None]]]]

FIRST_SESSIONS: Final = 8
MOST_SESSIONS: Final = 20
LONGEST_REST: Final = 1.0
"""Seconds between two actions of one actor, at most."""
SHORT_HANG: Final = 3.0
"""Seconds for which a process stands still, or a server is silent."""
LIMITS: Final[dict[str, object]] = {
    "idle": "0",
    "max_age": "0",
    "connecting": "10s",
    "reconnecting": "10s",
    "backoff_cap": "2s",
    "max_failures": 0,
    "replaced_wait": "1s",
}


class Soak:
    """A house in which everything happens at once.

    Args:
        house: Where.
        seed: Draws what happens.

    Attributes:
        wanted: Jids of the sessions that are to be connected in the end.
        stopped: Those of the sessions that somebody has stopped.
        gone: Those of the sessions that were removed, or revoked at their phone.
        codes: Every QR that was scanned.
        done: How often what was done.
    """

    def __init__(self, house: House, seed: int) -> None:
        self.wanted: dict[str, str] = {}
        self.stopped: dict[str, str] = {}
        self.gone: dict[str, str] = {}
        self.codes: set[str] = set()
        self.done: Counter[str] = Counter()
        self.house = house
        self._chances = {name: random.Random(f"{seed} {name}") for name in ("users", "faults", "texts")}  # noqa: S311
        self._linked = self._callers = 0
        self._daemon: Daemon | None = None
        self._up = anyio.Event()
        self._reign = AsyncExitStack()
        house.settings["sessions"] = dict(LIMITS)
        house.settings["engine"]["sessions_per_worker"] = 4

    async def go(self, seconds: float) -> None:
        """Let everything happen for so long, then see that every promise was kept.

        Raises:
            AssertionError: One was not.
        """
        try:
            await self._change_daemon()
            for _ in range(FIRST_SESSIONS):
                await self._link()
            with anyio.move_on_after(seconds) as time_is_up:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(self._act, "users", self._users())
                    tasks.start_soon(self._act, "faults", self._faults())
                    tasks.start_soon(self._act, "texts", self._texts())
            assert time_is_up.cancelled_caught, "somebody has ended before the time was up"
            async with self._calling() as daemon:
                await reckon(self, daemon)
        finally:
            with anyio.CancelScope(shield=True):
                await self._reign.aclose()
        await until(lambda: not witnesses.workers(self.house), "no worker is left")
        assert (await self.house.emulator.counters())["online"] == 0

    def summary(self) -> str:
        """Return what was done, and what has become of the sessions."""
        counts = ", ".join(f"{number} x {what}" for what, number in sorted(self.done.items()))
        return f"{counts}; {len(self.wanted)} sessions connected, {len(self.stopped)} stopped, {len(self.gone)} gone"

    @asynccontextmanager
    async def _calling(self) -> AsyncGenerator[Daemon]:
        """Yield the present daemon, once there is one, and count who calls it."""
        while self._daemon is None:
            await self._up.wait()
        self._callers += 1
        try:
            yield self._daemon
        finally:
            self._callers -= 1

    async def _change_daemon(self, number: signal.Signals | None = None) -> None:
        if self._daemon is not None and number is not None:
            daemon, self._daemon, self._up = self._daemon, None, anyio.Event()
            await finish(daemon.process, number)
            # Closing a channel under its callers would cancel them, which no actor could tell from the end.
            await until(lambda: not self._callers, "every call has ended with its daemon")
            await self._reign.aclose()
        self._reign = AsyncExitStack()
        self._daemon = await self._reign.enter_async_context(self.house.daemon())
        self._up.set()

    async def _act(self, actor: str, actions: Actions) -> None:
        """Do one thing after another, each to its end."""
        chance = self._chances[actor]
        names, weights = list(actions), [weight for weight, _ in actions.values()]
        while True:
            (name,) = chance.choices(names, weights)
            if actor != "texts":
                print(f"{anyio.current_time():.2f} {actor}: {name}", flush=True)  # noqa: T201 - how a run is retraced
            with anyio.CancelScope(shield=True), anyio.fail_after(2 * PATIENCE):
                await actions[name][1]()
            self.done[name] += 1
            await anyio.sleep(chance.uniform(0, LONGEST_REST))

    # ── users ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _users(self) -> Actions:
        return {
            "link": (8, self._link),
            "removal": (3, self._remove),
            "stop": (2, self._stop),
            "start": (2, self._start),
            "worker replacement": (1, self._replace_workers),
        }

    async def _insist(self, attempt: Callable[[Daemon], Awaitable[object]]) -> None:
        """Do something again, with whatever daemon there is, until it has succeeded."""
        while True:
            try:
                async with self._calling() as daemon:
                    await attempt(daemon)
            except (grpc.aio.AioRpcError, ControlError, AssertionError) as error:
                if isinstance(error, grpc.aio.AioRpcError) and error.code() is grpc.StatusCode.INTERNAL:
                    raise  # that is a defect, and not the weather
                await anyio.sleep(0.2)  # the weather changes by itself
            else:
                return

    async def _link(self) -> None:
        if len(self.wanted) + len(self.stopped) >= MOST_SESSIONS:
            return
        self._linked += 1
        name, phone = f"s{self._linked}", f"49170{self._linked:07}"

        async def attempt(daemon: Daemon) -> None:
            seen = await daemon.link(name, phone)
            self.codes.update(session.qr.code for session in seen if session.qr.code)
            assert state_name(seen[-1]) == "connected"
            self.wanted[name] = seen[-1].user.jid

        await self._insist(attempt)

    async def _remove(self) -> None:
        name = self._any("users")
        if name is None:
            return
        self.gone[name] = self.wanted.pop(name)

        async def attempt(daemon: Daemon) -> None:
            try:
                await daemon.remove(name, session_pb2.REMOVAL_REASON_LOGOUT)
            except grpc.aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.NOT_FOUND:
                    raise

        await self._insist(attempt)

    async def _stop(self) -> None:
        name = self._any("users")
        if name is None:
            return
        self.stopped[name] = self.wanted.pop(name)
        request = session_pb2.StopSessionRequest(session_id=name)
        await self._insist(lambda daemon: daemon.sessions.StopSession(request, timeout=PATIENCE))

    async def _start(self) -> None:
        if not self.stopped:
            return
        name = self._chances["users"].choice(sorted(self.stopped))
        self.wanted[name] = self.stopped.pop(name)
        request = session_pb2.ReconnectSessionRequest(session_id=name)
        await self._insist(lambda daemon: daemon.sessions.ReconnectSession(request, timeout=PATIENCE))

    async def _replace_workers(self) -> None:
        with suppress(grpc.aio.AioRpcError):  # the daemon may go meanwhile
            request = admin_pb2.ReplaceWorkersRequest(all=True)
            async with self._calling() as daemon:
                async for _step in daemon.admin.ReplaceWorkers(request, timeout=PATIENCE):
                    pass

    def _texts(self) -> Actions:
        return {"text": (1, self._text)}

    async def _text(self) -> None:
        name, to = self._any("texts"), self._any("texts")
        if name is None or to is None or name == to:
            return
        phone = self.wanted[to].partition(":")[0]
        with suppress(grpc.aio.AioRpcError):  # a session that is away says so
            async with self._calling() as daemon:
                await daemon.send(name, phone, TEXT)

    # ── faults ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _faults(self) -> Actions:
        return {
            "kill of a worker": (2, self._kill_worker),
            "hang of a worker": (1, lambda: self._hang(self._a_worker())),
            "hang of the daemon": (1, self._hang_daemon),
            "kill of the daemon": (2, lambda: self._change_daemon(signal.SIGKILL)),
            "restart of the daemon": (2, lambda: self._change_daemon(signal.SIGUSR2)),
            "stop of the daemon": (1, lambda: self._change_daemon(signal.SIGTERM)),
            "drop": (3, lambda: self._strike(self.house.emulator.drop)),
            "replacement by another client": (1, lambda: self._strike(self.house.emulator.replace)),
            "revocation": (1, self._revoke),
            "refused connections": (1, self._refuse_connections),
            "silence of the server": (1, self._stall),
        }

    async def _strike(self, how: Callable[[str], Awaitable[object]]) -> None:
        name = self._any("faults")
        if name is not None:
            with suppress(ControlError):  # it is not online at the moment
                await how(self.wanted[name])

    async def _revoke(self) -> None:
        online = {jid for jid, device in (await self.house.emulator.devices()).items() if device["online"]}
        name = self._any("faults")
        # One that is just being started would ask its owner for another scan, as it should.
        if name is not None and self.wanted[name] in online:
            jid = self.gone[name] = self.wanted.pop(name)
            await self.house.emulator.revoke(jid)

    async def _refuse_connections(self) -> None:
        await self.house.emulator.add_fault(RefuseConnection(times=3))

    async def _stall(self) -> None:
        name = self._any("faults")
        if name is not None:
            number = await self.house.emulator.add_fault(Stall(target=self.wanted[name]))
            await anyio.sleep(SHORT_HANG)
            await self.house.emulator.remove_fault(number)

    def _a_worker(self) -> int | None:
        pids = sorted(witnesses.workers(self.house))
        return self._chances["faults"].choice(pids) if pids else None

    async def _kill_worker(self) -> None:
        pid = self._a_worker()
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    async def _hang_daemon(self) -> None:
        assert self._daemon is not None  # nobody else ends it
        await self._hang(self._daemon.process.pid)

    async def _hang(self, pid: int | None) -> None:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid or 0)
            process.suspend()
            await anyio.sleep(SHORT_HANG)
            process.resume()

    def _any(self, actor: str) -> str | None:
        return self._chances[actor].choice(sorted(self.wanted)) if self.wanted else None
