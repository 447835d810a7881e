"""A connection that waits for a phone to scan its QR code, or for somebody to type its pairing code."""

import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import anyio
from google.protobuf.message import DecodeError

from wad.emulator import stanzas
from wad.emulator.errors import WireError
from wad.emulator.faults import Faults, RefuseCode
from wad.emulator.jid import USER_SERVER, Jid
from wad.emulator.link_code import WRAPPED_BYTES
from wad.emulator.nodes import Node
from wad.emulator.stream import End, Pause, Stream
from wad.emulator.v1.whatsapp_pb2 import ClientPayload, DeviceProps

PAIR_REQUEST = "pair-success"
"""Id of the request that tells a client its code was scanned."""

_PLATFORM_PREFIX = "PLATFORM_TYPE_"
_DISPLAY_NAME = re.compile(rb"\S[^()]* \([^()]+\)")


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


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """What a client says when it asks to be linked by pairing code.

    Args:
        phone: number of the phone that the code is for.
        wrapped: the client's ephemeral public key, encrypted with the code, which stays with the client.
        ref: what the server calls the request.
    """

    phone: str
    wrapped: bytes
    ref: str

    @classmethod
    def read(cls, node: Node) -> "CodeRequest | None":
        """Read a request; nothing if it is one that the service refuses."""
        jid = node.attrs.get("jid")
        wrapped = node.child("link_code_pairing_wrapped_companion_ephemeral_pub")
        name = node.child("companion_platform_display")
        # The service shows the name to the phone's user, and takes only the likes of "Chrome (Linux)".
        if not isinstance(jid, Jid) or not wrapped or not name or not _DISPLAY_NAME.fullmatch(name.data):
            return None
        if len(wrapped.data) != WRAPPED_BYTES:
            return None
        return cls(jid.user, wrapped.data, f"3@{secrets.token_urlsafe(24)}")


class Registration:
    """One waiting connection.

    Args:
        candidate: who waits.
        stream: its stream.
        lifetimes: how long each code lasts after the one before, in seconds; there are as many codes.
        grace: how much longer a code can be scanned, in seconds.
        started: when the codes were handed out, on the event loop's clock.
        faults: the rules that refuse pairing codes.
    """

    def __init__(
        self,
        candidate: Candidate,
        stream: Stream,
        *,
        lifetimes: Sequence[float],
        grace: float,
        started: float,
        faults: Faults,
    ) -> None:
        self.candidate = candidate
        self.stream = stream
        self._faults = faults
        self.refs = tuple(f"2@{secrets.token_urlsafe(48)}" for _ in lifetimes)
        ends = accumulate(lifetimes, initial=started + grace)
        self._ends = dict(zip(self.refs, list(ends)[1:], strict=True))
        self.code: CodeRequest | None = None
        """The client's latest request for a pairing code."""
        self.typing = anyio.Lock()
        """Held by the phone that tries a code: one at a time."""
        self._bundle: bytes | None = None
        self._bundled = anyio.Event()
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
        elif node.tag == "iq" and (request := node.child(stanzas.LINK_CODE)):
            self._receive_code(node, request)

    def closed(self) -> None:
        """Note that the client has gone."""
        self._answered.set()
        self._bundled.set()

    async def enter(self, request: CodeRequest, hello: bytes, account: bytes) -> bytes:
        """Tell the client that somebody has typed its code, and return its encrypted key bundle.

        Args:
            request: the request that the code belongs to.
            hello: the phone's ephemeral public key, encrypted with what was typed.
            account: the phone's public key.

        Raises:
            WireError: the client went away.
        """
        self._bundle, self._bundled = None, anyio.Event()
        news = stanzas.code_entered(request.ref, hello, account, request=secrets.token_hex(8), now=int(time.time()))
        self.stream.send(news)
        await self._bundled.wait()
        if self._bundle is None:
            raise WireError("the client closed the connection before it answered")
        return self._bundle

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

    def _receive_code(self, node: Node, request: Node) -> None:
        if request.text("stage") == "companion_finish":
            bundle = request.child("link_code_pairing_wrapped_key_bundle")
            self._bundle = bundle.data if bundle else b""
            self.stream.send(stanzas.result(node))
            self._bundled.set()
            return
        code = CodeRequest.read(request)
        if code is None:
            self.stream.send(stanzas.error(node, 400, "bad-request"))
            return
        fault = self._faults.take(RefuseCode, Jid(code.phone, USER_SERVER))
        if fault:
            self.stream.send(stanzas.error(node, fault.reason, "refused"))
            return
        self.code = code
        self.stream.send(stanzas.code_reference(node, code.ref))
