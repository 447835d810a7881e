"""The Noise handshake, against an initiator that checks what real clients check."""

import time

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from wad.emulator.certificates import NoiseIdentity, certify
from wad.emulator.errors import WireError
from wad.emulator.framing import HEADER
from wad.emulator.noise import Cipher, Finished, Responder, SymmetricState
from wad.emulator.v1.whatsapp_pb2 import CertChain, HandshakeMessage
from wad.emulator.xeddsa import SigningKey, verify

Details = CertChain.NoiseCertificate.Details


class Initiator:
    """A client's side of the handshake."""

    def __init__(self, header: bytes = HEADER) -> None:
        self.static = X25519PrivateKey.generate()
        self._ephemeral = X25519PrivateKey.generate()
        self._state = SymmetricState(header)

    def hello(self) -> bytes:
        """Return the first message."""
        public = self._ephemeral.public_key().public_bytes_raw()
        self._state.authenticate(public)
        hello = HandshakeMessage.ClientHello(ephemeral=public)
        return HandshakeMessage(client_hello=hello).SerializeToString()

    def finish(self, answer: bytes, payload: bytes) -> tuple[bytes, bytes, bytes]:
        """Return the last message, the server's static key and its certificates."""
        server, state = HandshakeMessage.FromString(answer).server_hello, self._state
        state.authenticate(server.ephemeral)
        state.mix(self._ephemeral, server.ephemeral)
        server_static = state.decrypt(server.static)
        state.mix(self._ephemeral, server_static)
        certificates = state.decrypt(server.payload)
        static = state.encrypt(self.static.public_key().public_bytes_raw())
        state.mix(self.static, server.ephemeral)
        finish = HandshakeMessage.ClientFinish(static=static, payload=state.encrypt(payload))
        return HandshakeMessage(client_finish=finish).SerializeToString(), server_static, certificates

    def split(self) -> tuple[Cipher, Cipher]:
        """Return the ciphers to write and to read with."""
        return self._state.split()


@pytest.fixture
def root() -> SigningKey:
    """Return the key that clients pin."""
    return SigningKey.generate()


@pytest.fixture
def identity(root: SigningKey) -> NoiseIdentity:
    """Return the server's key and certificates."""
    return certify(root, now=time.time())


def responder(identity: NoiseIdentity) -> Responder:
    """Return the server's side of a new handshake."""
    ephemeral = X25519PrivateKey.generate()
    return Responder(identity.static, identity.chain, prologue=HEADER, ephemeral=ephemeral)


def shake_hands(identity: NoiseIdentity, client: Initiator, payload: bytes = b"payload") -> Finished:
    """Carry out a whole handshake and return what the server gets."""
    server = responder(identity)
    message, _, _ = client.finish(server.answer_hello(client.hello()), payload)
    return server.finish(message)


def test_both_sides_agree(identity: NoiseIdentity) -> None:
    """After the handshake the server knows the client's key and payload, and each reads what the other writes."""
    client = Initiator()
    finished = shake_hands(identity, client, b"who I am")
    writer, reader = client.split()
    assert finished.payload == b"who I am"
    assert finished.client_static == client.static.public_key().public_bytes_raw()
    for text in (b"first", b"second"):
        assert finished.reader.decrypt(writer.encrypt(text)) == text
        assert reader.decrypt(finished.writer.encrypt(text)) == text


def test_the_chain_leads_to_the_root(root: SigningKey, identity: NoiseIdentity) -> None:
    """The certificates are what clients demand: signed in order, numbered, valid now, for the server's own key."""
    server, client = responder(identity), Initiator()
    _, static, certificates = client.finish(server.answer_hello(client.hello()), b"")
    chain = CertChain.FromString(certificates)
    intermediate, leaf = (Details.FromString(part.details) for part in (chain.intermediate, chain.leaf))
    assert verify(root.public, chain.intermediate.details, chain.intermediate.signature)
    assert verify(intermediate.key, chain.leaf.details, chain.leaf.signature)
    assert (intermediate.issuer_serial, leaf.issuer_serial) == (0, intermediate.serial)
    assert leaf.key == static
    assert all(part.not_before <= time.time() <= part.not_after for part in (intermediate, leaf))


def test_another_header_breaks_the_handshake(identity: NoiseIdentity) -> None:
    """The opening bytes are authenticated, so a client that sent others cannot finish."""
    with pytest.raises(WireError, match="decrypted"):
        shake_hands(identity, Initiator(b"WA\x06\x02"))


@pytest.mark.parametrize("message", [b"\xff", b"", HandshakeMessage().SerializeToString()])
def test_an_empty_hello_is_refused(identity: NoiseIdentity, message: bytes) -> None:
    """A first message without a key is refused."""
    with pytest.raises(WireError):
        responder(identity).answer_hello(message)


def test_an_unusable_key_is_refused(identity: NoiseIdentity) -> None:
    """A public key that yields no secret is refused instead of crashing the connection."""
    hello = HandshakeMessage(client_hello=HandshakeMessage.ClientHello(ephemeral=bytes(32)))
    with pytest.raises(WireError, match="unusable"):
        responder(identity).answer_hello(hello.SerializeToString())


def test_a_changed_frame_is_noticed(identity: NoiseIdentity) -> None:
    """A frame that was changed on its way is refused."""
    client = Initiator()
    finished = shake_hands(identity, client)
    writer, _ = client.split()
    changed = bytearray(writer.encrypt(b"text"))
    changed[0] ^= 1
    with pytest.raises(WireError, match="decrypted"):
        finished.reader.decrypt(bytes(changed))
