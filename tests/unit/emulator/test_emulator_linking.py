"""Linking a device: which QR codes can be scanned, and what comes of it."""

from base64 import b64encode
from pathlib import Path
from typing import cast

import anyio
import pytest
from anyio.lowlevel import checkpoint

from wad.emulator import stanzas
from wad.emulator.errors import Conflict, UnknownTarget
from wad.emulator.network import Network, Scan
from wad.emulator.nodes import Node
from wad.emulator.phones import Phones
from wad.emulator.registration import PAIR_REQUEST, Candidate, Registration
from wad.emulator.settings import Settings
from wad.emulator.stream import End, Outgoing, Pause, Stream
from wad.emulator.v1.whatsapp_pb2 import ADVSignedDeviceIdentity, ADVSignedDeviceIdentityHMAC
from wad.emulator.xeddsa import SigningKey

pytestmark = pytest.mark.anyio

PHONE = "4915112345678"
DEVICE = SigningKey(b"d" * 32)
NOISE = b"n" * 32


class Wire:
    """A stream that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []

    def send(self, *outgoing: Outgoing) -> None:
        """Keep what is sent."""
        self.sent += outgoing


class Client:
    """A client that waits for a scan."""

    def __init__(self, network: Network) -> None:
        self.wire = Wire()
        candidate = Candidate(NOISE, DEVICE.public, "Name", "chrome")
        stream, settings = cast("Stream", self.wire), network.settings
        self.registration = Registration(
            candidate,
            stream,
            lifetimes=settings.qr_lifetimes,
            grace=settings.qr_grace,
            started=anyio.current_time(),
        )
        network.register(self.registration)

    def qr(self, ref: str = "", noise: bytes = NOISE) -> str:
        """Return the text of its QR code."""
        keys = (b64encode(key).decode() for key in (noise, DEVICE.public, b"s" * 32))
        return ",".join([ref or self.registration.refs[0], *keys, "1"])

    async def sign(self) -> None:
        """Sign the identity that it is offered."""
        while not self.wire.sent:
            await checkpoint()
        news = cast("Node", self.wire.sent[0]).child("pair-success")
        offered = news.child("device-identity") if news else None
        assert offered
        details = ADVSignedDeviceIdentityHMAC.FromString(offered.data).details
        identity = ADVSignedDeviceIdentity.FromString(details)
        message = b"\6\1" + identity.details + DEVICE.public + identity.account_signature_key
        identity.device_signature = DEVICE.sign(message)
        signed = Node("device-identity", content=identity.SerializeToString())
        self.answer(Node("pair-device-sign", content=(signed,)))

    def answer(self, *content: Node) -> None:
        """Answer the news of a scan."""
        self.registration.receive(Node("iq", {"id": PAIR_REQUEST}, content))


@pytest.fixture
def network(tmp_path: Path) -> Network:
    """Return a network without phones."""
    return Network(Phones(tmp_path), Settings(qr_lifetimes=(60, 20, 20, 20, 20, 20), sign_timeout=30))


async def scan(network: Network, client: Client, qr: str = "") -> str:
    """Scan a client's code while it signs, and return its jid."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(client.sign)
        return str((await network.scan(Scan(qr or client.qr(), PHONE))).jid)
    raise AssertionError("a task group swallows no errors")


async def test_a_signed_scan_links(network: Network) -> None:
    """A device that signs is linked, and is sent away with a 515 that it has time to read."""
    client = Client(network)
    jid = await scan(network, client)
    assert [device["jid"] for device in network.state()["devices"]] == [jid]
    assert client.wire.sent[1:] == [stanzas.stream_error(515), Pause(network.settings.linger_after_515), End()]


async def test_every_code_of_a_connection_counts(network: Network) -> None:
    """A client shows one code after the other, and any of them links it."""
    client = Client(network)
    assert await scan(network, client, client.qr(client.registration.refs[5]))


async def test_a_used_code_is_refused(network: Network) -> None:
    """No code of a connection can be scanned when one of them was."""
    client = Client(network)
    await scan(network, client)
    with pytest.raises(Conflict) as refusal:
        await network.scan(Scan(client.qr(client.registration.refs[1]), PHONE))
    assert refusal.value.code == "qr_used"


async def test_the_code_of_a_client_that_left_is_refused(network: Network) -> None:
    """When the client has gone, its code has expired."""
    client = Client(network)
    network.unregister(client.registration)
    with pytest.raises(Conflict) as refusal:
        await network.scan(Scan(client.qr(), PHONE))
    assert refusal.value.code == "qr_expired"


async def test_an_unknown_code_is_refused(network: Network) -> None:
    """A code that this emulator never handed out is unknown."""
    with pytest.raises(UnknownTarget) as refusal:
        await network.scan(Scan(Client(network).qr("2@elsewhere"), PHONE))
    assert refusal.value.code == "qr_unknown"


async def test_a_forged_code_is_refused(network: Network) -> None:
    """A code with another key than the client's own links nobody."""
    with pytest.raises(Conflict) as refusal:
        await network.scan(Scan(Client(network).qr(noise=b"x" * 32), PHONE))
    assert refusal.value.code == "qr_mismatch"


@pytest.mark.parametrize(("number", "end"), [(0, 65), (1, 85), (5, 165)])
async def test_codes_expire_one_after_the_other(network: Network, number: int, end: float) -> None:
    """The first code lasts a minute, each further one 20 s more, all of them with a little grace."""
    registration = Registration(
        Client(network).registration.candidate,
        cast("Stream", Wire()),
        lifetimes=network.settings.qr_lifetimes,
        grace=network.settings.qr_grace,
        started=0,
    )
    ref = registration.refs[number]
    assert not registration.expired(ref, end - 0.1)
    assert registration.expired(ref, end)


@pytest.mark.parametrize("answer", ["refuses", "leaves", "forges"])
async def test_a_failed_pairing_links_nobody(network: Network, answer: str) -> None:
    """A client that refuses, leaves or signs something else is not linked, and the phone is told why."""
    client = Client(network)

    async def fail() -> None:
        match answer:
            case "refuses":
                client.answer(Node("error", {"code": "401", "text": "hmac-mismatch"}))
            case "leaves":
                client.registration.closed()
            case _:
                client.answer(Node("pair-device-sign", content=(Node("device-identity", content=b""),)))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(fail)
        with pytest.raises(Conflict, match="was not linked"):
            await network.scan(Scan(client.qr(), PHONE))
    assert network.state()["devices"] == []
