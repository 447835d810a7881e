"""What users do in a soak."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import anyio
import grpc.aio

from tests.faults.soak_reckoning import TEXT
from tests.house import PATIENCE, state_name
from wad.emulator.client import ControlError
from wad.v1 import admin_pb2, session_pb2

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.faults.soak_scene import Actions, Scene
    from tests.house import Daemon

MOST_SESSIONS: Final = 20


class Users:
    """Those who own the sessions, and insist on what they want.

    Args:
        scene: Where.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._linked = 0

    def actions(self) -> Actions:
        """Return what users do, each with its weight."""
        return {
            "link": (8, self.link),
            "removal": (3, self._remove),
            "stop": (2, self._stop),
            "start": (2, self._start),
            "worker replacement": (1, self._replace_workers),
        }

    async def _insist(self, attempt: Callable[[Daemon], Awaitable[object]]) -> None:
        """Do something again, with whatever daemon there is, until it has succeeded."""
        while True:
            try:
                async with self._scene.calling() as daemon:
                    await attempt(daemon)
            except (grpc.aio.AioRpcError, ControlError, AssertionError) as error:
                if isinstance(error, grpc.aio.AioRpcError) and error.code() is grpc.StatusCode.INTERNAL:
                    raise  # that is a defect, and not the weather
                await anyio.sleep(0.2)  # the weather changes by itself
            else:
                return

    async def link(self) -> None:
        """Link a session, if there is room for another."""
        if len(self._scene.wanted) + len(self._scene.stopped) >= MOST_SESSIONS:
            return
        self._linked += 1
        name, phone = f"s{self._linked}", f"49170{self._linked:07}"

        async def attempt(daemon: Daemon) -> None:
            seen = await daemon.link(name, phone)
            self._scene.codes.update(session.qr.code for session in seen if session.qr.code)
            assert state_name(seen[-1]) == "connected"
            self._scene.wanted[name] = seen[-1].user.jid

        await self._insist(attempt)

    async def _remove(self) -> None:
        name = self._scene.any_wanted("users")
        if name is None:
            return
        self._scene.gone[name] = self._scene.wanted.pop(name)

        async def attempt(daemon: Daemon) -> None:
            try:
                await daemon.remove(name, session_pb2.REMOVAL_REASON_LOGOUT)
            except grpc.aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.NOT_FOUND:
                    raise

        await self._insist(attempt)

    async def _stop(self) -> None:
        name = self._scene.any_wanted("users")
        if name is None:
            return
        self._scene.stopped[name] = self._scene.wanted.pop(name)
        request = session_pb2.StopSessionRequest(session_id=name)
        await self._insist(lambda daemon: daemon.sessions.StopSession(request, timeout=PATIENCE))

    async def _start(self) -> None:
        if not self._scene.stopped:
            return
        name = self._scene.chances["users"].choice(sorted(self._scene.stopped))
        self._scene.wanted[name] = self._scene.stopped.pop(name)
        request = session_pb2.ReconnectSessionRequest(session_id=name)
        await self._insist(lambda daemon: daemon.sessions.ReconnectSession(request, timeout=PATIENCE))

    async def _replace_workers(self) -> None:
        with suppress(grpc.aio.AioRpcError):  # the daemon may go meanwhile
            request = admin_pb2.ReplaceWorkersRequest(all=True)
            async with self._scene.calling() as daemon:
                async for _step in daemon.admin.ReplaceWorkers(request, timeout=PATIENCE):
                    pass

    def texts(self) -> Actions:
        """Return what they write."""
        return {"text": (1, self._text)}

    async def _text(self) -> None:
        name, to = self._scene.any_wanted("texts"), self._scene.any_wanted("texts")
        if name is None or to is None or name == to:
            return
        phone = self._scene.wanted[to].partition(":")[0]
        with suppress(grpc.aio.AioRpcError):  # a session that is away says so
            async with self._scene.calling() as daemon:
                await daemon.send(name, phone, TEXT)
