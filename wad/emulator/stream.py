"""A client's stream after the handshake: nodes in, nodes out."""

import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import anyio

from wad.emulator.decoding import decode
from wad.emulator.encoding import encode
from wad.emulator.faults import CorruptFrame, Faults, Slow
from wad.emulator.framing import FrameSplitter, frame
from wad.emulator.jid import Jid
from wad.emulator.nodes import Node
from wad.emulator.noise import Finished
from wad.emulator.websocket import WebSocket

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pause:
    """Hold back what follows, for a time in seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class End:
    """Close the connection when everything before has been sent."""


Outgoing = Node | Pause | End
"""What can be put on a stream, in order; the stream ends early when the client closes it."""


class Frames:
    """The frames of a connection, however WebSocket messages split or join them."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._splitter = FrameSplitter()
        self._ready: list[bytes] = []

    async def receive(self) -> bytes | None:
        """Return the next frame's payload, or nothing when the client has gone.

        Raises:
            WireError: the client does not speak the protocol.
        """
        while not self._ready:
            data = await self._socket.receive()
            if data is None:
                return None
            self._ready.extend(self._splitter.feed(data))
        return self._ready.pop(0)

    async def send(self, payload: bytes) -> None:
        """Send one frame.

        Raises:
            WireError: the client has gone.
        """
        await self._socket.send(frame(payload))

    async def close(self) -> None:
        """Say goodbye to the client."""
        await self._socket.close()


class Stream:
    """An encrypted stream of nodes.

    Args:
        frames: the connection's frames.
        finished: what the handshake yielded.
        faults: the rules that delay or spoil frames.
        jid: who the client says it is; nothing while it is being linked.
    """

    def __init__(self, frames: Frames, finished: Finished, faults: Faults, jid: Jid | None) -> None:
        self._frames = frames
        self._finished = finished
        self._faults = faults
        self._jid = jid
        # Unbounded, yet small: a client gets little that it did not ask for.
        self._scope = anyio.CancelScope()
        self._outgoing, self._to_write = anyio.create_memory_object_stream[Outgoing](inf)

    def send(self, *outgoing: Outgoing) -> None:
        """Put nodes on the stream, in order; what a stream has not sent when it ends is lost."""
        with contextlib.suppress(anyio.ClosedResourceError):
            for item in outgoing:
                self._outgoing.send_nowait(item)

    def close(self) -> None:
        """End the stream at once and without a goodbye, whatever has not been sent yet."""
        self._scope.cancel()

    async def converse(self, receive: Callable[[Node], None]) -> None:
        """Read and write until either side ends the stream.

        Args:
            receive: is given each node that the client sends.

        Raises:
            ExceptionGroup: of `WireError`: the client sent something that is no node, or cannot be written to.
        """
        with self._outgoing, self._to_write, self._scope:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._write_out)
                while (ciphertext := await self._frames.receive()) is not None:
                    receive(self._read(ciphertext))
                tasks.cancel_scope.cancel()

    def _read(self, ciphertext: bytes) -> Node:
        node = decode(self._finished.reader.decrypt(ciphertext))
        _log.debug("%s sent <%s %s>", self._jid, node.tag, node.text("xmlns") or node.text("type"))
        return node

    async def _write_out(self) -> None:
        async for item in self._to_write:
            match item:
                case Pause():
                    await anyio.sleep(item.seconds)
                case Node():
                    await self._write(item)
                case End():
                    await self._frames.close()
                    self.close()

    async def _write(self, node: Node) -> None:
        slow = self._faults.take(Slow, self._jid)
        if slow:
            await anyio.sleep(slow.delay_ms / 1000)
        payload = self._finished.writer.encrypt(encode(node))
        if self._faults.take(CorruptFrame, self._jid):
            payload = payload[:-1] + bytes([payload[-1] ^ 1])
        await self._frames.send(payload)
