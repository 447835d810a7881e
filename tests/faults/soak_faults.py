"""What goes wrong in a soak."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import anyio
import psutil

from tests.faults import witnesses
from wad.emulator.client import ControlError
from wad.emulator.faults import RefuseConnection, Stall

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.faults.soak_scene import Actions, Scene

SHORT_HANG: Final = 3.0
"""Seconds for which a process stands still, or a server is silent."""


class Faults:
    """Everything that strikes.

    Args:
        scene: Where.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def actions(self) -> Actions:
        """Return what goes wrong, each with its weight."""
        return {
            "kill of a worker": (2, self._kill_worker),
            "hang of a worker": (1, lambda: self._hang(self._a_worker())),
            "hang of the daemon": (1, self._hang_daemon),
            "kill of the daemon": (2, lambda: self._scene.change_daemon(signal.SIGKILL)),
            "restart of the daemon": (2, lambda: self._scene.change_daemon(signal.SIGUSR2)),
            "stop of the daemon": (1, lambda: self._scene.change_daemon(signal.SIGTERM)),
            "drop": (3, lambda: self._strike(self._scene.house.emulator.drop)),
            "replacement by another client": (1, lambda: self._strike(self._scene.house.emulator.replace)),
            "revocation": (1, self._revoke),
            "refused connections": (1, self._refuse_connections),
            "silence of the server": (1, self._stall),
        }

    async def _strike(self, how: Callable[[str], Awaitable[object]]) -> None:
        name = self._scene.any_wanted("faults")
        if name is not None:
            with suppress(ControlError):  # it is not online at the moment
                await how(self._scene.wanted[name])

    async def _revoke(self) -> None:
        online = {jid for jid, device in (await self._scene.house.emulator.devices()).items() if device["online"]}
        name = self._scene.any_wanted("faults")
        # Who has just asked for one that is offline would insist on it.
        if name is not None and self._scene.wanted[name] in online:
            jid = self._scene.gone[name] = self._scene.wanted.pop(name)
            await self._scene.house.emulator.revoke(jid)

    async def _refuse_connections(self) -> None:
        await self._scene.house.emulator.add_fault(RefuseConnection(times=3))

    async def _stall(self) -> None:
        name = self._scene.any_wanted("faults")
        if name is not None:
            number = await self._scene.house.emulator.add_fault(Stall(target=self._scene.wanted[name]))
            await anyio.sleep(SHORT_HANG)
            await self._scene.house.emulator.remove_fault(number)

    def _a_worker(self) -> int | None:
        pids = sorted(witnesses.workers(self._scene.house))
        return self._scene.chances["faults"].choice(pids) if pids else None

    async def _kill_worker(self) -> None:
        pid = self._a_worker()
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    async def _hang_daemon(self) -> None:
        assert self._scene.daemon is not None  # nobody else ends it
        await self._hang(self._scene.daemon.process.pid)

    async def _hang(self, pid: int | None) -> None:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid or 0)
            process.suspend()
            await anyio.sleep(SHORT_HANG)
            process.resume()
