"""One client's connection, from the proxy request to its end."""

import logging
import ssl
from dataclasses import dataclass

import anyio
from anyio.abc import ByteStream
from anyio.streams.tls import TLSStream
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from google.protobuf.message import DecodeError

from wad.emulator import stanzas
from wad.emulator.certificates import Certificates, NoiseIdentity
from wad.emulator.errors import WireError
from wad.emulator.faults import BadCertificate, RefuseConnection, RefuseLogin, Stall
from wad.emulator.framing import HEADER
from wad.emulator.jid import USER_SERVER, Jid
from wad.emulator.line import Line
from wad.emulator.network import Network
from wad.emulator.nodes import Node
from wad.emulator.noise import Finished, Responder
from wad.emulator.phones import Device
from wad.emulator.proxy import open_tunnel
from wad.emulator.registration import Candidate, Registration
from wad.emulator.requests import Requests
from wad.emulator.stream import End, Frames, Pause, Stream
from wad.emulator.v1.whatsapp_pb2 import ClientPayload
from wad.emulator.websocket import WebSocket

_log = logging.getLogger(__name__)

_GONE = (WireError, OSError, ssl.SSLError, TimeoutError, anyio.BrokenResourceError, anyio.EndOfStream)
"""How a connection ends without anyone being wrong in here."""


@dataclass(frozen=True, slots=True)
class Door:
    """Lets clients in.

    Args:
        network: what they come to.
        certificates: what makes clients believe that they come to WhatsApp.
    """

    network: Network
    certificates: Certificates

    async def serve(self, tcp: ByteStream) -> None:
        """Serve one connection until it ends; whatever goes wrong with it stays with it."""
        self.network.counters.connections_total += 1
        try:
            async with Line(tcp, self.network.faults) as line:
                await self._serve(line)
        except* _GONE as group:
            _log.info("a connection ended: %r", group.exceptions)
        except* Exception:  # noqa: BLE001 - one client's bad luck must not end the others' connections
            self.network.counters.crashes_total += 1
            _log.exception("a connection crashed")

    async def _serve(self, line: Line) -> None:
        if self.network.faults.take(RefuseConnection, None):
            return
        bad = self.network.faults.take(BadCertificate, None)
        context, noise = self.certificates.show(bad.flaw if bad else None)
        with anyio.fail_after(self.network.settings.setup_timeout):
            await open_tunnel(line)
            tls = await TLSStream.wrap(line, server_side=True, ssl_context=context, standard_compatible=False)
            frames = Frames(await WebSocket.accept(tls))
        if self.network.faults.take(Stall, None, lambda stall: stall.at == "handshake"):
            while await frames.receive() is not None:
                pass
            return
        with anyio.fail_after(self.network.settings.setup_timeout):
            finished = await self._handshake(frames, noise)
        payload = _parse(finished.payload)
        if payload.HasField("device_pairing_data"):
            candidate = Candidate.read(payload, finished.client_static)
            await self._register(Stream(frames, finished, self.network.faults, None), candidate)
        else:
            jid = line.jid = Jid(str(payload.username), USER_SERVER, payload.device)
            await self._login(Stream(frames, finished, self.network.faults, jid), jid, finished.client_static)

    async def _handshake(self, frames: Frames, noise: NoiseIdentity) -> Finished:
        responder = Responder(noise.static, noise.chain, prologue=HEADER, ephemeral=X25519PrivateKey.generate())
        await frames.send(responder.answer_hello(await _next(frames)))
        return responder.finish(await _next(frames))

    async def _register(self, stream: Stream, candidate: Candidate) -> None:
        network, settings = self.network, self.network.settings
        registration = Registration(
            candidate,
            stream,
            lifetimes=settings.qr_lifetimes,
            grace=settings.qr_grace,
            started=anyio.current_time(),
            faults=network.faults,
        )
        network.register(registration)
        try:
            registration.open(settings.first_node_delay)
            with anyio.CancelScope(deadline=registration.last_end + settings.sign_timeout):
                await stream.converse(registration.receive)
        finally:
            network.unregister(registration)
            registration.closed()

    async def _login(self, stream: Stream, jid: Jid, noise_key: bytes) -> None:
        network, settings = self.network, self.network.settings
        stream.send(Pause(settings.first_node_delay))
        device = network.phones.device(jid)
        refusal = self._refusal(jid, known=device is not None and device.noise_key == noise_key)
        if device is None or refusal:
            network.counters.logins_refused_total += 1
            stream.send(refusal or stanzas.failure(401), Pause(settings.linger), End())
            await stream.converse(_ignore)
        elif network.faults.take(Stall, jid, lambda stall: stall.at == "login"):
            await stream.converse(_ignore)
        else:
            await self._attend(device, stream)

    def _refusal(self, jid: Jid, *, known: bool) -> Node | None:
        fault = self.network.faults.take(RefuseLogin, jid)
        if fault:
            return stanzas.failure(fault.reason, code=fault.code, expire=fault.expire)
        return None if known else stanzas.failure(401)

    async def _attend(self, device: Device, stream: Stream) -> None:
        network = self.network
        requests = Requests(device, network.phones, linger=network.settings.linger)

        def receive(node: Node) -> None:
            if not network.faults.take(Stall, device.jid, lambda stall: stall.at == "requests"):
                relayed = node.tag in {"message", "receipt", "ack"}
                stream.send(*(network.relay.receive(device, node) if relayed else requests.answer(node)))

        network.come_online(device, stream)
        try:
            await stream.converse(receive)
        finally:
            network.go_offline(device, stream)


def _ignore(_node: Node) -> None:
    """Leave a node unanswered."""


async def _next(frames: Frames) -> bytes:
    frame = await frames.receive()
    if frame is None:
        raise WireError("the client left during the handshake")
    return frame


def _parse(payload: bytes) -> ClientPayload:
    try:
        return ClientPayload.FromString(payload)
    except DecodeError as error:
        raise WireError("the client's payload is no ClientPayload") from error
