"""The daemon's end of one worker's socket."""

from __future__ import annotations

import itertools
import socket
import struct
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

import anyio
from anyio.abc import SocketAttribute

from wad import tracing
from wad.domain.errors import EngineIncompatible, EngineUnavailable
from wad.engine.telling import tell_engine_line
from wad.engine.translation import error_from_wire
from wad.wire import OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION
from wad.wire.framing import FrameBuffer, FrameError, encode
from wad.wire.v1 import worker_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from anyio.abc import SocketStream

_CREDENTIALS = struct.Struct("3i")  # struct ucred of unix(7): pid, uid, gid

BROKEN = (anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream)
"""What a stream raises when the other side is gone."""


class NoAnswer(EngineUnavailable):
    """The worker did not answer in time, or went away; what became of the request is not known."""


class _Pending:
    """A request on its way."""

    def __init__(self, action: str) -> None:
        self.action = action
        self.settled = anyio.Event()
        self.response: pb.Response | None = None


class WorkerConnection:
    """Requests and their responses, events and their acknowledgements, over one socket.

    Args:
        stream: The connected socket.
        worker_id: Name of the worker, for messages.
    """

    def __init__(self, stream: SocketStream, worker_id: str) -> None:
        self._stream = stream
        self._worker_id = worker_id
        self._frames = self._receive()
        self._sending = anyio.Lock()
        self._numbers = itertools.count(1)
        self._pending: dict[int, _Pending] = {}
        self._closed = False
        self._events_left = False
        self._taken: deque[tuple[int, anyio.Event | None]] = deque()
        """Sequences of events that are to be acknowledged, each with what is to be waited for."""
        self._news = anyio.Event()
        self._version = PROTOCOL_VERSION

    @classmethod
    async def dial(cls, path: Path, worker_id: str) -> WorkerConnection:
        """Connect to the worker's socket.

        Raises:
            EngineUnavailable: Nobody listens there.
        """
        try:
            return cls(await anyio.connect_unix(path), worker_id)
        except OSError as error:
            raise EngineUnavailable(f"Worker {worker_id} cannot be reached on {path}: {error}") from error

    async def hello(self) -> pb.Hello:
        """Take the worker's Hello, the first frame of all.

        Raises:
            EngineUnavailable: The worker hung up or speaks nonsense.
            EngineIncompatible: It speaks another version of the protocol.
        """
        try:
            frame = await anext(self._frames, None)
        except FrameError as error:
            raise EngineUnavailable(f"Worker {self._worker_id} does not speak wad's protocol: {error}") from error
        if frame is None or not frame.HasField("hello"):
            raise EngineUnavailable(f"Worker {self._worker_id} hung up before it said who it is.")
        if frame.hello.worker_id != self._worker_id:
            raise EngineIncompatible(f"Worker {frame.hello.worker_id!r} listens where {self._worker_id!r} should.")
        self._version = frame.hello.protocol_version
        if not OLDEST_PROTOCOL_VERSION <= self._version <= PROTOCOL_VERSION:
            raise EngineIncompatible(
                f"Worker {self._worker_id} speaks version {self._version} of the protocol, this daemon versions "
                f"{OLDEST_PROTOCOL_VERSION} to {PROTOCOL_VERSION}: it was started by another release of wad."
            )
        return frame.hello

    async def attach(self, resume_after: int) -> None:
        """Take the worker over; it sends its events after *resume_after* from here on.

        Raises:
            EngineUnavailable: The worker hung up.
        """
        attach = pb.Attach(protocol_version=self._version, resume_after=resume_after)
        await self._send(pb.Frame(attach=attach))

    async def read(self, deliver: Callable[[pb.Event], anyio.Event | None]) -> None:
        """Hand every event to *deliver*, then acknowledge it; return when the worker has hung up.

        One for which *deliver* returns something to wait for is acknowledged once that is set. Every request that still
        waits fails at the end. After :meth:`leave_events` events are the next daemon's.
        """
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._acknowledge)
                await self._read(deliver)
                tasks.cancel_scope.cancel()
        finally:
            self._closed = True
            for pending in self._pending.values():
                pending.settled.set()

    async def _read(self, deliver: Callable[[pb.Event], anyio.Event | None]) -> None:
        with suppress(FrameError):  # what such a worker says is of no use; its owner ends it
            async for frame in self._frames:
                if frame.HasField("event") and not self._events_left:
                    self._taken.append((frame.event.sequence, deliver(frame.event)))
                    self._news.set()
                elif frame.HasField("response"):
                    self._settle(frame.response)
                elif frame.HasField("log_line"):
                    tell_engine_line(self._worker_id, frame.log_line)

    async def _acknowledge(self) -> None:
        """Acknowledge the events that were taken in, in their order: an acknowledgement is one of all before, too."""
        with suppress(EngineUnavailable):  # reading ends as well
            while True:
                await self._news.wait()
                self._news = anyio.Event()
                while self._taken:
                    sequence, stored = self._taken.popleft()
                    if stored is not None:
                        await stored.wait()
                    if not self._taken or self._taken[0][1] is not None:
                        await self._send(pb.Frame(ack=pb.Ack(sequence=sequence)))

    async def request(self, request: pb.Request, timeout_seconds: float) -> pb.Response:
        """Send *request* and return the response.

        Raises:
            NoAnswer: There was no answer in time, or the worker went away.
            EngineError: The worker's failure, as ``error_from_wire`` has it.
            SessionBusy: Likewise.
        """
        if request.HasField("ping"):  # which is part of nobody's call
            return await self._exchange(request, timeout_seconds)
        name = f"worker.{request.WhichOneof('action')}"
        with tracing.span(name, tracing.Side.CLIENT, worker=self._worker_id):
            return await self._exchange(request, timeout_seconds)

    async def _exchange(self, request: pb.Request, timeout_seconds: float) -> pb.Response:
        request.id = next(self._numbers)
        if self._closed:
            raise NoAnswer(f"Worker {self._worker_id} is gone.")
        what = request.WhichOneof("action") or "nothing"
        pending = self._pending[request.id] = _Pending(what)
        try:
            with anyio.move_on_after(timeout_seconds):
                await self._send(pb.Frame(request=request))
                await pending.settled.wait()
        finally:
            del self._pending[request.id]
        if pending.response is None:
            why = "went away" if self._closed else f"did not answer within {timeout_seconds:g} s"
            raise NoAnswer(f"Worker {self._worker_id} {why} when it was asked to {what}; try again.")
        if pending.response.HasField("failure"):
            raise error_from_wire(pending.response.failure)
        return pending.response

    async def say_shutdown(self, timeout_seconds: float) -> None:
        """Tell the worker to end, without waiting for its answer.

        Args:
            timeout_seconds: What the clients have for closing.
        """
        shutdown = pb.Shutdown(timeout_seconds=timeout_seconds)
        with suppress(EngineUnavailable):  # it is gone already
            await self._send(pb.Frame(request=pb.Request(id=next(self._numbers), shutdown=shutdown)))

    def leave_events(self) -> None:
        """Take no more events in: the worker keeps them for the daemon that comes after this one."""
        self._events_left = True

    @property
    def unanswered(self) -> tuple[str, ...]:
        """What the worker was asked to do and has not answered yet."""
        return tuple(pending.action for pending in self._pending.values())

    @property
    def peer_pid(self) -> int:
        """Process id of whoever listens on the socket, as the system knows it."""
        raw = self._stream.extra(SocketAttribute.raw_socket)  # noqa: S610 - this is no query
        return _CREDENTIALS.unpack(raw.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))[0]

    @property
    def closed(self) -> bool:
        """True when the worker has hung up."""
        return self._closed

    async def aclose(self) -> None:
        """Hang up."""
        self._closed = True
        await self._stream.aclose()

    def _settle(self, response: pb.Response) -> None:
        if pending := self._pending.get(response.id):
            pending.response = response
            pending.settled.set()

    async def _send(self, frame: pb.Frame) -> None:
        try:
            async with self._sending:
                await self._stream.send(encode(frame))
        except BROKEN as error:
            self._closed = True  # sending may notice it before reading does
            raise NoAnswer(f"Worker {self._worker_id} went away; try again.") from error

    async def _receive(self) -> AsyncIterator[pb.Frame]:
        buffer = FrameBuffer()
        while True:
            try:
                data = await self._stream.receive()
            except BROKEN:
                return
            for frame in buffer.feed(data):
                yield frame
