"""The line between a client and the emulator: a TCP connection on which packets can vanish."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from anyio.abc import ByteStream

from wad.emulator.faults import Faults

if TYPE_CHECKING:
    from wad.emulator.jid import Jid


class Line(ByteStream):
    """A connection that falls silent both ways while a `Blackhole` strikes it; TCP's own patience does the rest.

    Args:
        tcp: the connection.
        faults: the rules about what goes wrong.

    Attributes:
        jid: who the client says it is; nothing until it has.
    """

    def __init__(self, tcp: ByteStream, faults: Faults) -> None:
        self.jid: Jid | None = None
        self._tcp = tcp
        self._faults = faults

    @property
    def extra_attributes(self) -> Mapping[Any, Callable[[], Any]]:
        """What is known of the connection."""
        return self._tcp.extra_attributes  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - untyped in anyio

    async def receive(self, max_bytes: int = 65536) -> bytes:
        """Return what the client has sent, once that arrives."""
        await self._passage()
        data = await self._tcp.receive(max_bytes)
        await self._passage()
        return data

    async def send(self, item: bytes) -> None:
        """Send, once that arrives."""
        await self._passage()
        await self._tcp.send(item)

    async def send_eof(self) -> None:
        """End what is sent, once that arrives."""
        await self._passage()
        await self._tcp.send_eof()

    async def aclose(self) -> None:
        """Close the connection, once that arrives: until then the client is not told."""
        try:
            await self._passage()
        finally:
            await self._tcp.aclose()

    async def _passage(self) -> None:
        await self._faults.passage(lambda: self.jid)
