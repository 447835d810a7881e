"""XEdDSA signatures as libsignal makes and checks them: Ed25519 signatures under X25519 public keys.

An X25519 public key is the u coordinate of a point; Ed25519 needs the same point's y coordinate and the sign of its
x coordinate. The sign travels in the top bit of the signature, which Ed25519 leaves clear.
Source: Trevor Perrin, "The XEdDSA and VXEdDSA Signature Schemes", section 2.
"""

import hashlib
import secrets

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

SEED_BYTES = 32
SIGNATURE_BYTES = 64

_P = 2**255 - 19
_SIGN = 0x80


class SigningKey:
    """A key that signs, known to others by the X25519 form of its public key.

    Args:
        seed: 32 bytes that the key is derived from.
    """

    def __init__(self, seed: bytes) -> None:
        self.seed = seed
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._edwards = self._key.public_key().public_bytes_raw()
        self.public = _edwards_to_montgomery(self._edwards)

    @classmethod
    def generate(cls) -> "SigningKey":
        """Return a new random key."""
        return cls(secrets.token_bytes(SEED_BYTES))

    def sign(self, message: bytes) -> bytes:
        """Return the signature of `message`, 64 bytes."""
        signature = bytearray(self._key.sign(message))
        signature[-1] |= self._edwards[-1] & _SIGN
        return bytes(signature)

    def exchange(self, public: bytes) -> bytes:
        """Return the secret that this key shares with the holder of the X25519 public key `public`."""
        # Ed25519 derives its scalar from the seed this way (RFC 8032, section 5.1.5); X25519 clamps it likewise.
        scalar = hashlib.sha512(self.seed).digest()[:SEED_BYTES]
        return X25519PrivateKey.from_private_bytes(scalar).exchange(X25519PublicKey.from_public_bytes(public))


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether `signature` was made over `message` by the holder of the X25519 public key `public`."""
    if len(signature) != SIGNATURE_BYTES:
        return False
    plain = bytearray(signature)
    sign = plain[-1] & _SIGN
    plain[-1] &= ~_SIGN
    try:
        Ed25519PublicKey.from_public_bytes(_montgomery_to_edwards(public, sign)).verify(bytes(plain), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _edwards_to_montgomery(edwards: bytes) -> bytes:
    y = int.from_bytes(edwards, "little") & (2**255 - 1)
    return ((1 + y) * pow(1 - y, -1, _P) % _P).to_bytes(32, "little")


def _montgomery_to_edwards(public: bytes, sign: int) -> bytes:
    u = int.from_bytes(public, "little") & (2**255 - 1)
    y = (u - 1) * pow(u + 1, -1, _P) % _P
    edwards = bytearray(y.to_bytes(32, "little"))
    edwards[-1] |= sign
    return bytes(edwards)
