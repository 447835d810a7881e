"""A connection that waits for a phone to scan its QR code."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import anyio
from google.protobuf.message import DecodeError

from wad.emulator import stanzas
from wad.emulator.errors import WireError
from wad.emulator.nodes import Node
from wad.emulator.stream import End, Pause, Stream
from wad.emulator.v1.whatsapp_pb2 import ClientPayload, DeviceProps

REFS = 6
"""How many QR codes a connection gets."""

PAIR_REQUEST = "pair-success"
"""Id of the request that tells a client its code was scanned."""

_PLATFORM_PREFIX = "PLATFORM_TYPE_"


@dataclass(frozen=True, slots=True)
class Candidate:
    """The device that wants to be linked.

    Args:
        noise_key: static Noise key of its handshake.
        identity_key: Signal identity key.
        name: what it calls itself.
        platform: kind of client, such as `chrome`.
    """

    noise_key: bytes
    identity_key: bytes
    name: str
    platform: str

    @classmethod
    def read(cls, payload: ClientPayload, noise_key: bytes) -> "Candidate":
        """Read what a client says about itself.

        Raises:
            WireError: its description is damaged.
        """
        data = payload.device_pairing_data
        try:
            props = DeviceProps.FromString(data.device_props)
        except DecodeError as error:
            raise WireError("a device's description is no DeviceProps") from error
        known = props.platform_type in DeviceProps.PlatformType.values()
        name = DeviceProps.PlatformType.Name(props.platform_type) if known else str(props.platform_type)
        return cls(noise_key, data.e_ident, props.os, name.removeprefix(_PLATFORM_PREFIX).lower())


class Registration:
    """One waiting connection.

    Args:
        candidate: who waits.
        stream: its stream.
        lifetimes: how long each code lasts after the one before, in seconds.
        grace: how much longer a code can be scanned, in seconds.
        started: when the codes were handed out, on the event loop's clock.
    """

    def __init__(
        self, candidate: Candidate, stream: Stream, *, lifetimes: Sequence[float], grace: float, started: float
    ) -> None:
        self.candidate = candidate
        self.stream = stream
        self.refs = tuple(f"2@{secrets.token_urlsafe(48)}" for _ in range(REFS))
        ends = accumulate(lifetimes, initial=started + grace)
        self._ends = dict(zip(self.refs, list(ends)[1:], strict=True))
        self._answer: Node | None = None
        self._answered = anyio.Event()

    @property
    def last_end(self) -> float:
        """When the last code ends, on the event loop's clock."""
        return max(self._ends.values())

    def expired(self, ref: str, now: float) -> bool:
        """Say whether a code of this connection can no longer be scanned."""
        return now >= self._ends[ref]

    def open(self, first_node_delay: float) -> None:
        """Hand out the codes."""
        self.stream.send(Pause(first_node_delay), stanzas.pair_device(self.refs, request=secrets.token_hex(8)))

    def receive(self, node: Node) -> None:
        """Take a node from the client."""
        if node.tag == "iq" and node.text("id") == PAIR_REQUEST:
            self._answer = node
            self._answered.set()

    def closed(self) -> None:
        """Note that the client has gone."""
        self._answered.set()

    async def offer(self, news: Node) -> bytes:
        """Tell the client that its code was scanned and return the identity that it signs.

        Raises:
            WireError: the client refused or went away.
        """
        self.stream.send(news)
        await self._answered.wait()
        if self._answer is None:
            raise WireError("the client closed the connection before it signed its identity")
        sign = self._answer.child("pair-device-sign")
        identity = sign.child("device-identity") if sign else None
        if identity is None:
            error = self._answer.child("error")
            raise WireError(f"the client refused: {error.text('text') if error else 'no reason given'}")
        return identity.data

    def finish(self, linger: float) -> None:
        """Send the client away to log in, and close after `linger` seconds."""
        self.stream.send(stanzas.stream_error(515), Pause(linger), End())
