"""The responder's side of `Noise_XX_25519_AESGCM_SHA256` as WhatsApp runs it.

Pure: bytes in, bytes out. The four header bytes that open the connection are authenticated as the prologue.
"""

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.message import DecodeError

from wad.emulator.errors import WireError
from wad.emulator.v1.whatsapp_pb2 import HandshakeMessage

_NAME = b"Noise_XX_25519_AESGCM_SHA256".ljust(32, b"\0")
_KEY_BYTES = 32


class Cipher:
    """One direction of an encrypted stream: AES-256-GCM with a counter for a nonce."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)
        self._counter = 0

    def encrypt(self, plaintext: bytes, associated: bytes = b"") -> bytes:
        """Return the ciphertext of the next message."""
        return self._aead.encrypt(self._nonce(), plaintext, associated)

    def decrypt(self, ciphertext: bytes, associated: bytes = b"") -> bytes:
        """Return the plaintext of the next message.

        Raises:
            WireError: the message was not encrypted with this key, or not at this position.
        """
        try:
            return self._aead.decrypt(self._nonce(), ciphertext, associated)
        except (InvalidTag, ValueError) as error:
            raise WireError("a message cannot be decrypted") from error

    def _nonce(self) -> bytes:
        counter = self._counter
        self._counter += 1
        return counter.to_bytes(12, "big")


class SymmetricState:
    """Noise's running hash, chaining key and cipher; both sides of a handshake go through the same steps."""

    def __init__(self, prologue: bytes) -> None:
        self._hash = _NAME
        self._salt = _NAME
        self._cipher = Cipher(_NAME)
        self.authenticate(prologue)

    def authenticate(self, data: bytes) -> None:
        """Mix public data into the running hash."""
        self._hash = hashlib.sha256(self._hash + data).digest()

    def mix(self, private: X25519PrivateKey, public: bytes) -> None:
        """Mix the secret that two keys share into the chaining key.

        Raises:
            WireError: `public` is not a usable X25519 key.
        """
        try:
            shared = private.exchange(X25519PublicKey.from_public_bytes(public))
        except ValueError as error:
            raise WireError("the handshake holds an unusable public key") from error
        self._salt, key = self._expand(shared)
        self._cipher = Cipher(key)

    def encrypt(self, plaintext: bytes) -> bytes:
        """Encrypt handshake data and mix its ciphertext into the running hash."""
        ciphertext = self._cipher.encrypt(plaintext, self._hash)
        self.authenticate(ciphertext)
        return ciphertext

    def decrypt(self, ciphertext: bytes) -> bytes:
        """Decrypt handshake data and mix its ciphertext into the running hash.

        Raises:
            WireError: it was not encrypted in this handshake.
        """
        plaintext = self._cipher.decrypt(ciphertext, self._hash)
        self.authenticate(ciphertext)
        return plaintext

    def split(self) -> tuple[Cipher, Cipher]:
        """Return the ciphers of the stream: what the initiator writes with, then what it reads with."""
        first, second = self._expand(b"")
        return Cipher(first), Cipher(second)

    def _expand(self, secret: bytes) -> tuple[bytes, bytes]:
        # HKDF-SHA256 (RFC 5869) with no info, expanded to two keys.
        extracted = hmac.digest(self._salt, secret, "sha256")
        first = hmac.digest(extracted, b"\1", "sha256")
        return first, hmac.digest(extracted, first + b"\2", "sha256")


@dataclass(frozen=True, slots=True)
class Finished:
    """What a completed handshake yields.

    Args:
        client_static: the client's static public key, 32 bytes.
        payload: the decrypted client payload.
        reader: cipher of what the client sends.
        writer: cipher of what the server sends.
    """

    client_static: bytes
    payload: bytes
    reader: Cipher
    writer: Cipher


class Responder:
    """The server's side of one handshake.

    Args:
        static: the server's static key.
        certificates: serialised certificate chain for that key.
        prologue: the header bytes that open the stream.
        ephemeral: a fresh key for this handshake alone.
    """

    def __init__(
        self, static: X25519PrivateKey, certificates: bytes, *, prologue: bytes, ephemeral: X25519PrivateKey
    ) -> None:
        self._static = static
        self._certificates = certificates
        self._ephemeral = ephemeral
        self._state = SymmetricState(prologue)

    def answer_hello(self, message: bytes) -> bytes:
        """Take the client's hello and return the server's.

        Raises:
            WireError: the message is not a client hello.
        """
        client = _parse(message).client_hello.ephemeral
        if len(client) != _KEY_BYTES:
            raise WireError("the first handshake message holds no ephemeral key")
        state, ephemeral = self._state, self._ephemeral.public_key().public_bytes_raw()
        state.authenticate(client)
        state.authenticate(ephemeral)
        state.mix(self._ephemeral, client)
        static = state.encrypt(self._static.public_key().public_bytes_raw())
        state.mix(self._static, client)
        hello = HandshakeMessage.ServerHello(
            ephemeral=ephemeral, static=static, payload=state.encrypt(self._certificates)
        )
        return HandshakeMessage(server_hello=hello).SerializeToString()

    def finish(self, message: bytes) -> Finished:
        """Take the client's last message and return what the handshake yields.

        Raises:
            WireError: the message is not a client finish of this handshake.
        """
        finish = _parse(message).client_finish
        client_static = self._state.decrypt(finish.static)
        self._state.mix(self._ephemeral, client_static)
        payload = self._state.decrypt(finish.payload)
        reader, writer = self._state.split()
        return Finished(client_static, payload, reader, writer)


def _parse(message: bytes) -> HandshakeMessage:
    try:
        return HandshakeMessage.FromString(message)
    except DecodeError as error:
        raise WireError("a handshake message is not a HandshakeMessage") from error
