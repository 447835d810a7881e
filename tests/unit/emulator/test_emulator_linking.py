"""Linking a device: which QR codes can be scanned, and what comes of it."""

from base64 import b64encode
from pathlib import Path
from typing import cast

import anyio
import pytest
from anyio.lowlevel import checkpoint

from wad.emulator import stanzas
from wad.emulator.errors import Conflict, UnknownTarget
from wad.emulator.faults import RefuseCode
from wad.emulator.jid import USER_SERVER, Jid
from wad.emulator.linking import CodeEntry, Scan
from wad.emulator.network import Network
from wad.emulator.nodes import Node
from wad.emulator.phones import Phones
from wad.emulator.registration import PAIR_REQUEST, Candidate, Registration
from wad.emulator.settings import Settings
from wad.emulator.stream import End, Outgoing, Pause, Stream
from wad.emulator.v1.whatsapp_pb2 import ADVSignedDeviceIdentity, ADVSignedDeviceIdentityHMAC
from wad.emulator.waiting import WaitingRoom
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
            faults=network.faults,
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
        return str((await network.scan(Scan(qr=qr or client.qr(), phone=PHONE))).jid)
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
        await network.scan(Scan(qr=client.qr(client.registration.refs[1]), phone=PHONE))
    assert refusal.value.code == "qr_used"


async def test_the_code_of_a_client_that_left_is_refused(network: Network) -> None:
    """When the client has gone, its code has expired."""
    client = Client(network)
    network.unregister(client.registration)
    with pytest.raises(Conflict) as refusal:
        await network.scan(Scan(qr=client.qr(), phone=PHONE))
    assert refusal.value.code == "qr_expired"


async def test_an_unknown_code_is_refused(network: Network) -> None:
    """A code that this emulator never handed out is unknown."""
    with pytest.raises(UnknownTarget) as refusal:
        await network.scan(Scan(qr=Client(network).qr("2@elsewhere"), phone=PHONE))
    assert refusal.value.code == "qr_unknown"


async def test_a_forged_code_is_refused(network: Network) -> None:
    """A code with another key than the client's own links nobody."""
    with pytest.raises(Conflict) as refusal:
        await network.scan(Scan(qr=Client(network).qr(noise=b"x" * 32), phone=PHONE))
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
        faults=network.faults,
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
            await network.scan(Scan(qr=client.qr(), phone=PHONE))
    assert network.state()["devices"] == []


def hello(*, jid: str = PHONE, wrapped: bytes = b"w" * 80, name: str = "Chrome (Linux)") -> Node:
    """Return a client's request for a pairing code."""
    children = (
        Node("link_code_pairing_wrapped_companion_ephemeral_pub", content=wrapped),
        Node("companion_platform_display", content=name.encode()),
    )
    attrs: dict[str, str | Jid] = {"stage": "companion_hello", "jid": Jid(jid, USER_SERVER)}
    return Node("iq", {"id": "7", "type": "set", "xmlns": "md"}, (Node(stanzas.LINK_CODE, attrs, children),))


async def test_a_request_for_a_pairing_code_gets_a_reference(network: Network) -> None:
    """A client that asks for a pairing code is given the reference that the exchange will bear."""
    client = Client(network)
    client.registration.receive(hello())
    answer = cast("Node", client.wire.sent[0])
    assert (answer.text("type"), answer.text("id")) == ("result", "7")
    registration = answer.child(stanzas.LINK_CODE)
    assert registration
    assert registration.child("link_code_pairing_ref")


@pytest.mark.parametrize(
    "request_", [hello(wrapped=b"short"), hello(name="wad"), hello(name=""), hello(name="Chrome (Linux) (2)")]
)
async def test_a_request_that_the_service_refuses_gets_a_400(network: Network, request_: Node) -> None:
    """A key of another length, or a name that is not `Browser (System)`, is a bad request."""
    client = Client(network)
    client.registration.receive(request_)
    answer = cast("Node", client.wire.sent[0])
    error = answer.child("error")
    assert error
    assert (answer.text("type"), error.text("code")) == ("error", "400")


async def test_pairing_codes_can_be_refused(network: Network) -> None:
    """A fault refuses the codes of one phone, with the error that it names."""
    client = Client(network)
    network.faults.add(RefuseCode(target=PHONE, times=1))
    for _ in range(2):
        client.registration.receive(hello())
    refusal, answer = (cast("Node", sent) for sent in client.wire.sent)
    error = refusal.child("error")
    assert error
    assert (error.text("code"), answer.text("type")) == ("429", "result")


async def test_the_latest_client_that_asks_gets_the_phone(network: Network) -> None:
    """Of two clients that ask for a code for one phone, the later one shows the code that counts."""
    clients, room = [Client(network), Client(network)], WaitingRoom()
    for client in clients:
        client.registration.receive(hello())
        room.add(client.registration)
    registration, _ = room.find_code(PHONE, anyio.current_time())
    assert registration is clients[1].registration


async def test_a_client_that_leaves_while_its_code_is_typed_is_not_linked(network: Network) -> None:
    """The phone is told that the client left, and can tell that from a wrong code."""
    client = Client(network)
    client.registration.receive(hello())

    async def leave() -> None:
        while len(client.wire.sent) < 2:
            await checkpoint()
        client.registration.closed()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(leave)
        with pytest.raises(Conflict, match="closed the connection") as refusal:
            await network.pair(CodeEntry(code="ABCD-1234", phone=PHONE))
        assert refusal.value.code == "pairing_failed"
