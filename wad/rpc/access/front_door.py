"""The unix socket's front door: it asks the kernel who is there, and passes the bytes on to gRPC.

gRPC for Python neither tells who is at the other end of a unix socket nor takes a connection that somebody else has
accepted. So connections are accepted here, and relayed to a socket that only the daemon can reach, from an address that
stands for the caller.
"""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Final, cast

import anyio
import structlog

from wad.rpc.access.peers import Peer, Peers

if TYPE_CHECKING:
    from pathlib import Path

    from anyio.abc import TaskGroup, TaskStatus

BACKLOG: Final = 1024
"""Connections that may wait to be accepted; the kernel may allow fewer (net.core.somaxconn)."""

_CONNECT_SECONDS: Final = 10.0
_RETRY_SECONDS: Final = 0.01

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class FrontDoor:
    """Accepts the connections of a unix socket.

    Args:
        listener: The socket, bound.
        path: Its path.
        inner: Path of the socket that gRPC serves.
        peers: Is told who is behind each connection.
    """

    def __init__(self, listener: socket.socket, path: Path, inner: Path, peers: Peers) -> None:
        self._listener = listener
        self._path = path
        self._inner = inner
        self._peers = peers
        self._open: set[_Side] = set()

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Accept until cancelled; then take no more connections, and leave those that are open to gRPC to end."""
        loop = asyncio.get_running_loop()
        async with anyio.create_task_group() as tasks:
            server = await loop.create_unix_server(
                lambda: _Side(self, tasks), sock=self._listener, backlog=BACKLOG, start_serving=True
            )
            task_status.started()
            try:
                await anyio.sleep_forever()
            finally:
                server.close()

    def hang_up(self) -> None:
        """Take the socket away and end what is still open; gRPC has ended its calls by then."""
        self._path.unlink(missing_ok=True)
        for side in tuple(self._open):
            side.close()

    async def connect(self, side: _Side) -> None:
        """Let a connection through: connect it to gRPC under an address that stands for its peer."""
        if side.transport is None:  # it has gone already, and would never be forgotten
            return
        name = self._peers.add(side.peer)
        side.forget = lambda: self._peers.discard(name)
        self._open.add(side)
        inner = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            inner.setblocking(False)
            inner.bind(f"\0{name}")
            with anyio.fail_after(_CONNECT_SECONDS):
                await _connect(inner, str(self._inner))
            _, other = await asyncio.get_running_loop().create_unix_connection(lambda: _Side(self, None), sock=inner)
        except (OSError, TimeoutError) as error:
            inner.close()
            _log.warning("rpc.connection_failed", error=str(error))
            side.close()
            return
        side.join(other)

    def closed(self, side: _Side) -> None:
        """Forget a connection that is over."""
        self._open.discard(side)


async def _connect(inner: socket.socket, path: str) -> None:
    while True:
        try:
            inner.connect(path)
        except BlockingIOError:  # gRPC has not accepted the others yet; a unix socket cannot be waited for
            await anyio.sleep(_RETRY_SECONDS)
        else:
            return


class _Side(asyncio.Protocol):
    """One end of a relay; what it reads the other one writes, at the pace of the slower."""

    def __init__(self, door: FrontDoor, tasks: TaskGroup | None) -> None:
        self._door = door
        self._tasks = tasks
        self._other: _Side | None = None
        self._early: list[bytes] = []
        self.transport: asyncio.Transport | None = None
        self.peer: Peer
        self.forget = _nothing

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        if self._tasks is None:
            return
        try:
            self.peer = Peer.of(transport.get_extra_info("socket"))
        except OSError as error:  # it has gone already
            _log.info("rpc.peer_unknown", error=str(error))
            self.close()
            return
        self._tasks.start_soon(self._door.connect, self)

    def join(self, other: _Side) -> None:
        """Relay between the two from now on."""
        for side, its_other in ((self, other), (other, self)):
            side._other = its_other  # noqa: SLF001 - of its own class
        if self.transport is None or other.transport is None:
            self.close()
            other.close()
            return
        self._begin()
        other._begin()

    def _begin(self) -> None:
        """Pass on what came before there was anybody to pass it on to."""
        for data in self._early:
            self.data_received(data)
        self._early.clear()
        if self.transport is not None:
            self.transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        if self._other is None:
            self._early.append(data)
            if self.transport is not None:
                self.transport.pause_reading()
        elif self._other.transport is not None:
            self._other.transport.write(data)

    def eof_received(self) -> bool:
        # gRPC never closes one direction alone: whoever has closed its own wants no answer
        return False

    def pause_writing(self) -> None:
        if self._other is not None and self._other.transport is not None:
            self._other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self._other is not None and self._other.transport is not None:
            self._other.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the signature of asyncio's
        self.transport = None
        self.forget()
        self._door.closed(self)
        if self._other is not None:
            self._other.close()

    def close(self) -> None:
        """Close it once what was written is out."""
        if self.transport is not None:
            self.transport.close()


def _nothing() -> None:
    pass
