"""A WebSocket server's end over a byte stream."""

from anyio import BrokenResourceError, ClosedResourceError, EndOfStream, Lock
from anyio.abc import ByteStream
from websockets.exceptions import InvalidState
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

from wad.emulator.errors import WireError

PATH = "/ws/chat"
_MAX_MESSAGE_BYTES = 1 << 25
_GONE = (EndOfStream, BrokenResourceError, ClosedResourceError)


class WebSocket:
    """Messages over a byte stream; made by `WebSocket.accept`."""

    def __init__(self, stream: ByteStream, protocol: ServerProtocol) -> None:
        self._stream = stream
        self._protocol = protocol
        self._sending = Lock()
        self._pending: list[bytes] = []

    @classmethod
    async def accept(cls, stream: ByteStream) -> "WebSocket":
        """Answer a client's opening handshake.

        Raises:
            WireError: the client asked for something else, or left.
        """
        protocol = ServerProtocol(max_size=_MAX_MESSAGE_BYTES)
        socket = cls(stream, protocol)
        while True:
            await socket._receive_some()
            for event in protocol.events_received():
                if not isinstance(event, Request):
                    continue
                wanted = event.path.split("?")[0] == PATH
                protocol.send_response(
                    protocol.accept(event) if wanted else protocol.reject(404, f"Only {PATH} is here.\n")
                )
                await socket._flush()
                if protocol.handshake_exc is not None or not wanted:
                    raise WireError(f"the request for {event.path} is not a WebSocket of {PATH}")
                return socket

    async def receive(self) -> bytes | None:
        """Return the payload of the next frame, or nothing when the client has gone."""
        while not self._pending:
            if self._protocol.close_expected():
                return None
            try:
                await self._receive_some()
            except WireError:
                return None
            for event in self._protocol.events_received():
                # The stream inside knows no message borders, so fragments are as good as whole messages.
                if isinstance(event, Frame) and event.opcode in {Opcode.BINARY, Opcode.CONT}:
                    self._pending.append(bytes(event.data))
            await self._flush()
        return self._pending.pop(0)

    async def send(self, data: bytes) -> None:
        """Send one binary message.

        Raises:
            WireError: the client has gone.
        """
        try:
            self._protocol.send_binary(data)
        except InvalidState as error:
            raise WireError("the client has closed the connection") from error
        await self._flush()

    async def close(self) -> None:
        """Say goodbye, as far as the client still listens."""
        try:
            self._protocol.send_close(CloseCode.NORMAL_CLOSURE)
            await self._flush()
        except (InvalidState, WireError):
            return

    async def _receive_some(self) -> None:
        try:
            self._protocol.receive_data(await self._stream.receive())
        except _GONE as error:
            raise WireError("the client has gone") from error

    async def _flush(self) -> None:
        async with self._sending:
            for data in self._protocol.data_to_send():
                try:
                    # An empty piece asks for the end of the stream, which closing the connection brings.
                    if data:
                        await self._stream.send(data)
                except _GONE as error:
                    raise WireError("the client has gone") from error
