"""The way in: an HTTP proxy that is itself the only host it can reach.

Clients are told to use the emulator as their proxy. They ask it to CONNECT to `web.whatsapp.com`, and it answers
as that host on the same connection. It forwards nothing: a request for any other host is refused.
"""

from dataclasses import dataclass
from http import HTTPStatus

from anyio import EndOfStream
from anyio.abc import ByteStream

from wad.emulator.certificates import HOST
from wad.emulator.errors import WireError

_MAX_HEAD_BYTES = 16 * 1024
_HEAD_END = b"\r\n\r\n"
_TARGET = f"{HOST}:443"


@dataclass(frozen=True, slots=True)
class Answer:
    """The proxy's answer to a request head.

    Args:
        status: what it answers.
        explanation: text for whoever reads the refusal; empty where the tunnel opens.
    """

    status: HTTPStatus
    explanation: str = ""

    @property
    def data(self) -> bytes:
        """The answer's bytes."""
        phrase = "Connection Established" if self.status is HTTPStatus.OK else self.status.phrase
        head = f"HTTP/1.1 {self.status.value} {phrase}\r\n"
        if self.status is HTTPStatus.OK:
            return f"{head}\r\n".encode()
        body = f"{self.explanation}\n".encode()
        return f"{head}Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def answer(head: bytes) -> Answer:
    """Decide what to answer to a request head."""
    words = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
    if len(words) != 3 or words[0] != "CONNECT":  # noqa: PLR2004 - method, target, version
        return Answer(HTTPStatus.METHOD_NOT_ALLOWED, "This is the proxy of the WhatsApp emulator: only CONNECT.")
    if words[1] != _TARGET:
        return Answer(HTTPStatus.FORBIDDEN, f"The WhatsApp emulator is only {_TARGET}; it reaches nothing else.")
    return Answer(HTTPStatus.OK)


async def open_tunnel(stream: ByteStream) -> None:
    """Read a client's CONNECT request and answer it.

    Raises:
        WireError: the request was refused, or was none.
    """
    head = bytearray()
    while _HEAD_END not in head:
        if len(head) > _MAX_HEAD_BYTES:
            raise WireError(f"a proxy request is longer than {_MAX_HEAD_BYTES} bytes")
        try:
            head += await stream.receive()
        except EndOfStream as error:
            raise WireError("the client left before it asked for a tunnel") from error
    reply = answer(bytes(head))
    await stream.send(reply.data)
    if reply.status is not HTTPStatus.OK:
        raise WireError(f"a proxy request was refused: {reply.explanation}")
