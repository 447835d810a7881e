"""XEdDSA, checked against other code than the emulator's: X25519 keys and a textbook Ed25519."""

import hashlib

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from wad.emulator.xeddsa import SigningKey, verify

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]
seeds = st.binary(min_size=32, max_size=32)


def add(a: Point, b: Point) -> Point:
    """Add two points of the curve, as RFC 8032 defines it in section 5.1.4."""
    product = D * a[0] * b[0] * a[1] * b[1]
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + product, -1, P)
    y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, P)
    return x % P, y % P


def multiply(scalar: int, point: Point) -> Point:
    """Multiply a point by doubling and adding."""
    result = (0, 1)
    while scalar:
        result = add(result, point) if scalar & 1 else result
        point, scalar = add(point, point), scalar >> 1
    return result


def decompress(y: int, sign: int) -> Point:
    """Find the point with a y coordinate and the sign of its x, as in section 5.1.3."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    return (P - x if x & 1 != sign else x), y


BASE = decompress(4 * pow(5, -1, P) % P, 0)


def textbook_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Verify as the XEdDSA paper says: derive the Edwards key, then check S·B = R + h·A."""
    u, sign = int.from_bytes(public, "little"), signature[63] >> 7
    y = (u - 1) * pow(u + 1, -1, P) % P
    edwards = (y | sign << 255).to_bytes(32, "little")
    r = int.from_bytes(signature[:32], "little")
    s = int.from_bytes(signature[32:], "little") & (2**255 - 1)
    h = int.from_bytes(hashlib.sha512(signature[:32] + edwards + message).digest(), "little") % L
    right = add(decompress(r & (2**255 - 1), r >> 255), multiply(h, decompress(y, sign)))
    return multiply(s, BASE) == right


@settings(max_examples=10, deadline=None)  # the textbook is slow
@given(seeds, st.binary(max_size=100))
def test_signatures_are_accepted_by_the_textbook(seed: bytes, message: bytes) -> None:
    """An independent verification accepts what the emulator signs, and so does the emulator's own."""
    key = SigningKey(seed)
    signature = key.sign(message)
    assert textbook_verify(key.public, message, signature)
    assert verify(key.public, message, signature)


@given(seeds)
def test_the_public_key_is_the_x25519_key(seed: bytes) -> None:
    """Others know a signing key by the X25519 public key of the same secret scalar."""
    scalar = hashlib.sha512(seed).digest()[:32]
    expected = X25519PrivateKey.from_private_bytes(scalar).public_key().public_bytes_raw()
    assert SigningKey(seed).public == expected


@given(seeds, st.binary(max_size=100), st.integers(0, 64 * 8 - 1))
def test_a_changed_signature_is_refused(seed: bytes, message: bytes, bit: int) -> None:
    """Flipping any bit of a signature makes it worthless."""
    key = SigningKey(seed)
    changed = bytearray(key.sign(message))
    changed[bit // 8] ^= 1 << bit % 8
    assert not verify(key.public, message, bytes(changed))


def test_malformed_input_is_refused() -> None:
    """A signature or key of the wrong size, or no key at all, is refused and raises nothing."""
    key = SigningKey.generate()
    assert not verify(key.public, b"", b"short")
    assert not verify(b"short", b"", key.sign(b""))
    assert not verify(b"\xff" * 32, b"", key.sign(b""))
    assert not verify((P - 1).to_bytes(32, "little"), b"", key.sign(b""))
